"""Months of the books: open, being closed, closed; and where a late fact goes.

A month without a row is open. From `closing` on nothing more is posted to it: the
database refuses (`dispatch.store.migrations.month_guards`), and what comes late goes
to the first open month after it and names the month that it adjusts.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import BadInput
from dispatch.store.columns import Instant, word
from dispatch.store.engine import insert_of
from dispatch.subsidy.windows import month_of

_BOOKS: Final = 7  # the first number of our advisory locks; the second is the month


class PeriodState(StrEnum):
    OPEN = "open"
    CLOSING = "closing"  # shown to the public: its figures no longer move
    CLOSED = "closed"  # never changes again


_WHOLE = " AND ".join(
    f"(state = 'closed') = ({column} IS NOT NULL)"
    for column in ("closed_at", "closed_by", "line_count", "totals", "head_hash")
)


class Period(SQLModel, table=True):
    """One month of the books.

    `begun` counts how often it was taken back to open, so that what was signed before
    counts no more. `previous_hash` is the head of the month closed before it,
    `lines_hash` the end of the chain over its lines, `head_hash` covers both and
    every column here but `checks`, whose short sums tell which one was changed.
    """

    __tablename__ = "period"
    __table_args__ = (
        CheckConstraint("month LIKE '____-__'", name="a_month"),
        CheckConstraint("begun BETWEEN 1 AND 99", name="begun_some_times"),
        CheckConstraint(
            "(state = 'open') = (closing_at IS NULL) AND "
            "(state = 'open') = (closing_by IS NULL)",
            name="closing_begun",
        ),
        CheckConstraint(_WHOLE, name="closed_whole"),
    )

    month: str = Field(primary_key=True, max_length=7)  # 2026-05
    state: PeriodState = Field(default=PeriodState.OPEN, sa_type=word(PeriodState))
    begun: int = 1
    closing_at: datetime | None = Field(default=None, sa_type=Instant)
    closing_by: UUID | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")
    line_count: int | None = None
    totals: str | None = Field(default=None, sa_type=Text)  # canonical JSON
    previous_hash: str = Field(default="", max_length=64)
    lines_hash: str = Field(default="", max_length=64)
    head_hash: str | None = Field(default=None, max_length=64)
    checks: str = Field(default="", max_length=200)


@dataclass(frozen=True)
class PeriodFor:
    """The month that a fact is booked in, and the closed month that it adjusts."""

    period: str
    adjusts_period: str | None = None


def period_for(session: Session, service_on: date) -> PeriodFor:
    """Where a fact of this day is booked, held until the end of the transaction.

    Whoever closes that month waits for us, and we for them; so that a fact that
    arrives meanwhile is in exactly one month. A month that is closing or closed
    gives way to the first open one after it.
    """
    own = taken = month_of(service_on)
    while not _held_open(session, taken):
        taken = month_after(taken)
    return PeriodFor(taken, None if taken == own else own)


def hold_alone(session: Session, month: str) -> Period:
    """The month's row, made if it is the first time; nobody books in it meanwhile.

    Raises: BadInput, for what is no month.
    """
    first_day(month)
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(_BOOKS, _number(month)))).one()
    opened = insert_of(session)(Period).values(
        month=month,
        state=PeriodState.OPEN,
        begun=1,
        previous_hash="",
        lines_hash="",
        checks="",
    )
    session.execute(opened.on_conflict_do_nothing())
    query = select(Period).where(Period.month == month).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def find_period(session: Session, month: str) -> Period | None:
    """The month's row, if anybody began with it."""
    return session.exec(select(Period).where(Period.month == month)).first()


def state_of(session: Session, month: str) -> PeriodState:
    """Where a month stands; one that nobody began with is open."""
    kept = find_period(session, month)
    return kept.state if kept else PeriodState.OPEN


def list_periods(session: Session) -> list[Period]:
    """The months that somebody began with, the newest first."""
    return list(session.exec(select(Period).order_by(col(Period.month).desc())))


def first_day(month: str) -> date:
    """The first day of YYYY-MM.

    Raises: BadInput
    """
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        first = None
    if first is None or month_of(first) != month:
        raise BadInput(f"“{month}”不是月份，请写成 2026-05 这样。")
    return first


def month_after(month: str) -> str:
    first = first_day(month)
    return month_of(date(first.year + first.month // 12, first.month % 12 + 1, 1))


def _held_open(session: Session, month: str) -> bool:
    """Whether the month is open, and then nobody closes it before we are through.

    A month that is being closed is passed by without waiting for its closer.
    """
    if not is_open(session, month):
        return False
    if session.get_bind().dialect.name != "postgresql":
        return True  # there is one writer, and it is us
    held = func.pg_advisory_xact_lock_shared(_BOOKS, _number(month))
    session.exec(select(held)).one()
    return is_open(session, month)


def is_open(session: Session, month: str) -> bool:
    """Whether something may still be booked in it; nobody is kept from closing it."""
    state = session.exec(select(Period.state).where(Period.month == month)).first()
    return state in (None, PeriodState.OPEN)


def _number(month: str) -> int:
    return int(month.replace("-", ""))
