"""The process in which CP-SAT decides: a question on standard input, answers out.

Each improvement is told at once, one line of JSON, because this process may be
killed at any moment. OR-Tools' own names stay in this module.
"""

import json
import sys
import time
from typing import Any

from ortools.sat.python import cp_model


def main() -> int:
    question = json.load(sys.stdin)
    ends = time.monotonic() + question["seconds"]
    for number, wanted in enumerate(question["wanted"]):
        _decide(number, wanted, question, ends)
    return 0


def _decide(
    number: int, wanted: dict[str, Any], question: dict[str, Any], ends: float
) -> None:
    model = cp_model.CpModel()
    choices = _model_of(model, wanted)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = question["seed"]
    solver.parameters.linearization_level = 2 if question["tight"] else 1
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.max_deterministic_time = question["work"]
    solver.parameters.max_time_in_seconds = max(0.01, ends - time.monotonic())
    telling = _Telling(number, choices)
    status = solver.solve(model, telling)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        _tell(
            number,
            [n for n, taken in enumerate(choices) if solver.boolean_value(taken)],
            proven=status == cp_model.OPTIMAL,
            bound=int(solver.best_objective_bound),
            final=True,
        )
    else:
        _tell(number, wanted["start"], proven=False, bound=None, final=True)


def _model_of(model: cp_model.CpModel, wanted: dict[str, Any]) -> list[Any]:
    """Fill a model; returns its choices."""
    choices = [model.new_bool_var("") for _ in wanted["prices"]]
    known, prices = list(choices), list(wanted["prices"])
    start = set(wanted["start"])
    for number, choice in enumerate(choices):
        model.add_hint(choice, number in start)
    taken = set(start)
    for numbers, price in wanted["onces"]:
        once = model.new_bool_var("")
        for number in numbers:
            model.add_implication(choices[number], once)
        paid = not start.isdisjoint(numbers)
        model.add_hint(once, paid)
        if paid:
            taken.add(len(known))
        known.append(once)
        prices.append(price)
    priced = list(known)
    for numbers, weights, least, most, price in wanted["sums"]:
        terms = cp_model.LinearExpr.weighted_sum([known[n] for n in numbers], weights)
        if least is not None:
            model.add(terms >= least)
        if most is None:
            continue
        if price is None:
            model.add(terms <= most)
            continue
        much = max(0, sum(w for w in weights if w > 0) - most)
        over = model.new_int_var(0, much, "")
        model.add(over >= terms - most)
        pairs = zip(numbers, weights, strict=True)
        model.add_hint(over, max(0, sum(w for n, w in pairs if n in taken) - most))
        priced.append(over)
        prices.append(price)
    model.minimize(cp_model.LinearExpr.weighted_sum(priced, prices))
    return choices


class _Telling(cp_model.CpSolverSolutionCallback):
    """Tells each improvement."""

    def __init__(self, number: int, choices: list[Any]) -> None:
        super().__init__()
        self._number, self._choices = number, choices

    def on_solution_callback(self) -> None:
        values = (self.boolean_value(choice) for choice in self._choices)
        chosen = [n for n, taken in enumerate(values) if taken]
        bound = int(self.best_objective_bound)
        _tell(self._number, chosen, proven=False, bound=bound, final=False)


def _tell(
    number: int, chosen: list[int], *, proven: bool, bound: int | None, final: bool
) -> None:
    said = {"of": number, "chosen": chosen, "proven": proven}
    sys.stdout.write(json.dumps({**said, "bound": bound, "final": final}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
