"""Merging what a counter's page wrote down: each deed once, each one answered.

What is asked in time is done or refused, as at the other doors. What had happened
before anybody could be asked is booked as far as it can be; the rest is kept as a
difference for a person, with its money.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.clock import clock_speed, town_day
from dispatch.counter.cash_days import hold_cash_day
from dispatch.counter.deed_batch import Deed, DeedBatch, read_deed
from dispatch.counter.doing_deeds import do_deed
from dispatch.counter.till_deeds import TillDeed, find_deeds
from dispatch.errors import Refusal
from dispatch.log.events import record
from dispatch.orders.orders import Order
from dispatch.orders.showing import OrderRow, show_orders
from dispatch.orders.station_day import station_for
from dispatch.people.elders import Elder
from dispatch.people.places import Station
from dispatch.store.unit_of_work import UnitOfWork

_ID_TAKEN = "同一编号的记录内容不同，没有保存。"
_MALFORMED = "这条记录读不懂，没有保存。"


@dataclass(frozen=True, kw_only=True)
class DeedAnswer:
    """What became of one deed: applied, different (kept, for a person), or refused."""

    id: str
    result: str
    code: str | None = None
    detail: str = ""
    order: OrderRow | None = None
    payment_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class DeedAnswers:
    """The answers in the order of the batch."""

    server_now: datetime
    results: list[DeedAnswer]


def merge_deeds(uow: UnitOfWork, batch: DeedBatch) -> DeedAnswers:
    """Merge what a page of the actor's own station sent; nothing fails the others.

    Raises:
        NotFound: the actor has no counter.
    """
    station, speed = station_for(uow, None), clock_speed(uow.session)
    read = [read_deed(raw) for raw in batch.deeds]
    deeds = [deed for deed in read if deed is not None]
    _hold_orders(uow, deeds)
    found: dict[UUID, DeedAnswer] = {}
    for deed in sorted(deeds, key=lambda one: (one.boot_id, one.seq)):
        if deed.id not in found:
            at = batch.happened_at(deed, uow.now, speed)
            found[deed.id] = _merge(uow, station, batch.device_id, deed, at)
    shown = _with_orders(uow, found)
    return DeedAnswers(
        server_now=uow.now,
        results=[
            shown[deed.id] if deed else _unread(raw)
            for deed, raw in zip(read, batch.deeds, strict=True)
        ],
    )


def _hold_orders(uow: UnitOfWork, deeds: Sequence[Deed]) -> None:
    """All at once and in one order, so that nobody waits for each other crosswise."""
    wanted = [deed.order_id for deed in deeds if deed.order_id]
    query = scoped(uow.actor, Order).where(col(Order.id).in_(wanted))
    uow.session.exec(query.order_by(col(Order.id)).with_for_update()).all()


def _merge(
    uow: UnitOfWork, station: Station, device_id: str, deed: Deed, at: datetime
) -> DeedAnswer:
    digest = _digest(deed)
    row = TillDeed(
        id=deed.id,
        device_id=device_id,
        boot_id=deed.boot_id,
        seq=deed.seq,
        station_id=station.id,
        street_code=station.street_code,
        account_id=uow.actor.account_id or UUID(int=0),
        kind=deed.kind,
        content_sha256=digest,
        said=deed.said,
        method=deed.method,
        fen=deed.fen,
        cash_on=hold_cash_day(uow.session, station, town_day(at)).cash_on,
        happened_at=at,
        received_at=uow.now,
        applied=True,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
            uow.session.flush()
    except IntegrityError:
        return _known(uow, deed, digest)
    return _settled(uow, row, deed, at)


def _known(uow: UnitOfWork, deed: Deed, digest: str) -> DeedAnswer:
    """The answer of the first time, or no answer for another deed of that id."""
    first = find_deeds(uow.session, [deed.id]).get(deed.id)
    if first is None or first.content_sha256 != digest:
        return _refused(deed.id, "id_taken", _ID_TAKEN)
    if first.account_id != (uow.actor.account_id or UUID(int=0)):
        return _refused(deed.id, "id_taken", _ID_TAKEN)
    return _answer(first)


def _settled(uow: UnitOfWork, row: TillDeed, deed: Deed, at: datetime) -> DeedAnswer:
    """Do the deed; what cannot be done any more is refused or kept as different."""
    try:
        with uow.session.begin_nested():
            done = do_deed(uow, deed, at)
    except Refusal as refusal:
        if not deed.happened:
            uow.session.delete(row)
            uow.session.flush()
            return _refused(deed.id, refusal.code, str(refusal))
        order_id, elder_id = _meant(uow, deed)
        notes, row.applied = [refusal.code], False
    else:
        order_id, elder_id = done.order.id, done.order.elder_id
        notes, row.payment_id = done.notes, done.payment_id
    row.order_id, row.elder_id = order_id, elder_id
    if notes:
        row.why, row.said = notes[0], row.said | {"notes": notes}
    uow.session.add(row)
    uow.session.flush()
    if notes:
        _tell(uow, row)
    return _answer(row)


def _meant(uow: UnitOfWork, deed: Deed) -> tuple[UUID | None, UUID | None]:
    """Order and elder of a deed that took no effect, as far as they are in reach."""
    if deed.order_id is not None:
        orders = scoped(uow.actor, Order).where(Order.id == deed.order_id)
        order = uow.session.exec(orders).first()
        return (order.id, order.elder_id) if order else (None, None)
    elders = scoped(uow.actor, Elder).where(Elder.id == deed.elder_id)
    elder = uow.session.exec(elders).first()
    return None, elder.id if elder else None


def _tell(uow: UnitOfWork, row: TillDeed) -> None:
    record(
        uow,
        "till.differs",
        "till_deed",
        row.id,
        facts={"why": row.why, "applied": row.applied},
        station_id=row.station_id,
        street_code=row.street_code,
    )


def _answer(row: TillDeed) -> DeedAnswer:
    return DeedAnswer(
        id=str(row.id),
        result="different" if row.why else "applied",
        code=row.why,
        payment_id=row.payment_id,
    )


def _with_orders(
    uow: UnitOfWork, answers: dict[UUID, DeedAnswer]
) -> dict[UUID, DeedAnswer]:
    """Each answer with its order as it is now."""
    kept = find_deeds(uow.session, list(answers))
    wanted = {deed.order_id for deed in kept.values() if deed.order_id}
    query = select(Order).where(col(Order.id).in_(wanted))
    rows = {row.id: row for row in show_orders(uow, uow.session.exec(query).all())}
    for deed_id, deed in kept.items():
        if deed.order_id in rows:
            answers[deed_id] = replace(answers[deed_id], order=rows[deed.order_id])
    return answers


def _unread(raw: dict[str, object]) -> DeedAnswer:
    return DeedAnswer(
        id=str(raw.get("id", ""))[:40],
        result="refused",
        code="malformed",
        detail=_MALFORMED,
    )


def _refused(deed_id: UUID, code: str, detail: str) -> DeedAnswer:
    return DeedAnswer(id=str(deed_id), result="refused", code=code, detail=detail)


def _digest(deed: Deed) -> str:
    text = json.dumps(deed.said, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
