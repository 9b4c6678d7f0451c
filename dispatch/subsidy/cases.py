"""Case files: made-up persons with orders, stations with months, and the answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from dispatch.subsidy.case_shapes import Case, PersonCase, StationCase
from dispatch.subsidy.json_files import read_json
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.strict import (
    BadFile,
    Fault,
    Many,
    Place,
    Strict,
    faults_of,
)

KNOWN_RELIEF = ("TK", "DB", "DBBY")


class _File(Strict):
    format: Literal["liuzhu-cases/1"]
    cases: Many[dict[str, Any]]


def read_cases(path: Path, policy: Policy) -> list[Case]:
    """Read a case file and hold it against the rules that it will be asked by.

    Raises:
        BadFile: it cannot be read, or a case makes no sense.
    """
    data = read_json(path)
    faults: list[Fault] = []
    cases: list[Case] = []
    try:
        found = _File.model_validate(data)
    except ValidationError as error:
        raise BadFile(
            str(path), faults_of(error, lambda at: _place(data, at))
        ) from error
    for i, raw in enumerate(found.cases):
        kind = StationCase if "station" in raw else PersonCase
        try:
            case: Case = kind.model_validate(raw)
        except ValidationError as error:
            faults += faults_of(error, lambda at, i=i: _place(data, ("cases", i, *at)))
            continue
        cases.append(case)
        if isinstance(case, PersonCase):
            faults += [
                Fault(_place(data, ("cases", i, *at)), problem, remedy)
                for at, problem, remedy in case_misfits(case, policy)
            ]
    if faults:
        raise BadFile(str(path), faults)
    return cases


def case_misfits(case: PersonCase, policy: Policy) -> Iterator[tuple[Place, str, str]]:
    """Place, problem and remedy of what these rules know nothing about."""
    yield from _relief(case, policy)
    rules = {rule.id: rule for rule in policy.subsidy}
    known = f"use one of {', '.join(rules)}"
    for i, earlier in enumerate(case.history):
        for part, named in (("granted", earlier.granted), ("counts", earlier.counts)):
            for name in named.keys() - rules.keys():
                yield ("history", i, part), f"unknown subsidy {name!r}", known
    for name in case.used:
        if name not in rules:
            yield ("used",), f"unknown subsidy {name!r}", known
        elif rules[name].caps.counts().keys() & rules[name].caps.fens().keys():
            yield (
                ("used", name),
                "the rule caps both grants and fen in one span",
                "give the earlier grants in history",
            )
    yield from _orders(case, policy)


def _relief(case: PersonCase, policy: Policy) -> Iterator[tuple[Place, str, str]]:
    tests = [test for category in policy.category for test in category.when.tests()]
    tests += [exclude.condition for exclude in policy.exclude]
    asked = {str(v) for test in tests if test.f == "relief" for v in test.values()}
    known = asked.union(KNOWN_RELIEF)
    if case.person.relief is not None and case.person.relief not in known:
        yield (
            ("person", "relief"),
            f"unknown relief {case.person.relief!r}",
            f"use null or one of {', '.join(sorted(known))}",
        )


def _orders(case: PersonCase, policy: Policy) -> Iterator[tuple[Place, str, str]]:
    groups = {rule.group for rule in policy.subsidy}
    payers = {"ltci", *policy.stacking.order} - groups - {"self"}
    seen: set[str] = set()
    for i, order in enumerate(case.orders):
        at: Place = ("orders", i)
        if order.id in seen:
            yield (*at, "id"), f"the id {order.id!r} stands twice", "use each id once"
        seen.add(order.id)
        for name in order.external.keys() - payers:
            yield (
                (*at, "external"),
                f"unknown payer {name!r}",
                f"use one of {', '.join(sorted(payers))}",
            )
        if sum(order.external.values()) > order.price_fen + order.fee_fen:
            yield (
                (*at, "external"),
                "others pay more than price_fen + fee_fen",
                "correct the sums",
            )


def _place(data: object, path: Place) -> str:
    """The path in words, with the ids of cases and orders."""
    words = ""
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
        name = data.get("id") if isinstance(data, dict) else None
        if isinstance(part, int) and isinstance(name, str):
            words += f' ("{name}")'
    return words.replace('").', '") ') or "file"
