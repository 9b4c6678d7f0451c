"""Serving at the counter: the person is seen, the meal is handed over."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.catalogue.sittings import get_sitting
from dispatch.clock import town_day
from dispatch.counter.paying import take_money
from dispatch.counter.payments import PayMethod
from dispatch.counter.proxies import may_collect
from dispatch.errors import BadInput, Conflict
from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.kitchens.boxing import fresh_box
from dispatch.orders.ordering import OrderDraft, make_order
from dispatch.orders.orders import (
    COUNTER_CHANNELS,
    DISPUTED,
    NOT_RECEIVED,
    Order,
    OrderCannotMove,
    OrderState,
    get_order,
    move_order,
)
from dispatch.people.elders import get_elder, mark_seen
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.granting import settle


class NotYetReady(Conflict):
    """这一餐还没有出餐，不能取餐。"""

    code = "not_yet_ready"


class PastEatBy(Conflict):
    """餐食已过食用时限，不能再供应。"""

    code = "past_eat_by"


class NotAtTheCounter(BadInput):
    """这张订单不在柜台取餐。"""

    code = "not_at_the_counter"


class AlreadyServed(Conflict):
    """这份餐已经取走，没有重复出餐。"""

    code = "already_served"


class NotRegisteredToCollect(Conflict):
    """老人没有登记代取人，没有办理。请登记后再取，或由其他人具名代取。"""

    code = "not_registered_to_collect"


class Identity(StrEnum):
    """How the person was recognised; a face is never the only way offered."""

    CARD = "card"
    QR = "qr"
    FACE = "face"
    STAFF_VISUAL = "staff_visual"


class Collector(StrEnum):
    SELF = "self"
    REGISTERED_PROXY = "registered_proxy"
    OTHER = "other"


@dataclass(frozen=True)
class Handing:
    """Who took the meal, and how they were recognised.

    `proxy_id` names the registered proxy, where the counter knows which one.
    """

    identity: Identity
    collector: Collector = Collector.SELF
    proxy_id: UUID | None = None


def serve(uow: UnitOfWork, order_id: UUID, handing: Handing) -> Order:
    """Hand over a meal at the counter. A second tap changes nothing.

    Raises:
        NotAtTheCounter, NotYetReady, PastEatBy, NotRegisteredToCollect,
        OrderCannotMove
    """
    order = get_scoped(uow, Order, order_id, lock=True)
    if order.channel not in COUNTER_CHANNELS or order.sitting_id is None:
        raise NotAtTheCounter
    if order.state is OrderState.DONE:
        return order
    _check_not_over(order)
    if broken := _broken_rules(uow, order, handing, uow.now):
        raise broken[0]
    return _hand_over(uow, order, handing, uow.now)


def serve_once(uow: UnitOfWork, order: Order, handing: Handing) -> Order:
    """Hand over a held order that nobody has eaten on yet; see `serve`.

    Raises:
        AlreadyServed, and what `serve` raises.
    """
    if order.state is OrderState.DONE:
        raise AlreadyServed
    return serve(uow, order.id, handing)


def serve_as_told(
    uow: UnitOfWork, order: Order, handing: Handing, at: datetime
) -> list[str]:
    """Book a meal that was handed over while nobody could ask; its row is held.

    Returns:
        the codes of the rules that it broke.

    Raises:
        NotAtTheCounter
        AlreadyServed: on this order somebody else has eaten.
        OrderCannotMove: it was called off, or its proof is disputed.
    """
    if order.channel not in COUNTER_CHANNELS or order.sitting_id is None:
        raise NotAtTheCounter
    if order.state is OrderState.DONE:
        raise AlreadyServed
    _check_not_over(order)
    codes = [one.code for one in _broken_rules(uow, order, handing, at)]
    if NotRegisteredToCollect.code in codes:
        handing = replace(handing, collector=Collector.OTHER, proxy_id=None)
    _hand_over(uow, order, handing, at)
    return codes


def walk_in(
    uow: UnitOfWork,
    draft: OrderDraft,
    identity: Identity,
    paid: tuple[PayMethod, int] | None,
    *,
    key: str | None,
) -> Order:
    """Somebody comes without an order: ordered, paid and served in one step."""
    content = {"draft": draft.content, "identity": identity, "paid": paid}
    if made := claim(uow, key, "walk_in", content):
        return get_order(uow.session, made)
    order = make_order(uow, replace(draft, source="walk_in"))
    if paid is not None:
        take_money(uow, order, *paid)
    serve(uow, order.id, Handing(identity))
    keep_result(uow, key or "", order.id)
    return order


def _check_not_over(order: Order) -> None:
    """Of what was called off the portion went to somebody else; what was handed over
    once, says its proof, and not received, says the elder, a person decides.
    """
    disputed = order.reason in {DISPUTED, NOT_RECEIVED}
    if order.state is OrderState.CANCELLED or (
        order.state is OrderState.FAILED and disputed
    ):
        raise OrderCannotMove(was=order.state, asked=OrderState.DONE)


def _hand_over(uow: UnitOfWork, order: Order, handing: Handing, at: datetime) -> Order:
    grade = counter_grade(handing)
    basis = {"identity": handing.identity.value, "collector": handing.collector.value}
    if handing.proxy_id is not None:
        basis["proxy"] = str(handing.proxy_id)
    proof = Evidence(
        order_id=order.id,
        origin=EvidenceFrom.COUNTER,
        grade=grade,
        basis=basis,
        account_id=uow.actor.account_id,
        at=at,
    )
    uow.session.add(proof)
    order.collected_by = handing.collector.value
    move_order(uow, order, OrderState.DONE, grade=grade, by=handing.collector.value)
    if handing.collector is Collector.SELF:
        elder = get_elder(uow.session, order.elder_id)
        mark_seen(elder, at, by="counter")
        uow.session.add(elder)
    settle(uow, order)
    return order


def counter_grade(handing: Handing) -> str:
    """A: the person seen; B: a registered proxy; C: somebody else, named."""
    return {
        Collector.SELF: "A",
        Collector.REGISTERED_PROXY: "B",
        Collector.OTHER: "C",
    }[handing.collector]


def _broken_rules(
    uow: UnitOfWork, order: Order, handing: Handing, at: datetime
) -> list[Conflict]:
    """What speaks against handing this meal over at a moment."""
    broken: list[Conflict] = []
    if order.sitting_id is not None:
        sitting = get_sitting(uow.session, order.sitting_id)
        if at < sitting.ready_at:
            broken.append(NotYetReady())
        box = fresh_box(uow, order, at)
        if at > (box.eat_by_at if box else sitting.eat_by_at):
            broken.append(PastEatBy())
    by_proxy = handing.collector is Collector.REGISTERED_PROXY
    if by_proxy and not may_collect(
        uow.session, order.elder_id, town_day(at), handing.proxy_id
    ):
        broken.append(NotRegisteredToCollect())
    return broken
