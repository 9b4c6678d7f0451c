"""Handovers (交接): a round that was under way and goes on with somebody else."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant, Json, facts


class RoundHandover(SQLModel, table=True):
    """Who was called back, who goes on, where they meet, and what became of all.

    Without `to_round_id` nobody goes on: what was on board is not served. `did` names
    orders: `handed`, `waiting`, and `not_served` with what replaces each.
    """

    __tablename__ = "round_handover"
    __table_args__ = (
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    from_round_id: UUID = Field(foreign_key="round.id", index=True)
    to_round_id: UUID | None = Field(default=None, foreign_key="round.id", unique=True)
    lat: float
    lon: float
    why: str = Field(max_length=120)
    did: Json = Field(default_factory=dict, sa_column=Column(facts(), nullable=False))
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")


def get_handover(session: Session, handover_id: UUID) -> RoundHandover:
    """Raises: NotFound."""
    found = session.get(RoundHandover, handover_id)
    if found is None:
        raise NotFound("没有找到这次交接。")
    return found


def taken_over(session: Session, round_ids: list[UUID]) -> dict[UUID, RoundHandover]:
    """The handover by which each of these rounds was taken over, if it was."""
    query = select(RoundHandover).where(col(RoundHandover.to_round_id).in_(round_ids))
    return {each.to_round_id: each for each in session.exec(query) if each.to_round_id}
