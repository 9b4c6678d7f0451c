"""What the counter's page told and the house could not book as told, for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.counter.till_deeds import TillDeed
from dispatch.errors import Conflict
from dispatch.log.events import record
from dispatch.orders.orders import Order
from dispatch.orders.station_day import station_for
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

_MOST = 200


class NoDifference(Conflict):
    """这条记录没有差异，不用处理。"""

    code = "no_difference"


class AlreadyResolved(Conflict):
    """这条差异已经处理过，没有重复保存。"""

    code = "already_resolved"


@dataclass(frozen=True, kw_only=True)
class DifferenceRow:
    """One deed that was not as its page thought; `applied` where it took effect."""

    id: UUID
    kind: str
    why: str
    applied: bool
    elder_name: str
    order_id: UUID | None
    order_number: str | None
    method: str | None
    fen: int | None
    booked: bool
    happened_at: datetime
    received_at: datetime
    resolved_at: datetime | None
    resolution: str


def show_differences(uow: UnitOfWork) -> list[DifferenceRow]:
    """The own counter's differences: the open ones first, then the latest."""
    station = station_for(uow, None)
    query = (
        scoped(uow.actor, TillDeed)
        .where(TillDeed.station_id == station.id, col(TillDeed.why).is_not(None))
        .order_by(
            col(TillDeed.resolved_at).is_not(None),
            col(TillDeed.happened_at).desc(),
            col(TillDeed.id),
        )
    )
    return _rows(uow, uow.session.exec(query.limit(_MOST)).all())


def resolve(uow: UnitOfWork, deed_id: UUID, words: str) -> DifferenceRow:
    """Say what became of a difference; what was booked is not touched by it.

    Raises:
        NotFound, NoDifference, AlreadyResolved
    """
    deed = get_scoped(uow, TillDeed, deed_id, lock=True)
    if deed.why is None:
        raise NoDifference
    if deed.resolved_at is not None:
        raise AlreadyResolved
    deed.resolved_at, deed.resolved_by = uow.now, uow.actor.account_id
    deed.resolution = words
    uow.session.add(deed)
    record(
        uow,
        "till.resolved",
        "till_deed",
        deed.id,
        facts={"why": deed.why},
        station_id=deed.station_id,
        street_code=deed.street_code,
    )
    return _rows(uow, [deed])[0]


def _rows(uow: UnitOfWork, deeds: Sequence[TillDeed]) -> list[DifferenceRow]:
    names = unseal(uow.session, {d.elder_id for d in deeds if d.elder_id}, ["name"])
    orders = select(Order.id, Order.number).where(
        col(Order.id).in_([deed.order_id for deed in deeds])
    )
    numbers: dict[UUID | None, str] = dict(uow.session.exec(orders).all())
    return [
        DifferenceRow(
            id=deed.id,
            kind=deed.kind.value,
            why=deed.why or "",
            applied=deed.applied,
            elder_name=names[deed.elder_id].get("name", "") if deed.elder_id else "",
            order_id=deed.order_id,
            order_number=numbers.get(deed.order_id),
            method=deed.method.value if deed.method else None,
            fen=deed.fen,
            booked=deed.payment_id is not None,
            happened_at=deed.happened_at,
            received_at=deed.received_at,
            resolved_at=deed.resolved_at,
            resolution=deed.resolution,
        )
        for deed in deeds
    ]
