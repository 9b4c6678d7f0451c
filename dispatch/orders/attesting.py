"""Attesting: somebody answers for it, by name and for a time, that nobody can fetch."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, NotFound
from dispatch.log.events import record
from dispatch.orders.free_delivery import (
    Attestation,
    Attestor,
    FreeDelivery,
    free_the_fee,
)
from dispatch.orders.holding import NOT_BEGUN
from dispatch.orders.orders import Channel, Order, OrderState, get_order
from dispatch.people.elders import Elder
from dispatch.people.vault import seal
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

LONGEST: Final = timedelta(days=366)  # then somebody looks again
_OPEN: Final = (*NOT_BEGUN, OrderState.HELD)


class BadAttestation(BadInput):
    """请写明谁证明、为什么没人能取，有效期不超过一年且不早于今天。没有保存。"""

    code = "bad_attestation"


@dataclass(frozen=True, kw_only=True)
class AttestationDraft:
    """Who says so (an office and a person's name), why, and from when until when."""

    attestor: Attestor
    by: str
    reason: str
    from_on: date
    until_on: date


def attest(
    uow: UnitOfWork, elder_id: UUID, draft: AttestationDraft, *, key: str | None
) -> int:
    """Keep the word; deliveries already ordered and not paid follow it.

    Returns:
        how many ordered meals changed their fee. A repetition changes none.

    Raises:
        NotFound, BadAttestation, KeyMissing, KeyReused
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    if claim(uow, key, "attest", [elder_id, asdict(draft)]):
        return 0
    _must_be_whole(draft, town_day(uow.now))
    kept = Attestation(
        elder_id=elder.id,
        attestor=draft.attestor,
        reason=draft.reason.strip(),
        from_on=draft.from_on,
        until_on=draft.until_on,
        account_id=uow.actor.account_id,
        made_at=uow.now,
    )
    uow.session.add(kept)
    uow.session.flush()
    seal(uow.session, kept.id, {"name": draft.by.strip()})
    keep_result(uow, key or "", kept.id)
    changed = _reprice(uow, elder)
    _tell(uow, elder, "elder.attested", kept, changed)
    return changed


def withdraw_attestation(uow: UnitOfWork, attestation_id: UUID, why: str) -> UUID:
    """Take it back from today on: they can fetch again, or it was not so.

    Doing it again changes nothing. What was delivered free stays as it was.

    Returns:
        whom it is about.

    Raises:
        NotFound: unknown, or not within reach.
    """
    kept = uow.session.get(Attestation, attestation_id)
    if kept is None:
        raise NotFound("没有找到这份证明。")
    elder = get_scoped(uow, Elder, kept.elder_id, lock=True)
    uow.session.refresh(kept)
    if kept.withdrawn_at is None:
        kept.withdrawn_at = uow.now
        uow.session.add(kept)
        uow.session.flush()
        changed = _reprice(uow, elder)
        _tell(uow, elder, "elder.attestation_withdrawn", kept, changed, why=why)
    return elder.id


def _must_be_whole(draft: AttestationDraft, today: date) -> None:
    forward = draft.from_on <= draft.until_on <= draft.from_on + LONGEST
    if not (forward and draft.until_on >= today and draft.by.strip()):
        raise BadAttestation
    if not draft.reason.strip():
        raise BadAttestation


def _reprice(uow: UnitOfWork, elder: Elder) -> int:
    """Deliveries of today and later that nobody has begun or paid cost as ruled now."""
    query = (
        select(Order.id)
        .where(Order.elder_id == elder.id, Order.channel == Channel.DELIVERY)
        .where(col(Order.is_meal), Order.serve_on >= town_day(uow.now))
        .where(col(Order.state).in_(_OPEN))
        .order_by(col(Order.id))
    )
    changed = 0
    for order_id in uow.session.exec(query).all():
        order = get_order(uow.session, order_id, lock=True)
        if order.state in _OPEN and order.paid_fen == 0:
            changed += _reprice_one(uow, order, elder)
    return changed


def _reprice_one(uow: UnitOfWork, order: Order, elder: Elder) -> bool:
    fee = order.fee_fen
    if freed := uow.session.get(FreeDelivery, order.id):
        order.fee_fen = freed.fen
        uow.session.delete(freed)
        uow.session.flush()
    if again := free_the_fee(uow.session, order, elder):
        uow.session.add(again)
    uow.session.add(order)
    uow.session.flush()
    return order.fee_fen != fee


def _tell(
    uow: UnitOfWork,
    elder: Elder,
    kind: str,
    kept: Attestation,
    changed: int,
    **more: str,
) -> None:
    said = {
        "attestor": kept.attestor.value,
        "from_on": kept.from_on.isoformat(),
        "until_on": kept.until_on.isoformat(),
        "orders": changed,
    }
    record(uow, kind, "elder", elder.id, facts=said | more, station_id=elder.station_id)
