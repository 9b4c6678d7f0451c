"""What registries say, still open: seen together, decided one by one or by kind."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.exchange.persons import elders_of
from dispatch.orders.deciding import accept, reject
from dispatch.people.proposals import Proposal, ProposalKind, ProposalState
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ProposalGroup:
    """How many open ones of a kind and a source."""

    kind: str
    source: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ProposalRow:
    """One open proposal; the name as the role sees it."""

    id: UUID
    kind: str
    source: str
    elder_id: UUID | None
    elder_number: str
    name: str
    happened_on: date
    due_on: date | None
    fact: str | None
    value: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProposalPage:
    """Open proposals within reach."""

    total: int
    groups: list[ProposalGroup]
    rows: list[ProposalRow]


def show_proposals(uow: UnitOfWork, *, limit: int, offset: int) -> ProposalPage:
    """Those due first come first."""
    query = scoped(uow.actor, Proposal).where(Proposal.state == ProposalState.OPEN)
    order = (col(Proposal.happened_on), col(Proposal.made_at), col(Proposal.id))
    every = list(uow.session.exec(query.order_by(*order)))
    counts = Counter((one.kind.value, one.source) for one in every)
    part = every[offset : offset + limit]
    owners = [one.elder_id or one.id for one in part]
    names = unseal(uow.session, owners, ["name"])
    elders = elders_of(uow.session, [one.elder_id for one in part if one.elder_id])
    return ProposalPage(
        total=len(every),
        groups=[
            ProposalGroup(kind=kind, source=source, count=count)
            for (kind, source), count in sorted(counts.items())
        ],
        rows=[
            ProposalRow(
                id=one.id,
                kind=one.kind.value,
                source=one.source,
                elder_id=one.elder_id,
                elder_number=elders[one.elder_id].number if one.elder_id else "",
                name=shown_name(
                    uow.actor, names[one.elder_id or one.id].get("name", "")
                ),
                happened_on=one.happened_on,
                due_on=one.due_on,
                fact=one.facts.get("kind"),
                value=_value(one),
                made_at=one.made_at,
            )
            for one in part
        ],
    )


def decide_all(
    uow: UnitOfWork,
    kind: ProposalKind,
    source: str,
    *,
    accepting: bool,
    words: str,
    station_id: UUID | None = None,
) -> int:
    """One answer to every open proposal of a kind and a source within reach.

    One that cannot be accepted keeps all of them open: what is wrong is said, and
    that one is decided by itself first.

    Returns:
        how many were decided.
    """
    query = (
        scoped(uow.actor, Proposal)
        .with_only_columns(Proposal.id)  # type: ignore[call-overload]
        .where(Proposal.state == ProposalState.OPEN, Proposal.source == source)
        .where(Proposal.kind == kind)
        .order_by(Proposal.id)
    )
    ids: list[UUID] = list(uow.session.exec(query))
    for proposal_id in ids:
        if accepting:
            accept(uow, proposal_id, words, station_id=station_id)
        else:
            reject(uow, proposal_id, words)
    return len(ids)


def _value(one: Proposal) -> str:
    value = one.facts.get("value", {})
    return "、".join(str(each) for each in value.values() if each not in (None, ""))
