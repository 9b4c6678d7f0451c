"""Running a rule file's own golden cases: what it says it gives, and what it gives."""

from collections.abc import Iterator
from typing import Any

from dispatch.subsidy.answers import answer_cases
from dispatch.subsidy.case_shapes import PersonCase
from dispatch.subsidy.cases import case_misfits
from dispatch.subsidy.own_cases import ExpectedMonth, OwnCase, OwnOrder
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.policy_files import place_of
from dispatch.subsidy.strict import BadFile, Fault, Place

Answer = dict[str, Any]
Broken = tuple[Place, str, str]  # place in the file, problem, remedy


def run_golden(policy: Policy) -> list[Broken]:
    """Every golden case that does not come out as the file says; empty: all pass."""
    broken: list[Broken] = []
    for i, own in enumerate(policy.golden):
        at: Place = ("golden", i)
        case = own.case
        if isinstance(case, PersonCase):
            misfits = list(case_misfits(case, policy))
            broken += [((*at, *where), what, way) for where, what, way in misfits]
            if misfits:
                continue
        (answer,) = answer_cases(policy, [case])["cases"]
        broken += [(at, words, _REMEDY) for words in _differences(own, answer)]
    return broken


def hold_golden(policy: Policy, words: str, name: str) -> None:
    """Refuse a file that contradicts itself.

    Raises:
        BadFile: a golden case does not come out; `name` is what the file is called.
    """
    if broken := run_golden(policy):
        faults = [Fault(place_of(words, at), *what) for at, *what in broken]
        raise BadFile(name, faults)


_REMEDY = "correct the rule, or the case where the notice says otherwise"


def _differences(own: OwnCase, answer: Answer) -> Iterator[str]:
    if own.expect is not None:
        yield from _month(own.id, own.expect, answer)
        return
    for order, found in zip(own.orders, answer["orders"], strict=True):
        for what, expected, came in _order(order, found):
            if expected != came:
                yield f"{own.id}/{order.id}: {what} {came}, expected {expected}"


def _order(order: OwnOrder, found: Answer) -> Iterator[tuple[str, object, object]]:
    expect = order.expect
    yield "lines", dict(expect.lines), _lines(found)
    said = _refused(found)
    for name, because in expect.refused.items():
        yield f"refusal of {name}", because, said.get(name)
    if expect.self_fen is not None:
        yield "self_fen", expect.self_fen, found["self_fen"]
    if expect.anomalies is not None:
        yield "anomalies", list(expect.anomalies), found["anomalies"]


def _month(name: str, expect: ExpectedMonth, found: Answer) -> Iterator[str]:
    came, said = _lines(found), _refused(found)
    if dict(expect.lines) != came:
        yield f"{name}: lines {came}, expected {dict(expect.lines)}"
    for rule, because in expect.refused.items():
        if said.get(rule) != because:
            yield f"{name}: refusal of {rule} {said.get(rule)}, expected {because}"


def _lines(found: Answer) -> dict[str, int]:
    return {line["subsidy"]: line["fen"] for line in found["lines"]}


def _refused(found: Answer) -> dict[str, str]:
    return {one["subsidy"]: one["because"] for one in found["refused"]}
