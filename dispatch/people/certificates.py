"""Papers of helpers that run out: what they may do from one day to another."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import word


class PaperKind(StrEnum):
    CERTIFICATE = "certificate"  # 证书: opens one skill
    INSURANCE = "insurance"  # 意外伤害保险


class Certificate(SQLModel, table=True):
    """One paper of a helper; `until_on` is its last day. Its number is in the vault.

    What ended early keeps its days and says so in `ended_on`, its last day then.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'certificate') = (skill IS NOT NULL)", name="opens_a_skill"
        ),
        CheckConstraint("from_on <= until_on", name="certificate_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id", index=True)
    kind: PaperKind = Field(sa_type=word(PaperKind))
    skill: str | None = Field(default=None, foreign_key="skill.code", max_length=24)
    issuer: str = Field(default="", max_length=60)
    from_on: date
    until_on: date = Field(index=True)
    ended_on: date | None = None

    @property
    def last_on(self) -> date:
        """The last day on which it counts."""
        return min(self.until_on, self.ended_on or self.until_on)

    def holds_on(self, on: date) -> bool:
        """It counts on this day."""
        return self.from_on <= on <= self.last_on


def list_papers(
    session: Session, helper_ids: Collection[UUID]
) -> dict[UUID, list[Certificate]]:
    """Every paper of these helpers, the first to run out first."""
    found: dict[UUID, list[Certificate]] = {each: [] for each in helper_ids}
    query = (
        select(Certificate)
        .where(col(Certificate.helper_id).in_(found))
        .order_by(col(Certificate.until_on), col(Certificate.id))
    )
    for paper in session.exec(query):
        found[paper.helper_id].append(paper)
    return found
