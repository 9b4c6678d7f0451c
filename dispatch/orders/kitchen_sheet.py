"""The kitchen's paper: what to cook, what to stick on each box, and does it tie."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.masking import called
from dispatch.catalogue.sittings import MenuItem, Sitting, get_sitting, list_menu
from dispatch.kitchens.batches import boxes_of, list_batches
from dispatch.orders.orders import (
    COUNTER_CHANNELS,
    NOT_CARRIED,
    WITHOUT_PORTION,
    Channel,
    Order,
    OrderState,
    list_of_sitting,
)
from dispatch.people.elders import Elder
from dispatch.people.places import Kitchen
from dispatch.people.vault import unseal
from dispatch.planning.plans import Round, RoundState, Stop, StopKind, StopOrder

_ON_A_ROUND = frozenset({OrderState.PLANNED, OrderState.UNDER_WAY, OrderState.DONE})
_FETCHED = {
    Channel.PICKUP: "pickup",
    Channel.PROXY: "proxy",
    Channel.DINE_IN: "dine_in",
}


@dataclass(frozen=True)
class Portions:
    """Where the portions of a sitting are."""

    cooked: int
    on_rounds: int
    pickup: int
    proxy: int
    dine_in: int
    no_show: int
    spare: int
    open: int  # neither fetched nor carried yet


class KitchenCount(Portions):
    """The kitchen's count: cooked is the sum of all the others.

    `cooked` and `spare` are counters of the sitting; the rest is counted from the
    orders, so that the two can disagree, and a check sees it.
    """

    @property
    def ties(self) -> bool:
        """No portion is missing and none came from nowhere."""
        fetched = self.pickup + self.proxy + self.dine_in
        gone = self.on_rounds + fetched + self.no_show
        return self.cooked == gone + self.spare + self.open


@dataclass(frozen=True)
class Label:
    """What is stuck on one box."""

    order_id: UUID
    order_number: str
    elder_label: str
    dish: str
    code: str
    diet_tags: list[str]
    channel: str
    round: str
    stop: int | None
    box: str
    diet_override: str | None  # why it is given against a diet word or an allergy
    batch: str | None
    seal: str | None
    cooked_at: datetime | None
    eat_by_at: datetime


@dataclass(frozen=True)
class KitchenSheet:
    """One sitting's sheet: by dish with diet words, by channel, labels by round."""

    kitchen: str
    sitting: Sitting
    by_dish: list[dict[str, object]]
    by_channel: dict[str, int]
    count: KitchenCount
    labels: list[Label]


def count_portions(sitting: Sitting, orders: Iterable[Order]) -> KitchenCount:
    """Fold a sitting's orders into the kitchen's count."""
    tally: Counter[str] = Counter()
    for order in orders:
        if place := _where_is(order):
            tally[place] += 1
    return KitchenCount(
        cooked=sitting.cooked or 0,
        on_rounds=tally["on_rounds"],
        pickup=tally["pickup"],
        proxy=tally["proxy"],
        dine_in=tally["dine_in"],
        no_show=tally["no_show"],
        spare=sitting.spare,
        open=tally["open"],
    )


def _where_is(order: Order) -> str | None:
    """Which part of the kitchen's count an order's portion is in, if in any."""
    if order.state in WITHOUT_PORTION or order.reason == NOT_CARRIED:
        return None  # the portion went back to the kitchen or the spare ones
    if order.channel in COUNTER_CHANNELS:
        if order.state is OrderState.DONE:
            return _FETCHED[order.channel]
        return "no_show" if order.state is OrderState.FAILED else "open"
    if order.state in _ON_A_ROUND or order.state is OrderState.FAILED:
        return "on_rounds"
    return "open"


def sheet_of(
    session: Session, sitting_id: UUID, *, named: Collection[UUID] | None = None
) -> KitchenSheet:
    """The sheet as it stands now; before the cut-off it is a preview.

    Args:
        named: the orders whose labels are shown; all of them unless told otherwise.
            What is cooked is counted for the whole kitchen in any case.
    """
    sitting = get_sitting(session, sitting_id)
    orders = list_of_sitting(session, sitting_id)
    live = [order for order in orders if order.state not in WITHOUT_PORTION]
    menu = {dish.id: dish for dish in list_menu(session, sitting_id)}
    elders = _elders(session, live)
    return KitchenSheet(
        kitchen=session.get_one(Kitchen, sitting.kitchen_id).name,
        sitting=sitting,
        by_dish=_by_dish(live, menu, elders),
        by_channel=dict(Counter(order.channel.value for order in live)),
        count=count_portions(sitting, orders),
        labels=_labels(
            session,
            [each for each in live if named is None or each.id in named],
            menu,
            elders,
            sitting,
        ),
    )


def _elders(session: Session, orders: list[Order]) -> dict[UUID, Elder]:
    wanted = [order.elder_id for order in orders]
    query = select(Elder).where(col(Elder.id).in_(wanted))
    return {elder.id: elder for elder in session.exec(query)}


def _by_dish(
    orders: list[Order], menu: dict[UUID, MenuItem], elders: dict[UUID, Elder]
) -> list[dict[str, object]]:
    counts: Counter[UUID] = Counter()
    diets: dict[UUID, Counter[str]] = {dish_id: Counter() for dish_id in menu}
    for order in orders:
        if order.menu_item_id is not None:
            counts[order.menu_item_id] += 1
            diets[order.menu_item_id].update(elders[order.elder_id].diet_tags)
    return [
        {
            "code": dish.code,
            "name": dish.name,
            "count": counts[dish.id],
            "diets": dict(sorted(diets[dish.id].items())),
        }
        for dish in menu.values()
    ]


def _labels(
    session: Session,
    orders: list[Order],
    menu: dict[UUID, MenuItem],
    elders: dict[UUID, Elder],
    sitting: Sitting,
) -> list[Label]:
    names = unseal(session, {order.elder_id for order in orders}, ["name"])
    boxes = _boxes(session, [order.id for order in orders])
    packed = boxes_of(session, [order.id for order in orders])
    batches = {one.id: one for one in list_batches(session, [sitting.id])}
    labels = []
    for order in orders:
        elder, dish = elders[order.elder_id], menu[order.menu_item_id or UUID(int=0)]
        round_name, stop, box = boxes.get(order.id, ("", None, ""))
        own = packed.get(order.id)
        batch = batches.get(own.batch_id) if own else None
        labels.append(
            Label(
                order_id=order.id,
                order_number=order.number,
                elder_label=called(names[elder.id].get("name", "？"), elder.sex),
                dish=dish.name,
                code=dish.code,
                diet_tags=sorted({*elder.diet_tags, *elder.allergies}),
                channel=order.channel.value,
                round=round_name,
                stop=stop,
                box=box,
                diet_override=order.diet_override,
                batch=batch.number if batch else None,
                seal=own.seal if own else None,
                cooked_at=batch.cooked_at if batch else None,
                eat_by_at=own.eat_by_at if own else sitting.eat_by_at,
            )
        )
    return sorted(labels, key=lambda label: (label.round, label.stop or 0, label.code))


def _boxes(
    session: Session, order_ids: list[UUID]
) -> dict[UUID, tuple[str, int | None, str]]:
    """Per order: the short name of its round, the stop's number, the box."""
    rows = session.exec(
        select(StopOrder, Stop, Round)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(col(StopOrder.order_id).in_(order_ids))
        .where(Stop.kind == StopKind.DOOR, Round.state != RoundState.DROPPED)
    )
    return {
        carried.order_id: (str(round_.id)[:4].upper(), stop.seq, carried.box)
        for carried, stop, round_ in rows
    }
