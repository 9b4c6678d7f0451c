"""A route sheet that came back: its lines, to be typed in as paper grade."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.errors import NotFound
from dispatch.field.carried import Carried, read_carried
from dispatch.orders.orders import Order
from dispatch.planning.plans import (
    Round,
    Stop,
    StopKind,
    list_stop_orders,
    rounds_in_force,
)
from dispatch.store.unit_of_work import UnitOfWork


class NoSuchSheet(NotFound):
    """没有找到这张路线单。请核对日期和单号（路线单左上角四位）。"""

    code = "no_such_sheet"


@dataclass(frozen=True)
class SheetRow:
    """One line of a route sheet. `open`: there is still something to type in."""

    order_id: UUID
    number: str
    stop: int
    box: str
    label: str
    what: str
    at: datetime
    helper_id: UUID
    state: str
    open: bool


def read_sheet(uow: UnitOfWork, number: str, on: date) -> list[SheetRow]:
    """The lines of a round's sheet, as far as their orders are within reach.

    Args:
        number: as printed at the top of the sheet, four signs.

    Raises:
        NoSuchSheet: no round of that day has it, or none within reach.
    """
    rounds = {
        round_.id: round_
        for round_, _ in uow.session.exec(rounds_in_force(on))
        if str(round_.id)[:4].upper() == number.strip().upper()
    }
    pairs = [
        (stop, pair)
        for stop, pair in list_stop_orders(uow.session, rounds)
        if stop.kind is not StopKind.PICKUP and not pair.given_back
    ]
    wanted = {pair.order_id for _, pair in pairs}
    query = scoped(uow.actor, Order).where(col(Order.id).in_(wanted))
    mine = {order.id for order in uow.session.exec(query)}
    if not mine:
        raise NoSuchSheet
    carried = read_carried(uow.session, mine)
    return [
        _row(stop, pair.box, rounds[stop.round_id], carried[pair.order_id])
        for stop, pair in pairs
        if pair.order_id in mine
    ]


def _row(stop: Stop, box: str, round_: Round, one: Carried) -> SheetRow:
    return SheetRow(
        order_id=one.order.id,
        number=one.order.number,
        stop=stop.seq,
        box=box,
        label=one.label,
        what=one.dish or one.service_name,
        at=stop.at,
        helper_id=round_.helper_id,
        state=one.order.state.value,
        open=one.served_by is None and one.order.grade is None,
    )
