"""Compile everything that is compiled, so that no plan has to wait for it.

    python3 -m routing.warming

What has been compiled is kept beside the sources (see `routing.search.compiled`);
a second run takes a second.
"""

from typing import Final

import numpy as np

from routing.effort import Effort
from routing.ondemand import Call, Courier, Scene, decide
from routing.plan import Plan
from routing.problem import Halt, Place, Problem, Task, Vehicle
from routing.solve import solve
from routing.travel import Speed
from routing.urgent import offers

_PLACES: Final = (Place("a", 31.23, 121.47), Place("b", 31.24, 121.48))


def warm() -> None:
    """Solve problems of one meal and of one visit by two; send somebody at once."""
    couriers = (Courier("v", place=0, free=0, until=3600),)
    calls = tuple(Call(name, placed=0, ready=0, pickup=1, door=2) for name in "ab")
    decide(Scene(0, calls, couriers, np.full((1, 3, 3), 60, np.int32)), steps=1)
    meal = Task("meal", pickup=Halt("a"), dropoff=Halt("b"), load=(1,), penalty=9)
    bath = Task("bath", visit=Halt("b"), people=2, penalty=9)
    for task in (meal, bath):
        solve(
            Problem(
                name="warming",
                places=_PLACES,
                travel={"walk": Speed(1.25)},
                vehicles=tuple(Vehicle(v, travel="walk", start="a") for v in "vw"),
                tasks=(task,),
            ),
            Effort(iterations=1, engine="search"),
        )
    helper = Vehicle("v", travel="walk", start="a")
    idle = Problem("idle", _PLACES, {"walk": Speed(1.25)}, vehicles=(helper,))
    offers(idle, Plan(idle.name), meal)


if __name__ == "__main__":
    warm()
