"""Rows of the audit as they are told: whose it was, by whom, and how many there are.

Whoever reads them sees numbers of files, logins and codes, never a name or an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, union
from sqlmodel import Session, col, select

from dispatch.access.accounts import Account
from dispatch.clock import wall_now
from dispatch.log.audit import Audit
from dispatch.orders.orders import Order
from dispatch.people.elders import Contact, Elder
from dispatch.people.places import Station
from dispatch.safety.cases import Case
from dispatch.safety.help_calls import HelpCall
from dispatch.store.paging import AT_ONCE, page_of

Where = Sequence[ColumnElement[bool]]
# What is an elder's, and whose it is.
OF_ELDERS: Final[tuple[tuple[Any, Any], ...]] = (
    (Elder.id, Elder.id),
    (Elder.household_id, Elder.id),
    (Contact.id, Contact.elder_id),
    (Order.id, Order.elder_id),
    (Case.id, Case.elder_id),
    (HelpCall.id, HelpCall.elder_id),
)
# What else is called by something: a helper by the login that they come in with.
_CALLED: Final[tuple[tuple[Any, Any], ...]] = (
    (Account.id, Account.login),
    (Account.helper_id, Account.login),
    (Station.id, Station.code),
)
_AT_ONCE: Final = 500
_NEWEST: Final = (
    col(Audit.at).desc(),
    col(Audit.recorded_at).desc(),
    col(Audit.id).desc(),
)


@dataclass(frozen=True, kw_only=True)
class LookRow:
    """One look or one act: whose file, when, by whom, what was shown, and why."""

    number: str  # of a file; a login or a station's code where it is not an elder's
    at: datetime
    by: str
    role: str
    action: str
    about: str  # what kind of thing it was; `number` is empty where it is nobody's
    fields: list[str]
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Which page. `as_of`: what was written later is left out, so that the reader's own
    looks, which are lines themselves, move no line to another page."""

    limit: int = AT_ONCE
    offset: int = 0
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """The newest first; `total` lines are about `persons` elders, on all pages."""

    as_of: datetime
    total: int
    persons: int
    rows: list[LookRow]


def page_of_rows(session: Session, where: Where, turn: Turn) -> AuditPage:
    """One page of what was written down."""
    as_of = turn.as_of or wall_now()
    kept = (*where, col(Audit.recorded_at) <= as_of)
    total, found = page_of(
        session,
        select(Audit).where(*kept),
        *_NEWEST,
        limit=turn.limit,
        offset=turn.offset,
    )
    return AuditPage(
        as_of=as_of,
        total=total,
        persons=_count_persons(session, kept),
        rows=rows_of(session, found),
    )


def find_rows(session: Session, where: Where) -> list[LookRow]:
    """All of it, the newest first."""
    query = select(Audit).where(*where).order_by(*_NEWEST)
    return rows_of(session, session.exec(query).all())


def rows_of(session: Session, looks: Sequence[Audit]) -> list[LookRow]:
    """What was written down, with the numbers and logins that stand for its ids."""
    accounts = {one.account_id for one in looks if one.account_id}
    known = {
        one.id: f"{one.title}（{one.login}）"
        for one in session.exec(select(Account).where(col(Account.id).in_(accounts)))
    }
    ids, numbers = list({one.object_id for one in looks}), dict[UUID, str]()
    for start in range(0, len(ids), _AT_ONCE):
        numbers |= _numbers(session, ids[start : start + _AT_ONCE])
    return [
        LookRow(
            number=numbers.get(one.object_id, ""),
            at=one.at,
            by=known.get(one.account_id, "-") if one.account_id else "-",
            role=one.role,
            action=one.action,
            about=one.object_kind,
            fields=one.fields,
            purpose=one.purpose,
        )
        for one in looks
    ]


def _count_persons(session: Session, kept: Where) -> int:
    """How many elders these lines are about, each once, whatever of theirs it was."""
    ids = select(Audit.object_id).where(*kept)
    each = (
        select(whose).where(col(key).in_(ids), col(whose).is_not(None))
        for key, whose in OF_ELDERS
    )
    return session.exec(select(func.count()).select_from(union(*each).subquery())).one()


def _numbers(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What each thing is called: by its elder's file, its login, or its code."""
    found: dict[UUID, str] = {}
    for key, name in _CALLED:
        query = select(key, name).where(col(key).in_(ids))
        found |= dict(session.exec(query).all())
    for key, whose in OF_ELDERS:
        query = select(key, Elder.number).join(Elder, col(Elder.id) == whose)
        if key is Elder.household_id or key is Elder.id:
            query = select(key, Elder.number)
        told = session.exec(query.where(col(key).in_(ids)).order_by(Elder.number)).all()
        for thing, number in told:  # two of one home are both told
            found[thing] = f"{found[thing]}、{number}" if thing in found else number
    return found
