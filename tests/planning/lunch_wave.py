"""A wave of lunches for tests, and what one wants to know of it afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import Serving
from dispatch.clock import wall_now
from dispatch.log.events import Event
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.jobs import carry_out
from dispatch.planning.plans import (
    Plan,
    Round,
    RoundState,
    Stop,
    StopOrder,
    find_plan,
    list_rounds,
    list_stops,
)
from dispatch.planning.problem import WaveProblem, problem_for
from dispatch.planning.solving import Thought, think
from dispatch.planning.waves import PlanRequest, Wave, find_wave, get_request
from dispatch.store.unit_of_work import in_one_transaction, picture
from routing import Problem
from tests.little_town import STREET, TODAY, LittleTown

LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)


def order_lunch(town: LittleTown, elder_id: UUID | None = None, **about: Any) -> UUID:
    """A delivered lunch for an elder, or for a new one."""
    draft = town.lunch(elder_id or town.add_elder(), **about)
    made = in_one_transaction(
        town.engine,
        lambda uow: place_order(uow, draft, key=uuid4().hex),
        actor=town.staff,
    )
    return made.id


def order_visit(town: LittleTown, elder_id: UUID | None = None, **about: Any) -> UUID:
    """A visit at home around noon."""
    facts = {"service": "VISIT_HOME", "channel": Channel.VISIT} | about
    return order_lunch(town, elder_id, **facts)


def add_service(town: LittleTown, code: str, **about: Any) -> None:
    """One more service in the catalogue."""
    with Session(town.engine) as session:
        session.add(Service(code=code, name=code, **({"assist": "助洁"} | about)))
        session.commit()


def wave_of(town: LittleTown) -> Wave:
    with Session(town.engine) as session:
        wave = find_wave(session, STREET, TODAY, Serving.LUNCH)
    assert wave is not None
    return wave


def ask(town: LittleTown, why: str = "asked") -> UUID:
    """Ask for a plan of today's lunch."""
    wave_id = wave_of(town).id
    made = in_one_transaction(town.engine, lambda uow: ask_for_plan(uow, wave_id, why))
    return made.id


def ask_long_ago(town: LittleTown, *, seconds: int = 120) -> UUID:
    """A request that has waited for a while, by the machine's clock."""
    request_id = ask(town)
    with Session(town.engine) as session:
        asked = session.get_one(PlanRequest, request_id)
        asked.queued_at = wall_now() - timedelta(seconds=seconds)
        session.commit()
    return request_id


def plan(town: LittleTown, **how: Any) -> bool:
    """Ask, and carry it out."""
    return carry_out(town.engine, ask(town), **how)


def read_wave(town: LittleTown) -> WaveProblem:
    """The problem of today's lunch."""
    with picture(town.engine) as seen:
        return problem_for(seen.session, wave_of(town))


def orders_of(town: LittleTown) -> dict[UUID, Order]:
    with Session(town.engine) as session:
        return {order.id: order for order in session.exec(select(Order))}


def order_of(town: LittleTown, order_id: UUID) -> Order:
    return orders_of(town)[order_id]


def shown_plan(town: LittleTown) -> Plan:
    wave = wave_of(town)
    with Session(town.engine) as session:
        found = find_plan(session, wave.id, wave.shown_version)
    assert found is not None
    return found


def rounds_of(town: LittleTown) -> list[Round]:
    """The rounds of the plan in force."""
    with Session(town.engine) as session:
        return list_rounds(session, shown_plan(town).id)


def stops_of(town: LittleTown, round_: Round) -> list[Stop]:
    with Session(town.engine) as session:
        return list_stops(session, round_.id)


def carried_by(town: LittleTown, round_: Round) -> set[UUID]:
    """The orders of a round."""
    with Session(town.engine) as session:
        query = (
            select(StopOrder.order_id)
            .join(Stop, col(Stop.id) == StopOrder.stop_id)
            .where(Stop.round_id == round_.id)
        )
        return set(session.exec(query))


def begin(town: LittleTown, round_: Round, state: RoundState) -> None:
    """The helper has come so far."""
    with Session(town.engine) as session:
        session.get_one(Round, round_.id).state = state
        session.commit()


def request_of(town: LittleTown, request_id: UUID) -> PlanRequest:
    with Session(town.engine) as session:
        return get_request(session, request_id)


def events_of_wave(town: LittleTown) -> list[Event]:
    with Session(town.engine) as session:
        query = select(Event).where(Event.subject_id == wave_of(town).id)
        return list(session.exec(query.order_by(col(Event.number))))


def run_out(town: LittleTown, request_id: UUID) -> None:
    """The planner of a request has been silent for too long."""
    with Session(town.engine) as session:
        session.get_one(PlanRequest, request_id).lease_until = LONG_AGO
        session.commit()


def quick(problem: Problem) -> Thought:
    return think(problem, quick="no time in a test")


def after(deed: Callable[[], object]) -> Callable[[Problem], Thought]:
    """Think, and let something happen before the plan is published."""

    def thinking(problem: Problem) -> Thought:
        thought = quick(problem)
        deed()
        return thought

    return thinking


def cancel(town: LittleTown, order_id: UUID) -> None:
    in_one_transaction(
        town.engine, lambda uow: cancel_order(uow, order_id, "住院"), actor=town.staff
    )
