"""Proposals: what a registry says of an elder, until a person accepts or rejects it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import Conflict, NotFound
from dispatch.log.events import record
from dispatch.people.elders import Elder
from dispatch.store.columns import Instant, Json, facts, word
from dispatch.store.unit_of_work import UnitOfWork


class AlreadyDecided(Conflict):
    """这条比对结果已经处理过，没有保存。请刷新后查看。"""

    code = "already_decided"


class ProposalKind(StrEnum):
    DECEASED = "deceased"
    MOVED = "moved"
    INSTITUTION = "institution"
    FACT = "fact"  # a dated fact has another value
    NEW = "new"  # somebody of whom there is no file
    GONE = "gone"  # on file here, no longer on the list


class ProposalState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Proposal(SQLModel, table=True):
    """A registry's word. It changes nothing by itself."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "one_proposal",
            *("source", "kind", "subject", "happened_on"),
            unique=True,
        ),
        Index("proposals_open", "station_id", "state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)", name="decided_by_a_person"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: ProposalKind = Field(sa_type=word(ProposalKind))
    source: str = Field(max_length=40)  # 殡葬信息, 户籍比对, …
    subject: str = Field(max_length=64)  # the elder's id, or a blind index
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id", index=True)
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    street_code: str | None = Field(default=None, foreign_key="street.code")
    happened_on: date
    facts: Json = Field(default_factory=dict, sa_column=Column(facts(), nullable=False))
    due_on: date | None = None  # by when it must be looked into
    state: ProposalState = Field(
        default=ProposalState.OPEN, sa_type=word(ProposalState)
    )
    made_at: datetime = Field(sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decision: str = Field(default="", max_length=200)


def propose(
    uow: UnitOfWork,
    kind: ProposalKind,
    elder: Elder,
    happened_on: date,
    *,
    source: str,
    facts: Json | None = None,
    due_on: date | None = None,
) -> Proposal:
    """Keep a registry's word once: said again it is the proposal that is there.

    The caller holds the elder's row.
    """
    said = select(Proposal).where(
        Proposal.source == source,
        Proposal.kind == kind,
        Proposal.subject == str(elder.id),
        Proposal.happened_on == happened_on,
    )
    if kept := uow.session.exec(said).first():
        return kept
    made = Proposal(
        kind=kind,
        source=source,
        subject=str(elder.id),
        elder_id=elder.id,
        station_id=elder.station_id,
        street_code=elder.street_code,
        happened_on=happened_on,
        facts=facts or {},
        due_on=due_on,
        made_at=uow.now,
    )
    uow.session.add(made)
    uow.session.flush()
    about = {"proposal_id": str(made.id), "kind": kind.value, "source": source}
    record(
        uow,
        "elder.proposed",
        "elder",
        elder.id,
        facts=about,
        station_id=elder.station_id,
        street_code=elder.street_code,
    )
    return made


def list_open_proposals(session: Session, elder_id: UUID) -> list[Proposal]:
    """What waits for a decision about an elder, the oldest first."""
    query = select(Proposal).where(
        Proposal.elder_id == elder_id, Proposal.state == ProposalState.OPEN
    )
    return list(session.exec(query.order_by(col(Proposal.made_at), col(Proposal.id))))


def hold_proposal(session: Session, proposal_id: UUID) -> Proposal:
    """An open proposal, held until the end of the transaction.

    Raises:
        NotFound, AlreadyDecided
    """
    query = select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    kept = session.exec(query).first()
    if kept is None:
        raise NotFound("没有找到这条比对结果。")
    if kept.state is not ProposalState.OPEN:
        raise AlreadyDecided
    return kept


def tell_decision(uow: UnitOfWork, decided: Proposal) -> None:
    """Record what a person made of it, in the elder's story."""
    if decided.elder_id is None:
        return
    uow.session.exec(
        select(Elder.id).where(Elder.id == decided.elder_id).with_for_update()
    ).one()
    record(
        uow,
        f"elder.{decided.state.value}",
        "elder",
        decided.elder_id,
        facts={"proposal_id": str(decided.id), "kind": decided.kind.value},
        station_id=decided.station_id,
        street_code=decided.street_code,
    )
