"""Two transactions that cross: waiting until one waits for the other."""

import time
from typing import Final

from sqlalchemy import Engine, text

_WAITING: Final = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def until_somebody_waits(engine: Engine, *, many: int = 1) -> None:
    """Return when so many other transactions wait, first for a lock that we hold.

    SQLite's writers follow each other from their first word, so that there is
    nothing to wait for.
    """
    if engine.dialect.name == "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as aside:
        while aside.execute(_WAITING).scalar_one() < many:
            time.sleep(0.01)
