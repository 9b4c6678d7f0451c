"""Facts of elders that were told after a line was posted, while its month is open.

A month's lines are what the rules give by the facts of the service's day. When such a
fact is told later, the station's signature no longer stands for what the line should
be: it signs again, and its lines are reckoned anew as it does.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.clock import town_moment
from dispatch.orders.orders import get_order
from dispatch.people.elder_facts import SINCE_EVER, ElderFact
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.granting import recount
from dispatch.subsidy.ledger import Entry, EntryKind
from dispatch.subsidy.months.periods import first_day
from dispatch.subsidy.months.steps import PeriodStep, Step


def told_later(
    session: Session, month: str, begun: int, only: Collection[UUID] | None = None
) -> dict[UUID, int]:
    """By station that has confirmed the month, since it was last begun: of how many
    lines something was told after that; not each of them need come out otherwise.
    """
    signed = (
        select(
            col(PeriodStep.station_id).label("station_id"),
            func.max(PeriodStep.signed_at).label("at"),
        )
        .where(
            PeriodStep.month == month,
            PeriodStep.begun == begun,
            PeriodStep.step == Step.CONFIRM,
        )
        .group_by(col(PeriodStep.station_id))
        .subquery()
    )
    station, lines = col(Entry.station_id), func.count(col(Entry.order_id).distinct())
    query = (
        _touched(select(station, lines), month)
        .join(signed, signed.c.station_id == station)
        .where(col(ElderFact.recorded_at) > signed.c.at)
        .group_by(station)
    )
    if only is not None:
        query = query.where(station.in_(only))
    return {one: int(many) for one, many in session.execute(query)}


def recount_lines(uow: UnitOfWork, month: str, station_id: UUID) -> int:
    """Reckon the station's touched lines anew, the earliest first, as caps were used
    up; those that come out as they were stay.

    Returns:
        how many were taken back and posted anew.
    """
    on, order = col(Entry.service_on), col(Entry.order_id)
    query = _touched(select(on, order).distinct(), month)
    ours = query.where(col(Entry.station_id) == station_id).order_by(on, order)
    return sum(
        recount(uow, get_order(uow.session, order_id, lock=True))
        for _, order_id in uow.session.execute(ours).all()
    )


def _touched(query: Any, month: str) -> Any:
    """A month's services of elders of whom something that had begun by their day was
    told after they were posted; also what was over by then, as what stood before it
    does not come back. What was so before a first change says nothing new.
    """
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
            col(ElderFact.from_on) <= col(Entry.service_on),
        )
    )
