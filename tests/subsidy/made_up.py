"""Short ways to say a person, an order, a case, and to ask the rules about it."""

import json
from pathlib import Path
from typing import Any

from dispatch.subsidy.answers import answer_cases
from dispatch.subsidy.cases import read_cases
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.policy_files import DEMO_POLICY, read_policy
from dispatch.subsidy.strict import BadFile

Case = dict[str, Any]

# In the demo rules this makes somebody a basic-service person: registered here,
# on minimum living relief, and moderately disabled by a fresh assessment.
ENTITLED: Case = {
    "born_on": "1953-04-02",
    "hukou_in_district": True,
    "relief": "DB",
    "ability_level": 2,
    "assessed_on": "2025-11-03",
}
DEMENTED: Case = {"age": 72, "hukou_in_district": True, "dementia": True}


def demo_policy() -> Policy:
    return read_policy(DEMO_POLICY)


def lunch(price_fen: int, **more: Any) -> Case:
    """An eaten-in lunch on a Monday in May, the person seen."""
    return {
        "id": "o1",
        "service": "MEAL_DINEIN",
        "meal": "LUNCH",
        "on": "2026-05-11",
        "price_fen": price_fen,
        "grade": "A",
    } | more


def bath(price_fen: int, **more: Any) -> Case:
    return {
        "id": "o1",
        "service": "BATH_HOME_BED",
        "on": "2026-05-11",
        "price_fen": price_fen,
        "grade": "A",
    } | more


def document(*cases: Case) -> Case:
    named = [{"id": f"c{i}"} | case for i, case in enumerate(cases)]
    return {"format": "liuzhu-cases/1", "cases": named}


def ask(
    tmp_path: Path,
    person: Case,
    *orders: Case,
    policy: Policy | None = None,
    **more: Any,
) -> list[Case]:
    """The answers for one person's orders, through the same door as `grant`."""
    case = {"person": person, "orders": list(orders)} | more
    found = answer(tmp_path, document(case), policy)["cases"][0]["orders"]
    assert isinstance(found, list)
    return found


def answer(tmp_path: Path, data: object, policy: Policy | None = None) -> Case:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    rules = policy or demo_policy()
    return answer_cases(rules, read_cases(path, rules))


def granted(order: Case) -> dict[str, int]:
    return {line["subsidy"]: line["fen"] for line in order["lines"]}


def refused(order: Case) -> dict[str, str]:
    return {said["subsidy"]: said["because"] for said in order["refused"]}


def changed(tmp_path: Path, *swaps: tuple[str, str]) -> Policy:
    """The demo rules with some of their text replaced."""
    text = DEMO_POLICY.read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new)
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return read_policy(path)


def complaint(tmp_path: Path, *swaps: tuple[str, str]) -> str:
    """What is said about the demo rules with some of their text replaced."""
    try:
        changed(tmp_path, *swaps)
    except BadFile as error:
        return str(error)
    raise AssertionError("the file was accepted")
