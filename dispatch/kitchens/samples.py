"""Samples (留样): of each dish some is kept, chilled, while somebody may fall ill."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.kitchens.rules import SAMPLE_GRAMS
from dispatch.store.columns import Instant


class FoodSample(SQLModel, table=True):
    """Some of one dish of one batch; thrown away by somebody, and not too early."""

    __tablename__ = "food_sample"
    __table_args__ = (
        UniqueConstraint("batch_id", "dish", name="one_sample"),
        CheckConstraint(f"grams BETWEEN {SAMPLE_GRAMS} AND 5000", name="enough_kept"),
        CheckConstraint(
            "(destroyed_at IS NULL) = (destroyed_by IS NULL)", name="destroyed_by_one"
        ),
        CheckConstraint(
            "destroyed_at IS NULL OR destroyed_at >= keep_until_at",
            name="kept_long_enough",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id", index=True)
    batch_id: UUID = Field(foreign_key="batch.id", index=True)
    dish: str = Field(max_length=60)
    grams: int
    fridge: str = Field(max_length=20)
    taken_at: datetime = Field(sa_type=Instant)
    taken_by: UUID = Field(foreign_key="account.id")
    keep_until_at: datetime = Field(sa_type=Instant)
    destroyed_at: datetime | None = Field(default=None, sa_type=Instant)
    destroyed_by: UUID | None = Field(default=None, foreign_key="account.id")


def get_sample(session: Session, sample_id: UUID, *, lock: bool = False) -> FoodSample:
    """Raises: NotFound."""
    found = session.get(
        FoodSample, sample_id, with_for_update=lock or None, populate_existing=lock
    )
    if found is None:
        raise NotFound("没有找到这份留样。")
    return found


def list_kept(session: Session, kitchen_id: UUID) -> list[FoodSample]:
    """What is in a kitchen's fridge, the oldest first."""
    query = select(FoodSample).where(
        FoodSample.kitchen_id == kitchen_id, col(FoodSample.destroyed_at).is_(None)
    )
    ordered = query.order_by(col(FoodSample.taken_at), col(FoodSample.dish))
    return list(session.exec(ordered))


def samples_of(
    session: Session, batch_ids: Collection[UUID]
) -> dict[UUID, list[FoodSample]]:
    """Per batch what was kept of it."""
    query = select(FoodSample).where(col(FoodSample.batch_id).in_(batch_ids))
    found: dict[UUID, list[FoodSample]] = {one: [] for one in batch_ids}
    for sample in session.exec(query.order_by(col(FoodSample.dish))):
        found[sample.batch_id].append(sample)
    return found
