"""Falling ill: two elders who ate of one batch are a case, and nobody eats on."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput
from dispatch.kitchens.batches import Batch, MealBox, get_batch
from dispatch.kitchens.probing import withdraw
from dispatch.kitchens.rules import ILL_TOGETHER, ILL_WITHIN
from dispatch.log.events import record
from dispatch.orders.orders import Order, OrderState, get_order
from dispatch.people.elders import Elder
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.illness import BatchCase, Illness, Symptom
from dispatch.safety.noting import add_step, tell_case
from dispatch.safety.opening import open_case
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

_TOLD_WITHIN: Final = timedelta(days=14)


class NotWhenTheyFellIll(BadInput):
    """发病时间不能晚于现在，也不能早于两周以前，没有保存。"""

    code = "not_when_they_fell_ill"


def report_illness(
    uow: UnitOfWork,
    elder_id: UUID,
    fell_ill_at: datetime,
    symptoms: Collection[Symptom],
    *,
    key: str | None,
) -> list[Case]:
    """Keep that an elder fell ill, and open a case for each batch that made it two.

    Returns:
        the open cases that this report belongs to.

    Raises:
        NotFound, NotWhenTheyFellIll, KeyMissing, KeyReused
    """
    content = [elder_id, fell_ill_at, sorted(symptoms)]
    if made := claim(uow, key, "illness", content):
        return _open_cases_about(uow.session, _batches_of(uow.session, made))
    if not uow.now - _TOLD_WITHIN <= fell_ill_at <= uow.now:
        raise NotWhenTheyFellIll
    elder = get_scoped(uow, Elder, elder_id)
    told = Illness(
        elder_id=elder.id,
        station_id=elder.station_id,
        street_code=elder.street_code,
        symptoms=sorted(set(symptoms)),
        fell_ill_at=fell_ill_at,
        told_at=uow.now,
        told_to=uow.actor.account_id,
    )
    uow.session.add(told)
    uow.session.flush()
    record(
        uow,
        "illness.told",
        "illness",
        told.id,
        facts={"elder_id": str(elder.id), "fell_ill_at": fell_ill_at.isoformat()},
        station_id=elder.station_id,
        street_code=elder.street_code,
    )
    batches = _batches_of(uow.session, told.id)
    for batch_id, order_id in batches.items():
        _look_at(uow, batch_id, order_id, told)
    keep_result(uow, key or "", told.id)
    return _open_cases_about(uow.session, batches)


def count_ill(session: Session, batch_id: UUID) -> int:
    """How many different elders fell ill in time after eating of a batch."""
    query = (
        select(func.count(func.distinct(Illness.elder_id)))
        .select_from(Illness)
        .join(Order, col(Order.elder_id) == Illness.elder_id)
        .join(MealBox, col(MealBox.order_id) == Order.id)
        .join(Batch, col(Batch.id) == MealBox.batch_id)
        .where(Batch.id == batch_id, Order.state == OrderState.DONE)
        .where(col(Illness.fell_ill_at) >= col(Batch.cooked_at))
        .where(col(Illness.fell_ill_at) <= _latest(session, batch_id))
    )
    return int(session.exec(query).one())


def _latest(session: Session, batch_id: UUID) -> datetime:
    batch = get_batch(session, batch_id)
    return (batch.cooked_at or batch.started_at) + ILL_WITHIN


def _batches_of(session: Session, illness_id: UUID) -> dict[UUID, UUID]:
    """The batches that may have made somebody ill, each with the order they ate."""
    told = session.get_one(Illness, illness_id)
    rows = session.exec(
        select(Batch.id, Order.id)
        .join(MealBox, col(MealBox.batch_id) == Batch.id)
        .join(Order, col(Order.id) == MealBox.order_id)
        .where(Order.elder_id == told.elder_id, Order.state == OrderState.DONE)
        .where(col(Batch.cooked_at) <= told.fell_ill_at)
        .where(col(Batch.cooked_at) >= told.fell_ill_at - ILL_WITHIN)
        .order_by(col(Batch.id), col(Order.id))
    )
    return dict(rows.all())


def _look_at(uow: UnitOfWork, batch_id: UUID, order_id: UUID, told: Illness) -> None:
    """The order is held before its batch, as the counter does it."""
    order = get_order(uow.session, order_id, lock=True)
    batch = get_batch(uow.session, batch_id, lock=True)
    if count_ill(uow.session, batch.id) < ILL_TOGETHER:
        return
    withdraw(uow, batch, "two_ill")
    for case in _open_cases_about(uow.session, [batch.id]):
        add_step(uow, case, "another_ill")
        tell_case(uow, case, "case.noted", outcome="another_ill")
        return
    case = open_case(uow, order, CaseKind.BATCH_ILLNESS, told.fell_ill_at, None)
    if uow.session.get(BatchCase, case.id) is None:
        uow.session.add(BatchCase(case_id=case.id, batch_id=batch.id))
        uow.session.flush()


def _open_cases_about(session: Session, batch_ids: Collection[UUID]) -> list[Case]:
    query = (
        select(Case)
        .join(BatchCase, col(BatchCase.case_id) == Case.id)
        .where(col(BatchCase.batch_id).in_(batch_ids), col(Case.closed_at).is_(None))
    )
    return list(session.exec(query.order_by(col(Case.opened_at), col(Case.id))))
