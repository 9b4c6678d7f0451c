"""Marks: what has been gone through once and need not be at every start."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel

from dispatch.clock import wall_now
from dispatch.store.columns import Instant


class Mark(SQLModel, table=True):
    """One thing that is done, and for what it was done. Wall time."""

    __tablename__ = "mark"

    name: str = Field(primary_key=True, max_length=24)
    done_for: str = Field(max_length=64)
    done_at: datetime = Field(default_factory=wall_now, sa_type=Instant)


def is_done(session: Session, name: str, done_for: str) -> bool:
    """It was done, for this and nothing else."""
    found = session.get(Mark, name)
    return found is not None and found.done_for == done_for


def mark_done(session: Session, name: str, done_for: str) -> None:
    """Write down that it was done."""
    session.merge(Mark(name=name, done_for=done_for))
