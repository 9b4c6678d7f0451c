"""A helper's day: their rounds in force, stop by stop, with no more than they need.

Names are titles (王奶奶); a round stands here only from the plan's publication to two
hours after its planned end, longer while its helper is still out, and each first look
at a door is written down. Of what is over nothing is told but that it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.day_passes import pass_of
from dispatch.field.authority import Tenure, tenures_of
from dispatch.field.boarding import Meeting, meetings_of
from dispatch.field.carried import Carried, Door, read_carried
from dispatch.field.helper_day import (
    HelperDay,
    HelperName,
    HelperRound,
    Load,
    LoadBox,
    Partner,
    RoundStop,
    StopPerson,
    Today,
    bent,
    heat_on,
    without_persons,
)
from dispatch.field.partners import read_partners
from dispatch.field.positions import may_hide
from dispatch.field.stop_states import state_of_person, state_of_stop
from dispatch.log.audit import Audit, write_down
from dispatch.orders.orders import OrderState
from dispatch.people.day_words import word_of_day
from dispatch.people.helpers import get_helper
from dispatch.people.messaging import take_along
from dispatch.people.places import Street
from dispatch.people.vault import unseal
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    list_stop_orders,
    rounds_in_force,
)
from dispatch.planning.waves import Wave
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say


@dataclass(frozen=True)
class Known:
    """What a helper's rounds are shown with."""

    helper_id: UUID
    carried: dict[UUID, Carried]
    doors: dict[UUID, Door]
    partners: dict[UUID, Partner]
    meetings: dict[UUID, Meeting]
    said: dict[UUID, str]


def rounds_of(uow: UnitOfWork, helper_id: UUID, on: date) -> HelperDay:
    """A helper's rounds of a day, by their start. Writes the audit: must commit.

    A day pass shows the one round that it was given for.

    Raises:
        NotFound: no such helper.
    """
    helper = get_helper(uow.session, helper_id)
    own = rounds_in_force(on).where(Round.helper_id == helper_id)
    if day_pass := pass_of(uow.session, uow.actor):
        own = own.where(Round.wave_id == day_pass.wave_id)
    found = uow.session.exec(own).all()
    served = list_stop_orders(uow.session, [round_.id for round_, _ in found])
    carried = read_carried(uow.session, {pair.order_id for _, pair in served})
    tenures = tenures_of(uow.session, [round_.id for round_, _ in found])
    by_two = [order_id for order_id, one in carried.items() if one.people > 1]
    partners = read_partners(uow.session, by_two, helper_id)
    meetings = meetings_of(uow.session, [round_.id for round_, _ in found])
    rounds = []
    for round_, wave in found:
        active = is_active(tenures[round_.id], uow.now)
        if not active and round_.state is not RoundState.ENDED:
            continue
        stops = [(s, pair) for s, pair in served if s.round_id == round_.id]
        doors = _doors(uow, round_.id, stops, carried) if active else {}
        said = take_along(uow, [pair.order_id for _, pair in stops]) if active else {}
        known = Known(helper_id, carried, doors, partners, meetings, said)
        told = _round(uow.session, round_, wave, stops, known)
        rounds.append(told if active else without_persons(told))
    name = unseal(uow.session, [helper.id], ["name"])[helper.id].get("name", "")
    states = [carried[order_id].order.state for order_id in carried]
    going = {OrderState.PLANNED, OrderState.UNDER_WAY}
    return HelperDay(
        helper=HelperName(
            id=helper.id,
            name=name,
            mode=helper.mode.value,
            shows_position=helper.shows_position,
            may_hide=may_hide(helper),
        ),
        rounds=rounds,
        today=Today(
            done=states.count(OrderState.DONE),
            left=sum(state in going for state in states),
        ),
        heat=heat_on(uow.session, helper.street_code, on),
    )


def is_active(tenure: Tenure, now: datetime) -> bool:
    """The helper may see doors and call: from publication until they are through."""
    return tenure.published_at <= now <= tenure.shown_until


def _doors(
    uow: UnitOfWork,
    round_id: UUID,
    stops: Iterable[tuple[Stop, StopOrder]],
    carried: dict[UUID, Carried],
) -> dict[UUID, Door]:
    """The doors of a round by household, opened and written down."""
    households = {
        carried[pair.order_id].household.id
        for stop, pair in stops
        if stop.kind is not StopKind.PICKUP
    }
    kept = unseal(uow.session, sorted(households), ["address", "door", "door_note"])
    doors = {
        household_id: Door(
            door=fields.get("door") or fields.get("address"),
            note=fields.get("door_note"),
        )
        for household_id, fields in kept.items()
    }
    _write_down(uow, round_id, households)
    return doors


def _write_down(uow: UnitOfWork, round_id: UUID, households: set[UUID]) -> None:
    """Each door once per round and helper."""
    purpose = f"round {round_id}"
    seen = select(Audit.object_id).where(
        Audit.action == "show_door",
        Audit.purpose == purpose,
        Audit.account_id == uow.actor.account_id,
        col(Audit.object_id).in_(households),
    )
    known = set(uow.session.exec(seen))
    for household_id in sorted(households - known):
        write_down(
            uow,
            "show_door",
            "household",
            household_id,
            fields=["door", "door_note"],
            purpose=purpose,
        )


