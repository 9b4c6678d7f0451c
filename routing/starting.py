"""Tours to begin from, taken from an earlier plan as far as they still hold."""

from collections import Counter

from routing.instance import Instance
from routing.plan import Plan
from routing.timing import first_broken


def tours_from(inst: Instance, plan: Plan) -> list[list[int]]:
    """Nodes per vehicle, in the plan's order.

    Vehicles and tasks that the problem no longer has are passed over, so is what
    has begun. Where a tour breaks a rule, the task that the rule names goes, or
    else the last one, until the tour holds. Where two people do a task, the tours of
    both have it; nobody looks whether both still come, and when.
    """
    tours: list[list[int]] = [[] for _ in inst.cars]
    taken = Counter[int]()
    for route in plan.routes:
        v = inst.problem.vehicle_numbers.get(route.vehicle)
        if v is None or tours[v]:
            continue
        nodes = _nodes(inst, v, [(stop.task, stop.kind) for stop in route.stops])
        free = [n for n in nodes if taken[n >> 1] < inst.task(n >> 1).people]
        tours[v] = held_together(inst, v, free)
        taken.update({node >> 1 for node in tours[v]})
    return tours


def _nodes(
    inst: Instance, v: int, stops: list[tuple[str | None, str | None]]
) -> list[int]:
    """Only what is open and whole: a pair with both of its stops in order."""
    numbers, open_tasks = inst.problem.task_numbers, set(inst.open_tasks)
    nodes: list[int] = []
    for task, kind in stops:
        k = numbers.get(task or "", -1)
        node = 2 * k + (kind == "dropoff")
        mine = inst.held.get(k) == v and kind == "dropoff"
        if ((k in open_tasks and node in inst.nodes_of(k)) or mine) and (
            node not in nodes
        ):
            nodes.append(node)
    whole = {
        k
        for k in {node >> 1 for node in nodes}
        if k in inst.held or _in_order(nodes, inst.nodes_of(k))
    }
    return [node for node in nodes if node >> 1 in whole]


def _in_order(nodes: list[int], wanted: tuple[int, ...]) -> bool:
    return tuple(node for node in nodes if node in wanted) == wanted


def held_together(inst: Instance, v: int, nodes: list[int]) -> list[int]:
    """As much of a tour as breaks no rule: see `tours_from`."""
    while nodes:
        broken = first_broken(inst, inst.cars[v], nodes)
        if broken is None:
            break
        k = nodes[-1] >> 1 if broken.task is None else broken.task
        if all(node >> 1 != k for node in nodes):
            k = nodes[-1] >> 1
        nodes = [node for node in nodes if node >> 1 != k]
    return nodes
