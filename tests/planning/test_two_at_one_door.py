"""What needs two people: two rounds meet at one door, in every plan and repair."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import Session, select

from dispatch.log.events import list_story
from dispatch.orders.orders import OrderState
from dispatch.people.helpers import Helper
from dispatch.planning.directing import GoesAlone, OneOfTwo
from dispatch.planning.directions import Direction, DirectionKind
from dispatch.planning.draft_showing import show_directing
from dispatch.planning.going_back import go_back
from dispatch.planning.plans import Round, RoundState, Stop
from dispatch.store.unit_of_work import in_one_transaction, picture
from dispatch.sweep import climb_overdue
from tests.little_town import LittleTown
from tests.planning.lunch_wave import (
    add_service,
    after,
    cancel,
    carried_by,
    order_lunch,
    order_of,
    order_visit,
    plan,
    quick,
    read_wave,
    rounds_of,
    shown_plan,
    stops_of,
    wave_of,
)
from tests.planning.test_drafts import publish, tried

SKILLS = ["bath", "meal", "visit"]


@pytest.fixture
def bath(town: LittleTown) -> UUID:
    """A bath for two, in a town with two who can."""
    add_service(town, "BATH", minutes=45, people=2, skills=["bath"])
    for _ in range(2):
        town.add_helper(skills=SKILLS)
    return order_visit(town, service="BATH")


def stops_for(town: LittleTown, order_id: UUID) -> list[tuple[Round, Stop]]:
    """Where an order stands on the rounds in force."""
    return [
        (round_, stop)
        for round_ in rounds_of(town)
        if order_id in carried_by(town, round_)
        for stop in stops_of(town, round_)
        if stop.leaves_at - stop.at >= stop.leaves_at.resolution * 2_400_000_000
    ]


def test_two_helpers_are_planned_to_one_start(town: LittleTown, bath: UUID) -> None:
    lunches = {order_lunch(town) for _ in range(3)}

    assert plan(town)

    (one, here), (other, there) = stops_for(town, bath)
    assert one.helper_id != other.helper_id
    assert (here.at, here.leaves_at) == (there.at, there.leaves_at)
    assert order_of(town, bath).state is OrderState.PLANNED
    on_rounds = set().union(*(carried_by(town, each) for each in rounds_of(town)))
    assert on_rounds == {bath, *lunches}
    assert any("linked" in by for by in shown_plan(town).decided_by)
    assert shown_plan(town).fallback is False


def test_both_are_told(town: LittleTown, bath: UUID) -> None:
    plan(town, thinking=quick)

    with Session(town.engine) as session:
        told = list_story(session, bath)
    helpers = {each.facts.get("helper_id") for each in told[-2:]}
    assert [each.kind for each in told[-2:]] == ["order.planned", "order.joined"]
    assert helpers == {str(round_.helper_id) for round_ in rounds_of(town)}


def test_the_same_two_keep_it_and_nobody_is_told_again(
    town: LittleTown, bath: UUID
) -> None:
    plan(town, thinking=quick)
    before = {round_.id for round_ in rounds_of(town)}
    plan(town, thinking=quick)

    assert {round_.id for round_ in rounds_of(town)} == before
    with Session(town.engine) as session:
        kinds = [each.kind for each in list_story(session, bath)]
    assert kinds.count("order.planned") == kinds.count("order.joined") == 1


def test_one_alone_cannot_and_the_reason_says_so(town: LittleTown) -> None:
    add_service(town, "BATH", minutes=45, people=2, skills=["bath"])
    town.add_helper(skills=SKILLS)
    town.add_helper()
    order_id = order_visit(town, service="BATH")

    plan(town)

    order = order_of(town, order_id)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    rules = sorted(each["rule"] for each in order.explanation["candidates"])
    assert rules == ["people", "skill"]
    assert "两人" in order.explanation["why"]


def test_two_are_named_for_it_and_later_plans_obey(
    town: LittleTown, bath: UUID
) -> None:
    plan(town, thinking=quick)
    others = [town.add_helper(skills=SKILLS) for _ in range(2)]
    pin = Direction(DirectionKind.PIN, bath, others[0])
    for refused in (pin, replace(pin, partner_id=others[0])):
        with pytest.raises(OneOfTwo):
            tried(town, refused)
    with pytest.raises(GoesAlone):
        tried(town, replace(pin, order_id=order_lunch(town), partner_id=others[1]))

    draft = tried(town, replace(pin, partner_id=others[1]))
    publish(town, draft)

    assert {round_.helper_id for round_, _ in stops_for(town, bath)} == {*others}
    with picture(town.engine, town.dispatcher) as seen:
        shown = show_directing(seen, wave_of(town).id)
    assert (shown.for_two, shown.directions[0].partner_id) == ([bath], others[1])
    plan(town, thinking=quick)
    assert {round_.helper_id for round_, _ in stops_for(town, bath)} == {*others}


def test_who_meets_somebody_that_has_left_stays_with_them(
    town: LittleTown, bath: UUID
) -> None:
    """The other round has not begun; without it one would stand there alone."""
    plan(town, thinking=quick)
    first, second = rounds_of(town)
    _set_state(town, first, RoundState.UNDER_WAY)
    lunch = order_lunch(town)

    problem = read_wave(town).problem
    assert [task.id for task in problem.tasks] == [str(lunch)]
    assert problem.vehicles == ()
    plan(town, thinking=quick)

    assert {first.id, second.id} <= {round_.id for round_ in rounds_of(town)}
    assert len(stops_for(town, bath)) == 2
    assert order_of(town, bath).state is OrderState.PLANNED


def test_whose_partner_is_taken_away_after_they_left_does_not_stay_there_alone(
    town: LittleTown, bath: UUID
) -> None:
    """The next plan drops the other's round; then two others are planned."""
    plan(town, thinking=quick)
    first, second = rounds_of(town)
    _set_state(town, first, RoundState.UNDER_WAY)
    with Session(town.engine) as session:
        session.get_one(Helper, second.helper_id).suspended = True
        session.commit()
    order_lunch(town)
    plan(town, thinking=quick)
    assert [round_.id for round_, _ in stops_for(town, bath)] == [first.id]

    climb_overdue(town.engine)
    assert order_of(town, bath).state is OrderState.UNASSIGNED
    others = {town.add_helper(skills=SKILLS) for _ in range(2)}
    assert wave_of(town).orders_version > wave_of(town).planned_orders_version
    plan(town, thinking=quick)

    assert order_of(town, bath).state is OrderState.PLANNED
    assert others <= {round_.helper_id for round_, _ in stops_for(town, bath)}


