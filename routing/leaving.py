"""What remains of a problem when somebody falls out: whose work waited on theirs."""

from collections.abc import Iterable
from dataclasses import replace

from routing.between import Sequence
from routing.fields import HORIZON
from routing.freezing import free_after
from routing.problem import Begun, Halt, Problem, Stop, Task, Window


def without_helper(problem: Problem, vehicle: str, done: Iterable[Stop]) -> Problem:
    """The problem without somebody, and without what they had finished.

    Whoever has begun a task beside them goes on with it alone. Whoever was fixed to
    begin one with them is free from there on, and may be given another. What was to
    follow a finished task at a gap keeps that as a window of its own; a gap that its
    windows no longer allow leaves it no time at all.

    Args:
        problem: with `now` at the moment when they fell out.
        done: what they had begun or done by then.
    """
    gone = problem.begun.get(vehicle)
    finished = {s.task: s for s in done if s.task and s.kind != "pickup"}
    shared = {s.task for s in gone.stops if s.task} if gone else set()
    begun = _thawed(problem, vehicle, shared)
    going_on = {s.task for each in begun.values() for s in each.stops if s.task}
    ended = {name: s for name, s in finished.items() if name not in going_on}
    tasks = {task.id: task for task in problem.tasks if task.id not in ended}
    for name in shared & going_on:
        tasks[name] = replace(tasks[name], people=1)
    for line in problem.sequence:
        if line.first in ended and line.then in tasks and line.then not in going_on:
            since = _since(problem, line, ended[line.first])
            missed = -HORIZON if problem.now is None else problem.now - 1
            between = _following(tasks[line.then], line, since, (missed, missed))
            tasks[line.then] = between
    return problem.replaced(
        vehicles=tuple(each for each in problem.vehicles if each.id != vehicle),
        tasks=tuple(tasks.values()),
        sequence=tuple(
            line for line in problem.sequence if {line.first, line.then} <= set(tasks)
        ),
        never=tuple(
            line for line in problem.never if line[0] != vehicle and line[1] in tasks
        ),
        prefer=tuple(
            wish
            for wish in problem.prefer
            if wish.vehicle != vehicle and wish.task in tasks
        ),
        begun=begun,
    )


def _thawed(problem: Problem, vehicle: str, shared: set[str]) -> dict[str, Begun]:
    """What the others have begun, up to what they cannot begin without somebody."""
    begun = {name: each for name, each in problem.begun.items() if name != vehicle}
    waiting = {name for name in shared if problem.task(name).people == 2}
    while waiting:
        name = waiting.pop()
        for other, each in begun.items():
            at = next((n for n, s in enumerate(each.stops) if s.task == name), None)
            if at is None or not _is_ahead(problem, each.stops[at]):
                continue
            begun[other] = free_after(problem, other, each.stops[:at])
            waiting |= {
                s.task
                for s in each.stops[at:]
                if s.task and problem.task(s.task).people == 2
            }
    return begun


def _is_ahead(problem: Problem, stop: Stop) -> bool:
    return problem.now is None or stop.at > problem.now


def _since(problem: Problem, line: Sequence, stop: Stop) -> int:
    """What the gap is counted from."""
    _, halt = problem.task(line.first).halts[-1]
    return stop.at + (halt.service_seconds if line.measured_from == "end" else 0)


def _following(task: Task, line: Sequence, since: int, missed: Window) -> Task:
    least = -HORIZON if line.min_gap is None else since + line.min_gap
    most = HORIZON if line.max_gap is None else since + line.max_gap
    if task.visit is not None:
        return replace(task, visit=_between(task.visit, least, most, missed))
    (_, pickup), *_ = task.halts
    return replace(task, pickup=_between(pickup, least, most, missed))


def _between(halt: Halt, least: int, most: int, missed: Window) -> Halt:
    windows = [(max(o, least), min(c, most)) for o, c in halt.windows]
    kept = tuple((o, c) for o, c in windows if o <= c)
    return replace(halt, windows=kept or (missed,))
