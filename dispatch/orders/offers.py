"""What an elder could order in one serving, and what they would pay, before they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from dispatch.access.scope import get_scoped
from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import (
    MenuItem,
    Serving,
    Sitting,
    find_sitting,
    list_menu,
)
from dispatch.orders.diet import clashes, swallows
from dispatch.orders.free_delivery import find_rule
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.orders.refusals import WrongChannel
from dispatch.orders.standing_run import SERVICE_OF
from dispatch.people.elders import Elder
from dispatch.people.pauses import find_pause
from dispatch.people.places import get_station
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import Bill, quote_all


@dataclass(frozen=True, kw_only=True)
class DishOffer:
    """One set meal for one elder. `unsafe`: they could choke; nobody may order it."""

    id: UUID
    code: str
    name: str
    diet_tags: list[str]
    price_fen: int
    clashes: list[str]
    unsafe: bool
    subsidy_fen: int
    self_fen: int


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One serving for one elder, by one way; `shut` says why it cannot be ordered."""

    on: date
    serving: str
    sitting_id: UUID | None
    channel: str
    fee_fen: int
    free_by: str | None
    shut: str | None
    dishes: list[DishOffer]


def show_offer(
    uow: UnitOfWork, elder_id: UUID, on: date, serving: Serving, channel: Channel
) -> Offer:
    """What can be ordered, and at whose cost, as it stands now.

    Raises:
        NotFound
        WrongChannel: no meal goes that way.
    """
    if channel not in SERVICE_OF:
        raise WrongChannel
    elder = get_scoped(uow, Elder, elder_id)
    station = get_station(uow.session, elder.station_id)
    sitting = find_sitting(uow.session, station.kitchen_id, on, serving)
    menu = list_menu(uow.session, sitting.id) if sitting else []
    fee, free_by = _fee(uow.session, elder, on, channel)
    return Offer(
        on=on,
        serving=serving.value,
        sitting_id=sitting.id if sitting else None,
        channel=channel.value,
        fee_fen=fee,
        free_by=free_by,
        shut=why_shut(uow, elder, sitting, menu, on),
        dishes=_dishes(uow, elder, sitting, menu, (channel, fee)) if sitting else [],
    )


def _dishes(
    uow: UnitOfWork,
    elder: Elder,
    sitting: Sitting,
    menu: Sequence[MenuItem],
    way: tuple[Channel, int],
) -> list[DishOffer]:
    bills = quote_menu(uow, [elder], (sitting, menu), way)
    return [_dish(elder, dish, bills[elder.id, dish.price_fen]) for dish in menu]


def quote_menu(
    uow: UnitOfWork,
    elders: Sequence[Elder],
    served: tuple[Sitting, Sequence[MenuItem]],
    way: tuple[Channel, int],
) -> dict[tuple[UUID, int], Bill]:
    """What each elder would pay, by price: dishes of one price are asked for once."""
    sitting, menu = served
    of_price = {dish.price_fen: dish for dish in menu}
    thought = {
        (elder.id, price): thought_of(uow, elder, sitting, dish, way)
        for elder in elders
        for price, dish in of_price.items()
    }
    known = {elder.id: elder for elder in elders}
    bills = quote_all(uow.session, list(thought.values()), known)
    return {key: bills[order.id] for key, order in thought.items()}


def why_shut(
    uow: UnitOfWork,
    elder: Elder,
    sitting: Sitting | None,
    menu: Sequence[MenuItem],
    on: date,
) -> str | None:
    """The code of the refusal that whoever orders now would meet."""
    if elder.died_on is not None and on > elder.died_on:
        return "elder_died"
    if sitting is None or sitting.closed_at is not None or not menu:
        return "not_served"
    if find_pause(uow.session, elder.id, on, is_meal=True) is not None:
        return "elder_paused"
    if sitting.cooked is not None or uow.now > sitting.cut_off_at:
        return "past_cut_off"
    return "sold_out" if sitting.sold >= sitting.capacity else None


def _fee(
    session: Session, elder: Elder, on: date, channel: Channel
) -> tuple[int, str | None]:
    """The fee for the way, and by which rule it falls away."""
    service = session.get(Service, SERVICE_OF[channel])
    if channel is not Channel.DELIVERY or service is None or not service.price_fen:
        return 0, None
    found = find_rule(session, elder, on)
    return (0, found[0].title) if found else (service.price_fen, None)


def thought_of(
    uow: UnitOfWork,
    elder: Elder,
    sitting: Sitting,
    dish: MenuItem,
    way: tuple[Channel, int],
) -> Order:
    """An order that nobody has placed, for the rules to be asked about it."""
    channel, fee = way
    return Order(
        number="-",
        elder_id=elder.id,
        household_id=elder.household_id,
        station_id=elder.station_id,
        street_code=elder.street_code,
        service=SERVICE_OF[channel],
        is_meal=True,
        channel=channel,
        serve_on=sitting.serve_on,
        serving=sitting.serving,
        window_from_at=sitting.ready_at,
        window_until_at=sitting.door_until_at,
        price_fen=dish.price_fen,
        fee_fen=fee,
        source="phone",
        state=OrderState.WAITING,
        placed_at=uow.now,
    )


def _dish(elder: Elder, dish: MenuItem, bill: Bill) -> DishOffer:
    return DishOffer(
        id=dish.id,
        code=dish.code,
        name=dish.name,
        diet_tags=dish.diet_tags,
        price_fen=dish.price_fen,
        clashes=clashes(elder, dish),
        unsafe=not swallows(elder, dish),
        subsidy_fen=bill.subsidy_fen + bill.coupon_fen,
        self_fen=bill.self_fen,
    )
