"""Migrations: bring a database to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from dispatch.store.engine import make_engine

_HERE = Path(__file__).parent / "migrations"


def upgrade(url: str, *, to: str = "head") -> None:
    """Apply what is missing, on SQLite or PostgreSQL. Running it again does nothing."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            _leave_references(connection)
            command.upgrade(_config(connection), to)
            _must_refer(connection)
            connection.commit()
    finally:
        engine.dispose()


def _leave_references(connection: Connection) -> None:
    """SQLite changes a table by making it anew, while others refer to it.

    It heeds this only outside a transaction, and ours has not begun yet.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")


def _must_refer(connection: Connection) -> None:
    """Raises: RuntimeError, when a row refers to one that is not there."""
    if connection.dialect.name != "sqlite":
        return
    if lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise RuntimeError(f"references lead nowhere in {lost[0][0]}")


def differences(engine: Engine) -> list[object]:
    """What the tables in code and the migrated database disagree about."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from dispatch.store.tables import METADATA

    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        return list(compare_metadata(context, METADATA))


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config
