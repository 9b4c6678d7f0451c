"""Urgent help on a helper's phone: what they are asked, what they have taken on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.services import Service
from dispatch.errors import NotFound
from dispatch.field.helper_day import Bent, bent
from dispatch.log.audit import write_down
from dispatch.people.elders import Elder, Household
from dispatch.people.offers import OfferState
from dispatch.people.vault import unseal
from dispatch.safety.help_calls import WHAT, WHERE, WHO, HelpAsk, HelpCall, HelpPlace
from dispatch.safety.help_file import labels_of
from dispatch.safety.noting_help import state_of
from dispatch.store.unit_of_work import UnitOfWork


class NobodyToDial(NotFound):
    """没有登记电话，请联系调度。"""

    code = "nobody_to_dial"


@dataclass(frozen=True, kw_only=True)
class HelpAsked:
    """One question: what for, about where, how soon; nobody's name.

    `later` are doors of the own round that are reached later by it, `spoilt` of them
    with a box that may not be eaten any more then.
    """

    id: UUID
    service_name: str
    minutes: int
    place: str
    building: str | None
    arrives_at: datetime
    expires_at: datetime
    later: int
    spoilt: int


@dataclass(frozen=True, kw_only=True)
class MyCall:
    """The call that this helper has taken, with the way there."""

    id: UUID
    state: str
    service_name: str
    label: str
    who: str
    what: str
    where: str
    place: str
    building: str | None
    door: str | None
    floor: int | None
    lift: bool | None
    has_phone: bool
    lat: float
    lon: float
    maps: Bent
    accepted_at: datetime
    expected_at: datetime | None
    on_scene_at: datetime | None
    back_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MyHelp:
    asks: list[HelpAsked]
    call: MyCall | None


def show_my_help(uow: UnitOfWork) -> MyHelp:
    """What this helper is asked now, and what they have taken on."""
    own = scoped(uow.actor, HelpCall).where(col(HelpCall.closed_at).is_(None))
    taken = uow.session.exec(own).first()
    asked = (
        scoped(uow.actor, HelpAsk)
        .where(HelpAsk.state == OfferState.OPEN, HelpAsk.expires_at > uow.now)
        .order_by(col(HelpAsk.expires_at), col(HelpAsk.id))
    )
    return MyHelp(
        asks=[_asked(uow, one) for one in uow.session.exec(asked)],
        call=_my_call(uow, taken) if taken else None,
    )


def dial_help(uow: UnitOfWork, call_id: UUID) -> str:
    """The `tel:` link of the elder whom this helper goes to; written down.

    Raises:
        NotFound: not their call, or over.
        NobodyToDial
    """
    call = get_scoped(uow, HelpCall, call_id)
    if call.closed_at is not None:
        raise NotFound
    if call.elder_id is None:
        raise NobodyToDial
    phone = unseal(uow.session, [call.elder_id], ["phone"])[call.elder_id].get("phone")
    if not phone:
        raise NobodyToDial
    purpose = f"help {call.id}"
    write_down(uow, "call", "elder", call.elder_id, fields=["phone"], purpose=purpose)
    return f"tel:{phone}"


def _asked(uow: UnitOfWork, ask: HelpAsk) -> HelpAsked:
    call = uow.session.get_one(HelpCall, ask.call_id)
    service = uow.session.get_one(Service, call.service)
    home = _home(uow, call)
    later = ask.effect["later"]
    return HelpAsked(
        id=ask.id,
        service_name=service.name,
        minutes=service.minutes,
        place=call.place.value,
        building=f"{home.community} {home.building}" if home else None,
        arrives_at=datetime.fromisoformat(ask.effect["arrives_at"]),
        expires_at=ask.expires_at,
        later=len(later),
        spoilt=sum(bool(one["spoilt"]) for one in later),
    )


def _my_call(uow: UnitOfWork, call: HelpCall) -> MyCall:
    """Its door was written down when it was accepted (`responding`)."""
    said = unseal(uow.session, [call.id], [WHO, WHAT, WHERE])[call.id]
    service = uow.session.get_one(Service, call.service)
    home = _home(uow, call)
    door = unseal(uow.session, [home.id], ["door", "address"])[home.id] if home else {}
    own = [call.elder_id] if call.elder_id else []
    phones = unseal(uow.session, own, ["phone"])
    return MyCall(
        id=call.id,
        state=state_of(call),
        service_name=service.name,
        label=labels_of(uow.session, [call])[call.id],
        who=said.get(WHO, ""),
        what=said.get(WHAT, ""),
        where=said.get(WHERE, ""),
        place=call.place.value,
        building=f"{home.community} {home.building}" if home else None,
        door=door.get("door") or door.get("address"),
        floor=home.floor if home else None,
        lift=home.lift if home else None,
        has_phone=any(phones.values()),
        lat=call.lat,
        lon=call.lon,
        maps=bent(call.lat, call.lon),
        accepted_at=call.accepted_at or call.called_at,
        expected_at=call.expected_at,
        on_scene_at=call.on_scene_at,
        back_at=call.back_at,
    )


def _home(uow: UnitOfWork, call: HelpCall) -> Household | None:
    """The elder's door, where the call is for there or nobody knows better."""
    if call.elder_id is None or call.place is HelpPlace.ELSEWHERE:
        return None
    query = (
        select(Household)
        .join(Elder, col(Elder.household_id) == Household.id)
        .where(Elder.id == call.elder_id)
    )
    return uow.session.exec(query).first()