def _round(
    session: Session,
    round_: Round,
    wave: Wave,
    pairs: list[tuple[Stop, StopOrder]],
    known: Known,
) -> HelperRound:
    carried = known.carried
    stops: dict[UUID, Stop] = {stop.id: stop for stop, _ in pairs}
    served: dict[UUID, list[StopOrder]] = {stop_id: [] for stop_id in stops}
    for stop, pair in pairs:
        served[stop.id].append(pair)
    street = session.get_one(Street, wave.street_code)
    doorsteps = [s for s in stops.values() if s.kind is not StopKind.PICKUP]
    return HelperRound(
        id=round_.id,
        wave=f"{street.name} {say('serving', wave.serving.value)}",
        plan_version=wave.shown_version,
        state=round_.state.value,
        leaves_at=round_.leaves_at,
        ends_at=round_.ends_at,
        boxes=sum(
            carried[pair.order_id].order.is_meal
            for stop in doorsteps
            for pair in served[stop.id]
        ),
        load=[
            _load(carried, served[stop.id])
            for stop in stops.values()
            if stop.kind is StopKind.PICKUP
        ],
        stops=[_stop(stop, served[stop.id], known) for stop in stops.values()],
        path=round_.path,
    )


def _load(carried: dict[UUID, Carried], pairs: list[StopOrder]) -> Load:
    first = carried[pairs[0].order_id]
    return Load(
        kitchen=first.kitchen,
        ready_at=first.ready_at,
        boxes=[
            LoadBox(
                order_id=pair.order_id,
                box=pair.box,
                label=carried[pair.order_id].label,
                dish=carried[pair.order_id].dish,
                diet_tags=carried[pair.order_id].diet_words,
                seal=carried[pair.order_id].seal,
            )
            for pair in pairs
        ],
    )


def _stop(stop: Stop, pairs: list[StopOrder], known: Known) -> RoundStop:
    at_kitchen = stop.kind is StopKind.PICKUP
    carried, doors = known.carried, known.doors
    persons = [_person(stop, pair, known) for pair in pairs]
    first = carried[pairs[0].order_id]
    eat_by = [e for pair in pairs if (e := carried[pair.order_id].eat_by_at)]
    notes = [
        door.note
        for pair in pairs
        if (door := doors.get(carried[pair.order_id].household.id)) and door.note
    ]
    return RoundStop(
        id=stop.id,
        seq=stop.seq,
        kind=stop.kind.value,
        lat=stop.lat,
        lon=stop.lon,
        maps=bent(stop.lat, stop.lon),
        building=_place(stop, first, known),
        door=_joined(p.door for p in persons),
        floor=None if at_kitchen else first.household.floor,
        lift=None if at_kitchen else first.household.lift,
        note=None if at_kitchen else _joined(notes),
        at=stop.at,
        from_at=stop.from_at,
        until_at=stop.until_at,
        eat_by_at=min(eat_by, default=None),
        state=state_of_stop(stop, persons),
        persons=persons,
    )


def _place(stop: Stop, first: Carried, known: Known) -> str:
    """A kitchen, a building, or whom to meet for the boxes of their round."""
    meeting = known.meetings.get(stop.round_id)
    if meeting is not None and meeting.is_at(stop):
        return meeting.words
    at_kitchen = stop.kind is StopKind.PICKUP
    return first.kitchen if at_kitchen else first.household.building


def _person(stop: Stop, pair: StopOrder, known: Known) -> StopPerson:
    one = known.carried[pair.order_id]
    at_kitchen = stop.kind is StopKind.PICKUP
    door = None if at_kitchen else known.doors.get(one.household.id)
    other = one.served_by not in (None, known.helper_id)
    return StopPerson(
        order_id=one.order.id,
        elder_id=one.order.elder_id,
        label=one.label,
        box=pair.box,
        code=one.order.number,
        dish=one.dish,
        diet_tags=one.diet_words,
        seal=one.seal,
        boxes_back=one.boxes_back,
        service=one.order.service,
        minutes=one.minutes,
        contactless_agreed=one.elder.contactless_agreed,
        photo_consent=one.elder.photo_consent,
        state=state_of_person(stop, pair, one),
        by_other=other and one.people == 1,
        people=one.people,
        partner=None if pair.given_back else known.partners.get(one.order.id),
        wait=one.wait,
        door=door.door if door else None,
        word=word_of_day(one.elder.id, one.order.serve_on) if door else None,
        said=known.said.get(one.order.id) if door else None,
        floor=one.household.floor,
        lift=one.household.lift,
    )


def _joined(words: Iterable[str | None]) -> str | None:
    said = dict.fromkeys(word for word in words if word)
    return "、".join(said) or None
