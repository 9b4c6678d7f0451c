"""How a day went: said in words, written as a report, summed up in an exit code."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.bootstrap.progress import say
from dispatch.demo.day import Outcome
from dispatch.demo.district import District
from dispatch.demo.report import make_report
from dispatch.promises import Promise, Status, check_promises
from dispatch.running import redis_address
from dispatch.settings import Settings
from dispatch.store.engine import reading

_MOST_LINES = 20


def judge(
    engine: Engine,
    chosen: Settings,
    district: District,
    outcome: Outcome,
    report_file: Path | None,
) -> bool:
    """Say how the day went and write the report.

    Returns whether every promise held and had something to hold in, the followed feed
    was whole, and no door answered anybody in a way that its contract does not know.
    """
    _tell_outcome(outcome)
    with Session(reading(engine)) as session:
        promises = check_promises(
            session, home=chosen.home, redis_url=redis_address(chosen), played=True
        )
        report = make_report(
            session,
            district.day,
            seed=district.seed,
            size=district.size.name,
            promises=promises,
        )
    if report_file:
        text = json.dumps(report, ensure_ascii=False, indent=1)
        report_file.write_text(text + "\n", encoding="utf-8")
    for promise in promises:
        say(f"promise {promise.n}: {promise.status.value} ({promise.checked} checked)")
        for words in promise.broken[:10]:
            say(f"    {words}")
        for words in promise.not_looked_at:
            say(f"    not looked at: {words}")
    for words in outcome.feed[:10]:
        say(f"    feed: {words}")
    click.echo(json.dumps(_summary(report), ensure_ascii=False))
    return all_held(promises) and not outcome.feed and not outcome.troubles


def all_held(promises: Sequence[Promise]) -> bool:
    """Of what is built none is broken, and none held for want of anything to check.

    A day is judged while its house stands: whatever could not be read then is a fault.
    """
    unseen = [p.n for p in promises if p.not_looked_at]
    empty = [p.n for p in promises if p.status is Status.HELD and not p.checked]
    if empty:
        say(f"nothing was there to check for promises {empty}")
    fine = all(p.status is not Status.BROKEN for p in promises)
    return fine and not empty and not unseen


def _tell_outcome(outcome: Outcome) -> None:
    said = ", ".join(f"{word} {count}" for word, count in sorted(outcome.told.items()))
    say(f"the doors answered: {said}")
    for trouble in outcome.troubles[:_MOST_LINES]:
        say(f"trouble: {trouble}")
    if len(outcome.troubles) > _MOST_LINES:
        say(f"trouble: and {len(outcome.troubles) - _MOST_LINES} more")


def _summary(report: Mapping[str, object]) -> dict[str, object]:
    """What standard output holds: the report without its long lists."""
    grants = report["grants"]
    assert isinstance(grants, list)  # noqa: S101
    promises = report["promises"]
    assert isinstance(promises, list)  # noqa: S101
    return {
        "size": report["size"],
        "seed": report["seed"],
        "orders": report["orders"],
        "grants": len(grants),
        "ledger": report["ledger"],
        "promises": {one["n"]: one["status"] for one in promises},
    }
