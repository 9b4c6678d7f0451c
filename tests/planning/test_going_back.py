"""Going back: the earlier plan again, if it can still be walked."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from dispatch.orders.orders import OrderState
from dispatch.people.helpers import Helper
from dispatch.planning.going_back import EarlierPlanOver, NoEarlierPlan, go_back
from dispatch.planning.jobs import carry_out
from dispatch.planning.leases import take
from dispatch.planning.plans import Plan, RoundState
from dispatch.planning.waves import AskState, find_open_request
from dispatch.store.unit_of_work import in_one_transaction
from tests.little_town import EIGHT, LAT, NOON, LittleTown
from tests.planning.lunch_wave import (
    ask,
    begin,
    cancel,
    carried_by,
    events_of_wave,
    order_lunch,
    order_of,
    order_visit,
    plan,
    quick,
    request_of,
    rounds_of,
    shown_plan,
    wave_of,
)


def back(town: LittleTown) -> Plan:
    wave_id = wave_of(town).id
    return in_one_transaction(
        town.engine, lambda uow: go_back(uow, wave_id), actor=town.dispatcher
    )


def two_plans(town: LittleTown) -> tuple[set[object], set[object]]:
    """The rounds of a first and of a second, different plan."""
    town.add_helper(skills=["meal"])
    order_lunch(town)
    order_visit(town, town.add_elder(lat=LAT - 0.01))
    town.at(EIGHT + timedelta(minutes=5))
    plan(town, thinking=quick)
    first = {each.id for each in rounds_of(town)}
    with Session(town.engine) as session:
        for helper in session.exec(select(Helper)):
            helper.skills = ["meal", "visit"]
        session.commit()
    plan(town, thinking=quick)
    return set(first), {each.id for each in rounds_of(town)}


def test_the_earlier_rounds_stand_again_as_a_new_version(town: LittleTown) -> None:
    first, second = two_plans(town)

    back(town)

    assert shown_plan(town).version == 3
    assert shown_plan(town).decided_by[0] == "back to 1"
    (round_,) = rounds_of(town)
    assert {round_.id} == first != second
    assert round_.state is RoundState.READY
    assert events_of_wave(town)[-1].kind == "wave.gone_back"


def test_what_the_earlier_plan_does_not_know_is_left_out_and_says_so(
    town: LittleTown,
) -> None:
    two_plans(town)
    (both,) = rounds_of(town)

    back(town)

    (round_,) = rounds_of(town)
    (new,) = carried_by(town, both) - carried_by(town, round_)
    assert order_of(town, new).state is OrderState.UNASSIGNED
    assert "退回" in (order_of(town, new).explanation or {})["why"]
    (old,) = carried_by(town, round_)
    assert order_of(town, old).state is OrderState.PLANNED
    assert order_of(town, old).plan_version == 3


def test_what_joined_after_the_earlier_plan_waits_for_the_next_one(
    town: LittleTown,
) -> None:
    town.add_helper()
    old = order_lunch(town)
    plan(town, thinking=quick)
    new = order_lunch(town, town.add_elder(lat=LAT - 0.01))
    plan(town, thinking=quick)

    back(town)

    assert order_of(town, old).state is OrderState.PLANNED
    assert order_of(town, new).state is OrderState.WAITING
    assert order_of(town, new).explanation is None
    with Session(town.engine) as session:
        asked = find_open_request(session, wave_of(town).id)
    assert asked is not None
    assert asked.why == "new_orders"
    assert carry_out(town.engine, asked.id, thinking=quick)
    assert order_of(town, new).state is OrderState.PLANNED


def test_going_back_twice_is_going_forth_again(town: LittleTown) -> None:
    _, second = two_plans(town)

    back(town)
    back(town)

    assert {each.id for each in rounds_of(town)} == second
    assert shown_plan(town).version == 4


def test_what_is_called_off_stays_called_off(town: LittleTown) -> None:
    two_plans(town)
    (round_,) = rounds_of(town)
    called_off = next(iter(carried_by(town, round_)))
    cancel(town, called_off)

    back(town)

    assert order_of(town, called_off).state is OrderState.CANCELLED


def test_there_is_nothing_before_the_first_plan(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    plan(town, thinking=quick)

    with pytest.raises(NoEarlierPlan):
        back(town)


def test_nobody_is_called_back_from_a_round(town: LittleTown) -> None:
    two_plans(town)
    (round_,) = rounds_of(town)
    begin(town, round_, RoundState.UNDER_WAY)

    with pytest.raises(EarlierPlanOver):
        back(town)
    assert shown_plan(town).version == 2


def test_a_round_cannot_leave_in_the_past(town: LittleTown) -> None:
    two_plans(town)
    town.at(NOON)

    with pytest.raises(EarlierPlanOver):
        back(town)


def test_whoever_plans_or_waits_meanwhile_does_not_undo_it(town: LittleTown) -> None:
    two_plans(town)
    running = ask(town)
    lease = take(town.engine, running)
    waiting = ask(town)

    back(town)

    assert request_of(town, waiting).state is AskState.FAILED
    assert lease is not None
    with Session(town.engine) as session:
        wave = session.get_one(type(wave_of(town)), wave_of(town).id)
    assert wave.planned_orders_version == wave.orders_version
