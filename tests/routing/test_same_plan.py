"""Same seed, budget and threads, same plan: in every process."""

import json
import os
import subprocess
import sys
from pathlib import Path

from routing import Effort, plan_to, solve
from routing.linked.fixing import is_linked
from tests.routing.test_search import a_town
from tests.routing.waves import wave

ROOT = Path(__file__).resolve().parent.parent.parent
WAVES = (4, 5, 7, 9)  # some under way, some with visits that hang together
_ASK = """
import json
from tests.routing.test_same_plan import plans
print(json.dumps(plans()))
"""


def plans() -> list[object]:
    """Plans of some waves, and of a town on two threads, without the seconds used."""
    alone = [
        solve(wave(seed), Effort(iterations=200, seed=3, engine="search"))
        for seed in WAVES
    ]
    together = Effort(iterations=3000, threads=2, seed=3, engine="search")
    found = [plan_to(each) for each in (*alone, solve(a_town(130, 18), together))]
    return [{**each, "seconds_used": 0} for each in found]


def test_another_process_finds_the_same_plans() -> None:
    """Sets of words lie in another order there."""
    assert {is_linked(wave(seed)) for seed in WAVES} == {True, False}
    assert {bool(wave(seed).begun) for seed in WAVES} == {True, False}
    answers = [_asked(seed) for seed in ("1", "2")]
    assert json.loads(answers[0]) == json.loads(json.dumps(plans()))
    assert answers[0] == answers[1]


def _asked(hash_seed: str) -> str:
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    surroundings = known | {"PYTHONHASHSEED": hash_seed}
    if "NUMBA_DISABLE_JIT" in os.environ:
        surroundings["NUMBA_DISABLE_JIT"] = os.environ["NUMBA_DISABLE_JIT"]
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ASK],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
