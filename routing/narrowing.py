"""A part of a problem that can be planned alone."""

from collections.abc import Collection

import numpy as np

from routing.problem import Problem
from routing.travel import Matrix, Speed


def narrowed(
    problem: Problem, vehicles: Collection[str], tasks: Collection[str]
) -> Problem:
    """Only these vehicles and tasks, and the places that they need.

    What the vehicles have begun comes along with its tasks. Nothing may tie the part
    to the rest: sequences are kept only when both tasks are in it.
    """
    begun = {v: each for v, each in problem.begun.items() if v in vehicles}
    known = {*tasks}
    known |= {s.task for each in begun.values() for s in each.stops if s.task}
    kept_tasks = tuple(task for task in problem.tasks if task.id in known)
    cars = tuple(each for each in problem.vehicles if each.id in vehicles)
    used = {halt.place for task in kept_tasks for _, halt in task.halts}
    used |= {end for car in cars for end in (car.start, car.end) if end is not None}
    used |= {each.at_place for each in begun.values()}
    numbers = [n for n, place in enumerate(problem.places) if place.id in used]
    modes = {car.travel for car in cars}
    return problem.replaced(
        places=tuple(problem.places[n] for n in numbers),
        travel={
            mode: _part(travel, numbers)
            for mode, travel in problem.travel.items()
            if mode in modes
        },
        vehicles=cars,
        tasks=kept_tasks,
        sequence=tuple(
            line for line in problem.sequence if {line.first, line.then} <= known
        ),
        never=tuple(
            line for line in problem.never if line[0] in vehicles and line[1] in known
        ),
        prefer=tuple(
            wish
            for wish in problem.prefer
            if wish.vehicle in vehicles and wish.task in known
        ),
        begun=begun,
    )


def _part(travel: Speed | Matrix, numbers: list[int]) -> Speed | Matrix:
    if isinstance(travel, Speed):
        return travel
    return Matrix(travel.seconds[np.ix_(numbers, numbers)])
