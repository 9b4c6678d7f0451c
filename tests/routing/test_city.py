"""A city: cut, solved side by side, sewn where the parts meet."""

import sys
from collections.abc import Sequence as Many
from dataclasses import replace

import pytest

from routing import (
    Begun,
    Effort,
    NotYetHonoured,
    Plan,
    Problem,
    Sequence,
    Stop,
    WrongPlan,
    broken_rules,
    cost_of,
)
from routing.city import Part, side_by_side, solve_city, solving, split
from tests.routing.test_search import a_town
from tests.routing.towns import car, problem, visit


def test_nothing_is_lost_and_nothing_is_in_two_parts() -> None:
    given = a_town(120, 17)
    parts = split(given, 5)
    tasks = [task.id for part in parts for task in part.tasks]
    cars = [vehicle.id for part in parts for vehicle in part.vehicles]
    assert sorted(tasks) == sorted(task.id for task in given.tasks)
    assert sorted(cars) == sorted(vehicle.id for vehicle in given.vehicles)
    assert all(20 <= len(part.tasks) <= 28 for part in parts)
    assert all(part.vehicles for part in parts)


def test_what_hangs_together_stays_together() -> None:
    tasks = [visit(f"t{n}", n, penalty=100) for n in range(10)]
    given = problem(
        tasks,
        [car("v"), car("w", start="p9")],
        sequence=(Sequence("t0", "t9"),),
        begun={"v": Begun("p8", 60, (Stop(at=0, task="t8", kind="visit"),))},
    )
    parts = split(given, 2)
    homes = {task.id: n for n, part in enumerate(parts) for task in part.tasks}
    cars = {each.id: n for n, part in enumerate(parts) for each in part.vehicles}
    assert homes["t0"] == homes["t9"]
    assert homes["t8"] == cars["v"]
    assert len(homes) == 10


def test_two_who_have_begun_a_visit_come_into_one_part() -> None:
    tasks = [visit(f"t{n}", n, penalty=100) for n in range(10)]
    tasks[8] = replace(tasks[8], people=2)
    both = (Stop(at=0, task="t8", kind="visit"),)
    given = problem(
        tasks,
        [car("v"), car("w", start="p9"), car("u", start="p9")],
        begun={"v": Begun("p8", 60, both), "w": Begun("p8", 60, both)},
    )
    parts = split(given, 2)
    (part,) = [each for each in parts if "t8" in {task.id for task in each.tasks}]
    assert {"v", "w"} <= {each.id for each in part.vehicles}
    assert sum(len(each.tasks) for each in parts) == 10
    assert sum(len(each.vehicles) for each in parts) == 3


def test_a_city_is_planned_in_parts_and_sewn() -> None:
    given = a_town(160, 24)
    size = solving.PART
    try:
        solving.PART = 40  # type: ignore[misc]
        plan = solve_city(given, Effort(iterations=400, threads=2))
    finally:
        solving.PART = size  # type: ignore[misc]
    assert not broken_rules(given, plan)
    assert plan.decided_by == ("4 parts", "search 2")
    assert len(plan.served) == len(given.tasks)


def test_a_town_is_one_part() -> None:
    given: Problem = a_town(30, 5)
    plan = solve_city(given, Effort(iterations=50))
    assert not plan.left_out
    assert plan.decided_by[0] == "1 parts"


def test_a_city_with_fewer_vehicles_than_a_border_wants_is_planned_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The border then is the whole city; it must not be cut again."""
    monkeypatch.setattr(solving, "PART", 30)
    given = a_town(61, 3)
    plan = solve_city(given, Effort(iterations=20))
    assert not broken_rules(given, plan)
    told = len(plan.served) + len(plan.left_out)
    assert told == len(given.tasks)


def test_a_city_has_no_common_limit_of_vehicles() -> None:
    with pytest.raises(NotYetHonoured, match="vehicles"):
        solve_city(a_town(10, 3), Effort(iterations=0, vehicles=1))


class Watched(side_by_side.Children):
    """Children whose plans are kept; whoever is late at a border is soon given up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(2)
        self.found: list[list[Plan]] = []
        self._set = monkeypatch.setattr

    def __call__(self, parts: Many[Part], effort: Effort) -> list[Plan]:
        if "late" in side_by_side._CHILD and len(self.found) == 1:
            self._set(side_by_side, "_PATIENCE_SECONDS", 0)
            self._set(side_by_side, "_COUNT_SECONDS", 0.2)
        self.found.append(super().__call__(parts, effort))
        return self.found[-1]


@pytest.mark.parametrize("how", ["killed", "late"])
def test_a_border_without_an_answer_keeps_its_rounds(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = (sys.executable, "-m", "tests.dying_borders", how)
    monkeypatch.setattr(side_by_side, "_CHILD", dying)
    given, watched = a_town(40, 6), Watched(monkeypatch)

    plan = solve_city(given, Effort(iterations=20), solver=watched, part_tasks=20)

    assert broken_rules(given, plan) == []
    assert plan.decided_by == ("2 parts", "unsewn borders 1", "search 2")
    parts, _ = watched.found
    assert {*plan.routes} == {route for each in parts for route in each.routes}
    assert {*plan.left_out} == {left for each in parts for left in each.left_out}
    assert plan.cost == cost_of(given, plan)


def test_borders_are_sewn_beside_one_that_has_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of four parts there are two borders and then one; one task lies at two."""
    dying = (sys.executable, "-m", "tests.dying_borders", "killed", "m0")
    monkeypatch.setattr(side_by_side, "_CHILD", dying)
    given = a_town(40, 8)

    plan = solve_city(given, Effort(iterations=20, threads=2), part_tasks=10)

    assert broken_rules(given, plan) == []
    assert plan.decided_by == ("4 parts", "unsewn borders 2", "search 2")


def test_a_part_without_an_answer_leaves_no_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = a_town(20, 3)
    start = solve_city(given, Effort(iterations=1))
    dying = (sys.executable, "-m", "tests.dying_borders", "killed")
    monkeypatch.setattr(side_by_side, "_CHILD", dying)
    with pytest.raises(WrongPlan, match="a part of the city has no plan"):
        solve_city(given, Effort(iterations=1), start)
