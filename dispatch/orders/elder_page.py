"""The page with large type: what an elder, or whom they let, sees and asks next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.masking import called
from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import town_day
from dispatch.errors import NotFound
from dispatch.orders.cancelling import UNDO_FOR
from dispatch.orders.diet import suits
from dispatch.orders.offers import DishOffer, Offer, show_offer
from dispatch.orders.orders import ENDED_STATES, Channel, Order, OrderState
from dispatch.orders.showing import OrderRow, show_orders
from dispatch.people.day_words import word_of_day
from dispatch.people.elders import Elder
from dispatch.people.family import FamilyDeed, NotOptedIn, need_opt_in
from dispatch.people.places import get_station
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

AHEAD_DAYS: Final = 7
_SOON: Final = 3  # choices on one screen
_UNDONE_YET: Final = frozenset(
    {
        OrderState.HELD,
        OrderState.BLOCKED,
        OrderState.WAITING,
        OrderState.UNASSIGNED,
        OrderState.PLANNED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """For whom the page is, who reads it, and whom to call."""

    called: str
    is_family: bool
    deeds: frozenset[FamilyDeed]
    station: str
    station_phone: str
    word: str  # of the day


@dataclass(frozen=True, kw_only=True)
class NextMeal:
    """One serving that can still be ordered."""

    on: date
    serving: str
    until_at: datetime


@dataclass(frozen=True, kw_only=True)
class Again:
    """What they had last, where the next serving offers it, or what has its key."""

    same: bool
    meal: NextMeal
    dish: DishOffer
    channel: str


@dataclass(frozen=True, kw_only=True)
class Followed:
    """One order as its eater follows it: `step` 1 ordered, 2 under way, 3 there.

    `word`: of the day, where somebody is to bring it home today.
    """

    row: OrderRow
    step: int
    can_undo: bool
    undo_until: datetime
    word: str | None


def show_holder(uow: UnitOfWork) -> Holder:
    """Who holds the link. Raises: NotFound."""
    elder = _elder(uow)
    station = get_station(uow.session, elder.station_id)
    name = unseal(uow.session, [elder.id], ["name"])[elder.id].get("name", "")
    return Holder(
        called=called(name, elder.sex),
        is_family=uow.actor.role == "family",
        deeds=frozenset(deed for deed in FamilyDeed if _may(uow, elder, deed)),
        station=station.name,
        station_phone=station.phone,
        word=word_of_day(elder.id, town_day(uow.now)),
    )


def list_next_meals(uow: UnitOfWork) -> list[NextMeal]:
    """The next servings that they have not ordered yet; three at most."""
    elder = _elder(uow)
    station = get_station(uow.session, elder.station_id)
    today = town_day(uow.now)
    have = _have(uow, elder, today)
    sittings = uow.session.exec(
        select(Sitting)
        .where(Sitting.kitchen_id == station.kitchen_id)
        .where(col(Sitting.serve_on).between(today, today + timedelta(AHEAD_DAYS)))
        .where(col(Sitting.cooked).is_(None), col(Sitting.closed_at).is_(None))
        .where(Sitting.cut_off_at > uow.now)
        .where(select(MenuItem.id).where(MenuItem.sitting_id == Sitting.id).exists())
        .order_by(col(Sitting.door_from_at), col(Sitting.id))
    )
    free = (one for one in sittings if (one.serve_on, one.serving) not in have)
    return [_meal(one) for one in free][:_SOON]


def find_again(uow: UnitOfWork, meals: Iterable[NextMeal]) -> Again | None:
    """What they had last, for the first serving that has the same dish and suits."""
    elder = _elder(uow)
    last = _last_meal(uow, elder)
    if last is None:
        return None
    dish, order = last
    for meal in meals:
        offer = offer_of(uow, meal.on, Serving(meal.serving), order.channel)
        alike = [one for one in offer.dishes if one.code == dish.code]
        same = [one for one in offer.dishes if one.name == dish.name]
        if offer.shut is None and (same or alike):
            found = (same or alike)[0]
            way = order.channel.value
            return Again(same=bool(same), meal=meal, dish=found, channel=way)
    return None


def offer_of(
    uow: UnitOfWork, on: date, serving: Serving, channel: Channel = Channel.PICKUP
) -> Offer:
    """What they may choose: nothing that they could choke on, nor what clashes."""
    elder = _elder(uow)
    offer = show_offer(uow, elder.id, on, serving, channel)
    fine = [one for one in offer.dishes if not one.unsafe and not one.clashes]
    return Offer(**{**vars(offer), "dishes": fine})


def dish_of(offer: Offer, code: str) -> DishOffer:
    """The dish of this key. Raises: NotFound."""
    for dish in offer.dishes:
        if dish.code == code:
            return dish
    raise NotFound("这一餐没有这个菜了，请重新选。")


def ways_of(uow: UnitOfWork) -> list[Channel]:
    """How they may have it, the usual way first."""
    usual = _elder(uow).usual_channel
    ways = [Channel.DELIVERY, Channel.PICKUP, Channel.DINE_IN]
    return sorted(ways, key=lambda way: way.value != usual)


def list_coming(uow: UnitOfWork) -> list[Followed]:
    """Their meals from today on, the next first."""
    elder = _elder(uow)
    orders = uow.session.exec(
        scoped(uow.actor, Order)
        .where(Order.elder_id == elder.id, col(Order.is_meal))
        .where(Order.serve_on >= town_day(uow.now))
        .where(Order.state != OrderState.CANCELLED)
        .order_by(col(Order.window_from_at), col(Order.id))
    ).all()
    rows = show_orders(uow, orders)
    return [_followed(uow, one, row) for one, row in zip(orders, rows, strict=True)]


def follow(uow: UnitOfWork, order_id: UUID) -> Followed:
    """One of their orders. Raises: NotFound."""
    order = get_scoped(uow, Order, order_id)
    return _followed(uow, order, show_orders(uow, [order])[0])


def must_be_let(uow: UnitOfWork, deed: FamilyDeed) -> None:
    """Raises: NotOptedIn: a family member whom the elder has not let do this."""
    if not _may(uow, _elder(uow), deed):
        raise NotOptedIn


def _elder(uow: UnitOfWork) -> Elder:
    if uow.actor.elder_id is None:
        raise NotFound
    return get_scoped(uow, Elder, uow.actor.elder_id)


def _may(uow: UnitOfWork, elder: Elder, deed: FamilyDeed) -> bool:
    if uow.actor.role == "elder":
        return True
    try:
        need_opt_in(uow.session, elder.id, uow.actor.contact_id, deed)
    except NotOptedIn:
        return False
    return True


def _have(uow: UnitOfWork, elder: Elder, today: date) -> set[tuple[date, Serving]]:
    query = (
        select(col(Order.serve_on), col(Order.serving))
        .where(Order.elder_id == elder.id, col(Order.is_meal))
        .where(Order.serve_on >= today, Order.state != OrderState.CANCELLED)
    )
    return {(on, Serving(serving)) for on, serving in uow.session.exec(query)}


def _last_meal(uow: UnitOfWork, elder: Elder) -> tuple[MenuItem, Order] | None:
    """The newest meal that they had, or are to have."""
    row = uow.session.exec(
        select(MenuItem, Order)
        .join(Order, col(Order.menu_item_id) == MenuItem.id)
        .where(Order.elder_id == elder.id, Order.state != OrderState.CANCELLED)
        .order_by(col(Order.serve_on).desc(), col(Order.placed_at).desc())
    ).first()
    if row is None or not suits(elder, row[0]):
        return None
    return row[0], row[1]


def _meal(sitting: Sitting) -> NextMeal:
    return NextMeal(
        on=sitting.serve_on, serving=sitting.serving.value, until_at=sitting.cut_off_at
    )


def _followed(uow: UnitOfWork, order: Order, row: OrderRow) -> Followed:
    under_way = order.state is OrderState.UNDER_WAY
    step = 3 if order.state is OrderState.DONE else 2 if under_way else 1
    until = order.placed_at + UNDO_FOR
    fresh = uow.now <= until and order.state in _UNDONE_YET
    return Followed(
        row=row,
        step=step,
        can_undo=fresh,
        undo_until=until,
        word=_word(uow, order),
    )


def _word(uow: UnitOfWork, order: Order) -> str | None:
    today = order.serve_on == town_day(uow.now)
    coming = order.channel is Channel.DELIVERY and order.state not in ENDED_STATES
    return word_of_day(order.elder_id, order.serve_on) if today and coming else None
