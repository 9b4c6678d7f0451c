"""Calls for urgent help as the desk sees them: the clock, who could go, the story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.masking import called
from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.services import Service
from dispatch.log.audit import write_down
from dispatch.log.events import Event, list_story
from dispatch.orders.showing import label_helpers
from dispatch.people.elders import Elder
from dispatch.people.offers import OfferState
from dispatch.people.vault import unseal
from dispatch.planning.rules import URGENT_ASSIST
from dispatch.safety.help_calls import (
    ENDED,
    WHAT,
    WHERE,
    WHO,
    HelpAsk,
    HelpCall,
    list_asks,
)
from dispatch.safety.helping import HelpIsOver
from dispatch.safety.noting_help import state_of
from dispatch.safety.ranking import Later, Ranked, rank
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

SHOWN_FOR: Final = timedelta(hours=24)
_WORDS: Final = (WHO, WHAT, WHERE, ENDED)


@dataclass(frozen=True, kw_only=True)
class HelpRow:
    """One call with its clock; `asked` is being asked now, until `answers_by`."""

    id: UUID
    state: str
    service: str
    service_name: str
    place: str
    lat: float
    lon: float
    elder_id: UUID | None
    label: str
    owner: str
    called_at: datetime
    asked: str | None
    answers_by: datetime | None
    helper_id: UUID | None
    helper: str | None
    accepted_at: datetime | None
    expected_at: datetime | None
    on_way_at: datetime | None
    on_scene_at: datetime | None
    back_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class HelpService:
    """What may be called for at once."""

    code: str
    name: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class HelpDesk:
    calls: list[HelpRow]
    services: list[HelpService]


@dataclass(frozen=True, kw_only=True)
class HelpLine:
    """One thing that happened to a call."""

    at: datetime
    kind: str
    words: str
    actor: str


@dataclass(frozen=True, kw_only=True)
class HelpFile:
    call: HelpRow
    story: list[HelpLine]


@dataclass(frozen=True, kw_only=True)
class Responder:
    """Who could go, where they are and how that is known, and what it would do."""

    helper_id: UUID
    label: str
    kind: str
    mode: str
    known_by: str
    seen_at: datetime | None
    on_round: bool
    able: bool
    asked: str | None
    leaves_at: datetime
    arrives_at: datetime
    back_at: datetime | None
    later: list[Later]


@dataclass(frozen=True, kw_only=True)
class HelpWords:
    """What was said, unmasked."""

    who: str
    what: str
    where: str
    ended: str


def show_desk(uow: UnitOfWork) -> HelpDesk:
    """The calls within reach, and the services of urgent help."""
    query = (
        select(Service)
        .where(Service.assist == URGENT_ASSIST, col(Service.active))
        .order_by(col(Service.minutes), col(Service.code))
    )
    services = [
        HelpService(code=one.code, name=one.name, minutes=one.minutes)
        for one in uow.session.exec(query)
    ]
    return HelpDesk(calls=list_calls(uow), services=services)


def list_calls(uow: UnitOfWork) -> list[HelpRow]:
    """Open calls within reach, the oldest first; then what was closed within a day."""
    since = uow.now - SHOWN_FOR
    query = scoped(uow.actor, HelpCall).where(
        col(HelpCall.closed_at).is_(None) | (col(HelpCall.closed_at) > since)
    )
    by = (col(HelpCall.closed_at).is_not(None), col(HelpCall.called_at))
    return _rows(uow, uow.session.exec(query.order_by(*by, col(HelpCall.id))).all())


def show_call(uow: UnitOfWork, call_id: UUID) -> HelpFile:
    """One call within reach. Raises: NotFound."""
    call = get_scoped(uow, HelpCall, call_id)
    events = list_story(uow.session, call.id)
    return HelpFile(call=_rows(uow, [call])[0], story=_story(uow.session, events))


def list_responders(uow: UnitOfWork, call_id: UUID) -> list[Responder]:
    """Who could go now, the best first. Raises: NotFound, HelpIsOver."""
    call = get_scoped(uow, HelpCall, call_id)
    if call.closed_at is not None:
        raise HelpIsOver
    found = rank(uow, call)
    labels = label_helpers(uow.session, [one.helper.id for one in found])
    return [_responder(one, labels[one.helper.id]) for one in found]


def read_words(uow: UnitOfWork, call_id: UUID) -> HelpWords:
    """The words of a call; the look is written down. Raises: NotFound."""
    call = get_scoped(uow, HelpCall, call_id)
    said = unseal(uow.session, [call.id], _WORDS)[call.id]
    write_down(uow, "help_shown", "help_call", call.id, fields=[WHO, WHAT, WHERE])
    return HelpWords(
        who=said.get(WHO, ""),
        what=said.get(WHAT, ""),
        where=said.get(WHERE, ""),
        ended=said.get(ENDED, ""),
    )


def labels_of(session: Session, calls: Sequence[HelpCall]) -> dict[UUID, str]:
    """Per call how whoever needs help is called; nobody's full name."""
    wanted = sorted({call.elder_id for call in calls if call.elder_id})
    query = select(Elder.id, Elder.sex).where(col(Elder.id).in_(wanted))
    sexes = dict(session.exec(query).all())
    names = unseal(session, wanted, ["name"])
    return {
        call.id: called(names[call.elder_id].get("name", "？"), sexes[call.elder_id])
        if call.elder_id
        else say("help", "unknown")
        for call in calls
    }


