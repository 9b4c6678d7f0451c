"""Calling for urgent help, asking somebody to go, and ending a call (助急)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from geopy.distance import great_circle

from dispatch.access.scope import get_scoped
from dispatch.catalogue.services import get_service
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.log.audit import write_down
from dispatch.people.datum import to_wgs84
from dispatch.people.elders import Datum, Elder, Household
from dispatch.people.offers import OfferState
from dispatch.people.places import Station, get_station, list_stations
from dispatch.planning.rules import URGENT_ASSIST
from dispatch.safety.help_calls import (
    ENDED,
    WHAT,
    WHERE,
    WHO,
    HelpAsk,
    HelpCall,
    HelpOutcome,
    HelpPlace,
    find_standing,
)
from dispatch.safety.noting_help import end_ask, seal_words, tell_help
from dispatch.safety.ranking import Effect, Ranked, rank
from dispatch.store.columns import Json
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

ASKS_FOR: Final = timedelta(seconds=60)
# Whoever typed the call chooses; if nobody does, the first of the list is asked.
CHOOSES_WITHIN: Final = timedelta(seconds=60)


class NobodyNamed(BadInput):
    """请选一位老人，或写几个字说明是谁，没有保存。"""

    code = "nobody_named"


class NoPlace(BadInput):
    """不知道人在哪里：请在图上点出地点，没有保存。"""

    code = "no_place"


class NotUrgentHelp(BadInput):
    """请选择助急类的服务，没有保存。"""

    code = "not_urgent_help"


class HelpIsOver(Conflict):
    """这次助急已经办结，没有改动。"""

    code = "help_is_over"


class HelpIsTaken(Conflict):
    """已经有人接下，正在前往。没有改动。"""

    code = "help_is_taken"


class NotToBeAsked(Conflict):
    """这位助老员现在不能去：不当班、不用手机，或正在处理另一次助急。"""

    code = "not_to_be_asked"


@dataclass(frozen=True, kw_only=True)
class HelpDraft:
    """The three fields: who, what, and where if it is not at home.

    `who` in words stands for somebody whom no file knows. A point is one on the map.
    """

    service: str
    elder_id: UUID | None = None
    who: str = ""
    what: str = ""
    where: str = ""
    lat: float | None = None
    lon: float | None = None
    datum: Datum = Datum.WGS84


def call_help(uow: UnitOfWork, draft: HelpDraft, *, key: str | None) -> HelpCall:
    """Keep a call; whoever made it owns it.

    Raises:
        NotAllowed: no account of the staff.
        NobodyNamed, NoPlace, NotUrgentHelp, UnknownService, BadPoint, NotFound
        KeyMissing, KeyReused
    """
    account_id = uow.actor.account_id
    if account_id is None:
        raise NotAllowed
    if made := claim(uow, key, "help", repr(draft)):
        return get_scoped(uow, HelpCall, made)
    if get_service(uow.session, draft.service).assist != URGENT_ASSIST:
        raise NotUrgentHelp
    elder = get_scoped(uow, Elder, draft.elder_id) if draft.elder_id else None
    if elder is None and not draft.who.strip():
        raise NobodyNamed
    place, lat, lon = _place_of(uow, draft, elder)
    station = _station_for(uow, elder, (lat, lon))
    call = HelpCall(
        elder_id=elder.id if elder else None,
        station_id=station.id,
        street_code=station.street_code,
        service=draft.service,
        place=place,
        lat=lat,
        lon=lon,
        called_at=uow.now,
        owner_id=account_id,
        act_at=uow.now + CHOOSES_WITHIN,
    )
    uow.session.add(call)
    uow.session.flush()
    words = {WHO: draft.who, WHAT: draft.what, WHERE: draft.where}
    seal_words(uow, call, words)
    tell_help(uow, call, "help.called", service=call.service, place=place.value)
    keep_result(uow, key or "", call.id)
    return call


def ask_helper(uow: UnitOfWork, call_id: UUID, helper_id: UUID) -> HelpAsk:
    """Ask one to go; whoever was asked before is asked no more.

    Raises:
        NotFound, HelpIsOver, HelpIsTaken, NotToBeAsked
    """
    call = hold_call(uow, call_id)
    if call.helper_id is not None:
        raise HelpIsTaken
    standing = find_standing(uow.session, call.id)
    if standing is not None and standing.helper_id == helper_id:
        return standing
    chosen = rank(uow, call, helper_id)
    if not chosen:
        raise NotToBeAsked
    if standing is not None:
        end_ask(uow, call, standing, OfferState.WITHDRAWN)
    if uow.actor.account_id is not None:
        call.owner_id = uow.actor.account_id
    return put_ask(uow, call, chosen[0])


def close_call(
    uow: UnitOfWork, call_id: UUID, outcome: HelpOutcome, words: str
) -> None:
    """End a call by saying what became of it. Raises: NotFound, HelpIsOver."""
    call = hold_call(uow, call_id)
    end_call(uow, call, outcome, words)


def hold_call(uow: UnitOfWork, call_id: UUID) -> HelpCall:
    """An open call within reach, held. Raises: NotFound, HelpIsOver."""
    call = get_scoped(uow, HelpCall, call_id, lock=True)
    if call.closed_at is not None:
        raise HelpIsOver
    return call


def end_call(uow: UnitOfWork, call: HelpCall, outcome: HelpOutcome, words: str) -> None:
    """The clock stops; whoever was being asked is told. The caller holds the call."""
    standing = find_standing(uow.session, call.id)
    if standing is not None and standing.state is OfferState.OPEN:
        end_ask(uow, call, standing, OfferState.WITHDRAWN)
    call.outcome, call.closed_at = outcome, uow.now
    call.closed_by, call.act_at = uow.actor.account_id, None
    uow.session.add(call)
    seal_words(uow, call, {ENDED: words})
    tell_help(uow, call, "help.closed", outcome=outcome.value)
    write_down(uow, "help_closed", "help_call", call.id)


def put_ask(uow: UnitOfWork, call: HelpCall, chosen: Ranked) -> HelpAsk:
    """The question to one helper, with what their going would do."""
    ask = HelpAsk(
        call_id=call.id,
        helper_id=chosen.helper.id,
        asked_at=uow.now,
        asked_by=uow.actor.account_id,
        expires_at=uow.now + ASKS_FOR,
        effect=_as_facts(chosen.effect),
    )
    call.act_at = ask.expires_at
    uow.session.add_all([ask, call])
    uow.session.flush()
    tell_help(uow, call, "help.asked", helper_id=ask.helper_id)
    return ask


def _as_facts(effect: Effect) -> Json:
    return {
        "arrives_at": effect.arrives_at.isoformat(),
        "free_at": effect.free_at.isoformat(),
        "back_at": effect.back_at.isoformat() if effect.back_at else None,
        "later": [
            {
                "order_id": str(one.order_id),
                "seconds": one.seconds,
                "late_seconds": one.late_seconds,
                "spoilt": one.spoilt,
            }
            for one in effect.later
        ],
    }


def _place_of(
    uow: UnitOfWork, draft: HelpDraft, elder: Elder | None
) -> tuple[HelpPlace, float, float]:
    """A point that was shown, else the door; a door that nobody has placed is thought
    to be at its station, and the call says so: it is not held up by that.
    """
    if draft.lat is not None and draft.lon is not None:
        lat, lon = to_wgs84(draft.lat, draft.lon, draft.datum)
        return HelpPlace.ELSEWHERE, lat, lon
    home = uow.session.get(Household, elder.household_id) if elder else None
    away = bool(draft.where.strip())
    if home is not None and home.lat and home.lon and not away:
        return HelpPlace.HOME, home.lat, home.lon
    station_id = elder.station_id if elder else uow.actor.station_id
    if station_id is None:
        raise NoPlace
    station = get_station(uow.session, station_id)
    return HelpPlace.STATION, station.lat, station.lon


def _station_for(
    uow: UnitOfWork, elder: Elder | None, at: tuple[float, float]
) -> Station:
    """The elder's own, whoever's desk it is, else the nearest within reach."""
    own = elder.station_id if elder else uow.actor.station_id
    if own is not None:
        return get_station(uow.session, own)
    every = list_stations(uow.session, uow.actor.street_code)
    near = [one for one in every if one.exited_on is None]
    if not near:
        raise NoPlace
    return min(near, key=lambda one: (great_circle(at, (one.lat, one.lon)).m, one.code))
