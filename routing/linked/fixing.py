"""Starts of linked visits made fast, so that an engine that knows no links keeps them.

A linked stop gets the window [t, t]. A visit by two people becomes two visits; a task
whose vehicle is bound by a sequence goes to that vehicle alone. What the engine then
plans obeys every link, whatever else it leaves out; `Fixed.back` names it as before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from routing.explain import RULE_WORDS
from routing.finishing import route_of
from routing.instance import Instance
from routing.linked.halves import HALF, begun_by, with_halves
from routing.plan import LeftOut, Plan, Route
from routing.problem import Halt, Problem, Stop, Task
from routing.starting import held_together
from routing.timing import first_broken

Starts = Mapping[tuple[str, str], Mapping[str, int]]  # task, stop -> vehicle -> time

_SECOND: Final = " ②"  # behind the id of the second person's visit
_CUT: Final = "同程的一单去不成，余下的路{}（{}）。"


def is_linked(problem: Problem) -> bool:
    """Does anything here hang together across helpers?"""
    return bool(problem.sequence) or any(task.people == 2 for task in problem.tasks)


def linked_tasks(problem: Problem) -> set[str]:
    """Tasks that two people do or that stand in a sequence."""
    ends = {name for line in problem.sequence for name in (line.first, line.then)}
    return ends | {task.id for task in problem.tasks if task.people == 2}


@dataclass(frozen=True)
class Fixed:
    """A problem without links, and what became of the one that had them."""

    problem: Problem
    original: Problem
    halves: Mapping[str, str]  # second person's task -> the first person's
    dropped: tuple[str, ...]  # linked tasks that have no start

    def forward(self, plan: Plan) -> Plan:
        """A plan for the original as one for the problem without links."""
        seconds = {first: second for second, first in self.halves.items()}
        begun = {v: each.stops for v, each in self.problem.begun.items()}
        seen = {stop.task for done in begun.values() for stop in done}
        routes = []
        for route in plan.routes:
            stops = list(begun.get(route.vehicle, ()))
            for stop in route.stops[len(stops) :]:
                name = stop.task or ""
                again = name in seen and stop.kind == "visit"
                task = seconds.get(name, stop.task) if again else stop.task
                stops.append(replace(stop, task=task))
                seen.add(name)
            routes.append(replace(route, stops=tuple(stops)))
        return replace(plan, routes=tuple(routes))

    def back(self, plan: Plan) -> Plan:
        """The plan for the original. Half a visit by two people is taken out whole.

        Where ways break the triangle, what is left of that round may not hold: then
        more is taken out of it, and says which rule asked for it.
        """
        absent = {each.task for each in plan.left_out}
        routes, more = plan.routes, list[LeftOut]()
        while halved := self._halved(absent):
            more += [LeftOut(name, HALF) for name in sorted(halved)]
            routes, lost = _without(self.problem, routes, halved)
            more += lost
            absent |= halved | {each.task for each in lost}
        return replace(
            plan,
            problem=self.original.name,
            routes=tuple(self._renamed(route) for route in routes),
            left_out=self._left_out([*plan.left_out, *more]),
        )

    def _halved(self, absent: set[str]) -> set[str]:
        """Of visits by two people of which one does not come: the other's part."""
        pairs = ({second, first} for second, first in self.halves.items())
        return {name for pair in pairs if pair & absent for name in pair - absent}

    def _renamed(self, route: Route) -> Route:
        stops = tuple(
            replace(stop, task=self.halves.get(stop.task or "", stop.task))
            for stop in route.stops
        )
        return replace(route, stops=stops)

    def named(self, left: LeftOut) -> LeftOut:
        """The same, with visits by two under the names of the original."""
        whom, why = left.displaces, left.why
        for second, first in self.halves.items():
            if second in whom:
                whom = tuple(first if each == second else each for each in whom)
                why = why.replace(second, first)
        return replace(left, why=why, displaces=tuple(dict.fromkeys(whom)))

    def _left_out(self, every: list[LeftOut]) -> tuple[LeftOut, ...]:
        """In the original's order; of two halves the first that was left out speaks."""
        found: dict[str, LeftOut] = {}
        for each in every:
            found.setdefault(self.halves.get(each.task, each.task), each)
        for name in self.dropped:
            found[name] = LeftOut(name, "与相连的上门对不上时间（sequence）。")
        order = self.original.task_numbers
        return tuple(
            replace(self.named(found[name]), task=name)
            for name in sorted(found, key=lambda each: order[each])
        )


