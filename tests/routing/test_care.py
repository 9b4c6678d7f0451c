"""Home care with linked services: read strictly, judged by a judge of its own."""

from pathlib import Path

import pytest

from routing import BadProblem, Effort, LeftOut, Plan, Route, Stop
from routing.public import read_source
from routing.public.care_file import CareFile
from routing.public.lines import lines_of
from routing.public.mankowska import mankowska_from

# Patient 1 needs service 1; patient 2 needs both, the second 5 to 9 after the first.
TOY = """nbNodes
4
nbVehi
2
nbServi
2
r
1 1
1 0
1 1
1 1
DS
3
a
1 0
0 1
x
0 3 3 0
y
0 0 4 0
d
0 3 5 0
3 0 4 3
5 4 0 5
0 3 5 0
p
0 0
0 0
2 2
2 2
2 2
2 2
0 0
0 0
mind
0 0 5 0
maxd
0 0 9 0
e
0 10 0 0
l
99 11 20 99
"""


def toy(text: str = TOY) -> CareFile:
    return mankowska_from(lines_of("toy", text.splitlines()))


def proposed(*routes: tuple[str, list[tuple[str, float]]]) -> Plan:
    return Plan(
        problem="toy",
        routes=tuple(
            Route(
                who, tuple(Stop(round(at * 1000), task, "visit") for task, at in stops)
            )
            for who, stops in routes
        ),
    )


GOOD = ("1", [("2/1", 5.0), ("1", 11.0)]), ("2", [("2/2", 10.0)])


def test_the_best_rounds_are_found_and_priced_in_the_files_own_unit() -> None:
    care = toy()
    plan = care.solve(Effort(iterations=20))

    assert care.broken_rules(plan) == []
    assert care.cost_line(plan)["total"] == round((12 + 10) / 3, 2)


@pytest.mark.parametrize(
    ("rule", "plan"),
    [
        ("sequence", proposed(GOOD[0], ("2", [("2/2", 9.9)]))),
        ("sequence", proposed(GOOD[0], ("2", [("2/2", 14.1)]))),
        ("window", proposed(("1", [("1", 9.0), ("2/1", 15.0)]), GOOD[1])),
        ("travel", proposed(("1", [("2/1", 4.0), ("1", 11.0)]), GOOD[1])),
        ("skill", proposed(GOOD[0], ("2", [("2/2", 10.0), ("1", 30.0)]))),
        ("people", proposed(("1", [("2/1", 5.0), ("2/2", 10.0), ("1", 16.0)]))),
        ("served_once", proposed(GOOD[0])),
    ],
)
def test_the_judge_names_each_broken_rule(rule: str, plan: Plan) -> None:
    assert rule in {each.rule for each in toy().broken_rules(plan)}


def test_being_late_costs_and_breaks_nothing() -> None:
    late = proposed(("1", [("2/1", 5.0), ("1", 14.0)]), ("2", [("2/2", 10.0)]))

    assert toy().broken_rules(late) == []
    assert toy().cost_line(late)["lateness"] == 3
    assert toy().cost_line(late)["total"] == round((12 + 10 + 3 + 3) / 3, 2)


def test_what_nobody_can_do_is_left_out_and_told() -> None:
    nobody = toy(TOY.replace("1 0\n0 1\nx", "0 0\n0 1\nx"))
    plan = nobody.solve(Effort(iterations=5))

    assert LeftOut("1", "没有人能做（skill）。") in plan.left_out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("DS\n3", "DS\n2"),
        ("mind\n0 0 5 0", "mind\n0 0 5"),
        ("nbVehi\n2", "nbVehi\n-2"),
        ("0 3 5 0\n3 0 4 3", "0 3 nan 0\n3 0 4 3"),
        ("l\n99 11 20 99", ""),
    ],
)
def test_a_damaged_file_is_refused(old: str, new: str) -> None:
    with pytest.raises(BadProblem):
        toy(TOY.replace(old, new))


@pytest.mark.parametrize(("name", "best"), [("10_1", 218.2), ("10_6", 200.1)])
def test_small_published_days_are_solved_as_well_as_published(
    instances: Path, name: str, best: float
) -> None:
    folder = instances / "routing" / "instances" / "hhcrsp"
    care = read_source(folder / f"InstanzCPLEX_HCSRP_{name}.txt")
    plan = care.solve(Effort(iterations=4000))

    assert care.broken_rules(plan) == []
    assert round(care.cost_line(plan)["total"] / best, 2) <= 1.00
