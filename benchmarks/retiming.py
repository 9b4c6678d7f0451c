"""Times for a peer's rounds: the kindest that their order of stops allows.

A peer that knows no longest ride waits where it likes, often with food on board. So
each round is timed anew, with every ride inside its limit if there is such a timing,
and with as few too long as we can find if there is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.grouping import Tour, Tours
from routing.cost import Legs, cost_of
from routing.plan import LeftOut, Plan, Route
from routing.problem import Problem, Stop, Vehicle

_MOST_ROUNDS: Final = 1000  # of pushing pickups later; each one pushes by a second
Times = list[int]


def timed(problem: Problem, tours: Tours) -> Plan:
    """A plan of a peer's tours; what stands on none of them is left out."""
    legs = Legs(problem)
    routes = tuple(
        _route(problem, problem.vehicle(vehicle), tour, legs)
        for vehicle, tour in tours.items()
        if tour
    )
    plan = Plan(problem=problem.name, routes=routes)
    left_out = (task.id for task in problem.tasks if task.id not in plan.served)
    plan = Plan(problem.name, routes, tuple(LeftOut(task) for task in left_out))
    return Plan(problem.name, routes, plan.left_out, cost_of(problem, plan))


def _route(problem: Problem, vehicle: Vehicle, tour: Tour, legs: Legs) -> Route:
    times = _Round.of(problem, vehicle, tour, legs).times()
    stops = (Stop(at, *stop) for at, stop in zip(times, tour, strict=True))
    return Route(vehicle.id, tuple(stops))


@dataclass
class _Round:
    """One round as numbers; `gaps[i]` lies between the beginnings of i - 1 and i."""

    opens: Times
    closes: Times
    gaps: Times
    rides: list[tuple[int, int, int]]  # pickup, dropoff, longest ride

    @classmethod
    def of(cls, problem: Problem, vehicle: Vehicle, tour: Tour, legs: Legs) -> "_Round":
        tasks = [problem.task(task) for task, _ in tour]
        halts = [dict(problem.task(task).halts)[kind] for task, kind in tour]
        here, spent = vehicle.start, vehicle.shift[0]
        gaps = []
        for halt in halts:
            leg = legs.seconds(vehicle.travel, here, halt.place) or 0
            arrive = problem.place(halt.place).arrive_seconds
            gaps.append(spent + leg + (arrive if halt.place != here else 0))
            here, spent = halt.place, halt.service_seconds
        places = {stop: number for number, stop in enumerate(tour)}
        rides = [
            (places[task.id, "pickup"], number, task.max_ride_seconds)
            for number, (task, (_, kind)) in enumerate(zip(tasks, tour, strict=True))
            if kind == "dropoff" and task.max_ride_seconds is not None
            if (task.id, "pickup") in places
        ]
        opens = [halt.windows[0][0] for halt in halts]
        closes = [halt.windows[-1][1] for halt in halts]
        home = legs.seconds(vehicle.travel, here, vehicle.end or here) or 0
        closes[-1] = min(closes[-1], vehicle.shift[1] - home - spent)
        return cls(opens, closes, gaps, rides)

    def times(self) -> Times:
        soonest = self._soonest(self.opens)
        obeying = self._with_rides_kept()
        if obeying is not None:
            return obeying
        if self._late(soonest):
            return soonest
        return min(self._others(soonest), key=self._too_long)

    def _soonest(self, floors: Times) -> Times:
        now, times = 0, []
        for floor, gap in zip(floors, self.gaps, strict=True):
            now = max(floor, now + gap)
            times.append(now)
        return times

    def _latest(self, last: int) -> Times:
        """As late as windows allow, when the last stop begins no later than that."""
        times = [min(self.closes[-1], last)]
        for close, gap in zip(self.closes[-2::-1], self.gaps[:0:-1], strict=True):
            times.append(min(close, times[-1] - gap))
        return times[::-1]

    def _with_rides_kept(self) -> Times | None:
        """Push pickups later until all rides fit, or until a window closes."""
        floors = list(self.opens)
        for _ in range(_MOST_ROUNDS):
            times = self._soonest(floors)
            if self._late(times):
                return None
            pushed = False
            for pickup, dropoff, most in self.rides:
                if times[dropoff] - times[pickup] > most:
                    floors[pickup] = times[dropoff] - most
                    pushed = True
            if not pushed:
                return times
        return None

    def _others(self, soonest: Times) -> Iterator[Times]:
        yield self._latest(soonest[-1])
        yield self._latest(self.closes[-1])
        yield soonest

    def _late(self, times: Times) -> bool:
        return any(at > close for at, close in zip(times, self.closes, strict=True))

    def _too_long(self, times: Times) -> tuple[int, int]:
        over = [times[d] - times[p] - most for p, d, most in self.rides]
        over = [seconds for seconds in over if seconds > 0]
        return len(over), sum(over)
