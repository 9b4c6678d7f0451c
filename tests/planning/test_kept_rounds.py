"""Rounds that go on from one plan to the next, and rounds that do not."""

from datetime import timedelta

from sqlmodel import Session

from dispatch.people.helpers import Helper
from dispatch.planning.plans import RoundState
from tests.little_town import LAT, LittleTown
from tests.planning.lunch_wave import (
    begin,
    carried_by,
    order_lunch,
    order_of,
    order_visit,
    plan,
    quick,
    rounds_of,
    wave_of,
)


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


def test_a_printed_sheet_is_neither_put_off_nor_emptied(town: LittleTown) -> None:
    """Whoever carries a sheet does not hear of the plans that follow it."""
    silent = town.add_helper(paper=True)
    first = order_visit(town)
    plan(town, thinking=quick)
    (sheet,) = rounds_of(town)
    town.add_helper()
    town.at(sheet.leaves_at - timedelta(minutes=10))
    second = order_visit(town)

    plan(town, thinking=quick)
    town.at(sheet.leaves_at + timedelta(minutes=1))
    plan(town, thinking=quick)

    by_helper = {each.helper_id: each for each in rounds_of(town)}
    assert by_helper.pop(silent).id == sheet.id
    assert carried_by(town, sheet) == {first}
    (other,) = by_helper.values()
    assert carried_by(town, other) == {second}


def test_a_sheet_that_nobody_has_printed_yet_is_planned_anew(town: LittleTown) -> None:
    town.add_helper(paper=True)
    first = order_visit(town)
    plan(town, thinking=quick)
    (draft,) = rounds_of(town)
    town.at(draft.leaves_at - timedelta(hours=1))
    second = order_visit(town)

    plan(town, thinking=quick)

    (sheet,) = rounds_of(town)
    assert carried_by(town, sheet) == {first, second}


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
