"""Drafts (试算): a plan that was thought of and nobody goes by yet.

A coordinator looks at what it would change and publishes it, or does not. Like a plan
request it is a leased row: whoever carries it out may die, and another goes on.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, LargeBinary, delete
from sqlmodel import Field, Session, col, select

from dispatch.errors import NotFound
from dispatch.planning.directions import Direction
from dispatch.planning.waves import AskState, Leased, Wave
from dispatch.store.columns import Instant, Json, facts, narrow
from dispatch.store.unit_of_work import UnitOfWork


class PlanDraft(Leased, table=True):
    """What was asked, and what it would come to against the plan of `base_version`.

    `answer` is the comparison, by ids; `packed` the problem and its plan, until the
    draft is published or thrown away.
    """

    __tablename__ = "plan_draft"
    __table_args__ = (
        narrow("drafts_to_make", "queued_at", where="state IN ('queued', 'running')"),
        CheckConstraint("attempt BETWEEN 0 AND 100", name="attempts"),
        CheckConstraint("state <> 'done' OR answer IS NOT NULL", name="done_answers"),
        CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="failed_why"),
    )

    wave_id: UUID = Field(foreign_key="wave.id", index=True)
    asked: list[Json] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    asked_at: datetime = Field(sa_type=Instant)
    queued_at: datetime = Field(sa_type=Instant)  # wall time
    hinted_at: datetime | None = Field(default=None, sa_type=Instant)  # wall time
    hints: int = Field(default=0, ge=0)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")
    base_version: int = 0
    answer: Json | None = Field(default=None, sa_column=Column(facts()))
    packed: bytes | None = Field(default=None, sa_type=LargeBinary)
    error: str | None = Field(default=None, max_length=200)
    published_version: int | None = None

    @property
    def directions(self) -> list[Direction]:
        return [Direction.from_json(each) for each in self.asked]


def get_draft(session: Session, draft_id: UUID, *, lock: bool = False) -> PlanDraft:
    """Raises: NotFound."""
    found = session.get(
        PlanDraft, draft_id, with_for_update=lock or None, populate_existing=lock
    )
    if found is None:
        raise NotFound("没有找到这次试算，请重新试算。")
    return found


def forget_old_drafts(uow: UnitOfWork) -> int:
    """What was tried in waves that are over: nobody can publish it any more.

    Returns:
        how many.
    """
    over = select(Wave.id).where(Wave.ends_at < uow.now)
    held = (
        select(PlanDraft.id)
        .where(col(PlanDraft.wave_id).in_(over))
        .order_by(col(PlanDraft.id))
        .with_for_update(skip_locked=True)
    )
    ids = uow.session.exec(held).all()
    if ids:
        uow.session.exec(delete(PlanDraft).where(col(PlanDraft.id).in_(ids)))
    return len(ids)


def forget_drafts(uow: UnitOfWork, wave_id: UUID) -> None:
    """What this person tried before in a wave and did not publish."""
    held = (
        select(PlanDraft.id)
        .where(PlanDraft.wave_id == wave_id)
        .where(col(PlanDraft.made_by) == uow.actor.account_id)
        .where(col(PlanDraft.published_version).is_(None))
        .where(col(PlanDraft.state) != AskState.RUNNING)
        .order_by(col(PlanDraft.id))
        .with_for_update(skip_locked=True)
    )
    ids = uow.session.exec(held).all()
    uow.session.exec(delete(PlanDraft).where(col(PlanDraft.id).in_(ids)))
