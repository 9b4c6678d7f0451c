"""Trials (试算) of a draft of rules over past months: asked for, worked at, answered.

Like a plan's draft a trial is a leased row: whoever works at it may die, and another
goes on. It writes nothing but itself.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, delete
from sqlmodel import Field, Session, col

from dispatch.errors import NotFound
from dispatch.planning.waves import Leased
from dispatch.store.columns import Instant, Json, facts, narrow
from dispatch.store.unit_of_work import UnitOfWork


class NoSuchTrial(NotFound):
    """没有找到这次试算，请重新试算。"""

    code = "no_such_trial"


class RuleTrial(Leased, table=True):
    """Which draft over which months, how far it has come, and what came of it.

    `looked_at` of `to_look_at` elders are through; `answer` is the comparison.
    """

    __tablename__ = "rule_trial"
    __table_args__ = (
        narrow("trials_to_make", "queued_at", where="state IN ('queued', 'running')"),
        CheckConstraint("attempt BETWEEN 0 AND 100", name="trial_attempts"),
        CheckConstraint("state <> 'done' OR answer IS NOT NULL", name="trial_answers"),
        CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="trial_why"),
    )

    draft_id: UUID = Field(foreign_key="rule_draft.id", index=True)
    months: list[str] = Field(sa_column=Column(facts(), nullable=False))
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=Instant)
    queued_at: datetime = Field(sa_type=Instant)  # wall time
    hinted_at: datetime | None = Field(default=None, sa_type=Instant)  # wall time
    hints: int = Field(default=0, ge=0)
    looked_at: int = 0
    to_look_at: int = 0
    answer: Json | None = Field(default=None, sa_column=Column(facts()))
    error: str | None = Field(default=None, max_length=200)


def get_trial(session: Session, trial_id: UUID, asked_by: UUID | None) -> RuleTrial:
    """Raises: NoSuchTrial, also for somebody else's."""
    found = session.get(RuleTrial, trial_id)
    if found is None or found.asked_by != asked_by:
        raise NoSuchTrial
    return found


def forget_trials(uow: UnitOfWork, asked_by: UUID) -> None:
    """Somebody's earlier trials are thrown away: their answers name people."""
    uow.session.exec(delete(RuleTrial).where(col(RuleTrial.asked_by) == asked_by))
