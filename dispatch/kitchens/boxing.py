"""Boxing: which box holds what of which batch."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import get_sitting
from dispatch.errors import BadInput, Conflict
from dispatch.kitchens.batches import Batch, MealBox, boxes_of, get_batch
from dispatch.kitchens.rules import EATEN_WITHIN
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.store.unit_of_work import UnitOfWork

_OVER = frozenset({OrderState.DONE, OrderState.FAILED, OrderState.CANCELLED})
_GONE = _OVER | {OrderState.UNDER_WAY}


class SealUsed(Conflict):
    """这个封签号已经用过，没有保存。请核对封签。"""

    code = "seal_used"


class BadSeal(BadInput):
    """封签号要以数字结尾，没有保存。请核对封签。"""

    code = "bad_seal"


def clock_of(session: Session, batch: Batch, hot_at: datetime) -> datetime:
    """Until when a batch may be eaten: two hours after it was hot, in its sitting."""
    sitting = get_sitting(session, batch.sitting_id)
    return min(hot_at + EATEN_WITHIN, sitting.eat_by_at)


def pack(uow: UnitOfWork, batch: Batch, *, first_seal: str | None = None) -> int:
    """Put a cooked batch into boxes for orders that have none; what is carried first.

    An order whose box may be eaten no more, and has not left the kitchen, gets a new
    one. The caller holds the batch.

    Args:
        first_seal: the seal of the first carried box; the others follow it.

    Returns:
        how many boxes were packed.

    Raises:
        BadSeal, SealUsed
    """
    if batch.cooked_at is None or batch.eat_by_at is None or batch.withdrawn_at:
        return 0
    waiting = _without_a_box(uow, batch)[: _room(uow.session, batch)]
    seals = _seals(first_seal)
    sealed = {
        order.id: next(seals) if order.channel is Channel.DELIVERY else None
        for order in waiting
    }
    _must_be_new(uow.session, batch.kitchen_id, [s for s in sealed.values() if s])
    old = boxes_of(uow.session, sealed)
    for order in waiting:
        box = old.get(order.id)
        _fill(uow, order, box, batch, uow.now).seal = sealed[order.id]
    uow.session.flush()
    return len(sealed)


def fresh_box(uow: UnitOfWork, order: Order, at: datetime) -> MealBox | None:
    """The box that an order was handed then; from another batch if its own was over.

    None where the kitchen keeps no batches of this meal: then the sitting's clock is
    all there is.
    """
    box = boxes_of(uow.session, [order.id]).get(order.id)
    if box is not None and at <= box.eat_by_at:
        return box
    return _newly_filled(uow, order, box, at)


def first_box(uow: UnitOfWork, order: Order) -> MealBox | None:
    """The same of an order just made, which can have none yet."""
    return _newly_filled(uow, order, None, uow.now)


def _newly_filled(
    uow: UnitOfWork, order: Order, box: MealBox | None, at: datetime
) -> MealBox | None:
    batch = _batch_with_room(uow, order)
    if batch is None or batch.eat_by_at is None:
        return box
    box = _fill(uow, order, box, batch, at)
    uow.session.flush()
    return box


def move_clocks(uow: UnitOfWork, batch: Batch, eat_by_at: datetime) -> None:
    """Give the boxes that are still in the kitchen the batch's new clock."""
    inside = (
        select(MealBox, Order.state)
        .join(Order, col(Order.id) == MealBox.order_id)
        .where(MealBox.batch_id == batch.id)
        .order_by(col(MealBox.order_id))
    )
    for box, state in uow.session.exec(inside):
        if state not in _GONE:
            box.eat_by_at = eat_by_at
            uow.session.add(box)
    uow.session.flush()


def stop_boxes(uow: UnitOfWork, batch: Batch) -> int:
    """End the clock of every box of a batch that nobody has eaten yet, wherever it is.

    Returns:
        how many.
    """
    open_boxes = (
        select(MealBox)
        .join(Order, col(Order.id) == MealBox.order_id)
        .where(MealBox.batch_id == batch.id, Order.state != OrderState.DONE)
        .where(MealBox.eat_by_at > uow.now)
        .order_by(col(MealBox.order_id))
    )
    boxes = uow.session.exec(open_boxes).all()
    for box in boxes:
        box.eat_by_at = uow.now
        uow.session.add(box)
    uow.session.flush()
    return len(boxes)


