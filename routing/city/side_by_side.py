"""Parts of a city, and who solves them side by side."""

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol

from routing.apart import ask_apart
from routing.effort import Effort
from routing.errors import WrongPlan
from routing.files import plan_from, plan_to
from routing.plan import Plan
from routing.problem import Problem
from routing.problem_files import problem_to

_PATIENCE_SECONDS: Final = 60
_COUNT_SECONDS: Final = 3_600  # for a part that is searched by count
_CHILD: Final = (sys.executable, "-m", "routing.city.part")


@dataclass(frozen=True)
class Part:
    """A problem that shares nothing with its neighbours, and rounds to begin from.

    `otherwise` stands where no plan is found: at a border, the rounds on both sides.
    """

    problem: Problem
    start: Plan | None = None
    otherwise: Plan | None = None


class PartSolver(Protocol):
    """Somebody who solves parts, here or elsewhere."""

    @property
    def width(self) -> int:
        """How many parts are solved at once, as far as one can know; at least 1."""

    def __call__(self, parts: Sequence[Part], effort: Effort) -> list[Plan]:
        """The parts' plans, in their order, each found with this effort.

        Of a part that has no plan, killed or late, its `otherwise` itself.

        Each part has tasks and vehicles, and is to be planned by our search alone
        and in one piece (`routing.solve.solve_whole`), however large it is.

        Raises: WrongPlan: a part has no plan, and nothing that stands otherwise.
        """


class Children:
    """Solves each part in a child process of this one."""

    def __init__(self, width: int) -> None:
        self.width = width

    def __call__(self, parts: Sequence[Part], effort: Effort) -> list[Plan]:
        with ThreadPoolExecutor(self.width) as pool:
            return list(pool.map(lambda part: _plan_of(part, effort), parts))


def _plan_of(part: Part, effort: Effort) -> Plan:
    try:
        return _apart(part, effort)
    except WrongPlan:
        if part.otherwise is None:
            raise
        return part.otherwise


def _apart(part: Part, effort: Effort) -> Plan:
    asked = {
        "problem": problem_to(part.problem),
        "start": None if part.start is None else plan_to(part.start),
        "asked_at": time.monotonic(),
        "effort": {
            "seconds": effort.seconds,
            "iterations": effort.iterations,
            "seed": effort.seed,
        },
    }
    seconds = (effort.seconds or _COUNT_SECONDS) + _PATIENCE_SECONDS
    try:
        ended = ask_apart(_CHILD, json.dumps(asked), seconds)
    except TimeoutError as late:
        raise WrongPlan("a part of the city did not end in time") from late
    except OSError as trouble:
        raise WrongPlan(f"a part of the city has no process: {trouble}") from trouble
    if ended.code:
        raise WrongPlan(f"a part of the city has no plan: {ended.complaint[-300:]}")
    return plan_from(json.loads(ended.said))
