"""A month with one known lie for each rule: what the screens find, and what honest
money they hold.

    python3 benchmarks/fraud.py --size district --seed 1

Two honest months and one that is lied about are made up on SQLite (or `--database`),
and every day of the last is screened as the night does. Recall: of what was planted,
how much its own rule found. Precision: of what a rule found, how much was about
something planted, under this rule or another. False holds: honest orders whose money
was held, of all honest orders.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine  # noqa: E402 - the checkout comes first
from sqlmodel import Session  # noqa: E402

from benchmarks.money_house import (  # noqa: E402
    ORDERS,
    build,
    fill,
    months_until,
    say,
)
from dispatch.demo.past.facts import Truth  # noqa: E402
from dispatch.demo.past.settling import month_days  # noqa: E402
from dispatch.store.engine import reading  # noqa: E402
from dispatch.subsidy.anomalies.finding import (  # noqa: E402
    AnomalyRule,
    Finding,
    Level,
    thresholds,
)
from dispatch.subsidy.anomalies.screening import find_of_day  # noqa: E402
from dispatch.subsidy.rule_versions import rules_on  # noqa: E402


def subjects_of(found: Finding) -> set[str]:
    """What a finding is about, in the words of the truth list."""
    told: set[object] = {found.order_id, found.other_order_id}
    match found.rule:
        case AnomalyRule.JUMP:
            told.add(f"{found.station_id}:{found.service_on}")
        case AnomalyRule.UNSEEN:
            told.add(found.elder_id)
        case AnomalyRule.SHARED:
            told.update([found.elder_id, *found.measured.get("elders", ())])
        case AnomalyRule.ALWAYS_GOOD:
            told.add(found.helper_id)
        case _:
            pass
    return {str(each) for each in told if each is not None}


def screen(engine: Engine, month: str) -> tuple[int, list[Finding], float]:
    """Every day of the month, each finding once."""
    kept: dict[str, Finding] = {}
    orders, begun = 0, time.perf_counter()
    with Session(reading(engine)) as session:
        for day in month_days(month):
            looked_at, found = find_of_day(session, day)
            orders += looked_at
            for one in found:
                kept.setdefault(one.key, one)
    return orders, list(kept.values()), time.perf_counter() - begun


def holds(engine: Engine, month: str, found: list[Finding]) -> set[str]:
    """The orders whose money these findings hold."""
    with Session(reading(engine)) as session:
        told = thresholds(rules_on(session, month_days(month)[0]).policy.anomalies)
    held = set()
    for one in found:
        level: Level = one.level or told[one.rule].level
        if level.holds and one.order_id is not None:
            held.add(str(one.order_id))
    return held


def table(truth: Truth, found: list[Finding]) -> dict[str, dict[str, object]]:
    """By rule: planted, found, recall, precision."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for one in found:
        by_rule[one.rule.value].append(one)
    lied = truth.lied_about
    rows: dict[str, dict[str, object]] = {}
    for rule in sorted({*truth.lies, *by_rule}):
        planted = truth.lies.get(rule, set())
        hit: set[str] = set().union(*(subjects_of(one) for one in by_rule[rule]))
        right = sum(bool(subjects_of(one) & lied) for one in by_rule[rule])
        rows[rule] = {
            "planted": len(planted),
            "found_of_them": len(planted & hit),
            "recall": _share(len(planted & hit), len(planted)),
            "findings": len(by_rule[rule]),
            "precision": _share(right, len(by_rule[rule])),
        }
    return rows


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", choices=sorted(ORDERS), default="district")
    asked.add_argument("--orders", type=int, help="of a month")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--months", type=int, default=3)
    asked.add_argument("--database", help="an empty one; SQLite in a folder otherwise")
    told = asked.parse_args()
    with TemporaryDirectory(prefix="liuzhu-fraud-") as folder:
        url = told.database or f"sqlite:///{Path(folder) / 'fraud.db'}"
        engine = build(url, told.size, told.seed)
        months = months_until("2026-10", told.months)
        orders = told.orders or ORDERS[told.size]
        truth = fill(engine, months, orders, told.seed, fraud=True)
        say("screening")
        looked_at, found, seconds = screen(engine, months[-1])
        held = holds(engine, months[-1], found)
        false = held - truth.lied_about
        result = {
            "orders_screened": looked_at,
            "screening_seconds": round(seconds, 1),
            "rules": table(truth, found),
            "held": len(held),
            "false_holds": len(false),
            "false_holds_share": _share(len(false), looked_at - len(truth.lied_about)),
        }
        print(json.dumps(result, ensure_ascii=False, indent=1))
        engine.dispose()


if __name__ == "__main__":
    main()
