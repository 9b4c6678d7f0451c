"""Evidence: what stands behind a done order; its grade is computed, never typed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, Json, facts, narrow, word


class EvidenceFrom(StrEnum):
    PHONE = "phone"  # a helper's field event
    COUNTER = "counter"  # an identity check at the counter
    PAPER = "paper"  # a sheet typed in later
    COORDINATOR = "coordinator"  # entered with a reason


class Evidence(SQLModel, table=True):
    """One proof for one order and person, with the facts its grade came from."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("grade IN ('A','B','C','D','E')", name="grades"),
        narrow("one_counts", "order_id", where="counts", unique=True),
        Index("evidence_of_a_helper", "helper_id", "at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(foreign_key="orders.id", index=True)
    origin: EvidenceFrom = Field(sa_type=word(EvidenceFrom))
    grade: str = Field(max_length=1)
    basis: Json = Field(default_factory=dict, sa_column=Column(facts(), nullable=False))
    field_event_id: UUID | None = Field(default=None, foreign_key="field_event.id")
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    account_id: UUID | None = None
    counts: bool = True  # a second delivery of one order is kept and does not count
    at: datetime = Field(sa_type=Instant)


def list_evidence(session: Session, order_id: UUID) -> list[Evidence]:
    """All proofs of an order, first to last."""
    query = select(Evidence).where(Evidence.order_id == order_id)
    return list(session.exec(query.order_by(col(Evidence.at), col(Evidence.id))))


def first_proof(
    proofs: Sequence[Evidence], people: int, pairs: Iterable[Collection[UUID]]
) -> Evidence | None:
    """The proof that may count: the first; of two people the weaker one's.

    None until as many people as are needed have given theirs, of those who were to
    come together: who was left alone is not the second of somebody else.

    Args:
        pairs: who was to come together; those who still are, first.
    """
    if people == 1:
        return next(iter(proofs), None)
    for pair in pairs:
        firsts: dict[UUID | None, Evidence] = {}
        for proof in proofs:
            if proof.helper_id in pair:
                firsts.setdefault(proof.helper_id, proof)
        if len(firsts) >= people:
            return max(firsts.values(), key=lambda proof: proof.grade)
    return None


def find_evidence(session: Session, order_id: UUID) -> Evidence | None:
    """The proof that counts for an order."""
    query = select(Evidence).where(Evidence.order_id == order_id, Evidence.counts)
    return session.exec(query).first()
