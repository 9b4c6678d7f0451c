"""The counter's screen: who is expected, who came, and do the portions tie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col

from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.sittings import Serving, Sitting, find_sitting, get_sitting
from dispatch.clock import town_day
from dispatch.counter.bill_sheets import BillSheet, sheets_of_bills
from dispatch.counter.serving_ends import find_end
from dispatch.counter.till_deeds import count_open
from dispatch.counter.tokens import CODE_BEGINS, Token, find_by_code, list_tokens
from dispatch.errors import NotFound
from dispatch.orders.kitchen_sheet import (
    KitchenSheet,
    Portions,
    count_portions,
    sheet_of,
)
from dispatch.orders.late_changes import LateLine, list_late
from dispatch.orders.orders import (
    COUNTER_CHANNELS,
    Order,
    OrderState,
    get_order,
    list_of_sitting,
)
from dispatch.orders.showing import OrderRow, show_orders
from dispatch.orders.station_day import SittingRow, show_sittings, station_for
from dispatch.people.elders import Elder
from dispatch.people.places import Kitchen, Station, is_at_kitchen
from dispatch.people.showing import ElderRow, list_elders, show_elders
from dispatch.people.vault import find_owners
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import quote_all

_MOST_FOUND = 20
_COOK_LOOKS_BACK: Final = timedelta(days=2)
_COOK_LOOKS_AHEAD: Final = timedelta(days=7)


@dataclass(frozen=True)
class Identity(Portions):
    """The kitchen's portions as they are shown; `ties` when none is missing."""

    ties: bool


@dataclass(frozen=True, kw_only=True)
class TokenRow:
    """The number that is called, and the hash of the code that fetches."""

    number: int
    code_sha256: str


@dataclass(frozen=True, kw_only=True)
class EndRow:
    """How the serving ended here, as a person counted it."""

    served: int
    walk_ins: int
    no_show: int
    unsold: int
    went_to: str
    counted_at: datetime


@dataclass(frozen=True, kw_only=True)
class Found:
    """Somebody who may stand at the counter, and what they have in this serving."""

    elder: ElderRow
    order: OrderRow | None
    bill: BillSheet | None = None
    token: TokenRow | None = None


@dataclass(frozen=True, kw_only=True)
class CounterDay:
    """One station's counter in one serving. The identity is the whole kitchen's."""

    sitting: SittingRow | None
    expected: list[Found]
    served: int
    left: int
    no_show: int
    spare: int
    cooked: int
    identity: Identity | None
    end: EndRow | None = None
    differences: int = 0


def show_counter(uow: UnitOfWork, on: date, serving: Serving) -> CounterDay:
    """Who is expected at the actor's own counter, and how it stands."""
    station = station_for(uow, None)
    sitting = find_sitting(uow.session, station.kitchen_id, on, serving)
    if sitting is None:
        return CounterDay(
            sitting=None, expected=[], served=0, left=0, no_show=0, spare=0, cooked=0,
            identity=None, differences=count_open(uow.session, station.id),
        )  # fmt: skip
    orders = _at_the_counter(uow, station, sitting)
    states = [order.state for order in orders]
    identity = show_identity(uow, sitting)
    return CounterDay(
        sitting=show_sittings(uow.session, [sitting])[0],
        expected=_with_elders(uow, orders),
        served=states.count(OrderState.DONE),
        left=states.count(OrderState.WAITING),
        no_show=states.count(OrderState.FAILED),
        spare=sitting.spare,
        cooked=sitting.cooked or 0,
        identity=identity,
        end=_end(uow, sitting, station),
        differences=count_open(uow.session, station.id),
    )


def show_identity(uow: UnitOfWork, sitting: Sitting) -> Identity:
    """The kitchen's count; before the cut-off nothing is cooked and nothing is off."""
    count = count_portions(sitting, list_of_sitting(uow.session, sitting.id))
    return Identity(**vars(count), ties=sitting.cooked is None or count.ties)


def find_people(
    uow: UnitOfWork,
    on: date,
    serving: Serving,
    *,
    card: str | None = None,
    text: str | None = None,
) -> list[Found]:
    """Who this card, elder's number or typed text may be, within the station.

    A scanned code holds a card's or an elder's number, so it is looked up as a card.
    """
    if card is not None:
        rows = _by_card(uow, card)
    else:
        page = list_elders(uow, q=text or "", limit=_MOST_FOUND, offset=0)
        rows = page.elders
    orders = uow.session.exec(
        scoped(uow.actor, Order)
        .where(col(Order.elder_id).in_([row.id for row in rows]))
        .where(Order.serve_on == on, Order.serving == serving, col(Order.is_meal))
        .where(Order.state != OrderState.CANCELLED)
        .order_by(col(Order.placed_at))
    ).all()
    waiting_last = sorted(orders, key=lambda one: one.state is OrderState.WAITING)
    theirs = list({order.elder_id: order for order in waiting_last}.values())
    having = {one.elder.id: one for one in _with_elders(uow, theirs, rows)}
    return [having.get(row.id) or Found(elder=row, order=None) for row in rows]


