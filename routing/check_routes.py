"""The judge of one vehicle's route: loads, times, breaks, what it may do."""

from collections.abc import Iterator
from typing import NamedTuple

from routing.check_breaks import end_of_work, lateness, setting_off
from routing.cost import Legs
from routing.problem import Begun, Break, Halt, Problem, Stop, Task, Vehicle

_TOLERANCE_SECONDS = 1


class BrokenRule(NamedTuple):
    """One broken rule: whose, at which task, by how many seconds or boxes."""

    rule: str
    vehicle: str | None = None
    task: str | None = None
    by: int | None = None


class ServedAt(NamedTuple):
    """Where in the plan a stop stands."""

    vehicle: str
    position: int
    at: int


class RouteJudge:
    """Judges one vehicle; stops are taken as they come, with their times."""

    def __init__(
        self, problem: Problem, vehicle: Vehicle, stops: tuple[Stop, ...], legs: Legs
    ) -> None:
        self.problem, self.vehicle, self.stops = problem, vehicle, stops
        self.legs = legs
        self.begun: Begun | None = problem.begun.get(vehicle.id)
        self.done = len(self.begun.stops) if self.begun is not None else 0
        self.fresh = stops[self.done :]

    def broken(self) -> Iterator[BrokenRule]:
        if self.begun is not None and self.stops[: self.done] != self.begun.stops:
            yield self._broken("begun")
        if not self.stops:
            return
        yield from self._whom_it_may_serve()
        yield from self._loads()
        yield from self._windows()
        yield from self._clock()

    def _broken(
        self, rule: str, task: str | None = None, by: int | None = None
    ) -> BrokenRule:
        return BrokenRule(rule, self.vehicle.id, task, by)

    def _task(self, stop: Stop) -> Task:
        return self.problem.task(stop.task or "")

    def _halt(self, stop: Stop) -> Halt:
        return next(h for kind, h in self._task(stop).halts if kind == stop.kind)

    def _whom_it_may_serve(self) -> Iterator[BrokenRule]:
        begun = {stop.task for stop in self.stops[: self.done]}
        tasks = {stop.task: self._task(stop) for stop in self.stops if stop.task}
        for name, task in tasks.items():
            if name in begun:
                continue
            if (self.vehicle.id, task.id) in self.problem.never:
                yield self._broken("never", task.id)
            if lacking := task.needs - self.vehicle.skills:
                yield self._broken("skill", task.id, len(lacking))
        most = self.vehicle.max_tasks
        if most is not None and len(tasks) > most and tasks.keys() - begun:
            yield self._broken("max_tasks", None, len(tasks) - most)

    def _loads(self) -> Iterator[BrokenRule]:
        """What is taken up must fit; too much that was on board before is no fault.

        A visit's load is on board from the start of the round, or of what is left.
        """
        if self.vehicle.capacity is None:
            return
        sizes = [len(self._task(s).load) for s in self.stops if s.task]
        for compartment in range(max(sizes, default=0)):
            over = self._overload(compartment)
            if over > 0:
                yield self._broken("capacity", None, over)

    def _overload(self, compartment: int) -> int:
        room = _amount(self.vehicle.capacity or (), compartment)
        carried, worst = 0, 0
        for number, stop in enumerate(self.stops):
            if number == self.done:
                brought = self._brought(compartment)
                carried += brought
                worst = carried - room if brought else 0
            if stop.task is None or (number < self.done and stop.kind == "visit"):
                continue
            amount = _amount(self._task(stop).load, compartment)
            taken = stop.kind == "pickup"
            carried += amount if taken else -amount
            if taken and amount and number >= self.done:
                worst = max(worst, carried - room)
        return worst

    def _brought(self, compartment: int) -> int:
        visits = [self._task(stop) for stop in self.fresh if stop.kind == "visit"]
        return sum(_amount(task.load, compartment) for task in visits)

    def _windows(self) -> Iterator[BrokenRule]:
        for stop in self.fresh:
            if stop.task is None:
                continue
            windows = self._halt(stop).windows
            if not any(opens <= stop.at <= closes for opens, closes in windows):
                off = min(max(o - stop.at, stop.at - c) for o, c in windows)
                yield self._broken("window", stop.task, off)

    def _clock(self) -> Iterator[BrokenRule]:
        """Walk along the route: can the vehicle be there, and when does it work?"""
        if not any(stop.task for stop in self.fresh):
            return
        here, free, left_at = self._beginning()
        resting: list[tuple[int, Break]] = []
        for stop in self.fresh:
            if stop.task is None:
                rest = self.vehicle.breaks[stop.break_number or 0]
                resting.append((stop.at, rest))
                continue
            halt = self._halt(stop)
            leg = self._leg(here, halt.place)
            if leg is None:
                yield self._broken("no_way", stop.task)
                leg = 0
            arrive = 0
            if halt.place != here:
                arrive = self.problem.place(halt.place).arrive_seconds
            if free is None:
                late, left_at = setting_off(resting, leg, arrive, stop.at)
            else:
                late = lateness(free, resting, leg, arrive, stop.at)
            if late > 0:
                rule = "break" if resting else "travel"
                yield self._broken(rule, stop.task, late)
            resting = []
            here, free = halt.place, stop.at + halt.service_seconds
        ends, home = free or 0, 0
        if self.vehicle.end is not None:
            leg = self._leg(here, self.vehicle.end)
            if leg is None:
                yield self._broken("no_way", None)
            home = leg or 0
        late, ends = end_of_work(ends, resting, home)
        if late > 0:
            yield self._broken("break", None, late)
        if left_at is not None:
            yield from self._work(left_at, ends)
            yield from self._breaks(left_at, ends)
        else:
            yield from self._work(ends, ends)

    def _leg(self, here: str, there: str) -> int | None:
        """The shortest that this leg may take, one second of tolerance given."""
        seconds = self.legs.seconds(self.vehicle.travel, here, there)
        return None if seconds is None else max(0, seconds - _TOLERANCE_SECONDS)

    def _beginning(self) -> tuple[str, int | None, int | None]:
        """Where the fresh part begins, when it is free, when work began (if it has)."""
        start, begun = self.vehicle.start, self.begun
        if begun is None:
            return start, None, None
        if not begun.has_left(start):
            return start, None, None
        done = [stop for stop in begun.stops if stop.task is not None]
        if done:
            halt = self._halt(done[0])
            leg = self._leg(start, halt.place) or 0
            if halt.place != start:
                leg += self.problem.place(halt.place).arrive_seconds
            return begun.at_place, begun.free_at, done[0].at - leg
        leg = self._leg(start, begun.at_place) or 0
        return begun.at_place, begun.free_at, begun.free_at - leg

    def _work(self, left_at: int, ends: int) -> Iterator[BrokenRule]:
        opens, closes = self.vehicle.shift
        moved = self._beginning()[1] is not None
        if not moved:
            free_at = None if self.begun is None else self.begun.free_at
            known = [at for at in (self.problem.now, free_at) if at is not None]
            opens = max([opens, *known])
            if left_at < opens:
                yield self._broken("shift", None, opens - left_at)
        if ends > closes:
            yield self._broken("shift", None, ends - closes)
        most = self.vehicle.max_work_seconds
        if most is not None and ends - left_at > most:
            yield self._broken("max_work", None, ends - left_at - most)

    def _is_over(self, rest: Break) -> bool:
        """What has begun left no room for it: that cannot be helped any more."""
        if self._beginning()[1] is None or self.begun is None:
            return False
        free_at, now = self.begun.free_at, self.problem.now
        free_at = free_at if now is None else max(free_at, now)
        return free_at + rest.seconds > rest.window[1]

    def _breaks(self, left_at: int, ends: int) -> Iterator[BrokenRule]:
        for number, rest in enumerate(self.vehicle.breaks):
            taken = [s.at for s in self.stops if s.break_number == number]
            done = sum(s.break_number == number for s in self.stops[: self.done])
            opens, closes = rest.window
            due = left_at <= opens and ends >= closes
            if due and not taken and not self._is_over(rest):
                yield self._broken("break", None, rest.seconds)
            if len(taken) > 1:
                yield self._broken("break", None, len(taken) - 1)
            for at in taken[done:]:
                off = max(opens - at, at + rest.seconds - closes)
                if off > 0:
                    yield self._broken("break", None, off)


def _amount(amounts: tuple[int, ...], compartment: int) -> int:
    return amounts[compartment] if compartment < len(amounts) else 0
