"""Publishing: one planner wins, and nothing that happened meanwhile is undone."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.clock import town_moment
from dispatch.log.events import Event
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.orders import OrderState
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Helper, TravelMode
from dispatch.planning.jobs import carry_out
from dispatch.planning.leases import take
from dispatch.planning.plans import Round, RoundState, StopKind
from dispatch.planning.solving import Thought, think
from dispatch.planning.waves import AskState, Wave, find_open_request
from dispatch.store.unit_of_work import in_one_transaction
from routing import Problem
from tests.little_town import LAT, LON, NOON, STREET, TODAY, LittleTown
from tests.planning.lunch_wave import (
    add_service,
    ask,
    begin,
    carried_by,
    events_of_wave,
    order_lunch,
    order_of,
    order_visit,
    orders_of,
    plan,
    request_of,
    rounds_of,
    run_out,
    shown_plan,
    stops_of,
    wave_of,
)


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


def test_lunches_and_a_visit_become_a_round(town: LittleTown) -> None:
    helper = town.add_helper()
    lunches = [order_lunch(town) for _ in range(3)]
    visit = order_visit(town)

    assert plan(town)

    (round_,) = rounds_of(town)
    stops = stops_of(town, round_)
    assert round_.helper_id == helper
    assert round_.state is RoundState.READY
    assert carried_by(town, round_) == {*lunches, visit}
    assert stops[0].kind is StopKind.PICKUP
    assert [stop.seq for stop in stops] == list(range(1, len(stops) + 1))
    assert round_.leaves_at <= stops[0].at <= stops[-1].leaves_at == round_.ends_at
    assert {o.state for o in orders_of(town).values()} == {OrderState.PLANNED}
    assert {o.plan_version for o in orders_of(town).values()} == {1}
    assert shown_plan(town).decided_by
    assert shown_plan(town).fallback is False
    assert (
        request_of(town, shown_plan(town).request_id or helper).state is AskState.DONE
    )


def test_boxes_for_one_building_are_one_stop(town: LittleTown) -> None:
    town.add_helper()
    for _ in range(3):
        order_lunch(town)

    plan(town, thinking=quick)

    (round_,) = rounds_of(town)
    kinds = [stop.kind for stop in stops_of(town, round_)]
    assert kinds == [StopKind.PICKUP, StopKind.DOOR]


def test_a_planned_order_is_told_with_its_helper(town: LittleTown) -> None:
    helper = town.add_helper()
    order_id = order_lunch(town)

    plan(town, thinking=quick)

    with Session(town.engine) as session:
        query = select(Event).where(Event.kind == "order.planned")
        (told,) = session.exec(query).all()
    assert told.subject_id == order_id
    assert told.facts["helper_id"] == str(helper)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_order_is_somewhere_after_planning(town: LittleTown, seed: int) -> None:
    """Whatever the town is like, even where most cannot be done."""
    draw = random.Random(seed)
    add_service(town, "BATH", minutes=90, people=2, skills=["bath"])
    add_service(town, "CLEAN", minutes=120, skills=["clean"])
    for _ in range(draw.randint(0, 3)):
        mode = draw.choice(list(TravelMode))
        town.add_helper(
            capacity=draw.randint(0, 6), mode=mode, paper=draw.random() < 0.3
        )
    for _ in range(20):
        far = draw.choice([0.001, 0.004, 0.05, 3.0])
        lat = draw.choice([LAT + draw.uniform(-far, far), None])
        elder = town.add_elder(lat=lat, lon=None if lat is None else LON)
        if draw.random() < 0.2:
            with Session(town.engine) as session:
                door = session.get_one(Elder, elder).household_id
                session.get_one(Household, door).signal = False
                session.commit()
        service = draw.choice(["MEAL_DELIVERY", "MEAL_DELIVERY", "BATH", "CLEAN"])
        if service == "MEAL_DELIVERY":
            order_lunch(town, elder)
        else:
            order_visit(town, elder, service=service)
    cancel(town, draw.choice(list(orders_of(town))))

    assert plan(town, thinking=quick)

    orders = orders_of(town)
    on_rounds = Counter(each for r in rounds_of(town) for each in carried_by(town, r))
    assert set(on_rounds.values()) <= {1}
    assert set(on_rounds) == {
        order_id for order_id, o in orders.items() if o.state is OrderState.PLANNED
    }
    for order in orders.values():
        match order.state:
            case OrderState.PLANNED:
                assert (order.plan_version, order.explanation) == (1, None)
            case OrderState.UNASSIGNED:
                assert order.explanation is not None
                assert order.explanation["why"]
            case OrderState.BLOCKED | OrderState.CANCELLED:
                assert order.reason
            case other:
                pytest.fail(f"an order is {other}")


def test_two_planners_publish_one_plan(town: LittleTown) -> None:
    """Both think from the same version; the slow one finds a newer plan."""
    town.add_helper()
    order_lunch(town)
    both = Barrier(2)
    first = ask(town)

    def thinking(problem: Problem) -> Thought:
        thought = quick(problem)
        both.wait(timeout=20)
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


def test_an_order_cancelled_while_we_think_stays_cancelled(town: LittleTown) -> None:
    town.add_helper()
    kept, called_off = order_lunch(town), order_lunch(town)

    assert plan(town, thinking=after(lambda: cancel(town, called_off)))

    (round_,) = rounds_of(town)
    assert carried_by(town, round_) == {kept}
    assert order_of(town, called_off).state is OrderState.CANCELLED
    assert order_of(town, kept).state is OrderState.PLANNED


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


def test_what_nobody_can_do_says_why(town: LittleTown) -> None:
    helper = town.add_helper(skills=["meal"])
    visit = order_visit(town)

    plan(town)

    order = order_of(town, visit)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    (candidate,) = order.explanation["candidates"]
    assert candidate["helper_id"] == str(helper)
    assert candidate["rule"] == "skill"
    assert "技能" in order.explanation["why"]
    assert shown_plan(town).left_out == {"skill": 1}


def test_without_anybody_on_shift_orders_are_left_out_with_that_reason(
    town: LittleTown,
) -> None:
    order_id = order_lunch(town)

    plan(town)

    order = order_of(town, order_id)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert order.explanation["why"] == "当班无人可派。"


def test_a_begun_round_goes_on_unchanged_into_the_next_plan(town: LittleTown) -> None:
    town.add_helper()
    first = order_lunch(town)
    plan(town, thinking=quick)
    (begun,) = rounds_of(town)
    begin(town, begun, RoundState.LOADED)
    other = town.add_helper()
    second = order_lunch(town)

    plan(town, thinking=quick)

    by_helper = {each.helper_id: each for each in rounds_of(town)}
    assert by_helper[begun.helper_id].id == begun.id
    assert carried_by(town, begun) == {first}
    assert carried_by(town, by_helper[other]) == {second}
    assert order_of(town, first).plan_version == 2


def test_a_round_whose_departure_is_past_may_be_on_the_way_unheard(
    town: LittleTown,
) -> None:
    """A paper sheet and a phone without a network say nothing until they are back."""
    silent = town.add_helper(paper=True)
    first = order_lunch(town)
    plan(town, thinking=quick)
    (round_,) = rounds_of(town)
    other = town.add_helper()
    second = order_visit(town)
    town.at(round_.leaves_at)

    plan(town, thinking=quick)

    by_helper = {each.helper_id: each for each in rounds_of(town)}
    assert by_helper[silent].id == round_.id
    assert carried_by(town, round_) == {first}
    assert carried_by(town, by_helper[other]) == {second}


def test_the_round_of_somebody_suspended_is_given_to_others(town: LittleTown) -> None:
    ill = town.add_helper()
    order_lunch(town)
    plan(town, thinking=quick)
    (round_,) = rounds_of(town)
    town.add_helper()
    town.at(round_.leaves_at)
    with Session(town.engine) as session:
        session.get_one(Helper, ill).suspended = True
        session.commit()

    plan(town, thinking=quick)

    (now,) = rounds_of(town)
    assert now.helper_id != ill


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


def test_a_round_that_does_not_change_lives_on(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    plan(town, thinking=quick)
    (before,) = rounds_of(town)

    plan(town, thinking=quick)

    (now,) = rounds_of(town)
    assert now.id == before.id
    assert wave_of(town).shown_version == 2


def test_a_replaced_round_is_dropped(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    plan(town, thinking=quick)
    (before,) = rounds_of(town)
    order_lunch(town, town.add_elder(lat=LAT - 0.01))

    plan(town, thinking=quick)

    (now,) = rounds_of(town)
    assert now.id != before.id
    with Session(town.engine) as session:
        assert session.get_one(type(before), before.id).state is RoundState.DROPPED


def test_the_plan_is_told_with_its_figures(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    plan(town)

    told = events_of_wave(town)[-1]
    assert told.kind == "wave.planned"
    assert told.facts["planned"] == 1
    assert told.facts["decided_by"] == shown_plan(town).decided_by
    figures = request_of(town, shown_plan(town).request_id or wave_of(town).id).figures
    assert figures is not None
    assert figures["tasks"] == 1


def test_a_meal_that_is_cold_before_it_is_ready_is_left_out(town: LittleTown) -> None:
    town.add_helper()
    order_id = order_lunch(town)
    with Session(town.engine) as session:
        sitting = session.exec(select(Sitting).order_by(col(Sitting.id))).one()
        sitting.eat_by_at = sitting.ready_at
        session.commit()

    plan(town, thinking=quick)

    order = order_of(town, order_id)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert order.explanation["candidates"][0]["rule"] == "window"
