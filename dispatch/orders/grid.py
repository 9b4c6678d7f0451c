"""The order grid: elders down, days and servings across, one code in each cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.catalogue.sittings import Serving
from dispatch.orders.orders import Order, OrderState
from dispatch.orders.showing import find_dishes
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
class GridRow:
    elder: ElderRow
    cells: dict[str, Cell]


@dataclass(frozen=True, kw_only=True)
class Grid:
    days: list[date]
    servings: list[str]
    total: int
    rows: list[GridRow]


def show_grid(
    uow: UnitOfWork, first: date, days: int, *, q: str, limit: int, offset: int
) -> Grid:
    """The grid of a station's elders over some days, in five queries."""
    page = list_elders(uow, q=q, limit=limit, offset=offset)
    shown = [first + timedelta(days=n) for n in range(days)]
    orders = _orders(uow, [row.id for row in page.rows], shown)
    dishes = find_dishes(uow.session, orders)
    cells: dict[UUID, dict[str, Cell]] = {row.id: {} for row in page.rows}
    for order in orders:
        dish = dishes.get(order.menu_item_id) if order.menu_item_id else None
        code = (dish.code if dish else _NO_DISH) if order.is_meal else VISIT_CODE
        key = f"{order.serve_on}/{order.serving.value}"
        there = cells[order.elder_id].get(key)
        if there is None or there.code == VISIT_CODE:
            cells[order.elder_id][key] = _cell(order, code)
    return Grid(
        days=shown,
        servings=[serving.value for serving in Serving],
        total=page.total,
        rows=[GridRow(elder=row, cells=cells[row.id]) for row in page.rows],
    )


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
