"""Migrations: bring a database to the tables of this version."""

import time
from pathlib import Path
from typing import Final

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from dispatch.store.engine import make_engine

_HERE: Final = Path(__file__).parent / "migrations"
log = structlog.get_logger()

_WAIT_SECONDS: Final = 5.0
_TRIES: Final = 60
_ONE_AT_A_TIME: Final = 662026  # the number of a lock that only upgrades take
_NOT_HAD: Final = "55P03"  # lock_not_available


def upgrade(url: str, *, to: str = "head", wait_seconds: float = _WAIT_SECONDS) -> None:
    """Apply what is missing, on SQLite or PostgreSQL. Running it again does nothing.

    Two that run at once take turns. A table of PostgreSQL that somebody reads for long
    is asked for again and again, never for longer than `wait_seconds`: all who want it
    wait behind whoever waits to change it.

    Raises:
        OperationalError: the table was not to be had in sixty tries.
    """
    engine = make_engine(url)
    try:
        for left in reversed(range(_TRIES)):
            try:
                _upgrade_once(engine, to, wait_seconds)
                break
            except OperationalError as error:
                if not left or getattr(error.orig, "sqlstate", None) != _NOT_HAD:
                    raise
                log.warning("an upgrade waits for a table", tries_left=left)
                time.sleep(wait_seconds)
    finally:
        engine.dispose()


def _upgrade_once(engine: Engine, to: str, wait_seconds: float) -> None:
    with engine.connect() as connection:
        _take_turns(connection, wait_seconds)
        command.upgrade(_config(connection), to)
        connection.commit()


def _take_turns(connection: Connection, wait_seconds: float) -> None:
    if connection.dialect.name != "postgresql":
        return  # whoever writes there is alone
    turn = text("SELECT pg_advisory_xact_lock(:turn)")
    connection.execute(turn, {"turn": _ONE_AT_A_TIME})
    patience = text("SELECT set_config('lock_timeout', :milliseconds, true)")
    connection.execute(patience, {"milliseconds": f"{wait_seconds * 1000:.0f}"})


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
