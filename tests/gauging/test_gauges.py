"""The gauges: named once, documented, and true of a house that one can look into."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import yaml
from sqlmodel import Session

from dispatch.backups.runs import BackupRun, RunKind
from dispatch.clock import wall_now
from dispatch.gauging.gauges import (
    GAUGES,
    as_text,
    read_disk,
    read_gauges,
    read_parts,
)
from dispatch.gauging.signs import SystemState, judge
from dispatch.orders.orders import get_order
from dispatch.planning.plans import Stop
from dispatch.safety.cases import CaseKind
from dispatch.safety.opening import open_case
from dispatch.settings import Settings
from dispatch.silence import House, SilentPart
from dispatch.store.unit_of_work import UnitOfWork, picture
from tests.engines import ON_ONE_ENGINE
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import EIGHT, LittleTown
from tests.planning.lunch_wave import ask, order_lunch

REFERENCE: Final = Path(__file__).resolve().parents[2] / "docs" / "reference"
NOW: Final = datetime(2026, 11, 22, 4, tzinfo=UTC)
WELL: Final = {
    **dict.fromkeys(GAUGES, 0.0),
    **read_parts(House(silent=[])),
    "liuzhu_disk_free_ratio": 0.5,
}


def test_every_gauge_is_described_and_no_other() -> None:
    page = (REFERENCE / "metrics.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(liuzhu_\w+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows == dict(GAUGES)


def test_every_rule_asks_for_a_gauge_that_exists() -> None:
    groups = yaml.safe_load((REFERENCE / "alerts.yml").read_text(encoding="utf-8"))
    rules = [rule for group in groups["groups"] for rule in group["rules"]]
    asked = {name for r in rules for name in re.findall(r"liuzhu_\w+", r["expr"])}

    assert asked == {*GAUGES}
    assert all({"summary", "todo"} == {*rule["annotations"]} for rule in rules)


def test_the_house_is_read_as_it_stands(town: LittleTown, tmp_path: Path) -> None:
    order_lunch(town)
    ask(town)

    with picture(town.engine) as seen:
        told = read_gauges(seen, [])
    beside = {**read_parts(House(silent=[])), **read_disk(_chosen(tmp_path))}
    text = as_text({**told, **beside})

    assert told["liuzhu_queue_waiting"] == 1
    assert told["liuzhu_feed_waiting"] > 0
    assert "liuzhu_backup_age_seconds" not in told
    assert 'liuzhu_part_silent{part="relay"} 0' in text
    assert re.fullmatch(r"(# (HELP|TYPE) .+\n|liuzhu_\S+ \S+\n)+", text)


@ON_ONE_ENGINE
def test_runs_and_cases_are_counted(town: LittleTown) -> None:
    order_id = order_lunch(town)
    with Session(town.engine) as session:
        uow = UnitOfWork(session, EIGHT, town.dispatcher)
        open_case(uow, get_order(session, order_id), CaseKind.NO_ANSWER, EIGHT, None)
        for kind, passed, hours in (
            (RunKind.BACKUP, True, 2),
            (RunKind.BACKUP, False, 1),
            (RunKind.DRILL, True, 30),
        ):
            at = wall_now() - timedelta(hours=hours)
            session.add(
                BackupRun(kind=kind, name="", began_at=at, ended_at=at, passed=passed)
            )
        session.commit()
    town.at(EIGHT + timedelta(hours=1))
    with picture(town.engine) as seen:
        told = read_gauges(seen, [])

    assert (told["liuzhu_cases_open"], told["liuzhu_cases_overdue"]) == (1, 1)
    assert told["liuzhu_backup_failed"] == 1
    assert round(told["liuzhu_backup_age_seconds"]) // 3600 == 2
    assert told["liuzhu_drill_failed"] == 0


@ON_ONE_ENGINE
def test_a_long_visit_is_no_silent_phone(town: LittleTown) -> None:
    walk = make_walk(town, visits=[town.add_elder()])
    with Session(town.engine) as session:
        session.get_one(Stop, walk.stops[0]).leaves_at = HALF_PAST + timedelta(hours=1)
        session.commit()
    phone = Phone(walk)
    phone.at_stop("visit_begun", HALF_PAST)
    phone.sync(HALF_PAST)

    def unheard_after(minutes: int) -> float:
        town.at(HALF_PAST + timedelta(minutes=minutes))
        with picture(town.engine) as seen:
            return read_gauges(seen, [])["liuzhu_phones_unheard"]

    assert [unheard_after(minutes) for minutes in (55, 79, 81)] == [0, 0, 1]


@pytest.mark.parametrize(
    ("gauge", "value", "red"),
    [
        ("liuzhu_drill_age_seconds", 7 * 86400 + 1, ["drill"]),
        ("liuzhu_drill_age_seconds", 7 * 86400 - 1, []),
        ("liuzhu_backup_failed", 1, ["backup"]),
        ("liuzhu_disk_free_ratio", 0.09, ["disk"]),
        ("liuzhu_queue_age_seconds", 61, ["queue"]),
        ("liuzhu_promises_broken", 1, ["promises"]),
        ("liuzhu_cases_overdue", 1, ["cases"]),
        ("liuzhu_journal_kept_bytes", 2e9 + 1, ["journal"]),
        ("liuzhu_journal_kept_bytes", 2e9, []),
    ],
)
def test_what_is_red(gauge: str, value: float, red: list[str], tmp_path: Path) -> None:
    chosen = _chosen(tmp_path, backups=tmp_path, keys_copy=tmp_path)

    assert _red(judge(WELL | {gauge: value}, chosen, NOW)) == red


def test_a_house_without_backups_is_red_and_a_demo_is_not(tmp_path: Path) -> None:
    never = {k: v for k, v in WELL.items() if "_age_" not in k or "queue" in k}
    live = _chosen(tmp_path, stage="live", secret="not the stock one")
    parts = read_parts(House(silent=[SilentPart(part="relay", seconds=None)]))

    assert _red(judge(never, live, NOW)) == ["backup", "drill"]
    assert _red(judge({**never, **parts}, _chosen(tmp_path), NOW)) == ["part_relay"]
    away = _red(judge({**parts, "liuzhu_disk_free_ratio": 0.5}, live, NOW))
    assert away == ["part_relay", "database"]  # a backup of which nobody knows is not


def _red(state: SystemState) -> list[str]:
    return [sign.code for sign in state.signs if sign.level == "alarm"]


def _chosen(home: Path, **told: object) -> Settings:
    return Settings.model_validate({"stage": "test", "home": home, **told})
