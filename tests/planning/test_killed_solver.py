"""The real solver, killed while it searches: its caller still has a whole plan."""

import sys

import pytest

from dispatch.planning.solving import must_obey, think
from routing import problem_from, problem_to
from tests.routing.waves import wave

# Construction is done and the search is about to make it better when the blow falls.
_KILLED_AT_WORK = """
import os, signal, sys
from dispatch.planning import solving_child
from routing.search.engine import Search

def killed(*_words, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

Search.improve = killed
sys.exit(solving_child.main())
"""


@pytest.mark.proves("F01", "F08")
def test_a_solver_killed_at_work_leaves_the_greedy_plan() -> None:
    lunch = wave(5)
    thought = think(lunch, child=[sys.executable, "-c", _KILLED_AT_WORK])

    assert "ended with -9" in (thought.trouble or "")
    assert thought.plan.served
    assert all(by.startswith("quick ") for by in thought.plan.decided_by)
    assert all(each.why for each in thought.plan.left_out)
    must_obey(problem_from(problem_to(lunch)), thought.plan)
