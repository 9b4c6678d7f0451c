"""The solver's process: whatever happens to it there is a plan, and it says so."""

import os
import sys
import textwrap
from pathlib import Path

import pytest

from dispatch.planning import solving
from dispatch.planning.solving import must_obey, think
from dispatch.planning.waves import AskState
from dispatch.settings import settings
from routing import (
    EngineMissing,
    Halt,
    Place,
    Problem,
    Speed,
    Task,
    Vehicle,
    problem_from,
    problem_to,
)
from tests.little_town import LittleTown
from tests.planning.lunch_wave import (
    ask,
    events_of_wave,
    order_lunch,
    order_of,
    plan,
    request_of,
    shown_plan,
    wave_of,
)


@pytest.fixture
def problem() -> Problem:
    """One box, one helper, ten minutes of way."""
    return Problem(
        name="little",
        places=(Place("kitchen", 36.66, 117.02), Place("door", 36.67, 117.02)),
        travel={"walk": Speed(1.2)},
        vehicles=(Vehicle("v", "walk", "kitchen", capacity=(1,)),),
        tasks=(
            Task(
                "o",
                pickup=Halt("kitchen", ((0, 100),)),
                dropoff=Halt("door", ((0, 5000),)),
                load=(1,),
                penalty=9000,
            ),
        ),
    )


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "PATIENCE_SECONDS", 3.0)
    monkeypatch.setenv("DISPATCH_SOLVE_SECONDS", "0.5")
    settings.cache_clear()


def child(tmp_path: Path, deed: str) -> list[str]:
    """A solver that does something else."""
    script = tmp_path / "solver.py"
    script.write_text(textwrap.dedent(deed))
    return [sys.executable, str(script)]


def test_the_child_solves_what_it_is_given(problem: Problem) -> None:
    thought = think(problem)

    assert thought.trouble is None
    assert thought.plan.served == {"o"}
    assert thought.plan.decided_by


@pytest.mark.usefixtures("impatient")
@pytest.mark.proves("F07")
def test_a_solver_that_hangs_is_killed_and_the_quick_plan_stands_in(
    problem: Problem, tmp_path: Path
) -> None:
    told = tmp_path / "pid"
    deed = f"""
        import os, pathlib, time
        pathlib.Path({str(told)!r}).write_text(str(os.getpid()))
        time.sleep(600)
    """
    thought = think(problem, child=child(tmp_path, deed))

    assert thought.trouble == "the solver did not end in time"
    assert thought.plan.served == {"o"}
    assert all(by.startswith("quick ") for by in thought.plan.decided_by)
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("import os; os.abort()", "ended with -6"),
        ("import os; os.kill(os.getpid(), 9)", "ended with -9"),
        ("raise SystemExit('no luck')", "no luck"),
        ("print('{}')", "no plan"),
        ("print('not json')", "no plan"),
        ('print(\'{"plan": 3, "decided_by": []}\')', "no plan"),
    ],
)
@pytest.mark.proves("F08")
def test_a_solver_that_fails_says_how(
    problem: Problem, tmp_path: Path, deed: str, said: str
) -> None:
    thought = think(problem, child=child(tmp_path, deed))

    assert said in (thought.trouble or "")
    assert thought.plan.served == {"o"}


@pytest.mark.parametrize(
    "routes",
    [
        [],
        [{"vehicle": "v", "stops": []}],
        [{"vehicle": "stranger", "stops": []}],
        [{"vehicle": "v", "stops": [{"task": "o", "stop": "dropoff", "at": 1}]}],
        [
            {
                "vehicle": "v",
                "leaves_at": 0,
                "ends_at": 2,
                "stops": [
                    {"task": "o", "stop": "pickup", "at": 1},
                    {"task": "o", "stop": "dropoff", "at": 2},
                ],
            }
        ],
    ],
    ids=["nothing", "empty", "stranger", "half", "too fast"],
)
@pytest.mark.proves("F10")
def test_an_illegal_plan_never_gets_through(
    problem: Problem, tmp_path: Path, routes: list[object]
) -> None:
    answer = {
        "plan": {"format": "liuzhu-plan/1", "routes": routes, "left_out": []},
        "decided_by": ["somebody"],
    }
    deed = f"import json; print(json.dumps({answer!r}))"

    thought = think(problem, child=child(tmp_path, deed))

    assert "illegal plan" in (thought.trouble or "")
    must_obey(problem, thought.plan)


@pytest.mark.proves("F11")
def test_a_solver_out_of_memory_is_only_its_own_trouble(problem: Problem) -> None:
    """The limit is real: the very same child without room cannot even begin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPATCH_SOLVER_MEMORY_MB", "256")
        settings.cache_clear()
        thought = think(problem, child=[sys.executable, "-c", _EATER])

    assert thought.trouble is not None
    assert thought.plan.served == {"o"}


_EATER = """
import sys
from dispatch.planning import child
words = dict(word.split("=") for word in sys.argv[1:])
child.limit_this_process(1, int(words["--memory-mb"]))
bytearray(2**31)
"""


@pytest.mark.proves("S25")
def test_the_solver_sees_nothing_of_ours(
    problem: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_SECRET", "a-very-secret-word")
    seen = tmp_path / "seen"
    deed = f"""
        import os, pathlib, sys
        words = dict(os.environ), sys.argv, sys.stdin.read()
        pathlib.Path({str(seen)!r}).write_text(repr(words))
    """
    think(problem, child=child(tmp_path, deed))

    assert "DISPATCH" not in seen.read_text()
    assert "a-very-secret-word" not in seen.read_text()
    assert problem_from(problem_to(problem)) == problem


def test_without_its_engine_nothing_is_planned(
    problem: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = child(tmp_path, "import sys; sys.exit('no ortools') if 0 else sys.exit(3)")
    with pytest.raises(EngineMissing):
        think(problem, child=told)

    monkeypatch.setitem(sys.modules, "ortools", None)
    with pytest.raises(EngineMissing, match="ortools is not installed"):
        think(problem)
    with pytest.raises(EngineMissing):
        think(problem, quick="not even the quick plan")


def test_a_missing_engine_fails_the_request_loudly(
    town: LittleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.add_helper()
    order_id = order_lunch(town)
    request_id = ask(town)
    monkeypatch.setitem(sys.modules, "ortools", None)

    assert plan(town) is False

    request = request_of(town, request_id)
    assert request.state is AskState.FAILED
    assert "ortools is not installed" in (request.error or "")
    assert events_of_wave(town)[-1].kind == "wave.planning_failed"
    assert wave_of(town).plan_version == 0
    assert order_of(town, order_id).plan_version is None


def test_a_failed_solver_is_written_on_the_plan(
    town: LittleTown, tmp_path: Path
) -> None:
    town.add_helper()
    order_lunch(town)
    crash = child(tmp_path, "import os; os.abort()")

    assert plan(town, thinking=lambda problem: think(problem, child=crash))

    assert shown_plan(town).fallback is True
    kinds = [event.kind for event in events_of_wave(town)]
    assert kinds[-2:] == ["wave.planned", "wave.quick_plan"]
    assert "-6" in events_of_wave(town)[-1].facts["trouble"]
