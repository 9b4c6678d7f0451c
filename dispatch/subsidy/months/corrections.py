"""Corrections of a closed month: proposed with both proofs, decided by another."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.log.book_chain import Book, to_seal
from dispatch.log.events import record
from dispatch.people.elders import Elder
from dispatch.store.columns import Instant, fen, word
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import Entry


class CorrectionKind(StrEnum):
    BACK_PAY = "back_pay"  # 补发：少发了，补给老人
    DEDUCT = "deduct"  # 扣回：多发了，从驿站下次拨付中扣
    RECOVER = "recover"  # 追回：多发了，由本人退回


class CorrectionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Correction(SQLModel, table=True):
    """One proposal about one entry. It moves no money until somebody has decided.

    `proof_id` is the proof the entry stood on, `new_proof_id` the one found since;
    where that is a paper, `paper` names it. `bereaved`: the elder has died; then
    nothing is asked of the family. Nobody's: it was reckoned from a late fact.
    """

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint(fen("fen", low=1), name="some_fen"),
        CheckConstraint(
            "NOT (bereaved AND kind = 'recover')", name="nothing_of_a_family"
        ),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(state = 'open') = (decided_at IS NULL) AND "
            "(state = 'open') = (decided_by IS NULL)",
            name="decided_by_a_person",
        ),
        CheckConstraint(
            "(state = 'accepted') = (booked_id IS NOT NULL)", name="accepted_is_booked"
        ),
        CheckConstraint(
            "new_proof_id IS NOT NULL OR length(paper) > 0", name="both_proofs"
        ),
        CheckConstraint("length(why) > 0", name="said_why"),
        Index("corrections_to_decide", "state", "street_code"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    entry_id: UUID = Field(foreign_key="ledger_entry.id", index=True)
    adjusts_period: str = Field(foreign_key="period.month", max_length=7)
    kind: CorrectionKind = Field(sa_type=word(CorrectionKind))
    state: CorrectionState = Field(
        default=CorrectionState.OPEN, sa_type=word(CorrectionState)
    )
    subsidy: str = Field(max_length=64)
    fen: int = Field(sa_column=Column(BigInteger(), nullable=False))
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    bereaved: bool = False
    proof_id: UUID = Field(foreign_key="evidence.id")
    new_proof_id: UUID | None = Field(default=None, foreign_key="evidence.id")
    paper: str = Field(default="", max_length=100)  # a number or title, no person
    why: str = Field(max_length=200)
    proposed_by: UUID | None = Field(default=None, foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=Instant)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: str = Field(default="", max_length=200)
    booked_id: UUID | None = Field(default=None, foreign_key="ledger_entry.id")

    @property
    def signed_fen(self) -> int:
        """What it adds to the grant."""
        return self.fen if self.kind is CorrectionKind.BACK_PAY else -self.fen


def correction_of(entry: Entry, elder: Elder, **said: Any) -> Correction:
    """A proposal about an entry, with what the entry and its elder say of it.

    Raises:
        ValueError: nothing was granted by this entry, so that it has no proof.
    """
    if entry.evidence_id is None:
        raise ValueError("what was granted has a proof")
    return Correction(
        entry_id=entry.id,
        adjusts_period=entry.period,
        station_id=entry.station_id,
        street_code=entry.street_code,
        elder_id=elder.id,
        bereaved=elder.died_on is not None,
        proof_id=entry.evidence_id,
        **said,
    )


def tell_correction(uow: UnitOfWork, about: Correction) -> None:
    """What became of a proposal, as the log has it; and its row is sealed anew."""
    to_seal(uow, Book.CORRECTION, about.id)
    said = "proposed" if about.state is CorrectionState.OPEN else about.state.value
    record(
        uow,
        f"correction.{said}",
        "correction",
        about.id,
        facts={"entry": str(about.entry_id), "fen": about.signed_fen},
        station_id=about.station_id,
        street_code=about.street_code,
    )


def list_corrections_of(session: Session, entry_id: UUID) -> list[Correction]:
    """What was proposed about an entry, first to last."""
    query = select(Correction).where(Correction.entry_id == entry_id)
    return list(
        session.exec(query.order_by(col(Correction.proposed_at), col(Correction.id)))
    )