def show_sheet(uow: UnitOfWork, sitting_id: UUID) -> dict[str, object]:
    """The kitchen's paper, for a station that this kitchen feeds, or its street.

    Labels of all boxes are for the kitchen's own people; others see those of their
    own elders, and the whole kitchen's counts.

    Raises:
        NotFound: another kitchen's sitting.
    """
    sitting = reachable_sitting(uow, sitting_id)
    named = _named_orders(uow, sitting)
    sheet: KitchenSheet = sheet_of(uow.session, sitting_id, named=named)
    return {
        "kitchen": sheet.kitchen,
        "serving": sheet.sitting.serving.value,
        "on": sheet.sitting.serve_on,
        "by_dish": sheet.by_dish,
        "by_channel": sheet.by_channel,
        "spare": sheet.sitting.spare
        if sheet.sitting.cooked is not None
        else sheet.sitting.spare_planned,
        "cooked": sheet.sitting.cooked,
        "identity": show_identity(uow, sheet.sitting),
        "labels": sheet.labels,
        "late": _late(uow, sitting_id),
    }


def _late(uow: UnitOfWork, sitting_id: UUID) -> list[LateLine]:
    """A cook needs the numbers, not what a station wrote about somebody."""
    lines = list_late(uow.session, sitting_id)
    if uow.actor.role != "kitchen":
        return lines
    return [replace(line, reason="") for line in lines]


def _named_orders(uow: UnitOfWork, sitting: Sitting) -> frozenset[UUID] | None:
    """The orders that the actor may see by name; None for all."""
    if uow.actor.role == "station":
        kitchen = uow.session.get_one(Kitchen, sitting.kitchen_id)
        if is_at_kitchen(station_for(uow, None), kitchen):
            return None
    if uow.actor.role == "kitchen":
        return None  # a label for each box that it packs
    own = scoped(uow.actor, Order).where(Order.sitting_id == sitting.id)
    return frozenset(order.id for order in uow.session.exec(own))


def reachable_sitting(uow: UnitOfWork, sitting_id: UUID) -> Sitting:
    """A sitting of a kitchen within the actor's reach.

    Raises:
        NotFound: unknown, or another kitchen's; for a kitchen's own account also one
            that is not of these days.
    """
    sitting = get_sitting(uow.session, sitting_id)
    if uow.actor.role == "kitchen":
        ahead = sitting.serve_on - town_day(uow.now)
        if not -_COOK_LOOKS_BACK <= ahead <= _COOK_LOOKS_AHEAD:
            raise NotFound("厨房账号只看前两天到后七天的单子。")
    if uow.actor.role == "station":
        if station_for(uow, None).kitchen_id != sitting.kitchen_id:
            raise NotFound("没有找到这一餐。")
    else:
        get_scoped(uow, Kitchen, sitting.kitchen_id)
    return sitting


def _at_the_counter(
    uow: UnitOfWork, station: Station, sitting: Sitting
) -> Sequence[Order]:
    return uow.session.exec(
        scoped(uow.actor, Order)
        .where(Order.sitting_id == sitting.id, Order.station_id == station.id)
        .where(col(Order.channel).in_(COUNTER_CHANNELS))
        .where(Order.state != OrderState.CANCELLED)
        .order_by(col(Order.placed_at), col(Order.id))
    ).all()


def _with_elders(
    uow: UnitOfWork, orders: Sequence[Order], known: Sequence[ElderRow] = ()
) -> list[Found]:
    """Orders with their elders, bills and tokens, in the order of the orders."""
    wanted = {order.elder_id for order in orders}
    query = scoped(uow.actor, Elder).where(col(Elder.id).in_(wanted))
    elders = {elder.id: elder for elder in uow.session.exec(query)}
    shown = known or show_elders(uow, list(elders.values()))
    rows = {row.id: row for row in shown}
    mine = [order for order in orders if order.elder_id in elders]
    bills = sheets_of_bills(uow.session, quote_all(uow.session, mine, elders))
    tokens = list_tokens(uow.session, [order.id for order in mine])
    return [
        Found(
            elder=rows[row.elder_id],
            order=row,
            bill=bills[row.id],
            token=_token(tokens.get(row.id)),
        )
        for row in show_orders(uow, mine)
    ]


def _token(token: Token | None) -> TokenRow | None:
    if token is None:
        return None
    return TokenRow(number=token.number, code_sha256=token.code_sha256)


def _end(uow: UnitOfWork, sitting: Sitting, station: Station) -> EndRow | None:
    end = find_end(uow.session, sitting.id, station.id)
    if end is None:
        return None
    return EndRow(
        served=end.served,
        walk_ins=end.walk_ins,
        no_show=end.no_show,
        unsold=end.unsold,
        went_to=end.went_to,
        counted_at=end.counted_at,
    )


def _by_card(uow: UnitOfWork, card: str) -> list[ElderRow]:
    owners = find_owners(uow.session, "card", card)
    if card.startswith(CODE_BEGINS) and (token := find_by_code(uow.session, card)):
        owners = [get_order(uow.session, token.order_id).elder_id]
    query = scoped(uow.actor, Elder).where(
        col(Elder.id).in_(owners) | (col(Elder.number) == card)
    )
    return show_elders(uow, uow.session.exec(query.limit(_MOST_FOUND)).all())
