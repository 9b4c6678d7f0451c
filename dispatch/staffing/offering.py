"""Offering an order to one helper after the other, until somebody takes it.

Whoever accepts gets it by the plan that is asked for then, and nobody else does.
Whoever declines is not sent there by a plan either; a decline is counted nowhere,
and whoever does not answer is simply not asked again for this order.
"""

from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from geopy.distance import great_circle
from sqlalchemy import Engine
from sqlmodel import select

from dispatch.access.scope import get_scoped
from dispatch.errors import Conflict
from dispatch.orders.orders import (
    CARRIED_CHANNELS,
    Order,
    OrderState,
    get_order,
    tell_order,
)
from dispatch.people.areas import list_areas
from dispatch.people.helpers import Helper
from dispatch.people.offers import Offer, OfferState, list_expired, list_offers_of
from dispatch.people.on_duty import OnDuty, list_on_duty
from dispatch.people.pairings import PairKind, list_pairings
from dispatch.people.places import Station
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.errands import Errand, list_errands, needs_of
from dispatch.planning.joining import touch_wave
from dispatch.planning.rules import SEX_SKILL, floors_on_foot
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture

ASKS_FOR: Final = timedelta(minutes=10)
OFFER_TAKEN: Final = "offer"
_FREE: Final = (OrderState.WAITING, OrderState.UNASSIGNED)


class NotOnOffer(Conflict):
    """这一单现在不能询问：已有人送，或者要两人同去。没有改动。"""

    code = "not_on_offer"


class NobodyToAsk(Conflict):
    """当班的人里没有可以询问的：技能、片区或约定都不合适，或都已问过。"""

    code = "nobody_to_ask"


class OfferOver(Conflict):
    """这次询问已经结束，不用再答复。"""

    code = "offer_over"


def offer_order(uow: UnitOfWork, order_id: UUID) -> Offer:
    """Ask the first of those who could take an order that is on nobody's round.

    Raises:
        NotFound: no such order within reach.
        NotOnOffer: somebody has it, or is being asked; or it needs two.
        NobodyToAsk: nothing was changed.
    """
    get_scoped(uow, Order, order_id)
    order = get_order(uow.session, order_id, lock=True)
    asked = list_offers_of(uow.session, [order.id])
    pending = (OfferState.OPEN, OfferState.ACCEPTED)
    if not _is_free(uow, order) or any(each.state in pending for each in asked):
        raise NotOnOffer
    made = _ask_next(uow, order)
    if made is None:
        raise NobodyToAsk
    return made


def answer(uow: UnitOfWork, offer_id: UUID, *, accepts: bool) -> Offer:
    """What the helper who was asked says.

    Raises:
        NotFound: not theirs.
        OfferOver: too late, or answered before.
    """
    offer = get_scoped(uow, Offer, offer_id)
    order = get_order(uow.session, offer.order_id, lock=True)
    offer = get_scoped(uow, Offer, offer_id, lock=True)
    wanted = OfferState.ACCEPTED if accepts else OfferState.DECLINED
    if offer.state is wanted:
        return offer
    if offer.state is not OfferState.OPEN or uow.now >= offer.expires_at:
        raise OfferOver
    if not _is_free(uow, order):
        _end(uow, order, offer, OfferState.WITHDRAWN)
        return offer
    _end(uow, order, offer, wanted)
    if not accepts:
        _pass_on(uow, order)
    elif order.wave_id is not None:
        touch_wave(uow, order)
        if not order.at_once:
            ask_for_plan(uow, order.wave_id, OFFER_TAKEN)
    return offer


def pass_on_expired(engine: Engine) -> int:
    """Ask the next where nobody has answered in time; each order by itself.

    Returns:
        how many offers had run out.
    """
    with picture(engine) as seen:
        expired = list_expired(seen.session, seen.now)
    for order_id in expired:
        in_one_transaction(engine, partial(_let_expire, order_id=order_id))
    return len(expired)


def _let_expire(uow: UnitOfWork, order_id: UUID) -> None:
    order = get_order(uow.session, order_id, lock=True)
    for offer in list_offers_of(uow.session, [order_id]):
        if offer.state is OfferState.OPEN and offer.expires_at <= uow.now:
            free = _is_free(uow, order)
            ended = OfferState.EXPIRED if free else OfferState.WITHDRAWN
            _end(uow, order, offer, ended)
            if free:
                _pass_on(uow, order)


def _is_free(uow: UnitOfWork, order: Order) -> bool:
    if order.state not in _FREE or order.channel not in CARRIED_CHANNELS:
        return False
    return uow.now < order.window_until_at


def _end(uow: UnitOfWork, order: Order, offer: Offer, state: OfferState) -> None:
    offer.state, offer.answered_at = state, uow.now
    uow.session.add(offer)
    uow.session.flush()
    tell_order(uow, order, f"order.offer_{state.value}", helper_id=offer.helper_id)


def _pass_on(uow: UnitOfWork, order: Order) -> None:
    if _ask_next(uow, order) is None:
        tell_order(uow, order, "order.offered_to_all")


def _ask_next(uow: UnitOfWork, order: Order) -> Offer | None:
    candidates = list_candidates(uow, order)
    if not candidates:
        return None
    offer = Offer(
        id=uuid4(),
        order_id=order.id,
        helper_id=candidates[0].id,
        offered_at=uow.now,
        expires_at=min(uow.now + ASKS_FOR, order.window_until_at),
    )
    uow.session.add(offer)
    uow.session.flush()
    tell_order(uow, order, "order.offered", helper_id=offer.helper_id)
    return offer


def list_candidates(uow: UnitOfWork, order: Order) -> list[Helper]:
    """Who could be asked, in this order: asked for by the elder, of that area, near.

    On duty at its hours, able, not barred, with a phone, and not asked before.
    """
    [errand] = list_errands(uow.session, [order])
    if errand.service.people > 1:
        return []
    on_duty = list_on_duty(uow.session, errand.household.street_code, order.serve_on)
    asked = {each.helper_id for each in list_offers_of(uow.session, [order.id])}
    able = {
        on.helper.id: on.helper
        for on in on_duty
        if on.helper.id not in asked and _could(uow, on, errand)
    }
    pairs = list_pairings(uow.session, able.keys(), [order.elder_id])
    kinds = {pair.helper_id: pair.kind for pair in pairs}
    areas = list_areas(uow.session, able.keys())
    stations = {each.id: each for each in uow.session.exec(select(Station))}

    def rank(helper: Helper) -> tuple[bool, bool, float, str]:
        known = errand.household.community in areas.get(helper.id, ())
        wished = kinds.get(helper.id) is PairKind.PREFER
        metres = _metres(errand, stations[helper.station_id])
        return not wished, not known, metres, str(helper.id)

    free = [h for h in able.values() if kinds.get(h.id) is not PairKind.NEVER]
    return sorted(free, key=rank)


def _could(uow: UnitOfWork, on: OnDuty, errand: Errand) -> bool:
    order, helper = errand.order, on.helper
    there = on.starts_at < order.window_until_at and on.ends_at > max(
        uow.now, order.window_from_at
    )
    sex = {SEX_SKILL[helper.sex]} if helper.sex in SEX_SKILL else set()
    most = on.limits.most_floors
    climbs = most is None or floors_on_foot(errand.household) <= most
    return there and climbs and not helper.paper and needs_of(errand) <= on.skills | sex


def _metres(errand: Errand, station: Station) -> float:
    door = errand.household
    if door.lat is None or door.lon is None:
        return 0.0
    return float(great_circle((door.lat, door.lon), (station.lat, station.lon)).m)
