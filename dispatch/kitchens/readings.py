"""Temperatures: read by a person, kept with what was done when one was wrong."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.kitchens.rules import (
    CHILLED_TENTHS,
    HOT_TENTHS,
    LARGEST_TENTHS,
    SMALLEST_TENTHS,
)
from dispatch.store.columns import Instant, word


class Place(StrEnum):
    """What the thermometer was put into."""

    BATCH = "batch"  # the middle of the food
    WARMER = "warmer"  # 保温柜
    FRIDGE = "fridge"  # 留样冰箱
    BOX = "box"  # 送餐箱


class Action(StrEnum):
    """What was done about a temperature out of its range."""

    REHEATED = "reheated"
    DISCARDED = "discarded"
    SERVED_AT_ONCE = "served_at_once"  # within its two hours
    MENDED = "mended"  # the cupboard or the fridge was put right


class Reading(SQLModel, table=True):
    """One temperature, in tenths of a degree Celsius."""

    __tablename__ = "temperature"
    __table_args__ = (
        CheckConstraint(
            f"tenths BETWEEN {SMALLEST_TENTHS} AND {LARGEST_TENTHS}", name="celsius"
        ),
        CheckConstraint("in_range OR action IS NOT NULL", name="wrong_needs_action"),
        CheckConstraint("place <> 'batch' OR batch_id IS NOT NULL", name="of_a_batch"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id", index=True)
    batch_id: UUID | None = Field(default=None, foreign_key="batch.id", index=True)
    place: Place = Field(sa_type=word(Place))
    tenths: int
    in_range: bool
    action: Action | None = Field(default=None, sa_type=word(Action))
    note: str = Field(default="", max_length=120)
    taken_at: datetime = Field(sa_type=Instant)
    taken_by: UUID | None = Field(default=None, foreign_key="account.id")


def is_right(place: Place, tenths: int) -> bool:
    """Hot things are hot, the fridge is cold."""
    if place is Place.FRIDGE:
        return CHILLED_TENTHS[0] <= tenths <= CHILLED_TENTHS[1]
    return tenths >= HOT_TENTHS


def list_readings(
    session: Session, kitchen_id: UUID, since: datetime, until: datetime
) -> list[Reading]:
    """A kitchen's readings between two moments, the last one first."""
    query = select(Reading).where(
        Reading.kitchen_id == kitchen_id, col(Reading.taken_at).between(since, until)
    )
    ordered = query.order_by(col(Reading.taken_at).desc(), col(Reading.id))
    return list(session.exec(ordered))


def last_readings(session: Session, batch_ids: Collection[UUID]) -> dict[UUID, Reading]:
    """Per batch the last temperature of its food."""
    query = (
        select(Reading)
        .where(col(Reading.batch_id).in_(batch_ids), Reading.place == Place.BATCH)
        .order_by(col(Reading.taken_at), col(Reading.id))
    )
    return {one.batch_id: one for one in session.exec(query) if one.batch_id}
