"""What is told of elders after their lines were posted, while the month is open.

A month's lines are what the rules give by what was so on the service's day. When that
is told later (a fact, an agreement, a death, a leaving, or that it never was so), the
station's signature no longer stands for what the line should be: it signs again, and
its lines are reckoned anew as it does.

What was known at a signature is kept as a count and not as a moment: whoever told
something may have begun before the signature and been through only after it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.clock import town_moment
from dispatch.orders.orders import Order, get_order
from dispatch.people.agreements import Agreement
from dispatch.people.elder_facts import SINCE_EVER, ElderFact
from dispatch.people.elders import Elder
from dispatch.people.life_events import LifeEvent, LifeKind
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.granting import recount
from dispatch.subsidy.ledger import Entry, EntryKind
from dispatch.subsidy.months.periods import first_day
from dispatch.subsidy.months.steps import PeriodStep

_LONGEST: Final = timedelta(hours=1)  # of a transaction: a large sheet's
_AT_ONCE: Final = 500


class ToldBefore(SQLModel, table=True):
    """How many such things were known of a station's elders as it signed."""

    __tablename__ = "told_before"

    step_id: UUID = Field(primary_key=True, foreign_key="period_step.id")
    told: int = Field(ge=0)


@dataclass(frozen=True)
class Telling:
    """One kind of thing that is told. Its rows are only ever added, so that counting
    them says whether something came since.
    """

    id: Any
    elder_id: Any
    from_on: Any
    told_at: Any
    only: Any = True


_GONE: Final = col(LifeEvent.kind).in_([LifeKind.DIED, LifeKind.MOVED_OUT])
_GOING: Final = (col(LifeEvent.id), col(LifeEvent.elder_id), col(LifeEvent.happened_on))
KINDS: Final = (
    Telling(
        col(ElderFact.id),
        col(ElderFact.elder_id),
        col(ElderFact.from_on),
        col(ElderFact.recorded_at),
        # What was so before a first change says nothing new.
        col(ElderFact.from_on) > SINCE_EVER,
    ),
    Telling(
        col(Agreement.id),
        col(Agreement.elder_id),
        col(Agreement.from_on),
        col(Agreement.made_at),
    ),
    Telling(*_GOING, col(LifeEvent.made_at), _GONE),
    Telling(*_GOING, col(LifeEvent.undone_at), _GONE),
)


def told_later(
    session: Session,
    month: str,
    confirmed: Mapping[UUID, PeriodStep],
    only: Collection[UUID] | None = None,
) -> dict[UUID, int]:
    """By station that has confirmed the month: how much was told since; not each of it
    need make a line come out otherwise. A signature of before anybody counted stands
    for nothing.
    """
    steps = {
        one: step.id for one, step in confirmed.items() if only is None or one in only
    }
    query = select(ToldBefore).where(col(ToldBefore.step_id).in_(steps.values()))
    before = {kept.step_id: kept.told for kept in session.exec(query)}
    now = count_told(session, month, only)
    since = {one: now[one] - before.get(step, -1) for one, step in steps.items()}
    return {one: many for one, many in since.items() if many > 0}


def count_told(
    session: Session, month: str, only: Collection[UUID] | None = None
) -> Counter[UUID]:
    """How much was told since the month began, by station, of those in its lines."""
    counted: Counter[UUID] = Counter()
    station = col(Entry.station_id)
    for kind in KINDS:
        query = _touched(select(station, func.count(kind.id.distinct())), kind, month)
        if only is not None:
            query = query.where(station.in_(only))
        for one, many in session.execute(query.group_by(station)):
            counted[one] += int(many)
    return counted


def hold_lines(session: Session, month: str, station_id: UUID) -> list[UUID]:
    """The station's services of which something was told after they were posted, the
    earliest first, as caps were used up.

    Their orders and elders are held: whoever settles one of them holds these before it
    asks for the month, and so does whoever goes on to hold the month alone.
    """
    on, order = col(Entry.service_on), col(Entry.order_id)
    found: set[tuple[date, UUID]] = set()
    for kind in KINDS:
        columns = (on, order, func.max(kind.told_at), func.min(Entry.made_at))
        query = _touched(select(*columns).group_by(on, order), kind, month)
        ours = query.where(col(Entry.station_id) == station_id, order.is_not(None))
        found.update(
            (day, order_id)
            for day, order_id, told_at, made_at in session.execute(ours)
            if told_at > made_at - _LONGEST
        )
    ids = sorted({order_id for _, order_id in found})
    parts = [
        col(Order.id).in_(ids[start : start + _AT_ONCE])
        for start in range(0, len(ids), _AT_ONCE)
    ]
    for some in parts:  # all orders first: who settles holds their order, then an elder
        orders = select(Order.id).where(some).order_by(col(Order.id))
        session.exec(orders.with_for_update()).all()
    whose = {
        one
        for some in parts
        for one in session.exec(select(Order.elder_id).where(some))
    }
    persons = sorted(whose)
    for start in range(0, len(persons), _AT_ONCE):
        some = col(Elder.id).in_(persons[start : start + _AT_ONCE])
        elders = select(Elder.id).where(some).order_by(col(Elder.id))
        session.exec(elders.with_for_update(key_share=True)).all()
    return [order_id for _, order_id in sorted(found)]


def recount_lines(uow: UnitOfWork, order_ids: Collection[UUID]) -> int:
    """Reckon these services anew, in this order; those that come out as they were stay.

    Returns:
        how many were taken back and posted anew.
    """
    return sum(
        recount(uow, get_order(uow.session, order_id, lock=True))
        for order_id in order_ids
    )


def _touched(query: Any, kind: Telling, month: str) -> Any:
    """A month's services of elders of whom something of this kind that had begun by
    their day was told since; also what was over by then, as what stood before it does
    not come back.
    """
    return (
        query.select_from(Entry)
        .join(kind.id.class_, kind.elder_id == col(Entry.elder_id))
        .where(
            Entry.period == month,
            Entry.kind == EntryKind.SERVICE,
            kind.told_at >= town_moment(first_day(month), 0),
            kind.from_on <= col(Entry.service_on),
            kind.only,
        )
    )
