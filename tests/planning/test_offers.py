"""What volunteers offered is kept when rounds are given to people."""

from dispatch.planning.giving import give_to_people
from dispatch.planning.solving import must_obey
from routing.people import Past, PastOf
from tests.planning.test_giving import PATIENT, found, sides, two_sides


def test_nobody_climbs_more_floors_in_a_round_than_they_offered() -> None:
    problem = two_sides()
    thought = found(problem)
    who, [side] = next(iter(sides(thought.plan).items()))
    floors = {f"{side}{n}": 2 for n in range(3)}
    past = Past((PastOf(who, most_floors=5),), floors=floors)

    given = give_to_people(problem, thought, past, seconds=PATIENT)

    assert sides(given.plan)[who] != {side}
    must_obey(problem, given.plan)


def test_a_round_that_nobody_may_take_stays_and_is_told_of() -> None:
    problem = two_sides()
    thought = found(problem)
    floors = {task.id: 2 for task in problem.tasks}
    tired = tuple(PastOf(each.id, most_floors=5) for each in problem.vehicles)

    given = give_to_people(
        problem, thought, Past(tired, floors=floors), seconds=PATIENT
    )

    assert given.plan.routes == thought.plan.routes
    assert set(given.beyond) == {(v.id, "floors_offered") for v in problem.vehicles}
