"""A whole day through real processes, and the lies that the promises must find."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from dispatch.people import vault
from dispatch.promises import Promise, Status, check_promises
from dispatch.settings import settings
from dispatch.store.engine import make_engine, reading

pytestmark = pytest.mark.timeout(900)

BUILT = (1, 2, 4, 6, 7, 8, 10)


@dataclass(frozen=True)
class Played:
    """A day that is over: the home that it left, and what the command said."""

    home: Path
    report: dict[str, Any]
    code: int
    errors: str


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One small day, played once for every test of this file."""
    home = tmp_path_factory.mktemp("day") / "home"
    report = home.parent / "report.json"
    words = ["demo", "--headless", "--size", "small", "--report", str(report)]
    ended = subprocess.run(
        [sys.executable, "-c", "from dispatch.cli import cli; cli()", *words],
        env={**os.environ, "DISPATCH_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    said = json.loads(report.read_text()) if report.exists() else {}
    return Played(home, said, ended.returncode, ended.stderr)


def test_a_small_day_goes_all_the_way(played: Played) -> None:
    assert played.code == 0, played.errors
    assert "trouble" not in played.errors
    told = {one["n"]: one["status"] for one in played.report["promises"]}
    assert [told[n] for n in BUILT] == ["held"] * len(BUILT)
    assert set(told.values()) <= {"held", "not built"}
    checked = {one["n"]: one["checked"] for one in played.report["promises"]}
    assert all(checked[n] > 0 for n in BUILT), checked


def test_the_day_has_the_size_that_it_should(played: Played) -> None:
    orders = played.report["orders"]
    by_state, by_channel = orders["by_state"], orders["by_channel"]
    assert orders["total"] == sum(by_state.values()) == sum(by_channel.values())
    assert 34 <= by_channel["delivery"] <= 50
    counter = by_channel["dine_in"] + by_channel["pickup"] + by_channel["proxy"]
    assert 140 <= counter <= 180
    assert by_channel["visit"] == 25 + 2  # and two baths, each by two people
    open_states = ("held", "waiting", "planned", "under_way", "unassigned")
    assert not any(by_state[state] for state in open_states)
    assert by_state["done"] > orders["total"] * 0.9


def test_every_kitchen_knows_where_its_portions_are(played: Played) -> None:
    parts = ("on_rounds", "pickup", "proxy", "dine_in", "no_show", "spare")
    kitchens = played.report["kitchens"]
    assert {row["serving"] for row in kitchens} == {"breakfast", "lunch", "dinner"}
    for row in kitchens:
        assert row["cooked"] == sum(row[part] for part in parts), row


def test_every_grant_has_its_reasons_and_the_ledger_balances(played: Played) -> None:
    grants, ledger = played.report["grants"], played.report["ledger"]
    assert len(grants) > 100
    for grant in grants:
        assert set(grant) == {"order", "rule", "version", "fen", "grade", "evidence"}
    assert ledger["debit_fen"] == ledger["credit_fen"] > 0


LIES = {
    "an order falls back": (
        1,
        "UPDATE orders SET state = 'waiting', grade = NULL WHERE id = "
        "(SELECT id FROM orders WHERE state = 'done' AND channel = 'dine_in' LIMIT 1)",
    ),
    "an order is gone": (
        1,
        "DELETE FROM orders WHERE id = "
        "(SELECT made_id FROM idempotency WHERE verb = 'order' LIMIT 1)",
    ),
    "an order is on no round": (
        1,
        "DELETE FROM stop_order; UPDATE orders SET state = 'planned', grade = NULL "
        "WHERE channel = 'delivery' AND state = 'done'",
    ),
    "a step is cut out of a story": (
        1,
        "DELETE FROM event WHERE id = (SELECT id FROM event WHERE subject = 'order' "
        "AND number = 2 LIMIT 1)",
    ),
    "a portion comes from nowhere": (
        1,
        "UPDATE sitting SET spare = spare + 1 WHERE id = "
        "(SELECT id FROM sitting WHERE cooked IS NOT NULL LIMIT 1)",
    ),
    "a portion is sold without an order": (
        1,
        "UPDATE sitting SET sold = sold + 1 WHERE id = "
        "(SELECT id FROM sitting WHERE cooked IS NOT NULL LIMIT 1)",
    ),
    "a proof is gone": (
        2,
        "DELETE FROM evidence WHERE id = "
        "(SELECT id FROM evidence WHERE counts LIMIT 1)",
    ),
    "a proof is made better": (
        2,
        "UPDATE evidence SET grade = 'A' WHERE grade = 'D'",
    ),
    "a proof no longer counts": (
        2,
        "UPDATE evidence SET counts = 0 WHERE id = (SELECT id FROM evidence LIMIT 1)",
    ),
    "nobody stands behind a proof": (
        2,
        "UPDATE evidence SET account_id = NULL WHERE origin = 'counter'",
    ),
    "a timer delivered": (
        2,
        "UPDATE event SET role = 'system' WHERE id = "
        "(SELECT id FROM event WHERE kind = 'order.done' LIMIT 1)",
    ),
    "a box was served past its time": (
        4,
        "UPDATE field_event SET corrected_at = datetime(corrected_at, '+5 hours') "
        "WHERE kind = 'handed_over'",
    ),
    "a lunch came at half past nine": (
        4,
        "UPDATE field_event SET corrected_at = datetime(corrected_at, '-3 hours') "
        "WHERE kind IN ('handed_over', 'arrived')",
    ),
    "a box rode for hours": (
        4,
        "UPDATE field_event SET corrected_at = datetime(corrected_at, '-2 hours') "
        "WHERE kind = 'picked_up'",
    ),
    "a plan is too early": (
        4,
        "UPDATE stop SET at = datetime(at, '-2 hours') WHERE kind = 'door'",
    ),
    "a bag on the handle is sold as a visit": (
        6,
        "UPDATE elder SET last_visit_at = last_seen_at WHERE last_seen_by = 'counter'",
    ),
    "somebody was seen whom nobody met": (
        6,
        "UPDATE elder SET last_seen_at = '2026-11-20 04:00:01' WHERE id = "
        "(SELECT id FROM elder WHERE usual_channel IS NULL LIMIT 1)",
    ),
    "a clock is gone": (6, "UPDATE elder SET last_seen_at = NULL"),
    "who was due is on no list": (6, "DELETE FROM duty_order"),
    "an entry is out by one fen": (
        7,
        "UPDATE ledger_posting SET fen = fen + 1 WHERE id = "
        "(SELECT id FROM ledger_posting LIMIT 1)",
    ),
    "a grant is one fen more": (
        7,
        "UPDATE subsidy_grant SET fen = fen + 1 WHERE id = "
        "(SELECT id FROM subsidy_grant LIMIT 1)",
    ),
    "a grant is for too low a grade": (
        7,
        "UPDATE subsidy_grant SET grade = 'E' WHERE id = "
        "(SELECT id FROM subsidy_grant WHERE reversed_by IS NULL LIMIT 1)",
    ),
    "a grant stands on somebody else's proof": (
        7,
        "UPDATE subsidy_grant SET evidence_id = (SELECT id FROM evidence LIMIT 1)",
    ),
    "an entry is gone": (
        7,
        "DELETE FROM ledger_posting WHERE entry_id = (SELECT id FROM ledger_entry "
        "LIMIT 1); DELETE FROM ledger_entry WHERE id = (SELECT id FROM ledger_entry "
        "LIMIT 1)",
    ),
    "a payment is gone": (
        7,
        "DELETE FROM payment WHERE id = (SELECT id FROM payment WHERE fen > 0 LIMIT 1)",
    ),
    "an acknowledged order is gone": (
        8,
        "DELETE FROM orders WHERE id = "
        "(SELECT made_id FROM idempotency WHERE verb = 'order' LIMIT 1)",
    ),
    "an acknowledged event is gone": (
        8,
        "DELETE FROM field_event WHERE id = (SELECT id FROM field_event LIMIT 1)",
    ),
    "two keys made one thing": (
        8,
        "UPDATE idempotency SET made_id = (SELECT made_id FROM idempotency "
        "WHERE verb = 'order' LIMIT 1) WHERE verb = 'order'",
    ),
    "the feed has a gap": (
        8,
        "UPDATE outbox SET feed_seq = NULL WHERE feed_seq = 10",
    ),
    "an event never reached the feed": (
        8,
        "DELETE FROM outbox WHERE feed_seq = (SELECT head FROM feed); "
        "UPDATE feed SET head = head - 1",
    ),
    "a look is not in the audit": (10, "DELETE FROM audit"),
    "a name stands in an event": (
        10,
        "UPDATE event SET facts = json_set(facts, '$.who', '15400000005') WHERE id = "
        "(SELECT id FROM event LIMIT 1)",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_in_the_database_is_found(played: Played, copied: Path, lie: str) -> None:
    number, statements = LIES[lie]
    tamper(copied, statements)
    broken = [one.n for one in look(copied) if one.status is Status.BROKEN]
    assert number in broken


def test_the_untouched_copy_holds(copied: Path) -> None:
    assert [one for one in look(copied) if one.broken] == []


def test_a_phone_number_in_a_log_is_found(copied: Path) -> None:
    with copied.joinpath("logs", "web.log").open("a") as log:
        log.write("called 15400000017 at 10:30\n")
    broken = {one.n: one.broken for one in look(copied) if one.broken}
    assert broken == {10: ["personal data in log web.log"]}


@pytest.fixture
def copied(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The played day's home once more, to be spoilt."""
    assert played.code in (0, 1), played.errors
    home = tmp_path / "home"
    home.mkdir()
    for name in ("liuzhu.db", "keys.json", "demo-history.jsonl"):
        shutil.copy(played.home / name, home / name)
    shutil.copytree(played.home / "logs", home / "logs")
    monkeypatch.setenv("DISPATCH_KEYS_FILE", str(home / "keys.json"))
    forget_keys()
    yield home
    monkeypatch.undo()
    forget_keys()


def forget_keys() -> None:
    settings.cache_clear()
    vault.keys.cache_clear()


def tamper(home: Path, statements: str) -> None:
    """Change the database behind everybody's back; its guards are taken off first."""
    connection = sqlite3.connect(home / "liuzhu.db")
    try:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for name in ("one_counts", "one_live_grant", "one_grant_a_window"):
            connection.execute(f"DROP INDEX IF EXISTS {name}")
        connection.executescript(statements)
        connection.commit()
    finally:
        connection.close()


def look(home: Path) -> list[Promise]:
    engine = make_engine(f"sqlite:///{home / 'liuzhu.db'}")
    try:
        with Session(reading(engine)) as session:
            return check_promises(session, home=home, played=True)
    finally:
        engine.dispose()