def _fill(
    uow: UnitOfWork, order: Order, box: MealBox | None, batch: Batch, at: datetime
) -> MealBox:
    """The order's box holds what is of this batch from now on; its clock is known."""
    eat_by_at = batch.eat_by_at or at
    if box is None:
        box = MealBox(
            order_id=order.id,
            batch_id=batch.id,
            kitchen_id=batch.kitchen_id,
            packed_at=at,
            eat_by_at=eat_by_at,
        )
    box.batch_id, box.eat_by_at = batch.id, eat_by_at
    box.returnable, box.packed_at = batch.returnable, at
    uow.session.add(box)
    return box


def _without_a_box(uow: UnitOfWork, batch: Batch) -> list[Order]:
    """Orders of this meal that still wait for a box: carried first, then as placed."""
    of_order = select(MealBox.order_id).where(MealBox.order_id == Order.id)
    fresh = of_order.where(MealBox.eat_by_at > uow.now).exists()
    left = col(Order.state).in_(_GONE)
    rows = uow.session.exec(
        select(Order)
        .where(Order.sitting_id == batch.sitting_id)
        .where(Order.menu_item_id == batch.menu_item_id, ~fresh)
        .where(col(Order.state).not_in(_OVER), ~(left & of_order.exists()))
        .order_by(col(Order.placed_at), col(Order.id))
    ).all()
    return sorted(rows, key=lambda order: order.channel is not Channel.DELIVERY)


def _room(session: Session, batch: Batch) -> int:
    return batch.portions - _packed(session, [batch.id])[batch.id]


def _packed(session: Session, batch_ids: list[UUID]) -> Counter[UUID]:
    """Per batch the boxes of orders that were not called off."""
    rows = session.exec(
        select(MealBox.batch_id, func.count())
        .join(Order, col(Order.id) == MealBox.order_id)
        .where(col(MealBox.batch_id).in_(batch_ids))
        .where(Order.state != OrderState.CANCELLED)
        .group_by(col(MealBox.batch_id))
    )
    return Counter({batch_id: int(boxes) for batch_id, boxes in rows})


def count_boxes(session: Session, batch_ids: list[UUID]) -> Counter[UUID]:
    """How many boxes went out of each batch, or will."""
    return _packed(session, batch_ids)


def _batch_with_room(uow: UnitOfWork, order: Order) -> Batch | None:
    """The batch of this order's meal that must be eaten first and has a portion left.

    It is held, so that two do not take its last portion.
    """
    query = (
        select(Batch.id)
        .where(Batch.sitting_id == order.sitting_id)
        .where(Batch.menu_item_id == order.menu_item_id)
        .where(col(Batch.eat_by_at) > uow.now, col(Batch.withdrawn_at).is_(None))
        .order_by(col(Batch.eat_by_at), col(Batch.id))
    )
    for batch_id in uow.session.exec(query).all():
        batch = get_batch(uow.session, batch_id, lock=True)
        if batch.withdrawn_at is None and _room(uow.session, batch) > 0:
            return batch
    return None


def _seals(first: str | None) -> Iterator[str | None]:
    if first is None:
        while True:
            yield None
    told = re.fullmatch(r"(.*?)([0-9]{1,12})", first)
    if told is None:
        raise BadSeal
    letters, digits = told.groups()
    for number in range(int(digits), 10 ** len(digits)):
        yield f"{letters}{number:0{len(digits)}d}"
    raise BadSeal


def _must_be_new(session: Session, kitchen_id: UUID, seals: list[str]) -> None:
    used = select(MealBox.seal).where(
        MealBox.kitchen_id == kitchen_id, col(MealBox.seal).in_(seals)
    )
    if seals and (seal := session.exec(used).first()):
        raise SealUsed(seal=seal)