def fixed_starts(problem: Problem, starts: Starts) -> Fixed:
    """The problem with the given starts of its linked stops made fast.

    Args:
        starts: per task and kind of stop, who begins it and when; begun stops may
            be missing. A linked task that is missing whole is left out.
    """
    begun = begun_by(problem)
    linked = linked_tasks(problem)
    known = {task for task, _ in starts}
    dropped = linked - known - begun.keys()
    tasks: list[Task] = []
    halves: dict[str, str] = {}
    never = list(problem.never)
    prefer = list(problem.prefer)
    names = set(problem.task_numbers)
    for task in problem.tasks:
        if task.id in dropped:
            continue
        if task.id not in known:
            tasks.append(task if task.id not in begun else replace(task, people=1))
            if len(begun.get(task.id, ())) == 2:
                second = replace(tasks[-1], id=_free(task.id + _SECOND, names))
                halves[second.id] = task.id
                tasks.append(second)
            continue
        first = _made_fast(task, starts)
        tasks.append(first)
        crew = list(starts.get((task.id, "visit"), {}))
        if task.people == 2:
            second = replace(first, id=_free(task.id + _SECOND, names))
            halves[second.id] = task.id
            tasks.append(second)
            never += [(v, second.id) for v, t in problem.never if t == task.id]
            wishes = [wish for wish in problem.prefer if wish.task == task.id]
            prefer += [replace(wish, task=second.id) for wish in wishes]
            # What takes time keeps them apart: nobody can be at both at once.
            if len(crew) == 2 and not _takes_time(task):
                never += [(v.id, task.id) for v in problem.vehicles if v.id == crew[1]]
                others = (v.id for v in problem.vehicles if v.id != crew[1])
                never += [(v, second.id) for v in others]
    for line in problem.sequence:
        if line.same_vehicle:
            for name in {line.first, line.then} & known:
                crew = [v for (t, _), who in starts.items() if t == name for v in who]
                others = (v.id for v in problem.vehicles if v.id not in crew)
                never += [(v, name) for v in others]
    return Fixed(
        problem=problem.replaced(
            tasks=tuple(tasks),
            sequence=(),
            never=tuple(_alive(never, dropped)),
            prefer=tuple(w for w in prefer if w.task not in dropped),
            begun=with_halves(problem.begun, begun, halves),
        ),
        original=problem,
        halves=halves,
        dropped=tuple(name for name in problem.task_numbers if name in dropped),
    )


def starts_of(problem: Problem, plan: Plan) -> Starts:
    """When a plan begins the linked stops."""
    linked = linked_tasks(problem)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for route in plan.routes:
        begun = problem.begun.get(route.vehicle)
        for stop in route.stops[len(begun.stops) if begun is not None else 0 :]:
            if stop.task in linked and stop.kind is not None:
                place = found.setdefault((stop.task or "", stop.kind), {})
                place[route.vehicle] = stop.at
    return found


def _alive(never: list[tuple[str, str]], dropped: set[str]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(each for each in never if each[1] not in dropped))


def _takes_time(task: Task) -> bool:
    return task.visit is not None and task.visit.service_seconds > 0


def _free(name: str, names: set[str]) -> str:
    while name in names:
        name += _SECOND
    names.add(name)
    return name


def _made_fast(task: Task, starts: Starts) -> Task:
    def halt(kind: str, old: Halt | None) -> Halt | None:
        at = starts.get((task.id, kind))
        if old is None or at is None:
            return old
        moment = next(iter(at.values()))
        return replace(old, windows=((moment, moment),))

    return replace(
        task,
        pickup=halt("pickup", task.pickup),
        dropoff=halt("dropoff", task.dropoff),
        visit=halt("visit", task.visit),
        people=1,
    )


def _without(
    problem: Problem, routes: tuple[Route, ...], gone: set[str]
) -> tuple[tuple[Route, ...], list[LeftOut]]:
    """Routes without some visits, timed anew where one was taken out.

    Returns:
        the routes, and what had to go besides because the rest did not hold.
    """
    inst = Instance(problem)
    found: list[Route] = []
    lost: list[LeftOut] = []
    for route in routes:
        if not {stop.task for stop in route.stops} & gone:
            found.append(route)
            continue
        car = inst.cars[problem.vehicle_numbers[route.vehicle]]
        nodes = [
            n
            for n in fresh_nodes(problem, route)
            if problem.tasks[n >> 1].id not in gone
        ]
        held = held_together(inst, car.number, nodes)
        names = dict.fromkeys(problem.tasks[n >> 1].id for n in nodes if n not in held)
        if names and (broken := first_broken(inst, car, nodes)) is not None:
            lost += [
                LeftOut(name, _CUT.format(RULE_WORDS[broken.rule], broken.rule))
                for name in names
            ]
        if held or car.moved:
            found.append(route_of(inst, car, held))
    return tuple(found), lost


def fresh_nodes(problem: Problem, route: Route) -> list[int]:
    """The nodes of a route that have not begun."""
    begun = problem.begun.get(route.vehicle)
    fresh = route.stops[len(begun.stops) if begun is not None else 0 :]
    return [
        2 * problem.task_numbers[stop.task] + (stop.kind == "dropoff")
        for stop in fresh
        if stop.task is not None
    ]


def stop_of(inst: Instance, node: int, at: int) -> Stop:
    """A node of the instance as a stop of a plan."""
    task = inst.task(node >> 1)
    return Stop(at=at, task=task.id, kind=task.halts[node & 1][0])