def test_when_one_of_two_falls_out_while_we_think_neither_goes(
    town: LittleTown, bath: UUID
) -> None:
    with Session(town.engine) as session:
        helper_id = session.exec(select(Helper.id)).first()

    def fall_ill() -> None:
        with Session(town.engine) as session:
            session.get_one(Helper, helper_id).suspended = True
            session.commit()

    plan(town, thinking=after(fall_ill))

    assert stops_for(town, bath) == []
    assert order_of(town, bath).state is OrderState.WAITING


def test_a_bath_called_off_while_we_think_is_on_neither_round(
    town: LittleTown, bath: UUID
) -> None:
    lunch = order_lunch(town)
    plan(town, thinking=after(lambda: cancel(town, bath)))

    assert stops_for(town, bath) == []
    assert order_of(town, lunch).state is OrderState.PLANNED


def test_going_back_brings_both_back(town: LittleTown, bath: UUID) -> None:
    plan(town, thinking=quick)
    before = {round_.id for round_, _ in stops_for(town, bath)}
    order_lunch(town)
    plan(town, thinking=quick)

    wave_id = wave_of(town).id
    in_one_transaction(town.engine, lambda uow: go_back(uow, wave_id))

    assert {round_.id for round_, _ in stops_for(town, bath)} == before
    assert order_of(town, bath).state is OrderState.PLANNED


def _set_state(town: LittleTown, round_: Round, state: RoundState) -> None:
    with Session(town.engine) as session:
        session.get_one(Round, round_.id).state = state
        session.commit()
