"""Publishing: every order is somewhere, and says why it is there."""

import random
from collections import Counter

import pytest
from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Sitting
from dispatch.log.events import Event
from dispatch.orders.orders import OrderState
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import TravelMode
from dispatch.planning.plans import RoundState, StopKind
from dispatch.planning.waves import AskState
from tests.little_town import LAT, LON, LittleTown
from tests.planning.lunch_wave import (
    add_service,
    cancel,
    carried_by,
    events_of_wave,
    order_lunch,
    order_of,
    order_visit,
    orders_of,
    plan,
    quick,
    request_of,
    rounds_of,
    shown_plan,
    stops_of,
    wave_of,
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
@pytest.mark.proves("F09")
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


@pytest.mark.proves("F09")
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


def test_the_relaxation_names_a_skill_in_words(town: LittleTown) -> None:
    town.add_helper()
    with Session(town.engine) as session:
        elder = session.get_one(Elder, elder_id := town.add_elder())
        session.get_one(Household, elder.household_id).signal = False
        session.commit()
    lunch = order_lunch(town, elder_id)

    plan(town)

    why = (order_of(town, lunch).explanation or {})["why"]
    assert "凭纸单" in why
    assert "paper" not in why


def test_without_anybody_on_shift_orders_are_left_out_with_that_reason(
    town: LittleTown,
) -> None:
    order_id = order_lunch(town)

    plan(town)

    order = order_of(town, order_id)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert order.explanation["why"] == "当班无人可派。"


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
