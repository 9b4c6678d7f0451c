"""The cheapest relaxation that was tried and makes a task fit."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from routing.effort import Ending
from routing.instance import FOREVER, Car, Instance, rests_of
from routing.plan import Relaxation
from routing.search.fleet import Fleet
from routing.search.insertion import best_spot
from routing.search.tour import Tour
from routing.timing import Broken

_STEPS: Final = (300, 600, 900, 1800, 3600, 7200)
_CARS_TRIED: Final = 8
_LONGEST: Final = 12 * 3600  # of a loosening: what takes longer is no cure for a day
# What a loosening costs, in seconds of its own kind; a cold meal is dearer than a
# late one, another person dearest.
_WEIGHT: Final = {"window": 1.0, "shift": 1.5, "max_work": 1.5, "ride": 2.0}
_SKILL_PRICE: Final = 9_000.0
_PERSON_PRICE: Final = 14_400.0


class _Trial(NamedTuple):
    price: float
    kind: str
    value: int | str
    car: Car
    likely: bool = True  # by what stood in the way


def cheapest_relaxation(
    fleet: Fleet,
    k: int,
    found: list[tuple[Car, Broken]],
    most_trials: int,
    ending: Ending,
) -> tuple[Relaxation | None, int | None]:
    """Try loosenings from the cheapest on; the first that lets the task in.

    Those that the helpers' obstacles themselves suggest come first, so that few
    trials find one; then all others that would be cheaper.

    What each means: `window`, the task's windows close so much later; `ride`, it
    may ride so much longer; `shift` and `max_work`, one helper may work so much
    longer; `skill`, one helper has it; `person`, one more helper like one of
    these comes.

    Returns:
        The relaxation and the number of the car that would do it, or Nones.
    """
    trials = sorted(_trials(fleet.inst, k, found), key=lambda trial: trial.price)
    likely = [trial for trial in trials if trial.likely]
    best, tried = _first_that_works(fleet, k, likely[:most_trials], ending)
    others = [
        trial
        for trial in trials
        if not trial.likely and (best is None or trial.price < best.price)
    ]
    cheaper, _ = _first_that_works(fleet, k, others[: most_trials - tried], ending)
    best = cheaper or best
    if best is None:
        return None, None
    return Relaxation(best.kind, best.value), best.car.number


def _first_that_works(
    fleet: Fleet, k: int, trials: list[_Trial], ending: Ending
) -> tuple[_Trial | None, int]:
    """And how many were tried."""
    for number, trial in enumerate(trials):
        if ending.over():
            return None, number
        if _works(fleet.inst, fleet, k, trial):
            return trial, number + 1
    return None, len(trials)


def _trials(
    inst: Instance, k: int, found: list[tuple[Car, Broken]]
) -> Iterator[_Trial]:
    mildest = sorted(found, key=lambda each: each[1].by or FOREVER)
    for car, broken in mildest[:_CARS_TRIED]:
        lacking = inst.task(k).needs - car.skills
        if broken.rule == "skill" and len(lacking) == 1:
            yield _Trial(_SKILL_PRICE, "skill", min(lacking), car)
        if broken.rule in {"skill", "never"}:
            continue
        steps, missing = {*_STEPS}, 0
        if broken.rule in _WEIGHT and broken.by is not None:
            missing = -(-broken.by // 60) * 60
            steps |= {missing} if missing <= _LONGEST else set()
        for seconds in sorted(steps):
            for kind, weight in _WEIGHT.items():
                if _applies(inst, car, k, kind):
                    likely = kind == broken.rule and seconds == missing
                    yield _Trial(weight * seconds, kind, seconds, car, likely)
        if k not in inst.held:
            yield _Trial(_PERSON_PRICE, "person", 1, car)


def _applies(inst: Instance, car: Car, k: int, kind: str) -> bool:
    if kind == "ride":
        return inst.ride[k] < FOREVER
    if kind == "max_work":
        return car.max_work < FOREVER or car.work_end_by < FOREVER
    return True


def _works(inst: Instance, fleet: Fleet, k: int, trial: _Trial) -> bool:
    """Insert again, exactly, under the loosened rule."""
    car, kind, value = trial.car, trial.kind, trial.value
    nodes = fleet.tours[car.number].nodes
    if kind == "person":
        fresh = replace(_rested(inst, car), number=car.number)
        return best_spot(inst, Tour(inst, fresh, ()), k) is not None
    if kind in {"window", "ride"}:
        inst = _loosened(inst, k, kind, int(value))
        if kind == "ride":
            node = 2 * k + 1
            deadlines = {
                n: at + int(value) * (n == node) for n, at in car.deadlines.items()
            }
            car = replace(car, deadlines=deadlines)
    elif kind == "shift":
        car = replace(car, shift_end=car.shift_end + int(value))
    elif kind == "max_work":
        car = replace(
            car,
            max_work=min(FOREVER, car.max_work + int(value)),
            work_end_by=min(FOREVER, car.work_end_by + int(value)),
        )
    return best_spot(inst, Tour(inst, car, nodes), k) is not None


def _rested(inst: Instance, car: Car) -> Car:
    """The same kind of helper, with nothing begun."""
    vehicle = inst.problem.vehicles[car.number]
    now = inst.problem.now
    ready = vehicle.shift[0] if now is None else max(vehicle.shift[0], now)
    work = vehicle.max_work_seconds
    return replace(
        car,
        origin=inst.problem.place_numbers[vehicle.start],
        ready=ready,
        moved=False,
        max_work=FOREVER if work is None else work,
        work_end_by=FOREVER,
        aboard=[],
        deadlines={},
        tasks_begun=0,
        rests=rests_of(vehicle),
    )


def _loosened(inst: Instance, k: int, kind: str, seconds: int) -> Instance:
    """A copy of the numbers in which one task has more time."""
    loose = copy.copy(inst)
    if kind == "ride":
        loose.ride = list(inst.ride)
        loose.ride[k] += seconds
        return loose
    loose.closes, loose.windows = list(inst.closes), list(inst.windows)
    for node in inst.nodes_of(k):
        loose.closes[node] += seconds
        windows = loose.windows[node]
        if windows is not None:
            later = tuple((opens, closes + seconds) for opens, closes in windows)
            loose.windows[node] = later
    return loose
