"""How a serving ended at one counter: who did not come, and what was left over."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, select

from dispatch.store.columns import Instant


class ServingEnd(SQLModel, table=True):
    """One counter's count of one serving. `unsold` is counted by a person's eyes.

    It may be counted again; each count is an event.
    """

    __tablename__ = "serving_end"
    __table_args__ = (
        Index("one_end_each", "sitting_id", "station_id", unique=True),
        *(
            CheckConstraint(f"{what} BETWEEN 0 AND 100000", name=f"some_{what}")
            for what in ("served", "walk_ins", "no_show", "unsold")
        ),
        CheckConstraint("walk_ins <= served", name="walk_ins_are_served"),
        CheckConstraint(
            "unsold = 0 OR length(went_to) > 0", name="unsold_went_somewhere"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sitting_id: UUID = Field(foreign_key="sitting.id")
    station_id: UUID = Field(foreign_key="station.id", index=True)
    served: int = 0
    walk_ins: int = 0
    no_show: int = 0
    unsold: int = 0
    went_to: str = Field(default="", max_length=60)  # what became of the unsold ones
    account_id: UUID | None = None
    counted_at: datetime = Field(sa_type=Instant)


def find_end(session: Session, sitting_id: UUID, station_id: UUID) -> ServingEnd | None:
    """How a serving ended at a counter, if it was counted."""
    query = select(ServingEnd).where(
        ServingEnd.sitting_id == sitting_id, ServingEnd.station_id == station_id
    )
    return session.exec(query).first()
