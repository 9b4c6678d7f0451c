"""Deciding what a registry says: a person accepts it, or rejects it, with the words."""

from datetime import date
from typing import Final
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import NotAllowed
from dispatch.orders.befalling import Event, add_event
from dispatch.people.changing import FactChange, change_facts
from dispatch.people.drafting import draft_file
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.people.life_events import LifeKind
from dispatch.people.proposals import (
    Proposal,
    ProposalKind,
    ProposalState,
    hold_proposal,
    tell_decision,
)
from dispatch.people.vault import erase
from dispatch.store.unit_of_work import UnitOfWork

_BEFALLS: Final = {
    ProposalKind.DECEASED: LifeKind.DIED,
    ProposalKind.MOVED: LifeKind.MOVED_OUT,
    ProposalKind.INSTITUTION: LifeKind.INSTITUTION,
}


def accept(
    uow: UnitOfWork, proposal_id: UUID, words: str, *, station_id: UUID | None = None
) -> Proposal:
    """It is so: what follows from it happens in the same transaction.

    Args:
        station_id: which station opens the file of somebody who is new.

    Raises:
        NotFound: no such proposal within reach.
        NotAllowed: a process, not a person.
        AlreadyDecided; and what `befalling.add_event`, `changing.change_facts` and
        `drafting.draft_file` say.
    """
    kept = _hold(uow, proposal_id)
    if kept.elder_id is not None and kept.kind in _BEFALLS:
        kind, on = _BEFALLS[kept.kind], kept.happened_on
        add_event(uow, Event(kept.elder_id, kind, on, source=kept.source, words=words))
    elif kept.elder_id is not None and kept.kind is ProposalKind.FACT:
        _change(uow, kept, words)
    elif kept.kind is ProposalKind.NEW:
        opened = draft_file(uow, kept, station_id, words=words)
        kept.elder_id, kept.station_id = opened.id, opened.station_id
    return _decide(uow, kept, ProposalState.ACCEPTED, words)


def reject(uow: UnitOfWork, proposal_id: UUID, words: str) -> Proposal:
    """It is not so; the file stays as it is.

    Raises:
        NotFound, NotAllowed, AlreadyDecided
    """
    kept = _hold(uow, proposal_id)
    if kept.kind is ProposalKind.NEW:
        erase(uow.session, kept.id)
    return _decide(uow, kept, ProposalState.REJECTED, words)


def _hold(uow: UnitOfWork, proposal_id: UUID) -> Proposal:
    if uow.actor.account_id is None:
        raise NotAllowed
    get_scoped(uow, Proposal, proposal_id)
    return hold_proposal(uow.session, proposal_id)


def _change(uow: UnitOfWork, kept: Proposal, words: str) -> None:
    """`facts` of such a proposal: kind, value, and until_on where it ends."""
    assert kept.elder_id is not None  # noqa: S101 - the caller has looked
    elder = get_scoped(uow, Elder, kept.elder_id, lock=True)
    until = kept.facts.get("until_on")
    change = FactChange(
        FactKind(kept.facts["kind"]),
        kept.facts["value"],
        _from_on(uow, kept),
        date.fromisoformat(until) if until else None,
        source=kept.source,
    )
    change_facts(uow, elder, [change], reason=words)


def _from_on(uow: UnitOfWork, kept: Proposal) -> date:
    """From when it is so. A suspension takes nothing of the days before it."""
    value = kept.facts["value"]
    return town_day(uow.now) if value.get("entitlement_suspended") else kept.happened_on


def _decide(
    uow: UnitOfWork, kept: Proposal, state: ProposalState, words: str
) -> Proposal:
    kept.state, kept.decision = state, words
    kept.decided_at, kept.decided_by = uow.now, uow.actor.account_id
    uow.session.add(kept)
    uow.session.flush()
    tell_decision(uow, kept)
    return kept
