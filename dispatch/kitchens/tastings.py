"""Test meals (试餐): each week one meal rides to a last stop and is probed there."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select

from dispatch.kitchens.rules import LARGEST_TENTHS, SMALLEST_TENTHS
from dispatch.store.columns import Instant


class Tasting(SQLModel, table=True):
    """One kitchen's test meal of one week. It is one of the spare portions.

    Which serving and which round is drawn from `seed`, so that nobody chooses the
    round that is shortest and everybody can draw it again.
    """

    __tablename__ = "tasting"
    __table_args__ = (
        UniqueConstraint("kitchen_id", "week_on", name="one_tasting"),
        CheckConstraint(
            "(tenths IS NULL) = (probed_at IS NULL) "
            "AND (tenths IS NULL) = (probed_by IS NULL)",
            name="probed_by_one",
        ),
        CheckConstraint(
            f"tenths IS NULL OR tenths BETWEEN {SMALLEST_TENTHS} AND {LARGEST_TENTHS}",
            name="tasting_celsius",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id", index=True)
    week_on: date
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    seed: str = Field(max_length=64)
    round_id: UUID | None = Field(default=None, foreign_key="round.id", index=True)
    stop_id: UUID | None = Field(default=None, foreign_key="stop.id", index=True)
    tenths: int | None = None
    words: str = Field(default="", max_length=120)
    probed_at: datetime | None = Field(default=None, sa_type=Instant)
    probed_by: UUID | None = Field(default=None, foreign_key="account.id")


def find_tasting(
    session: Session, kitchen_id: UUID, week_on: date, *, lock: bool = False
) -> Tasting | None:
    """A kitchen's test meal of the week that begins on this Monday."""
    query = select(Tasting).where(
        Tasting.kitchen_id == kitchen_id, Tasting.week_on == week_on
    )
    return session.exec(query.with_for_update() if lock else query).first()
