"""The database as the outer room uses it: change it as a whole, or read a picture."""

import errno
import sqlite3
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from dispatch.store import tables as _tables  # noqa: F401 - rows refer to each other
from dispatch.store.engine import let_go, reading
from dispatch.store.unit_of_work import (
    SYSTEM,
    Actor,
    UnitOfWork,
    glance,
    in_one_transaction,
    picture,
)

T = TypeVar("T")
_DISK_FULL: Final = "53100"  # PostgreSQL's word for it


class Database:
    """One database; connections are opened when they are needed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def change(self, do: Callable[[UnitOfWork], T], actor: Actor = SYSTEM) -> T:
        """Do it in one transaction; what comes back is committed."""
        return in_one_transaction(self.engine, do, actor=actor)

    def read(self, show: Callable[[UnitOfWork], T], actor: Actor = SYSTEM) -> T:
        """Show one consistent state; nothing can be written."""
        return self._once_more(lambda: self._show(show, actor))

    def look(self, see: Callable[[Session], T]) -> T:
        """The same for what neither asks for the time nor for who acts."""
        return self._once_more(lambda: self._see(see))

    def _show(self, show: Callable[[UnitOfWork], T], actor: Actor) -> T:
        with picture(self._reading, actor) as uow:
            return show(uow)

    def _see(self, see: Callable[[Session], T]) -> T:
        with glance(self._reading) as session:
            return see(session)

    def _once_more(self, read: Callable[[], T]) -> T:
        """Where the connection was found cut, by another one."""
        try:
            return read()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return read()

    def close(self) -> None:
        """Give every connection back."""
        let_go(self.engine)


def is_away(error: BaseException) -> bool:
    """The database could not be reached or did not answer; trying later may help."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def is_full(error: BaseException | None) -> bool:
    """There is no room on the disk: nothing was written, and trying again soon does
    not help. Whoever only reads is not stopped.

    SQLite ends the whole transaction then, so that what is told last may be that a
    savepoint in it cannot be found any more.
    """
    while error is not None:
        if _tells_full(error.orig if isinstance(error, DBAPIError) else error):
            return True
        error = error.__context__
    return False


def _tells_full(cause: BaseException | None) -> bool:
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    if isinstance(cause, OSError):
        return cause.errno == errno.ENOSPC
    return getattr(cause, "sqlstate", None) == _DISK_FULL
