"""Short stories whose every deed may be done again: for failing in the middle."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.counter.paying import bill_of, pay, refund
from dispatch.counter.payments import Payment, PayMethod
from dispatch.counter.serving import Handing, Identity, serve
from dispatch.demo.killing import count_everything
from dispatch.field.photographing import Piece, keep_piece
from dispatch.field.photos import PhotoKind
from dispatch.log.audit_chain import seal_waiting
from dispatch.log.book_chain import seal_books
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Order, OrderState
from dispatch.planning.jobs import carry_out
from dispatch.queue import queue_at, tell_all
from dispatch.relaying import relay_once
from dispatch.safety.cases import Case, Rung
from dispatch.safety.climbing import climb
from dispatch.store.unit_of_work import in_one_transaction
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import ELEVEN, LittleTown
from tests.planning.lunch_wave import ask, quick, wave_of
from tests.subsidy.ledger_town import AT_TABLE, do, entitled

Deed = Callable[[], object]
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Story:
    """What is there before, and the deeds, which may all be done again."""

    name: str
    begin: Callable[[LittleTown], list[Deed]]


def _lunch(town: LittleTown) -> list[Deed]:
    """Ordered, paid, eaten, granted, given back; told and sealed."""
    draft = town.lunch(entitled(town), **AT_TABLE)

    def order() -> Order:
        return do(town, place_order, draft, key="order")

    def payments() -> list[Payment]:
        with Session(town.engine) as session:
            return list(session.exec(select(Payment).order_by(col(Payment.fen).desc())))

    def pay_it() -> None:
        if not payments():
            order_id = order().id
            fen = do(town, lambda uow: bill_of(uow, order_id)[1]).self_fen
            do(town, pay, order_id, PayMethod.CASH, fen, key="pay")

    def eat() -> None:
        placed = order()
        if placed.state is not OrderState.DONE:
            town.at(ELEVEN)
            do(town, serve, placed.id, Handing(Identity.CARD))

    def give_back() -> None:
        do(town, refund, payments()[0].id, "收错", key="back")

    return [order, pay_it, eat, give_back]


def _plan(town: LittleTown) -> list[Deed]:
    """A wave is asked for and planned."""
    town.add_helper()
    draft = town.lunch(town.add_elder())

    def plan() -> None:
        if wave_of(town).plan_version == 0:
            carry_out(town.engine, ask(town), thinking=quick, by_force=True)

    return [lambda: do(town, place_order, draft, key="order"), plan]


def _door(town: LittleTown) -> list[Deed]:
    """One door opens, one does not; a signature begins to come, a rung is missed."""
    walk = make_walk(town, town.add_elder(), town.add_elder("李建国"))
    phone = Phone(walk)
    phone.at_stop("arrived", ELEVEN + MINUTE)
    phone.hand(ELEVEN + 2 * MINUTE)
    phone.at_stop("no_answer", ELEVEN + 9 * MINUTE, 1)
    batch = phone.batch(ELEVEN + 10 * MINUTE)
    piece = Piece("0" * 64, PhotoKind.SIGNATURE, size=10, begin=0, content=b"12345")

    def sign() -> None:
        in_one_transaction(
            town.engine,
            lambda uow: keep_piece(uow, walk.helper_id, walk.orders[0], piece),
            actor=walk.actor,
        )

    def miss_a_rung() -> None:
        [case] = walk.cases()
        if case.rung is Rung.PHONE_ELDER:
            town.at(HALF_PAST)
            in_one_transaction(town.engine, lambda uow: climb(uow, case.id))

    return [lambda: walk.post(batch, at=ELEVEN + 10 * MINUTE), sign, miss_a_rung]


STORIES: Final = (Story("lunch", _lunch), Story("plan", _plan), Story("door", _door))


def evening(town: LittleTown) -> list[Deed]:
    """What processes of the house do behind every deed."""

    def tell() -> None:
        relay_once(town.engine, lambda _: None)
        tell_all(queue_at("redis://127.0.0.1:1"))

    def seal() -> None:
        in_one_transaction(town.engine, seal_waiting)
        in_one_transaction(town.engine, seal_books)

    return [tell, seal]


def live(deeds: list[Deed]) -> None:
    """All of it, one after the other."""
    for deed in deeds:
        deed()


def live_and_die(town: LittleTown, deeds: list[Deed]) -> int:
    """All of it in a process of its own; the signal that ended it, or 0."""
    town.engine.dispose()  # no connection is shared with it
    child = os.fork()
    if child == 0:
        try:
            live(deeds)
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def what_stands(town: LittleTown) -> dict[str, object]:
    """What must be the same, however often somebody had to begin again."""
    counts = count_everything(town.engine)
    del counts["events"]  # a plan that was begun again has told so
    with Session(town.engine) as session:
        cases = session.exec(select(Case.rung)).all()
        paid = session.exec(select(func.count()).select_from(Payment)).one()
        states = sorted(session.exec(select(Order.state)).all())
    return {**counts, "cases": list(cases), "payments": paid, "states": states}
