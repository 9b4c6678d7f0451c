"""Calling an elder from the street: a link to dial, never a number to keep."""

from uuid import UUID

from sqlmodel import col, select

from dispatch.access.day_passes import pass_of
from dispatch.errors import NotFound
from dispatch.field.authority import tenures_of
from dispatch.field.rounds import is_active
from dispatch.log.audit import write_down
from dispatch.orders.orders import get_order, tell_order
from dispatch.people.vault import unseal
from dispatch.planning.plans import Round, Stop, StopOrder
from dispatch.store.unit_of_work import UnitOfWork


class NotOnTheWayThere(NotFound):
    """现在不在这一单的配送时间内，不能拨打。请联系驿站。"""

    code = "not_on_the_way_there"


class NoPhone(NotFound):
    """老人没有登记电话，请联系驿站。"""

    code = "no_phone"


def dial(uow: UnitOfWork, helper_id: UUID, order_id: UUID) -> str:
    """The `tel:` link for an order of this helper's round; each call is written down.

    Raises:
        NotFound: no such order on this helper's rounds.
        NotOnTheWayThere: the round is not published yet, over, or replaced.
        NoPhone: nothing is known to dial.
    """
    order = get_order(uow.session, order_id, lock=True)
    query = (
        select(Stop.round_id)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(StopOrder.order_id == order_id, Round.helper_id == helper_id)
    )
    if day_pass := pass_of(uow.session, uow.actor):
        query = query.where(Round.wave_id == day_pass.wave_id)
    tenures = tenures_of(uow.session, set(uow.session.exec(query)))
    if not tenures:
        raise NotFound("没有找到这张订单。")
    if not any(t.in_force and is_active(t, uow.now) for t in tenures.values()):
        raise NotOnTheWayThere
    phone = unseal(uow.session, [order.elder_id], ["phone"])[order.elder_id]
    if "phone" not in phone:
        raise NoPhone
    write_down(
        uow,
        "call",
        "elder",
        order.elder_id,
        fields=["phone"],
        purpose=f"order {order.number}",
    )
    tell_order(uow, order, "order.called", helper_id=helper_id)
    return f"tel:{phone['phone']}"
