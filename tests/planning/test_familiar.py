"""Familiar faces come from evidence of four weeks, never from what was only planned."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.orders.orders import Order, OrderState
from dispatch.planning.rules import FAMILIAR_SECONDS
from tests.little_town import TODAY, LittleTown
from tests.planning.lunch_wave import order_lunch, plan, read_wave, rounds_of


def came_before(
    town: LittleTown, order_id: UUID, helper_id: UUID, *, days_ago: int, counts: bool
) -> None:
    """The elder of an order had a lunch from that helper so many days ago."""
    with Session(town.engine) as session:
        facts = session.get_one(Order, order_id).model_dump()
        on = TODAY - timedelta(days=days_ago)
        new = {"id": uuid4(), "number": f"old-{uuid4().hex[:12]}", "serve_on": on}
        past = {"state": OrderState.DONE, "grade": "A", "wave_id": None}
        old = Order(**(facts | new | past))
        session.add(old)
        session.flush()
        proof = Evidence(
            order_id=old.id,
            origin=EvidenceFrom.PHONE,
            grade="A",
            helper_id=helper_id,
            counts=counts,
            at=facts["placed_at"] - timedelta(days=days_ago),
        )
        session.add(proof)
        session.commit()


def wishes(town: LittleTown) -> dict[tuple[UUID, str], int]:
    task = read_wave(town)
    return {
        (task.carriers[each.vehicle].helper_id, each.task): each.seconds
        for each in task.problem.prefer
    }


def test_who_came_often_is_worth_a_way(town: LittleTown) -> None:
    helper_id, order_id = town.add_helper(), order_lunch(town)
    for week in range(1, 5):
        came_before(town, order_id, helper_id, days_ago=7 * week, counts=True)

    assert wishes(town) == {(helper_id, str(order_id)): FAMILIAR_SECONDS}


def test_who_came_once_is_worth_more_than_half_of_that(town: LittleTown) -> None:
    helper_id, order_id = town.add_helper(), order_lunch(town)
    came_before(town, order_id, helper_id, days_ago=1, counts=True)

    assert wishes(town) == {(helper_id, str(order_id)): FAMILIAR_SECONDS * 5 // 8}


@pytest.mark.parametrize(
    ("days_ago", "counts"), [(29, True), (7, False)], ids=["long ago", "taken back"]
)
def test_what_is_long_ago_or_was_taken_back_makes_nobody_familiar(
    town: LittleTown, days_ago: int, counts: bool
) -> None:
    helper_id, order_id = town.add_helper(), order_lunch(town)
    came_before(town, order_id, helper_id, days_ago=days_ago, counts=counts)

    assert wishes(town) == {}


def test_the_face_of_four_weeks_gets_the_round(town: LittleTown) -> None:
    """Of two helpers who are alike in everything else."""
    known = max(town.add_helper() for _ in range(2))
    for order_id in (order_lunch(town), order_lunch(town)):
        for week in range(1, 5):
            came_before(town, order_id, known, days_ago=7 * week, counts=True)
    assert plan(town)

    assert [round_.helper_id for round_ in rounds_of(town)] == [known]
