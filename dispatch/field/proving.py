"""Proofs: the facts behind one handing-over or visit, its grade, its evidence row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from geopy.distance import geodesic
from sqlmodel import Session, select

from dispatch.catalogue.services import Proof, Service
from dispatch.catalogue.sittings import get_sitting
from dispatch.field import grading
from dispatch.field.appeals import (
    hand_facts_as_found,
    upheld_of,
    visit_facts_as_found,
)
from dispatch.field.clocks import PAID_VISIT
from dispatch.field.events import FieldEvent, FieldKind
from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.field.grading import (
    Graded,
    HandFacts,
    Place,
    VisitFacts,
    form_is_whole,
    required_of,
)
from dispatch.field.measures import Measures, measures_on
from dispatch.field.photos import PhotoKind, list_photos
from dispatch.kitchens.batches import boxes_of, eat_by_of
from dispatch.kitchens.returning import note_boxes
from dispatch.orders.orders import Channel, Order
from dispatch.people.datum import BadPoint, to_wgs84
from dispatch.people.elders import Datum, Elder, Household
from dispatch.people.vault import find_owners
from dispatch.store.unit_of_work import UnitOfWork

_ANY: Final = frozenset({Proof.SIGN, Proof.PHOTO, Proof.RECEIPT})
_SHOWN: Final[dict[PhotoKind, frozenset[Proof]]] = {
    PhotoKind.SIGNATURE: frozenset({Proof.SIGN}),
    PhotoKind.PHOTO: frozenset({Proof.PHOTO, Proof.RECEIPT}),
}


@dataclass(frozen=True)
class Whole:
    """An order with all that its proofs are measured against."""

    order: Order
    elder: Elder
    household: Household
    service: Service
    eat_by_at: datetime | None
    measures: Measures


def read_whole(session: Session, order: Order) -> Whole:
    """The order with its elder, door, service and clock of the box."""
    sitting = get_sitting(session, order.sitting_id) if order.sitting_id else None
    return Whole(
        order=order,
        elder=session.get_one(Elder, order.elder_id),
        household=session.get_one(Household, order.household_id),
        service=session.get_one(Service, order.service),
        eat_by_at=eat_by_of(session, order.id, sitting),
        measures=measures_on(session, order.serve_on),
    )


def grade_event(
    session: Session, whole: Whole, event: FieldEvent, history: Sequence[FieldEvent]
) -> Graded:
    """Grade one proof, by its facts and by what was found on appeal.

    Args:
        history: the accepted events of the order; when it was picked up or begun.
    """
    found = upheld_of(session, event.id)
    if event.kind is FieldKind.VISIT_ENDED or whole.order.channel is Channel.VISIT:
        visit = _visit_facts(session, whole, event, history)
        graded = grading.grade_visit(visit_facts_as_found(visit, found))
    else:
        hand = _hand_facts(session, whole, event, history)
        graded = grading.grade_meal(hand_facts_as_found(hand, found))
    if not found:
        return graded
    claims = sorted(one.claim.value for one in found)
    return replace(graded, basis={**graded.basis, "found_on_appeal": claims})


def prove(uow: UnitOfWork, order: Order, event: FieldEvent, graded: Graded) -> Evidence:
    """Keep the proof, or bring it up to what is known by now; it counts for nothing
    yet unless it did before.
    """
    proof = uow.session.exec(
        select(Evidence).where(
            Evidence.order_id == order.id, Evidence.field_event_id == event.id
        )
    ).first()
    if proof is None:
        proof = Evidence(
            order_id=order.id,
            origin=EvidenceFrom.PHONE,
            grade=graded.grade,
            field_event_id=event.id,
            helper_id=event.helper_id,
            account_id=uow.actor.account_id,
            counts=False,
            at=event.corrected_at,
        )
    proof.grade = graded.grade
    proof.basis = {**graded.basis, "flags": list(graded.flags)}
    uow.session.add(proof)
    uow.session.flush()
    told = (event.id, event.helper_id, event.corrected_at)
    note_boxes(uow, order.elder_id, told, event.detail)
    return proof


def _hand_facts(
    session: Session, whole: Whole, event: FieldEvent, history: Sequence[FieldEvent]
) -> HandFacts:
    at, eat_by_at = event.corrected_at, whole.eat_by_at
    to = event.detail.get("to")
    return HandFacts(
        kind=event.kind,
        to=to if to in {"self", "family", "neighbour", "staff"} else None,
        named=bool(str(event.detail.get("name") or "").strip()),
        sign=s if (s := event.detail.get("sign")) in {"heard", "seen"} else None,
        agreed=whole.elder.contactless_agreed,
        place=place_at(event, whole.household, whole.measures.meal_radius_metres),
        code_fits=_code_fits(session, whole.elder, event.detail.get("code")),
        in_window=_in_window(whole.order, at),
        carried_seconds=_seconds_since(history, FieldKind.PICKED_UP, event),
        longest_carry_seconds=whole.measures.longest_carry_seconds,
        trust=event.trust,
        past_eat_by=eat_by_at is not None and at > eat_by_at,
        wrong_box=_is_wrong_box(session, whole.order, event.detail.get("box_code")),
        accepted=frozenset(Proof(name) for name in whole.service.proofs),
    )


def _visit_facts(
    session: Session, whole: Whole, event: FieldEvent, history: Sequence[FieldEvent]
) -> VisitFacts:
    form = event.detail.get("form")
    is_welfare = whole.service.code == PAID_VISIT
    measures = whole.measures
    planned = whole.service.minutes * 60 * measures.home_service_percent // 100
    consent = whole.elder.photo_consent
    facts = VisitFacts(
        least_seconds=measures.visit_seconds if is_welfare else planned,
        needs_form=is_welfare,
        lasted_seconds=_seconds_since(history, FieldKind.VISIT_BEGUN, event),
        form=form if isinstance(form, dict) else {},
        place=place_at(event, whole.household, whole.measures.home_radius_metres),
        in_window=_in_window(whole.order, event.corrected_at),
        trust=event.trust,
        required=required_of(whole.service.proofs, photo_consent=consent),
    )
    shown = _given(session, whole, event, facts) | _measured((*history, event))
    return replace(facts, given=shown)


def _given(
    session: Session, whole: Whole, event: FieldEvent, facts: VisitFacts
) -> frozenset[Proof]:
    """What was shown at the end of a visit; a picture that has not come yet, as from a
    phone without a line, stands for one of those that are asked for.
    """
    shown = {
        Proof.HOURS: facts.lasted_seconds is not None,
        Proof.PLACE: facts.place is Place.FITS,
        Proof.FORM: form_is_whole(facts.form),
        Proof.CODE: _code_fits(session, whole.elder, event.detail.get("code")),
    }
    given = frozenset(proof for proof, is_so in shown.items() if is_so)
    seen, unseen = _pictured(session, whole.order, event)
    awaited = sorted((facts.required & _ANY) - seen)
    return given | seen | frozenset(awaited[:unseen])


def _measured(told: Iterable[FieldEvent]) -> frozenset[Proof]:
    """What was measured counts from the beginning on: a bath waits for it."""
    found = (one.detail.get("values") for one in told)
    is_so = any(isinstance(values, dict) and values for values in found)
    return frozenset({Proof.VALUES} if is_so else ())


def _pictured(
    session: Session, order: Order, event: FieldEvent
) -> tuple[frozenset[Proof], int]:
    """What the pictures are that an event names, and how many have not come yet."""
    named = set(event.photo_sha256)
    if not named:
        return frozenset(), 0
    kinds = {one.sha256: one.kind for one in list_photos(session, [order.id])}
    here = named & kinds.keys()
    shown = (_SHOWN[kinds[each]] for each in here)
    return frozenset().union(*shown), len(named - here)


def place_at(event: FieldEvent, household: Household, radius_metres: int) -> Place:
    """Whether the phone stood at the door; an unusable position says nothing."""
    if event.lat is None or event.lon is None or not household.located:
        return Place.UNKNOWN
    try:
        here = to_wgs84(event.lat, event.lon, Datum(event.datum or Datum.WGS84))
    except BadPoint:
        return Place.UNKNOWN
    metres = geodesic(here, (household.lat, household.lon)).meters
    return grading.place_of(metres, event.accuracy_m, radius_metres)


def _in_window(order: Order, at: datetime) -> bool:
    return order.window_from_at <= at <= order.window_until_at


def _seconds_since(
    history: Sequence[FieldEvent], kind: FieldKind, event: FieldEvent
) -> int | None:
    """From the first such event of the same helper; never less than nothing."""
    begun = next(
        (e for e in history if e.kind is kind and e.helper_id == event.helper_id), None
    )
    if begun is None:
        return None
    lasted = (event.corrected_at - begun.corrected_at).total_seconds()
    return max(0, round(lasted))


def _is_wrong_box(session: Session, order: Order, named: object) -> bool:
    """The label that was read is neither this order's number nor its box's seal.

    The phone refuses such a box by the round that it holds; what comes in all the same
    (another page, an old copy, a box packed anew) is kept and looked at by a person.
    """
    if named is None:
        return False
    code = "".join(str(named).upper().split())
    box = boxes_of(session, [order.id]).get(order.id)
    own = [order.number, box.seal if box else None]
    return code not in {each.upper() for each in own if each}


def _code_fits(session: Session, elder: Elder, code: object) -> bool:
    """The code read at the door is this elder's own: their number or their card."""
    if not isinstance(code, str) or not code.strip():
        return False
    if code.strip() == elder.number:
        return True
    owners: list[UUID] = find_owners(session, "card", code)
    return elder.id in owners
