"""Drafts of rules: words that one person puts forward and another decides about."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant, Json, facts, narrow, word

_OPEN = "state = 'open'"


class NoSuchDraft(NotFound):
    """没有这份规则草案。"""

    code = "no_such_draft"


class DraftState(StrEnum):
    OPEN = "open"  # put forward, not decided
    PUBLISHED = "published"
    RETURNED = "returned"  # by the second person, with a reason
    WITHDRAWN = "withdrawn"  # by its maker


class RuleDraft(SQLModel, table=True):
    """One rule file as it was put forward. Its words never change; a better one is
    another draft. `seen` is what the person who decided had before them."""

    __tablename__ = "rule_draft"
    __table_args__ = (
        CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)"
            " AND (state = 'open') = (decided_at IS NULL)",
            name="draft_decided_once",
        ),
        CheckConstraint(
            "state NOT IN ('published', 'returned') OR decided_by <> made_by",
            name="draft_decided_by_another",
        ),
        CheckConstraint(
            "state <> 'withdrawn' OR decided_by = made_by",
            name="draft_withdrawn_by_its_maker",
        ),
        narrow("one_open_draft", "version_id", where=_OPEN, unique=True),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    version_id: str = Field(max_length=64)
    title: str = Field(max_length=200)
    from_on: date
    until_on: date | None = None
    sha256: str = Field(max_length=64)
    words: str
    note: str = Field(default="", max_length=200)
    state: DraftState = Field(default=DraftState.OPEN, sa_type=word(DraftState))
    made_by: UUID = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=Instant)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    why: str = Field(default="", max_length=200)
    seen: Json = Field(default_factory=dict, sa_column=Column(facts(), nullable=False))


def get_draft(session: Session, draft_id: UUID, *, lock: bool = False) -> RuleDraft:
    """Raises: NoSuchDraft."""
    found = session.get(RuleDraft, draft_id, with_for_update=lock or None)
    if found is None:
        raise NoSuchDraft
    return found


def list_drafts(session: Session) -> list[RuleDraft]:
    """Every draft, the newest first."""
    made = col(RuleDraft.made_at).desc()
    return list(session.exec(select(RuleDraft).order_by(made, col(RuleDraft.id))))
