"""What happens while we think is never undone, and one planner wins."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlmodel import Session

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_moment
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import OrderState
from dispatch.people.helpers import Helper
from dispatch.planning.jobs import carry_out
from dispatch.planning.leases import take
from dispatch.planning.plans import Round, RoundState
from dispatch.planning.solving import Thought
from dispatch.planning.waves import AskState, Wave, find_open_request
from dispatch.store.unit_of_work import unit_of_work
from routing import Problem
from tests.crossing import until_somebody_waits
from tests.little_town import NOON, STREET, TODAY, LittleTown
from tests.planning.lunch_wave import (
    after,
    ask,
    begin,
    cancel,
    carried_by,
    order_lunch,
    order_of,
    plan,
    quick,
    request_of,
    rounds_of,
    run_out,
    wave_of,
)


@pytest.mark.proves("F02")
def test_two_planners_publish_one_plan(town: LittleTown) -> None:
    """Both think from the same version; the slow one finds a newer plan."""
    town.add_helper()
    order_lunch(town)
    both = Barrier(2)
    first = ask(town)

    def thinking(problem: Problem) -> Thought:
        thought = quick(problem)
        both.wait(timeout=60)
        return thought

    def publish_first(_: int) -> bool:
        return carry_out(town.engine, first, thinking=thinking)

    with ThreadPoolExecutor(2) as two:
        slow = two.submit(publish_first, 1)
        while request_of(town, first).state is not AskState.RUNNING:
            pass
        second = ask(town)
        fast = two.submit(
            carry_out, town.engine, second, thinking=thinking, by_force=True
        )
        assert sorted([slow.result(), fast.result()]) == [False, True]

    assert wave_of(town).plan_version == 1
    assert len(rounds_of(town)) == 1
    states = {request_of(town, each).state for each in (first, second)}
    assert states == {AskState.DONE, AskState.FAILED}


def test_who_lost_the_lease_publishes_nothing(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    request_id = ask(town)

    def another_takes_it() -> None:
        run_out(town, request_id)
        assert take(town.engine, request_id)

    deed = after(another_takes_it)
    assert carry_out(town.engine, request_id, thinking=deed) is False

    assert wave_of(town).plan_version == 0
    assert request_of(town, request_id).state is AskState.RUNNING


@pytest.mark.proves("F34")
def test_an_order_cancelled_while_we_think_stays_cancelled(town: LittleTown) -> None:
    town.add_helper()
    kept, called_off = order_lunch(town), order_lunch(town)

    assert plan(town, thinking=after(lambda: cancel(town, called_off)))

    (round_,) = rounds_of(town)
    assert carried_by(town, round_) == {kept}
    assert order_of(town, called_off).state is OrderState.CANCELLED
    assert order_of(town, kept).state is OrderState.PLANNED


@pytest.mark.proves("F35")
def test_an_order_placed_while_we_think_waits_for_the_next_plan(
    town: LittleTown,
) -> None:
    town.add_helper()
    order_lunch(town)
    late: list[UUID] = []

    plan(town, thinking=after(lambda: late.append(order_lunch(town))))

    assert order_of(town, late[0]).state is OrderState.WAITING
    with Session(town.engine) as session:
        asked = find_open_request(session, wave_of(town).id)
    assert asked is not None
    assert asked.why == "new_orders"
    assert carry_out(town.engine, asked.id, thinking=quick)
    assert order_of(town, late[0]).state is OrderState.PLANNED


@pytest.mark.proves("F35")
def test_an_order_that_joins_while_we_publish_is_not_forgotten(
    town: LittleTown,
) -> None:
    """It is not yet there when the orders are held, and is when the wave is."""
    town.add_helper()
    order_lunch(town)
    request_id, draft = ask(town), town.lunch(town.add_elder())

    with ThreadPoolExecutor(1) as one:
        with unit_of_work(town.engine, town.staff) as uow:
            late = place_order(uow, draft, key="late").id
            planner = one.submit(carry_out, town.engine, request_id, thinking=quick)
            until_somebody_waits(town.engine)
        assert planner.result()

    with Session(town.engine) as session:
        asked = find_open_request(session, wave_of(town).id)
    if asked is not None:
        assert carry_out(town.engine, asked.id, thinking=quick)
    assert order_of(town, late).state is OrderState.PLANNED


@pytest.mark.proves("F37")
def test_a_helper_who_falls_ill_while_we_think_gets_no_round(town: LittleTown) -> None:
    ill = town.add_helper()
    order_id = order_lunch(town)

    def falls_ill() -> None:
        with Session(town.engine) as session:
            session.get_one(Helper, ill).suspended = True
            session.commit()

    assert plan(town, thinking=after(falls_ill))

    assert rounds_of(town) == []
    assert order_of(town, order_id).state is OrderState.WAITING


def test_a_helper_taken_by_another_wave_meanwhile_is_not_in_two_places(
    town: LittleTown,
) -> None:
    helper = town.add_helper()
    order_id = order_lunch(town)

    def dinner_takes_the_whole_shift() -> None:
        begins = town_moment(TODAY, 10 * 3600)
        with Session(town.engine) as session:
            dinner = Wave(
                street_code=STREET,
                serve_on=TODAY,
                serving=Serving.DINNER,
                plan_at=begins,
                departs_at=begins,
                ends_at=NOON,
            )
            session.add(dinner)
            session.flush()
            session.add(
                Round(
                    wave_id=dinner.id,
                    helper_id=helper,
                    state=RoundState.READY,
                    made_in_version=1,
                    leaves_at=begins,
                    ends_at=town_moment(TODAY, 13 * 3600),
                )
            )
            session.commit()

    assert plan(town, thinking=after(dinner_takes_the_whole_shift))

    assert rounds_of(town) == []
    assert order_of(town, order_id).state is OrderState.WAITING


def test_a_round_begun_while_we_think_keeps_its_orders(town: LittleTown) -> None:
    town.add_helper()
    town.add_helper()
    mine = order_lunch(town)
    plan(town, thinking=quick)
    (round_,) = rounds_of(town)

    def sets_off() -> None:
        begin(town, round_, RoundState.LOADED)

    assert plan(town, thinking=after(sets_off))

    assert [each.id for each in rounds_of(town)] == [round_.id]
    assert order_of(town, mine).state is OrderState.PLANNED
