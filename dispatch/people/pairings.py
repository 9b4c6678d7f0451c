"""Pairs of a helper and an elder: who never comes, and who was asked for.

Why somebody may never come is sealed: an elder's complaint is no matter of lists.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, narrow, word


class PairKind(StrEnum):
    NEVER = "never"  # hard, whatever it costs
    PREFER = "prefer"  # worth some minutes of travel


class Pairing(SQLModel, table=True):
    """One such pair. Its reason is in the vault (field reason)."""

    __tablename__ = "pairing"
    __table_args__ = (
        narrow(
            "one_pair_each",
            *("helper_id", "elder_id"),
            where="ended_at IS NULL",
            unique=True,
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id")
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    kind: PairKind = Field(sa_type=word(PairKind))
    set_at: datetime = Field(sa_type=Instant)
    set_by: UUID | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


def list_pairings(
    session: Session, helper_ids: Collection[UUID], elder_ids: Collection[UUID]
) -> list[Pairing]:
    """The pairs that stand between some helpers and some elders.

    Args:
        elder_ids: may be very many; they are looked for among the helpers' own.
    """
    wanted = set(elder_ids)
    query = (
        select(Pairing)
        .where(col(Pairing.helper_id).in_(list(helper_ids)))
        .where(col(Pairing.ended_at).is_(None))
        .order_by(col(Pairing.helper_id), col(Pairing.elder_id))
    )
    return [each for each in session.exec(query) if each.elder_id in wanted]
