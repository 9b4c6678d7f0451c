"""Who asks, read anew for each request, and how they reach the database.

What neither reads nor waits is `async`: it runs where it is asked for. Everything else
has a thread of its own for as long as it takes, and each change of threads costs.
"""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request

from dispatch.access.accounts import Role
from dispatch.access.admitting import (
    Admitted,
    admit,
    admit_late,
    admit_to_own_account,
)
from dispatch.access.sessions import note_seen
from dispatch.access.tries import Tries
from dispatch.errors import NotAllowed, NotFound, NotSignedIn
from dispatch.safety.prying import note_in_vain
from dispatch.settings import settings
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor, UnitOfWork

T = TypeVar("T")
Admitting = Callable[[Database, str], Admitted]

_COOKIE: Final = "liuzhu_session"
LATELY_SECONDS: Final = 60
_LONGEST_TOLD: Final = 9  # digits: Python refuses to read thousands of them
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
    asked: tuple[UUID, ...] = ()  # what a helper's request names in its address

    def change(self, do: Callable[[UnitOfWork], T]) -> T:
        """Do it in one transaction, committed when this returns."""
        with self._noticed():
            return self.database.change(do, self.actor)

    def read(self, show: Callable[[UnitOfWork], T]) -> T:
        """Show one consistent state."""
        with self._noticed():
            return self.database.read(show, self.actor)

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        """A helper who asks for somebody else's things does so before witnesses."""
        try:
            yield
        except NotFound as refusal:
            if refusal.code == NotFound.code:  # the others speak of what is theirs
                note_in_vain(self.database, self.actor, self.asked)
            raise


def cookie_name() -> str:
    """Where it is live, browsers send this one over TLS and to this very host only, and
    nobody else, a neighbour's host neither, can have set it."""
    return f"__Host-{_COOKIE}" if settings().stage == "live" else _COOKIE


async def database_of(request: Request) -> Database:
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
    token = request.cookies.get(cookie_name(), "")
    admitted = admitting(database, token)
    if request.method not in _SAFE_METHODS:
        told = request.headers.get("x-csrf", "").encode()
        if not hmac.compare_digest(told, admitted.csrf.encode()):
            raise ForgedRequest
    if admitted.long_unseen and _is_touched(request):
        note_seen(database, admitted.actor, token)
    asked = _named_in(request) if admitted.actor.role == Role.HELPER else ()
    return Caller(database, admitted.actor, token, admitted.csrf, asked)


def _named_in(request: Request) -> tuple[UUID, ...]:
    """The ids in an address, whatever they are of."""
    found = []
    for word in (*request.path_params.values(), *request.query_params.values()):
        with suppress(ValueError):
            found.append(UUID(str(word)))
    return tuple(found)


def _is_touched(request: Request) -> bool:
    """A person did this; a page that reads anew by itself says how long it was not
    touched, so that a screen somebody left alone is signed out."""
    told = request.headers.get("x-untouched-seconds", "0")[:_LONGEST_TOLD]
    return not told.isascii() or not told.isdigit() or int(told) <= LATELY_SECONDS


def _own_account_of(request: Request, database: Db) -> Caller:
    return _let_in(request, database, admit_to_own_account)


def _caller_or_nobody(request: Request, database: Db) -> Caller | None:
    try:
        return _own_account_of(request, database)
    except NotSignedIn:
        return None


SignedIn = Annotated[Caller, Depends(caller_of)]
Perhaps = Annotated[Caller | None, Depends(_caller_or_nobody)]
# Also before a password of one's own is chosen; nothing but one's own account.
OwnSelf = Annotated[Caller, Depends(_own_account_of)]


@dataclass(frozen=True)
class Only:
    """A door for the roles that it names, and for no other: a new role opens none."""

    roles: frozenset[Role]

    async def __call__(self, caller: SignedIn) -> Caller:
        if caller.actor.role not in self.roles:
            raise NotAllowed
        return caller


def _only(*roles: Role) -> object:
    return Depends(Only(frozenset(roles)))


async def _hands_in(caller: Annotated[Caller, Depends(late_caller_of)]) -> Caller:
    if caller.actor.role != Role.HELPER:
        raise NotAllowed
    return caller


_STAFF: Final = (Role.STATION, Role.DISPATCHER, Role.STREET, Role.DISTRICT)

Anyone = Annotated[Caller, _only(*_STAFF, Role.HELPER)]  # anyone who serves elders
Station = Annotated[Caller, _only(Role.STATION)]
Helper = Annotated[Caller, _only(Role.HELPER)]


async def _own_account(caller: OwnSelf) -> Caller:
    return await _without_pass(caller)


async def _without_pass(caller: Anyone) -> Caller:
    if caller.actor.pass_id is not None:
        raise NotAllowed("通行码只能用于这一条路线。")
    return caller


async def _with_account(caller: Helper) -> Caller:
    return await _without_pass(caller)


HandsIn = Annotated[Caller, Depends(_hands_in)]
HelperOfOurs = Annotated[Caller, Depends(_with_account)]  # no day pass

OwnAccount = Annotated[Caller, Depends(_own_account)]
Appealer = Annotated[Caller, Depends(_without_pass)]  # staff, or a helper of ours
Orderer = Annotated[Caller, _only(Role.STATION, Role.DISPATCHER)]
Coordinator = Annotated[Caller, _only(Role.DISPATCHER, Role.STREET, Role.DISTRICT)]
Officer = Annotated[Caller, _only(Role.DISTRICT, Role.STREET)]
District = Annotated[Caller, _only(Role.DISTRICT)]
Staff = Annotated[Caller, _only(*_STAFF)]
Importer = Annotated[Caller, _only(Role.STATION, Role.STREET, Role.DISTRICT)]
Cook = Annotated[Caller, _only(Role.STATION, Role.KITCHEN)]
CallCentre = Annotated[Caller, _only(Role.CALL_CENTRE)]
DrawReader = Annotated[Caller, _only(*_STAFF, Role.EVALUATOR)]
KitchenReader = Annotated[Caller, _only(*_STAFF, Role.KITCHEN)]
BooksReader = Annotated[Caller, _only(Role.DISTRICT, Role.STREET, Role.AUDITOR)]
MonthsReader = Annotated[
    Caller, _only(Role.STATION, Role.STREET, Role.DISTRICT, Role.AUDITOR)
]
Auditor = Annotated[Caller, _only(Role.AUDITOR)]
Keeper = Annotated[Caller, _only(Role.DISTRICT, Role.SYSTEM_ADMIN)]
SecurityAdmin = Annotated[Caller, _only(Role.SECURITY_ADMIN)]
AuditAdmin = Annotated[Caller, _only(Role.AUDIT_ADMIN)]


def helper_of(caller: Caller) -> UUID:
    """Raises: NotAllowed, for a helper's account that nobody stands behind."""
    if caller.actor.helper_id is None:
        raise NotAllowed
    return caller.actor.helper_id


def tries_of(request: Request) -> Tries:
    """The counter of wrong tries of this process."""
    tries: Tries = request.app.state.tries
    return tries


def place_of(request: Request) -> str:
    """Where a request comes from; it is only ever kept as a hash."""
    return request.client.host if request.client else ""


Key = Annotated[str | None, Header(alias="Idempotency-Key")]
