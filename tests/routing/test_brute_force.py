"""On days of at most eight tasks everything is tried, and the answers are the same."""

from dataclasses import replace

from hypothesis import given, settings

from routing import Effort, Plan, Problem, solve
from tests.routing.small_days import Best, best_of_all, can_be_gone, may, small_days

# Of 2,400 drawn days 400 steps miss the best on ten, 2,000 on none.
STEPS = Effort(iterations=4_000, engine="search")


def score_of(given_: Problem, plan: Plan) -> Best:
    gone = [given_.task(each.task) for each in plan.left_out]
    tiers = sorted({task.tier for task in given_.tasks}, reverse=True)
    must = sum(task.penalty is None for task in gone)
    each = [sum(t.penalty is not None and t.tier == n for t in gone) for n in tiers]
    return Best((must, *each), plan.cost.total)


@given(small_days())
@settings(deadline=None, max_examples=40)
def test_no_way_of_all_is_better(day: Problem) -> None:
    """Feasibility, tiers and rides with waiting: the best of all ways is found."""
    assert score_of(day, solve(day, STEPS)) == best_of_all(day)


@given(small_days())
@settings(deadline=None, max_examples=60)
def test_each_no_is_as_brute_force_says(day: Problem) -> None:
    """Nobody can; or somebody could, who is busy; and who cannot, cannot."""
    plan = solve(day, STEPS)
    for left in plan.left_out:
        k = day.task_numbers[left.task]
        alone = [v for v in range(len(day.vehicles)) if _alone(day, v, k)]
        if alone:
            assert f"挤掉 {'、'.join(left.displaces)}（displaces）" in left.why, left
            without, v = _given_way(day, plan, left.displaces)
            assert _fits_beside(day, without, v, k)
        else:
            assert left.why.startswith("没有人能做"), left
            assert left.displaces == ()
        told = {each.vehicle: each for each in left.candidates}
        assert told.keys() == day.vehicle_numbers.keys()
        for v, vehicle in enumerate(day.vehicles):
            rule = told[vehicle.id].rule
            assert rule != "search_ended"
            assert (rule in {"skill", "never"}) == (not may(day, v, k))
            if rule == "never":
                assert (vehicle.id, left.task) in day.never
            assert not _fits_beside(day, plan, v, k)


def _given_way(day: Problem, plan: Plan, gone: tuple[str, ...]) -> tuple[Plan, int]:
    """The plan without these tasks, and the one vehicle that did all of them."""
    [who] = {r.vehicle for r in plan.routes for s in r.stops if s.task in gone}
    routes = tuple(
        replace(route, stops=tuple(s for s in route.stops if s.task not in gone))
        for route in plan.routes
    )
    return replace(plan, routes=routes), day.vehicle_numbers[who]


def _alone(day: Problem, v: int, k: int) -> bool:
    order = tuple((k, n) for n in range(len(day.tasks[k].halts)))
    return may(day, v, k) and can_be_gone(day, v, order)


def _fits_beside(day: Problem, plan: Plan, v: int, k: int) -> bool:
    """Into the round as it is, anywhere."""
    name, most = day.vehicles[v].id, day.vehicles[v].max_tasks
    stops = [s for r in plan.routes if r.vehicle == name for s in r.stops]
    order = [(day.task_numbers[s.task or ""], int(s.kind == "dropoff")) for s in stops]
    if not may(day, v, k) or len({k for k, _ in order}) == most:
        return False
    for i in range(len(order) + 1):
        for j in range(i, len(order) + 1):
            longer = [*order[:i], (k, 0), *order[i:j], (k, 1), *order[j:]]
            if day.tasks[k].visit is not None:
                longer.remove((k, 1))
            if can_be_gone(day, v, tuple(longer)):
                return True
    return False


@given(small_days())
@settings(deadline=None, max_examples=30)
def test_raising_a_penalty_never_drops_its_task(day: Problem) -> None:
    plan = solve(day, STEPS)
    for n, task in enumerate(day.tasks):
        if task.id in plan.served and task.penalty is not None:
            dearer = replace(task, penalty=task.penalty + 1000)
            tasks = (*day.tasks[:n], dearer, *day.tasks[n + 1 :])
            assert task.id in solve(day.replaced(tasks=tasks), STEPS).served
