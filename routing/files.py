"""Problems and plans as JSON files: `liuzhu-problem/1` and `liuzhu-plan/1`.

Unknown fields are refused by name. Writing leaves out what has its default.
"""

import json
from pathlib import Path
from typing import Any, Final

from routing.errors import BadProblem
from routing.plan import Candidate, Cost, LeftOut, Plan, Relaxation, Route
from routing.problem import Problem
from routing.problem_files import problem_from, problem_to, stop_from, stop_to
from routing.reading import Fields, an_object, each_of, load_json, texts, under

PLAN_FORMAT: Final = "liuzhu-plan/1"


def read_problem(path: Path) -> Problem:
    """Read a problem file.

    Raises:
        BadProblem: it is not `liuzhu-problem/1`; the message names the field.
    """
    if path.suffix.lower() == ".txt":
        raise BadProblem(
            path.name,
            "is a .txt file, not liuzhu-problem/1 (JSON); read_source reads those",
        )
    return problem_from(load_json(path))


def write_problem(problem: Problem, path: Path) -> None:
    """Write a problem file, whole or not at all. Raises: OSError."""
    _write(problem_to(problem), path)


def read_plan(path: Path) -> Plan:
    """Raises: BadProblem, naming the field."""
    return plan_from(load_json(path))


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan file, whole or not at all. Raises: OSError."""
    _write(plan_to(plan), path)


def _write(fields: dict[str, Any], path: Path) -> None:
    """Whole or not at all: a reader never meets half a file."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)


def plan_from(fields: Fields) -> Plan:
    """Only `format`, vehicles, stops and the ids of left-out tasks are required."""
    if fields.get("format") != PLAN_FORMAT:
        raise BadProblem("format", f"must be {PLAN_FORMAT!r}")
    optional = ("problem", "seconds_used", "cost")
    an_object("", fields, known=optional, needed=("format", "routes", "left_out"))
    return Plan(
        problem=fields.get("problem", ""),
        routes=each_of("routes", fields["routes"], _route),
        left_out=each_of("left_out", fields["left_out"], _left_out),
        cost=_cost(fields.get("cost", {})),
        seconds_used=fields.get("seconds_used", 0.0),
    )


def _route(value: Any) -> Route:
    known = ("leaves_at", "ends_at")
    fields = an_object("", value, known=known, needed=("vehicle", "stops"))
    return Route(
        vehicle=fields["vehicle"],
        stops=each_of("stops", fields["stops"], stop_from),
        leaves_at=fields.get("leaves_at"),
        ends_at=fields.get("ends_at"),
    )


def _left_out(value: Any) -> LeftOut:
    known = ("why", "candidates", "relaxation", "displaces")
    fields = an_object("", value, known=known, needed=("task",))
    return LeftOut(
        task=fields["task"],
        why=fields.get("why", ""),
        candidates=each_of("candidates", fields.get("candidates", []), _candidate),
        relaxation=_relaxation(fields.get("relaxation")),
        displaces=texts("displaces", fields.get("displaces", [])),
    )


def _candidate(value: Any) -> Candidate:
    return Candidate(**an_object("", value, known=("by",), needed=("vehicle", "rule")))


def _relaxation(value: Any) -> Relaxation | None:
    if value is None:
        return None
    with under("relaxation"):
        return Relaxation(**an_object("", value, needed=("kind", "value")))


def _cost(value: Any) -> Cost:
    parts = ("travel_seconds", "penalties", "preferences")
    with under("cost"):
        fields = an_object("", value, known=(*parts, "total"))
        return Cost(**{part: fields.get(part, 0) for part in parts})


def plan_to(plan: Plan, *, whole: bool = False) -> dict[str, Any]:
    """The fields of the file. Who decided is no field of it: see `Plan`.

    Args:
        whole: with `displaces` of what is left out, for another process of ours; the
            file format has no such field.
    """
    return {
        "format": PLAN_FORMAT,
        "problem": plan.problem,
        "seconds_used": plan.seconds_used,
        "routes": [_route_to(route) for route in plan.routes],
        "left_out": [_left_out_to(each, whole) for each in plan.left_out],
        "cost": vars(plan.cost) | {"total": plan.cost.total},
    }


def _route_to(route: Route) -> dict[str, Any]:
    times = {"leaves_at": route.leaves_at, "ends_at": route.ends_at}
    return {
        "vehicle": route.vehicle,
        **{name: at for name, at in times.items() if at is not None},
        "stops": [stop_to(stop) for stop in route.stops],
    }


def _left_out_to(left_out: LeftOut, whole: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {"task": left_out.task, "why": left_out.why}
    fields["candidates"] = [
        {name: value for name, value in vars(each).items() if value is not None}
        for each in left_out.candidates
    ]
    if left_out.relaxation is not None:
        fields["relaxation"] = vars(left_out.relaxation)
    if whole and left_out.displaces:
        fields["displaces"] = list(left_out.displaces)
    return fields
