"""Whom a helper may never be sent to, and to whom rather than others."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlmodel import Session

from dispatch.catalogue.services import SameSex
from dispatch.people.areas import list_areas
from dispatch.people.offers import OfferState, list_offers_of
from dispatch.people.pairings import PairKind, list_pairings
from dispatch.planning.crew import Duty
from dispatch.planning.errands import Errand
from dispatch.planning.rules import (
    ASKED_FOR_SECONDS,
    OWN_AREA_SECONDS,
    SAME_SEX_SECONDS,
    floors_on_foot,
)
from routing import Preference

Pairs = list[tuple[str, str]]


def never_of(
    session: Session, crew: Sequence[Duty], errands: Collection[Errand]
) -> Pairs:
    """(vehicle, task) that may not be.

    Agreed so; higher than the helper climbs; declined by them; accepted by another.
    """
    never = _pairs_of(session, crew, errands, PairKind.NEVER)
    too_high = [
        (duty.id, str(errand.order.id))
        for duty in crew
        if (most := duty.limits.most_floors) is not None
        for errand in errands
        if floors_on_foot(errand.household) > most
    ]
    answered = _answered(session, crew, errands)
    return [*dict.fromkeys([*never, *too_high, *answered])]


def asked_for(
    session: Session, crew: Sequence[Duty], errands: Collection[Errand]
) -> list[Preference]:
    """Helpers whom their elders have asked for."""
    pairs = _pairs_of(session, crew, errands, PairKind.PREFER)
    return [Preference(*pair, ASKED_FOR_SECONDS) for pair in pairs]


def at_home(
    session: Session, crew: Sequence[Duty], errands: Iterable[Errand]
) -> list[Preference]:
    """Doors in a helper's own area; whoever has none is at home everywhere."""
    areas = list_areas(session, {duty.helper.id for duty in crew})
    by_community: dict[str, list[str]] = {}
    for errand in errands:
        doors = by_community.setdefault(errand.household.community, [])
        doors.append(str(errand.order.id))
    return [
        Preference(duty.id, task, OWN_AREA_SECONDS)
        for duty in crew
        for community in sorted(areas.get(duty.helper.id, ()))
        for task in by_community.get(community, ())
    ]


def of_own_sex(crew: Sequence[Duty], errands: Iterable[Errand]) -> list[Preference]:
    """Services for which somebody of the elder's own sex should rather come."""
    return [
        Preference(duty.id, str(errand.order.id), SAME_SEX_SECONDS)
        for errand in errands
        if errand.service.same_sex is SameSex.RATHER
        for duty in crew
        if duty.helper.sex == errand.elder.sex
    ]


def _answered(
    session: Session, crew: Sequence[Duty], errands: Iterable[Errand]
) -> Pairs:
    """Who accepted an order has it alone; who declined it is not sent."""
    offers = list_offers_of(session, [errand.order.id for errand in errands])
    declined = {
        (each.helper_id, each.order_id)
        for each in offers
        if each.state is OfferState.DECLINED
    }
    taken = {
        each.order_id: each.helper_id
        for each in offers
        if each.state is OfferState.ACCEPTED
    }
    orders = {each.order_id for each in offers}
    return [
        (duty.id, str(order_id))
        for duty in crew
        for order_id in sorted(orders)
        if (duty.helper.id, order_id) in declined
        or taken.get(order_id, duty.helper.id) != duty.helper.id
    ]


def _pairs_of(
    session: Session,
    crew: Sequence[Duty],
    errands: Iterable[Errand],
    kind: PairKind,
) -> Pairs:
    tasks: dict[UUID, list[str]] = {}
    for errand in errands:
        tasks.setdefault(errand.elder.id, []).append(str(errand.order.id))
    helpers = {duty.helper.id for duty in crew}
    duties: dict[UUID, list[str]] = {}
    for duty in crew:
        duties.setdefault(duty.helper.id, []).append(duty.id)
    return [
        (duty, task)
        for pair in list_pairings(session, helpers, tasks)
        if pair.kind is kind
        for duty in duties[pair.helper_id]
        for task in tasks[pair.elder_id]
    ]
