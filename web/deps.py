"""Who asks, read anew for each request, and how they reach the database."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request

from dispatch.access.accounts import Role
from dispatch.access.admitting import admit, admit_late
from dispatch.errors import NotAllowed, NotSignedIn
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor, UnitOfWork

T = TypeVar("T")
Admitting = Callable[[UnitOfWork, str], tuple[Actor, str]]

COOKIE: Final = "liuzhu_session"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class ForgedRequest(NotAllowed):
    """页面已过期，请刷新页面后再试。没有保存。"""

    code = "forged_request"


@dataclass(frozen=True)
class Caller:
    """Somebody signed in, with their rights of this moment."""

    database: Database
    actor: Actor
    token: str
    csrf: str

    def change(self, do: Callable[[UnitOfWork], T]) -> T:
        """Do it in one transaction, committed when this returns."""
        return self.database.change(do, self.actor)

    def read(self, show: Callable[[UnitOfWork], T]) -> T:
        """Show one consistent state."""
        return self.database.read(show, self.actor)


def database_of(request: Request) -> Database:
    """The database of this app."""
    database: Database = request.app.state.database
    return database


Db = Annotated[Database, Depends(database_of)]


def caller_of(request: Request, database: Db) -> Caller:
    """Who sent this request.

    Raises:
        NotSignedIn: no session, or one that is over.
        ForgedRequest: an unsafe request without the session's own token.
    """
    return _let_in(request, database, admit)


def late_caller_of(request: Request, database: Db) -> Caller:
    """The same for a phone that hands in what it has recorded: its pass may be over.

    Raises: as `caller_of`.
    """
    return _let_in(request, database, admit_late)


def _let_in(request: Request, database: Database, admitting: Admitting) -> Caller:
    token = request.cookies.get(COOKIE, "")
    actor, csrf = database.read(lambda uow: admitting(uow, token))
    if request.method not in _SAFE_METHODS:
        told = request.headers.get("x-csrf", "").encode()
        if not hmac.compare_digest(told, csrf.encode()):
            raise ForgedRequest
    return Caller(database, actor, token, csrf)


def _caller_or_nobody(request: Request, database: Db) -> Caller | None:
    try:
        return caller_of(request, database)
    except NotSignedIn:
        return None


Anyone = Annotated[Caller, Depends(caller_of)]
Perhaps = Annotated[Caller | None, Depends(_caller_or_nobody)]


def _only(*roles: Role) -> object:
    def check(caller: Anyone) -> Caller:
        if caller.actor.role not in roles:
            raise NotAllowed
        return caller

    return Depends(check)


def _hands_in(caller: Annotated[Caller, Depends(late_caller_of)]) -> Caller:
    if caller.actor.role != Role.HELPER:
        raise NotAllowed
    return caller


Station = Annotated[Caller, _only(Role.STATION)]
Helper = Annotated[Caller, _only(Role.HELPER)]


def _without_pass(caller: Anyone) -> Caller:
    if caller.actor.pass_id is not None:
        raise NotAllowed("通行码只能用于这一条路线。")
    return caller


def _with_account(caller: Helper) -> Caller:
    return _without_pass(caller)


HandsIn = Annotated[Caller, Depends(_hands_in)]
HelperOfOurs = Annotated[Caller, Depends(_with_account)]  # no day pass

Appealer = Annotated[Caller, Depends(_without_pass)]  # staff, or a helper of ours
Orderer = Annotated[Caller, _only(Role.STATION, Role.DISPATCHER)]
Coordinator = Annotated[Caller, _only(Role.DISPATCHER, Role.STREET, Role.DISTRICT)]
Officer = Annotated[Caller, _only(Role.DISTRICT, Role.STREET)]
District = Annotated[Caller, _only(Role.DISTRICT)]
Staff = Annotated[
    Caller, _only(Role.STATION, Role.DISPATCHER, Role.STREET, Role.DISTRICT)
]
Importer = Annotated[Caller, _only(Role.STATION, Role.STREET, Role.DISTRICT)]


def helper_of(caller: Caller) -> UUID:
    """Raises: NotAllowed, for a helper's account that nobody stands behind."""
    if caller.actor.helper_id is None:
        raise NotAllowed
    return caller.actor.helper_id


Key = Annotated[str | None, Header(alias="Idempotency-Key")]
