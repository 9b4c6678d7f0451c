"""Returnable boxes: who still has how many."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.kitchens.batches import MealBox
from dispatch.orders.orders import Order, OrderState
from dispatch.store.columns import Instant, word


class Step(StrEnum):
    TAKEN_BACK = "taken_back"  # from an elder, by a helper or at the counter
    HANDED_IN = "handed_in"  # by a helper, to the kitchen


class BoxReturn(SQLModel, table=True):
    """Some empty boxes changed hands. Which went out is told by the boxes served."""

    __tablename__ = "box_return"
    __table_args__ = (
        CheckConstraint("boxes BETWEEN 1 AND 50", name="boxes_returned"),
        CheckConstraint(
            "(step = 'taken_back') = (elder_id IS NOT NULL)", name="taken_from_an_elder"
        ),
        CheckConstraint(
            "step <> 'handed_in' OR helper_id IS NOT NULL", name="handed_in_by_a_helper"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    step: Step = Field(sa_type=word(Step))
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id", index=True)
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id", index=True)
    boxes: int
    at: datetime = Field(sa_type=Instant)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")


def held_by_elders(session: Session, elder_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many returnable boxes these elders still have; nobody has less than none."""
    out = session.exec(
        select(Order.elder_id, func.count())
        .join(MealBox, col(MealBox.order_id) == Order.id)
        .where(col(Order.elder_id).in_(elder_ids), col(MealBox.returnable))
        .where(Order.state == OrderState.DONE)
        .group_by(col(Order.elder_id))
    )
    held = Counter({elder_id: int(boxes) for elder_id, boxes in out})
    back = session.exec(
        select(BoxReturn.elder_id, func.sum(BoxReturn.boxes))
        .where(col(BoxReturn.elder_id).in_(elder_ids))
        .group_by(col(BoxReturn.elder_id))
    )
    for elder_id, boxes in back:
        if elder_id is not None:
            held[elder_id] -= int(boxes)
    return {elder_id: max(0, held[elder_id]) for elder_id in elder_ids}


def held_by_helpers(session: Session, helper_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many empty boxes these helpers carry: taken back and not handed in."""
    rows = session.exec(
        select(BoxReturn.helper_id, BoxReturn.step, func.sum(BoxReturn.boxes))
        .where(col(BoxReturn.helper_id).in_(helper_ids))
        .group_by(col(BoxReturn.helper_id), col(BoxReturn.step))
    )
    held: Counter[UUID] = Counter()
    for helper_id, step, boxes in rows:
        if helper_id is not None:
            held[helper_id] += int(boxes) * (1 if step is Step.TAKEN_BACK else -1)
    return {helper_id: max(0, held[helper_id]) for helper_id in helper_ids}
