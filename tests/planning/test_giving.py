"""Rounds found are given to people: real processes, real clocks, real history."""

import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_moment
from dispatch.people.helpers import HelperKind
from dispatch.planning import giving
from dispatch.planning.giving import LEAST_SECONDS, give_to_people
from dispatch.planning.plans import Round, RoundState
from dispatch.planning.solving import Thought, must_obey, quick_plan
from dispatch.planning.waves import Wave, find_wave
from dispatch.settings import settings
from routing import Halt, Place, Plan, Problem, Speed, Task, Vehicle
from routing.people import Past, PastOf
from tests.little_town import STREET, TODAY, LittleTown
from tests.planning.lunch_wave import (
    add_service,
    order_lunch,
    order_visit,
    plan,
    read_wave,
    rounds_of,
    shown_plan,
    stops_of,
)

HOUR = 3600
PATIENT = 300.0  # the machine may be busy with other tests
EAST, WEST = 117.06, 116.98


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All the time that a busy machine may need."""
    monkeypatch.setattr(giving, "MOST_SECONDS", PATIENT)
    monkeypatch.setenv("DISPATCH_SOLVE_SECONDS", "120")
    settings.cache_clear()
    yield
    settings.cache_clear()


def two_sides(*, starts: tuple[float, float] = (117.02, 117.02)) -> Problem:
    """Three doors in the east, three in the west, and who begins where."""
    sides = {"east": EAST, "west": WEST}
    doors = [(f"{side}{n}", lon) for side, lon in sides.items() for n in range(3)]
    places = [Place(name, 36.66, lon) for name, lon in doors]
    begins = [Place(f"start{n}", 36.66, lon) for n, lon in enumerate(starts)]
    visit = ((0, 3 * HOUR),)
    return Problem(
        name="two sides",
        places=(*places, *begins),
        travel={"bike": Speed(3.5)},
        vehicles=tuple(
            Vehicle(f"h{n}", "bike", f"start{n}", shift=(0, 3 * HOUR), max_tasks=3)
            for n in range(2)
        ),
        tasks=tuple(
            Task(name, visit=Halt(name, visit, 300), penalty=90_000)
            for name, _ in doors
        ),
    )


def found(problem: Problem) -> Thought:
    """A plan, as if the solver had found it."""
    return Thought(quick_plan(problem))


def assert_as_found(
    problem: Problem, thought: Thought, child: Path, *, seconds: float
) -> None:
    """A child gives the same plan; only the time that was spent is told with it."""
    asked = [sys.executable, str(child)]
    past = knows(thought)
    given = give_to_people(problem, thought, past, seconds=seconds, child=asked)
    spent = given.plan.seconds_used
    assert spent > thought.plan.seconds_used
    assert given == replace(thought, plan=replace(thought.plan, seconds_used=spent))


def sides(plan: Plan) -> dict[str, set[str]]:
    """Helper by the sides that they go to."""
    return {
        route.vehicle: {(stop.task or "")[:4] for stop in route.stops}
        for route in plan.routes
    }


def knows(thought: Thought) -> Past:
    """Each of the two has always gone where the other one is sent now."""
    was = sides(thought.plan)
    served = {
        (vehicle, f"{side}{n}"): 4
        for vehicle, other in (("h0", "h1"), ("h1", "h0"))
        for side in was[other]
        for n in range(3)
    }
    return Past(served=served)


def test_a_known_face_keeps_coming_where_that_costs_little() -> None:
    problem = two_sides()
    thought = found(problem)

    given = give_to_people(problem, thought, knows(thought), seconds=PATIENT)

    was, now = sides(thought.plan), sides(given.plan)
    assert now == {"h0": was["h1"], "h1": was["h0"]}
    before = thought.plan.cost.travel_seconds
    assert given.plan.cost.travel_seconds <= 1.03 * before
    assert given.plan.decided_by[: len(thought.plan.decided_by)] == (
        thought.plan.decided_by
    )
    assert given.plan.decided_by[-1].startswith("cp-sat")
    must_obey(problem, given.plan)


def test_a_face_is_not_worth_a_long_way() -> None:
    """Each lives on the side where they are sent now."""
    problem = two_sides(starts=(EAST, WEST))
    thought = found(problem)

    given = give_to_people(problem, thought, knows(thought), seconds=PATIENT)

    assert given.plan.routes == thought.plan.routes


@pytest.mark.parametrize(
    "deed",
    [
        "import os; os.abort()",
        "print('not json')",
        'print(\'{"plan": 3, "decided_by": []}\')',
        """
        import json
        plan = {"format": "liuzhu-plan/1", "routes": [], "left_out": []}
        print(json.dumps({"plan": plan, "decided_by": ["somebody"]}))
        """,
    ],
    ids=["crash", "nonsense", "no plan", "everybody forgotten"],
)
def test_a_process_that_fails_changes_nothing(tmp_path: Path, deed: str) -> None:
    problem = two_sides()
    thought, child = found(problem), tmp_path / "giving.py"
    child.write_text(textwrap.dedent(deed))

    assert_as_found(problem, thought, child, seconds=PATIENT)


def test_a_process_that_hangs_is_killed_within_the_plans_time(tmp_path: Path) -> None:
    problem = two_sides()
    thought, child = found(problem), tmp_path / "giving.py"
    child.write_text("import time; time.sleep(600)")
    began = time.monotonic()

    assert_as_found(problem, thought, child, seconds=LEAST_SECONDS + 1)
    assert time.monotonic() - began < PATIENT


@pytest.mark.parametrize("how", ["no time", "quick", "no past"])
def test_nobody_is_asked_when_there_is_nothing_to_gain(how: str) -> None:
    problem = two_sides()
    thought = found(problem)
    past = Past() if how == "no past" else knows(thought)
    seconds = LEAST_SECONDS if how == "no time" else PATIENT
    if how == "quick":
        thought = Thought(thought.plan, "no time")

    never = ["/nowhere/a-program-that-must-not-be-asked"]
    assert (
        give_to_people(problem, thought, past, seconds=seconds, child=never) is thought
    )


def test_hours_of_four_weeks_even_out(town: LittleTown) -> None:
    add_service(town, "CLEAN", minutes=90, skills=["visit"])
    helpers = {town.add_helper() for _ in range(2)}
    order_visit(town, service="CLEAN")
    plan(town)
    [usual] = rounds_of(town)
    for days_ago in range(9, 29):
        went(town, usual.helper_id, days_ago=days_ago, hours=12)

    plan(town)

    [round_] = rounds_of(town)
    assert {round_.helper_id} == helpers - {usual.helper_id}
    assert shown_plan(town).decided_by[-1].startswith("cp-sat")


def test_two_at_one_start_stay_together(town: LittleTown) -> None:
    """Whoever worked least comes, and both still begin at one moment."""
    add_service(town, "BATH", minutes=45, people=2, skills=["bath"])
    helpers = [town.add_helper(skills=["bath", "meal"]) for _ in range(4)]
    order_visit(town, service="BATH")
    plan(town)
    usual = {round_.helper_id for round_ in rounds_of(town)}
    for helper_id in usual:
        for days_ago in range(9, 29):
            went(town, helper_id, days_ago=days_ago, hours=12)

    plan(town)

    one, other = rounds_of(town)
    assert {one.helper_id, other.helper_id} == {*helpers} - usual
    [here], [there] = stops_of(town, one), stops_of(town, other)
    assert here.at == there.at


def test_the_past_is_what_was_gone_and_not_what_was_only_planned(
    town: LittleTown,
) -> None:
    helper_id = town.add_helper()
    order_lunch(town)
    went(town, helper_id, days_ago=1, hours=5)
    went(town, helper_id, days_ago=2, hours=3)
    went(town, helper_id, days_ago=3, hours=2, state=RoundState.READY)
    went(town, helper_id, days_ago=12, hours=4)
    went(town, helper_id, days_ago=29, hours=6)

    [known] = read_wave(town).past.of

    assert known.worked_four_weeks_seconds == 12 * HOUR
    assert known.worked_week_seconds == 8 * HOUR  # the town's day is a Friday
    assert known.days_in_a_row == 2
    assert known.rested_at == (8 + 5 + 11 - 24) * HOUR


def test_labour_law_is_not_for_volunteers(town: LittleTown) -> None:
    town.add_helper(kind=HelperKind.VOLUNTEER)
    order_lunch(town)

    [known] = read_wave(town).past.of

    assert known == PastOf(
        known.vehicle,
        most_day_seconds=None,
        most_week_seconds=None,
        most_days_in_a_row=None,
    )


def went(
    town: LittleTown,
    helper_id: UUID,
    *,
    days_ago: int,
    hours: int,
    state: RoundState = RoundState.ENDED,
) -> None:
    """A round from eight o'clock on, so many days ago."""
    on = TODAY - timedelta(days=days_ago)
    begins: datetime = town_moment(on, 8 * HOUR)
    ends = begins + timedelta(hours=hours)
    with Session(town.engine) as session:
        wave = Wave(
            street_code=STREET,
            serve_on=on,
            serving=Serving.LUNCH if hours % 2 else Serving.DINNER,
            plan_at=begins,
            departs_at=begins,
            ends_at=ends,
            plan_version=1,
            shown_version=1,
        )
        wave = _known_wave(session, wave)
        session.add(
            Round(
                wave_id=wave.id,
                helper_id=helper_id,
                state=state,
                made_in_version=1,
                leaves_at=begins,
                ends_at=ends,
            )
        )
        session.commit()


def _known_wave(session: Session, wave: Wave) -> Wave:
    found = find_wave(session, wave.street_code, wave.serve_on, wave.serving)
    if found is None:
        session.add(wave)
        session.flush()
    return found or wave
