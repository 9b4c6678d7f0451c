"""A whole day through real processes, and the lies that the promises must find."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from dispatch.counter.cash_days import CashDay, CashState
from dispatch.exchange.forms import FORMS
from dispatch.exchange.forms.rows import Span
from dispatch.kitchens.returns import BoxReturn, Step
from dispatch.orders.orders import Order, OrderState
from dispatch.people.vault import find_owners
from dispatch.promises import Promise, Status, check_promises
from dispatch.promises.history import HISTORY_FILE
from dispatch.safety.help_calls import HelpCall, HelpOutcome
from dispatch.settings import settings
from dispatch.store.engine import make_engine, reading
from dispatch.store.unit_of_work import Actor, picture
from tests.journeys.canary import CANARY, told_to_redis, traces
from tests.journeys.lies import LIES
from tests.journeys.shooting import KILLS, shot_at_lunch

pytestmark = pytest.mark.timeout(900)

DAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Played:
    """A day that is over: the home that it left, and what the command said."""

    home: Path
    report: dict[str, Any]
    code: int
    errors: str
    killed: list[str]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One small day, played once for every test of this file, its processes shot."""
    home = tmp_path_factory.mktemp("day") / "home"
    report = home.parent / "report.json"
    words = ["demo", "--headless", "--size", "small", "--report", str(report)]
    with shot_at_lunch(home) as killed:
        ended = subprocess.run(
            [sys.executable, "-c", "from dispatch.cli import cli; cli()", *words],
            env={
                **os.environ,
                "DISPATCH_HOME": str(home),
                "DISPATCH_SWEEP_SECONDS": "0.5",  # the day waits for what is due
            },
            capture_output=True,
            text=True,
        )
    said = json.loads(report.read_text()) if report.exists() else {}
    return Played(home, said, ended.returncode, ended.stderr, killed)


def test_a_small_day_goes_all_the_way_whatever_dies(played: Played) -> None:
    assert played.code == 0, played.errors
    assert "trouble" not in played.errors
    assert played.killed == [name for _, name in KILLS]
    told = {one["n"]: one["status"] for one in played.report["promises"]}
    assert told == dict.fromkeys(range(1, 11), "held")
    checked = {one["n"]: one["checked"] for one in played.report["promises"]}
    assert all(checked.values()), checked


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


def test_the_evening_closes_the_cash_and_every_form_has_lines(copied: Path) -> None:
    office = Actor(role="district")
    engine = make_engine(f"sqlite:///{copied / 'liuzhu.db'}")
    try:
        with picture(engine, office) as seen:
            empty = [
                word
                for word, form in FORMS.items()
                if not form.rows(seen, Span(DAY, DAY), frozenset())
            ]
            drawers = seen.session.exec(select(CashDay.state)).all()
            returned = seen.session.exec(select(BoxReturn.step)).all()
            helped = seen.session.exec(select(HelpCall.outcome)).all()
    finally:
        engine.dispose()
    assert empty == []
    assert set(drawers) == {CashState.CLOSED}
    assert Step.TAKEN_BACK in returned
    assert helped == [HelpOutcome.HELPED]


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


@pytest.mark.proves("S20", "F97")
def test_one_unmistakable_elder_stands_in_no_file_of_the_day(
    played: Played, copied: Path
) -> None:
    engine = make_engine(f"sqlite:///{copied / 'liuzhu.db'}")
    try:
        with Session(reading(engine)) as session:
            [whose] = find_owners(session, "phone", CANARY["phone"])
            states = session.exec(select(Order.state).where(Order.elder_id == whose))
            assert {*states} & {OrderState.DONE, OrderState.FAILED}
    finally:
        engine.dispose()
    files = [path for path in played.home.rglob("*") if path.is_file()]
    told = [*told_to_redis(played.home)]

    found = [(path.name, traces(path.read_bytes())) for path in files]
    assert [one for one in found if one[1]] == []
    assert traces("\n".join((played.errors, str(played.report))).encode()) == []
    assert [traces(word) for word in told if traces(word)] == []
    assert {"web.log", "work-1.log", "liuzhu.db", HISTORY_FILE} <= {
        p.name for p in files
    }
    assert any(b"dispatch.planning.jobs" in word for word in told)


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
    forget_settings()
    yield home
    monkeypatch.undo()
    forget_settings()


def forget_settings() -> None:
    settings.cache_clear()


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
