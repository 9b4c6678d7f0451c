"""Compile what is compiled, so that no plan has to wait for it.

    python3 -m routing.warming [meals] [visits] [calls] [offers]

What has been compiled is kept beside the sources (see `routing.search.compiled`);
a second run takes a second.
"""

import sys
from collections.abc import Iterable
from typing import Final

import numpy as np

from routing.effort import Effort
from routing.instance import Instance
from routing.linked.problem_web import woven
from routing.linked.searching import warm as warm_linked
from routing.ondemand import Call, Courier, Scene, decide
from routing.plan import Plan
from routing.problem import Halt, Place, Problem, Task, Vehicle
from routing.solve import solve
from routing.travel import Speed
from routing.urgent import offers

_PLACES: Final = (Place("a", 31.23, 121.47), Place("b", 31.24, 121.48))
_MEAL: Final = Task("meal", pickup=Halt("a"), dropoff=Halt("b"), load=(1,), penalty=9)
_BATH: Final = Task("bath", visit=Halt("b"), people=2, penalty=9)


def _day(*tasks: Task) -> Problem:
    helpers = tuple(Vehicle(v, travel="walk", start="a") for v in "vw")
    return Problem("warming", _PLACES, {"walk": Speed(1.25)}, helpers, tasks)


def _meals() -> None:
    solve(_day(_MEAL), Effort(iterations=1, engine="search"))


def _visits() -> None:
    warm_linked(woven(Instance(_day(_BATH)), None).web)


def _calls() -> None:
    couriers = (Courier("v", place=0, free=0, until=3600),)
    calls = tuple(Call(name, placed=0, ready=0, pickup=1, door=2) for name in "ab")
    decide(Scene(0, calls, couriers, np.full((1, 3, 3), 60, np.int32)), steps=1)


def _offers() -> None:
    offers(_day(), Plan("warming"), _MEAL)


PARTS: Final = {"meals": _meals, "visits": _visits, "calls": _calls, "offers": _offers}


def warm(parts: Iterable[str] = PARTS) -> None:
    """Solve a meal, a visit by two; send somebody at once; offer a meal to all."""
    for part in parts:
        PARTS[part]()


if __name__ == "__main__":
    warm(sys.argv[1:] or PARTS)
