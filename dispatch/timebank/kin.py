"""Who is whose kin, as a person has verified it; and whose guardian came along."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, narrow, word


class Relation(StrEnum):
    """What the elder is to the helper."""

    SELF = "self"  # 本人
    SPOUSE = "spouse"  # 配偶
    PARENT = "parent"  # 父母
    GRANDPARENT = "grandparent"  # 祖父母、外祖父母
    IN_LAW = "in_law"  # 配偶的父母
    SIBLING = "sibling"  # 兄弟姐妹
    OTHER = "other"  # 其他亲属


class Kin(SQLModel, table=True):
    """One helper and one elder of one family, shown by a paper."""

    __tablename__ = "time_kin"
    __table_args__ = (
        narrow(
            "one_kinship_each",
            *("helper_id", "elder_id"),
            where="ended_at IS NULL",
            unique=True,
        ),
        CheckConstraint("proof <> ''", name="kin_by_paper"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id")
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    relation: Relation = Field(sa_type=word(Relation))
    proof: str = Field(max_length=60)  # which paper was shown
    verified_at: datetime = Field(sa_type=Instant)
    verified_by: UUID | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class GuardianCame(SQLModel, table=True):
    """A guardian was there with a helper under age on a day; staff saw it."""

    __tablename__ = "guardian_came"

    helper_id: UUID = Field(foreign_key="helper.id", primary_key=True)
    came_on: date = Field(primary_key=True)
    said_at: datetime = Field(sa_type=Instant)
    said_by: UUID | None = Field(default=None, foreign_key="account.id")


def find_kin(session: Session, helper_id: UUID, elder_id: UUID) -> Kin | None:
    """The verified kinship that stands between these two."""
    query = select(Kin).where(
        Kin.helper_id == helper_id,
        Kin.elder_id == elder_id,
        col(Kin.ended_at).is_(None),
    )
    return session.exec(query).first()


def list_kin(session: Session, helper_ids: Collection[UUID]) -> list[Kin]:
    """The verified kin of these helpers, the oldest word first."""
    query = (
        select(Kin)
        .where(col(Kin.helper_id).in_(list(helper_ids)), col(Kin.ended_at).is_(None))
        .order_by(col(Kin.verified_at), col(Kin.id))
    )
    return list(session.exec(query))


def guardian_came(session: Session, helper_id: UUID, on: date) -> bool:
    """Staff saw this helper's guardian on that day."""
    return session.get(GuardianCame, (helper_id, on)) is not None
