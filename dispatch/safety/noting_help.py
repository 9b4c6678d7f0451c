"""Noting what happens to a call for urgent help, for its story and for the feed."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from dispatch.log.events import record
from dispatch.people.offers import OfferState
from dispatch.people.vault import seal
from dispatch.safety.help_calls import HelpAsk, HelpCall
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork

LONGEST: Final = 300


def end_ask(uow: UnitOfWork, call: HelpCall, ask: HelpAsk, state: OfferState) -> None:
    """A question is over; the helper's phone hears of it."""
    ask.state, ask.answered_at = state, uow.now
    uow.session.add(ask)
    uow.session.flush()
    tell_help(uow, call, f"help.ask_{state.value}", helper_id=ask.helper_id)


def tell_help(
    uow: UnitOfWork,
    call: HelpCall,
    kind: str,
    *,
    helper_id: UUID | None = None,
    **said: str,
) -> None:
    """Record something that happened to a call; the caller holds its row."""
    concerns = helper_id or call.helper_id
    facts: Json = {**said, **({"helper_id": str(concerns)} if concerns else {})}
    record(
        uow,
        kind,
        "help_call",
        call.id,
        facts=facts,
        helper_id=concerns,
        station_id=call.station_id,
        street_code=call.street_code,
        state=state_of(call),
    )


def state_of(call: HelpCall) -> str:
    """How far a call is, in one word."""
    if call.closed_at is not None:
        return "closed"
    if call.on_scene_at is not None:
        return "on_scene"
    if call.on_way_at is not None:
        return "on_way"
    return "called" if call.accepted_at is None else "accepted"


def seal_words(uow: UnitOfWork, call: HelpCall, words: Mapping[str, str]) -> None:
    """Keep what was said in the vault: it may speak of health."""
    kept = {field: said.strip()[:LONGEST] for field, said in words.items()}
    seal(uow.session, call.id, {field: said for field, said in kept.items() if said})
    uow.session.flush()
