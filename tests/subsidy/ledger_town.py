"""The little town with people the rules give something to, and short deeds."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlmodel import Session, SQLModel, select

from dispatch.counter.paying import bill_of, pay, refund
from dispatch.counter.payments import PayMethod, list_payments
from dispatch.counter.serving import Handing, Identity, serve
from dispatch.orders.ordering import Override, place_order
from dispatch.orders.orders import Channel, Order
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.billing import Bill
from dispatch.subsidy.grants import Grant
from tests.little_town import LittleTown

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)

AT_TABLE: dict[str, Any] = {"service": "MEAL_DINEIN", "channel": Channel.DINE_IN}
ENTITLED: dict[str, Any] = {"dementia": True, "relief": "DB"}


def do(town: LittleTown, deed: Callable[..., T], *args: Any, **more: Any) -> T:
    """One deed of the station's staff, in one transaction."""

    def run(uow: UnitOfWork) -> T:
        return deed(uow, *args, **more)

    return in_one_transaction(town.engine, run, actor=town.staff)


def entitled(town: LittleTown, **about: Any) -> UUID:
    """Somebody of 82 on minimum living relief, with dementia."""
    return town.add_elder(**(ENTITLED | about))


def order_lunch(town: LittleTown, elder_id: UUID, **about: Any) -> Order:
    draft = town.lunch(elder_id, **(AT_TABLE | about))
    return do(town, place_order, draft, key=uuid4().hex)


def order_second_lunch(town: LittleTown, elder_id: UUID) -> Order:
    """One more lunch for somebody who has one, on purpose."""
    return order_lunch(town, elder_id, override=Override("again", "客人在家"))


def bill(town: LittleTown, order: Order) -> Bill:
    return do(town, lambda uow: bill_of(uow, order.id)[1])


def pay_all(town: LittleTown, order: Order) -> None:
    fen = bill(town, order).self_fen
    do(town, pay, order.id, PayMethod.CASH, fen, key=uuid4().hex)


def hand_over(town: LittleTown, order: Order) -> None:
    do(town, serve, order.id, Handing(Identity.CARD))


def give_back(town: LittleTown, order: Order, reason: str = "收错") -> None:
    def run(uow: UnitOfWork) -> None:
        paid = [p for p in list_payments(uow.session, order.id) if p.fen >= 0][-1]
        refund(uow, paid.id, reason, key=uuid4().hex)

    do(town, run)


def rows(town: LittleTown, model: type[Row]) -> list[Row]:
    with Session(town.engine) as session:
        return list(session.exec(select(model)))


def live_grants(town: LittleTown) -> dict[tuple[UUID, str], int]:
    return {
        (grant.order_id, grant.subsidy): grant.fen
        for grant in rows(town, Grant)
        if grant.reversed_by is None
    }
