"""Short stories whose every deed may be done again: for failing in the middle."""

import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import anyio
import httpx
from sqlalchemy import func
from sqlmodel import Session, col, select

from benchmarks.rosters import draw_roster
from dispatch.counter.paying import bill_of, pay, refund
from dispatch.counter.payments import Payment, PayMethod
from dispatch.counter.serving import Handing, Identity, serve
from dispatch.demo.killing import count_everything
from dispatch.exchange.bringing import confirm_sheet, try_sheet
from dispatch.exchange.runs import ImportRun, RunState
from dispatch.exchange.trying import SheetFile
from dispatch.field.photographing import Piece, keep_piece
from dispatch.field.photos import PhotoKind
from dispatch.log.audit_chain import seal_waiting
from dispatch.log.book_chain import seal_books
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Order, OrderState
from dispatch.people.elders import Elder
from dispatch.planning.jobs import carry_out
from dispatch.planning.solving import Thought, think
from dispatch.queue import queue_at, tell_all
from dispatch.relaying import relay_once
from dispatch.safety.cases import Case, Rung
from dispatch.safety.climbing import climb
from dispatch.store.database import Database
from dispatch.store.unit_of_work import in_one_transaction
from dispatch.subsidy.months.periods import Period, PeriodState
from dispatch.subsidy.months.steps import PeriodStep, Step
from routing import Problem
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import ELEVEN, LittleTown
from tests.open_house import session_of
from tests.planning.lunch_wave import ask, wave_of
from tests.subsidy.closed_month import AFTER, MONTH, Officials, close_drawers, eat_lunch
from tests.subsidy.ledger_town import AT_TABLE, do, entitled
from tests.web.ordering import lunch_form
from web.app import create_app

Deed = Callable[[], object]
MINUTE: Final = timedelta(minutes=1)
DEAD_SOLVER: Final = (sys.executable, "-c", "raise SystemExit(9)")  # loads nothing


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
            carry_out(town.engine, ask(town), thinking=_think, by_force=True)

    return [lambda: do(town, place_order, draft, key="order"), plan]


def _think(problem: Problem) -> Thought:
    """By a solver that dies, so that the quick plan stands in."""
    return think(problem, child=DEAD_SOLVER)


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


def _sheet(town: LittleTown) -> list[Deed]:
    """A roster is looked through and confirmed."""
    database = Database(town.engine)
    file = SheetFile("elders", "名单.xlsx", draw_roster(6, ["s1"]).xlsx())

    def tried() -> ImportRun | None:
        with Session(town.engine) as session:
            return session.exec(select(ImportRun)).first()

    def look_through() -> None:
        if tried() is None:
            try_sheet(database, file, town.staff)

    def confirm() -> None:
        if run := tried():
            confirm_sheet(database, run.id, town.staff)

    return [look_through, confirm]


def _month(town: LittleTown) -> list[Deed]:
    """A month is signed by everybody and closed."""
    eat_lunch(town)
    close_drawers(town)
    officials = Officials(town)
    by = {
        Step.CONFIRM: town.staff,
        Step.REVIEW: officials.street,
        Step.PUBLISH: officials.district,
        Step.APPROVE: officials.district,
        Step.PAY: officials.finance,
    }

    def sign(step: Step) -> None:
        late = step in {Step.APPROVE, Step.PAY}
        town.at(AFTER + timedelta(days=8 * late))
        if not _is_closed(town):
            officials.sign(step, by[step])

    def close() -> None:
        if not _is_closed(town):
            officials.close()

    return [*(partial(sign, step) for step in by), close]


def _is_closed(town: LittleTown) -> bool:
    with Session(town.engine) as session:
        period = session.get(Period, MONTH)
        return period is not None and period.state is PeriodState.CLOSED


def _web(town: LittleTown) -> list[Deed]:
    """A station's page sends an order until it is told yes or no."""
    form = lunch_form(town.add_elder())
    token, csrf = session_of(town.engine, town.staff)
    door = httpx.ASGITransport(create_app(Database(town.engine)))
    headers = {
        "Origin": "http://web",
        "X-CSRF": csrf,
        "Idempotency-Key": "0" * 32,
        "Cookie": f"liuzhu_session={token}",
    }

    async def send() -> int:
        async with httpx.AsyncClient(transport=door, base_url="http://web") as page:
            answer = await page.post("/api/orders", json=form, headers=headers)
            return answer.status_code

    def order() -> None:
        assert anyio.run(send) in {200, 201, 500, 507}

    return [order]


STORIES: Final = (
    Story("lunch", _lunch),
    Story("plan", _plan),
    Story("door", _door),
    Story("sheet", _sheet),
    Story("month", _month),
    Story("web", _web),
)


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
    """All of it in a process of its own; the signal that ended it, or 0.

    It is forked, for the deeds are closures over this town: one that was started could
    not take them, and would load for seconds. Beside us there is at most the test
    worker's own thread, which waits in a read and holds nothing; from Python 3.12 on
    any second thread makes a fork warn.
    """
    town.engine.dispose()  # no connection is shared with it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
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
        sheets = select(func.count()).where(ImportRun.state == RunState.CONFIRMED)
        signed = session.exec(select(PeriodStep.step)).all()
        closed = session.exec(select(Period.month, Period.state, Period.line_count))
        more = {
            "elders": session.exec(select(func.count()).select_from(Elder)).one(),
            "sheets": session.exec(sheets).one(),
            "signed": sorted(signed),
            "months": [tuple(each) for each in closed],
        }
    told = {"cases": list(cases), "payments": paid, "states": states}
    return {**counts, **told, **more}
