"""Batches: what was cooked together, which boxes it went into, and its clock."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.catalogue.sittings import Sitting
from dispatch.errors import NotFound
from dispatch.store.columns import Instant


class Batch(SQLModel, table=True):
    """Portions of one set meal that were cooked together.

    `hot_at` is when it was last known to be hot: when it was cooked, or probed since.
    Two hours later, and never after its sitting, it is served no more: `eat_by_at`.
    """

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("portions BETWEEN 1 AND 5000", name="batch_portions"),
        CheckConstraint(
            "(cooked_at IS NULL) = (eat_by_at IS NULL) "
            "AND (cooked_at IS NULL) = (hot_at IS NULL)",
            name="cooked_has_a_clock",
        ),
        CheckConstraint(
            "cooked_at IS NULL OR (started_at <= cooked_at AND cooked_at < eat_by_at)",
            name="batch_in_order",
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_why IS NULL)", name="withdrawn_why"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=24, unique=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id", index=True)
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    menu_item_id: UUID = Field(foreign_key="menu_item.id", index=True)
    portions: int
    returnable: bool = False  # its boxes come back to be washed
    started_at: datetime = Field(sa_type=Instant)
    started_by: UUID | None = Field(default=None, foreign_key="account.id")
    cooked_at: datetime | None = Field(default=None, sa_type=Instant)
    hot_at: datetime | None = Field(default=None, sa_type=Instant)
    eat_by_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_why: str | None = Field(default=None, max_length=200)


class MealBox(SQLModel, table=True):
    """The box of one order: from which batch, under which seal, until when."""

    __tablename__ = "meal_box"
    __table_args__ = (UniqueConstraint("kitchen_id", "seal", name="one_seal"),)

    order_id: UUID = Field(foreign_key="orders.id", primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id", index=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id")
    seal: str | None = Field(default=None, max_length=24)
    returnable: bool = False
    packed_at: datetime = Field(sa_type=Instant)
    eat_by_at: datetime = Field(sa_type=Instant)


def get_batch(session: Session, batch_id: UUID, *, lock: bool = False) -> Batch:
    """Raises: NotFound."""
    batch = session.get(
        Batch, batch_id, with_for_update=lock or None, populate_existing=lock
    )
    if batch is None:
        raise NotFound("没有找到这一批次。")
    return batch


def list_batches(session: Session, sitting_ids: Collection[UUID]) -> list[Batch]:
    """The batches of some sittings, in the order of their numbers."""
    query = select(Batch).where(col(Batch.sitting_id).in_(sitting_ids))
    return list(session.exec(query.order_by(col(Batch.number))))


def boxes_of(session: Session, order_ids: Collection[UUID]) -> dict[UUID, MealBox]:
    """Per order its box, for those that were packed."""
    wanted, found = sorted(order_ids), dict[UUID, MealBox]()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = session.exec(select(MealBox).where(col(MealBox.order_id).in_(part)))
        found.update({box.order_id: box for box in rows})
    return found


def eat_by_of(
    session: Session, order_id: UUID, sitting: Sitting | None
) -> datetime | None:
    """Until when an order's meal may be eaten: its box's clock, else its sitting's."""
    if sitting is None:
        return None
    box = session.get(MealBox, order_id, populate_existing=True)
    return min(box.eat_by_at, sitting.eat_by_at) if box else sitting.eat_by_at
