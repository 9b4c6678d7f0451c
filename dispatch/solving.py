"""The commands `solve` and `check`: plan a problem file, judge a plan file.

A problem is `liuzhu-problem/1`, or a `.txt` file of a public benchmark, whose cost is
then printed in its own unit and convention. Each prints one JSON line on standard
output. Exit codes: 0 done (also when tasks are left out), 1 a rule is broken or an
engine is missing, 2 bad input.
"""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from routing import (
    BadProblem,
    BrokenRule,
    Effort,
    EngineMissing,
    Plan,
    Source,
    read_plan,
    read_source,
    write_plan,
)

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("problem", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="Where the plan is written.")
@click.option("--seconds", type=float, help="Stop by the clock (default: 5).")
@click.option("--iterations", type=int, help="Stop by count; then repeatable.")
@click.option("--threads", type=int, default=1, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--engine", default="auto", show_default=True, help="auto|search|ortools|pyvrp"
)
@click.option("--vehicles", type=int, help="At most so many vehicles leave.")
def solve(problem: Path, out: Path, **effort: Any) -> None:
    """Plan the file PROBLEM (liuzhu-problem/1, or a public benchmark's .txt)."""
    try:
        given = read_source(problem)
        plan = given.solve(Effort(**effort))
        write_plan(plan, out)
        line = plan_line(given, plan)
    except (BadProblem, OSError) as bad:
        _stop(bad, code=2)
    except EngineMissing as missing:
        _stop(missing, code=1)
    click.echo(json.dumps(line, ensure_ascii=False))


@click.command()
@click.argument("problem", type=_FILE)
@click.argument("plan", type=_FILE)
def check(problem: Path, plan: Path) -> None:
    """Judge the file PLAN (liuzhu-plan/1) by the file PROBLEM."""
    try:
        given, proposed = read_source(problem), read_plan(plan)
        broken = given.broken_rules(proposed)
        line = check_line(given, proposed, broken)
    except BadProblem as bad:
        _stop(bad, code=2)
    click.echo(json.dumps(line, ensure_ascii=False))
    sys.exit(1 if broken else 0)


def plan_line(given: Source, plan: Plan) -> dict[str, Any]:
    """What a script wants to know of a plan."""
    return {
        "problem": plan.problem,
        "cost": given.cost_line(plan),
        "left_out": len(plan.left_out),
        "routes": len(plan.routes),
        "seconds": plan.seconds_used,
        "engine": plan.decided_by[-1],
        "decided_by": list(plan.decided_by),
    }


def check_line(given: Source, plan: Plan, broken: list[BrokenRule]) -> dict[str, Any]:
    """What a script wants to know of a judgement."""
    return {
        "problem": given.problem.name,
        "broken": [rule._asdict() for rule in broken],
        "cost": given.cost_line(plan),
        "left_out": len(plan.left_out),
    }


def _stop(trouble: Exception, *, code: int) -> NoReturn:
    """Say it to people on standard error, to scripts on standard output."""
    click.echo(str(trouble), err=True)
    line = {"error": str(trouble), "field": getattr(trouble, "field", None)}
    click.echo(json.dumps(line, ensure_ascii=False))
    sys.exit(code)