def _rows(uow: UnitOfWork, calls: Sequence[HelpCall]) -> list[HelpRow]:
    labels = labels_of(uow.session, calls)
    asks = {
        one.call_id: one
        for one in list_asks(uow.session, [call.id for call in calls])
        if one.state is OfferState.OPEN
    }
    people = {call.helper_id for call in calls} | {a.helper_id for a in asks.values()}
    helpers = label_helpers(uow.session, [one for one in people if one])
    names = titles_of(uow.session, {call.owner_id for call in calls})
    services = dict(uow.session.exec(select(Service.code, Service.name)).all())

    def row(call: HelpCall, ask: HelpAsk | None) -> HelpRow:
        return HelpRow(
            id=call.id,
            state=state_of(call),
            service=call.service,
            service_name=services[call.service],
            place=call.place.value,
            lat=call.lat,
            lon=call.lon,
            elder_id=call.elder_id,
            label=labels[call.id],
            owner=names.get(call.owner_id, ""),
            called_at=call.called_at,
            asked=helpers[ask.helper_id] if ask else None,
            answers_by=ask.expires_at if ask else None,
            helper_id=call.helper_id,
            helper=helpers[call.helper_id] if call.helper_id else None,
            accepted_at=call.accepted_at,
            expected_at=call.expected_at,
            on_way_at=call.on_way_at,
            on_scene_at=call.on_scene_at,
            back_at=call.back_at,
            closed_at=call.closed_at,
            outcome=call.outcome.value if call.outcome else None,
        )

    return [row(call, asks.get(call.id)) for call in calls]


def _responder(one: Ranked, label: str) -> Responder:
    return Responder(
        helper_id=one.helper.id,
        label=label,
        kind=one.helper.kind.value,
        mode=one.helper.mode.value,
        known_by=one.now.known_by,
        seen_at=one.now.seen_at,
        on_round=bool(one.now.following),
        able=one.able,
        asked=one.asked,
        leaves_at=one.now.leaves_at,
        arrives_at=one.effect.arrives_at,
        back_at=one.effect.back_at,
        later=one.effect.later,
    )


def _story(session: Session, events: Sequence[Event]) -> list[HelpLine]:
    titles = titles_of(session, {one.account_id for one in events})
    told = {UUID(id_) for e in events if (id_ := e.facts.get("helper_id"))}
    helpers = label_helpers(session, told)
    lines = []
    for one in events:
        words = say("event", one.kind)
        helper_id = one.facts.get("helper_id")
        if helper_id:
            words += say("list", "colon") + helpers[UUID(helper_id)]
        actor = titles.get(one.account_id)
        actor = actor or say("role", one.role)
        lines.append(HelpLine(at=one.at, kind=one.kind, words=words, actor=actor))
    return lines
