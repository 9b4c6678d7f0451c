"""Facts of elders that were told after a line was posted, while its month is open.

A month's lines are what the rules give by the facts of the service's day. When such a
fact is told later, the station's signature no longer stands for what the line should
be: it signs again, and its lines are reckoned anew as it does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from dispatch.clock import town_moment
from dispatch.orders.orders import get_order
from dispatch.people.elder_facts import SINCE_EVER, ElderFact
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.granting import recount
from dispatch.subsidy.ledger import Entry, EntryKind
from dispatch.subsidy.months.periods import first_day


@dataclass(frozen=True)
class ToldLater:
    """Of one station: when the newest such fact was told, and how many lines it is
    about; not each of them need come out otherwise.
    """

    at: datetime
    lines: int


def told_later(
    session: Session, month: str, only: Collection[UUID] | None = None
) -> dict[UUID, ToldLater]:
    """By station what was told after the lines of a month were posted."""
    station = col(Entry.station_id)
    told: Any = func.max(col(ElderFact.recorded_at))
    lines = func.count(col(Entry.id).distinct())
    query = _touched(select(station, told, lines), month).group_by(station)
    if only is not None:
        query = query.where(station.in_(only))
    return {one: ToldLater(at, int(many)) for one, at, many in session.execute(query)}


def recount_lines(uow: UnitOfWork, month: str, station_id: UUID) -> int:
    """Reckon the station's touched lines anew; those that come out as they were stay.

    Returns:
        how many were taken back and posted anew.
    """
    query = _touched(select(col(Entry.order_id)).distinct(), month)
    ours = query.where(col(Entry.station_id) == station_id)
    orders = sorted(uow.session.execute(ours).scalars().all())
    return sum(
        recount(uow, get_order(uow.session, order_id, lock=True)) for order_id in orders
    )


def _touched(query: Any, month: str) -> Any:
    """A month's services of elders of whom something that holds on their day was told
    after they were posted. What was so before a first change says nothing new.
    """
    on = col(Entry.service_on)
    return (
        query.select_from(Entry)
        .join(ElderFact, col(ElderFact.elder_id) == col(Entry.elder_id))
        .where(
            Entry.period == month,
            Entry.kind == EntryKind.SERVICE,
            col(Entry.order_id).is_not(None),
            col(ElderFact.recorded_at) >= town_moment(first_day(month), 0),
            col(ElderFact.recorded_at) > col(Entry.made_at),
            col(ElderFact.from_on) > SINCE_EVER,
            col(ElderFact.from_on) <= on,
            or_(col(ElderFact.until_on).is_(None), col(ElderFact.until_on) >= on),
        )
    )
