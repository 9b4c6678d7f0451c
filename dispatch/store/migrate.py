"""Migrations: bring a database to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from dispatch.store.engine import make_engine

_HERE = Path(__file__).parent / "migrations"


def upgrade(url: str, *, to: str = "head") -> None:
    """Apply what is missing, on SQLite or PostgreSQL. Running it again does nothing."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            command.upgrade(_config(connection), to)
            connection.commit()
    finally:
        engine.dispose()


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
