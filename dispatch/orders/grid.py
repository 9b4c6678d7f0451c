"""The order grid: elders down, days and servings across, one code in each cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.catalogue.sittings import Serving
from dispatch.orders.orders import Order, OrderState
from dispatch.orders.own_parts import own_parts
from dispatch.orders.showing import find_dishes
from dispatch.orders.standing_plans import StandingPlan, list_plans_of, plan_for
from dispatch.people.elders import Elder
from dispatch.people.pauses import Pause
from dispatch.people.showing import ElderRow, list_elders
from dispatch.store.unit_of_work import UnitOfWork

VISIT_CODE: Final = "v"
_NO_DISH: Final = "•"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one elder has in one serving; a visit shows only beside no meal."""

    order_id: UUID
    code: str
    channel: str
    state: str
    paid: bool


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What the standing plan says of a cell; without a code, whatever suits."""

    code: str | None
    channel: str


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """One elder's line.

    `own_fen`: what the first meal that suits would cost them, in the next serving of
    each kind that can still be ordered. `usual`: the weekdays' plans by cell.
    """

    elder: ElderRow
    swallowing_level: int
    cells: dict[str, Cell]
    usual: dict[str, Usual]
    paused: list[date]
    own_fen: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Grid:
    days: list[date]
    servings: list[str]
    total: int
    rows: list[GridRow]


def show_grid(
    uow: UnitOfWork, first: date, days: int, *, q: str, limit: int, offset: int
) -> Grid:
    """The grid of a station's elders over some days; as many queries for one as for
    many of them."""
    page = list_elders(uow, q=q, limit=limit, offset=offset)
    shown = [first + timedelta(days=n) for n in range(days)]
    orders = _orders(uow, [row.id for row in page.elders], shown)
    dishes = find_dishes(uow.session, orders)
    cells: dict[UUID, dict[str, Cell]] = {row.id: {} for row in page.elders}
    for order in orders:
        dish = dishes.get(order.menu_item_id) if order.menu_item_id else None
        code = (dish.code if dish else _NO_DISH) if order.is_meal else VISIT_CODE
        key = f"{order.serve_on}/{order.serving.value}"
        there = cells[order.elder_id].get(key)
        if there is None or there.code == VISIT_CODE:
            cells[order.elder_id][key] = _cell(order, code)
    elders = _elders(uow, list(cells))
    usual = _usual(uow, elders, shown)
    own = own_parts(uow, list(elders.values()), shown)
    paused = _paused(uow, list(cells), shown)
    return Grid(
        days=shown,
        servings=[serving.value for serving in Serving],
        total=page.total,
        rows=[
            GridRow(
                elder=row,
                swallowing_level=elders[row.id].swallowing_level,
                cells=cells[row.id],
                usual=usual.get(row.id, {}),
                paused=paused.get(row.id, []),
                own_fen=own.get(row.id, {}),
            )
            for row in page.elders
        ],
    )


def _elders(uow: UnitOfWork, elder_ids: Sequence[UUID]) -> dict[UUID, Elder]:
    query = scoped(uow.actor, Elder).where(col(Elder.id).in_(elder_ids))
    return {elder.id: elder for elder in uow.session.exec(query)}


def _usual(
    uow: UnitOfWork, elders: Mapping[UUID, Elder], days: Sequence[date]
) -> dict[UUID, dict[str, Usual]]:
    plans: dict[UUID, list[StandingPlan]] = {}
    for plan in list_plans_of(uow.session, elders):
        plans.setdefault(plan.elder_id, []).append(plan)
    return {
        elder_id: {
            f"{on}/{serving.value}": Usual(code=own.dish, channel=own.channel.value)
            for on in days
            for serving in Serving
            if (own := plan_for(theirs, on, serving))
        }
        for elder_id, theirs in plans.items()
    }


def _paused(
    uow: UnitOfWork, elder_ids: Sequence[UUID], days: Sequence[date]
) -> dict[UUID, list[date]]:
    query = select(Pause).where(
        col(Pause.elder_id).in_(elder_ids), col(Pause.from_on) <= days[-1]
    )
    paused: dict[UUID, set[date]] = {}
    for pause in uow.session.exec(query):
        covered = {on for on in days if pause.covers(on, is_meal=True)}
        paused.setdefault(pause.elder_id, set()).update(covered)
    return {elder_id: sorted(covered) for elder_id, covered in paused.items()}


def _orders(
    uow: UnitOfWork, elder_ids: Sequence[UUID], days: Sequence[date]
) -> Sequence[Order]:
    query = (
        scoped(uow.actor, Order)
        .where(col(Order.elder_id).in_(elder_ids))
        .where(col(Order.serve_on).between(days[0], days[-1]))
        .where(Order.state != OrderState.CANCELLED)
        .order_by(col(Order.placed_at), col(Order.id))
    )
    return uow.session.exec(query).all()


def _cell(order: Order, code: str) -> Cell:
    return Cell(
        order_id=order.id,
        code=code,
        channel=order.channel.value,
        state=order.state.value,
        paid=order.is_paid,
    )
