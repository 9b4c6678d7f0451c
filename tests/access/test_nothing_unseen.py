"""A promise is not held because nobody could look."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import Session

from dispatch.cli import cli
from dispatch.demo.judging import all_held
from dispatch.promises import Promise, Status
from dispatch.promises.checking import Look, Premises
from dispatch.promises.history import HISTORY_FILE, history_file
from dispatch.promises.losses import check_losses
from dispatch.promises.privacy import check_privacy
from dispatch.settings import settings
from tests.little_town import LittleTown

NOBODY_THERE = "redis://127.0.0.1:1/0"


def test_a_day_without_what_people_were_told_is_no_good_day(
    town: LittleTown, tmp_path: Path
) -> None:
    with Session(town.engine) as session:
        for check in (check_losses, check_privacy):
            look = Look()
            check(Premises(session, tmp_path, played=True), look)
            assert [HISTORY_FILE in words for words in look.broken] == [True]

        history_file(tmp_path).touch()
        for check in (check_losses, check_privacy):
            look = Look()
            check(Premises(session, tmp_path, played=True), look)
            assert look.broken == []


def test_a_redis_that_is_away_was_not_looked_through(town: LittleTown) -> None:
    look = Look()
    with Session(town.engine) as session:
        check_privacy(Premises(session, redis_url=NOBODY_THERE), look)

    assert look.not_looked_at == ["Redis does not answer"]
    assert look.broken == []


def test_a_day_of_which_not_everything_could_be_read_has_failed() -> None:
    unseen = Promise(10, "只看该看的", Status.HELD, 7, [], ["Redis does not answer"])

    assert not all_held([unseen])


def test_a_stopped_house_is_verified_without_its_redis(
    town: LittleTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = town.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DISPATCH_HOME", str(tmp_path))
    monkeypatch.setenv("DISPATCH_DATABASE_URL", url)
    monkeypatch.setenv("DISPATCH_REDIS_URL", NOBODY_THERE)
    settings.cache_clear()
    try:
        ended = CliRunner().invoke(cli, ["verify"])
    finally:
        settings.cache_clear()

    told = [json.loads(line) for line in ended.stdout.splitlines()]
    last = next(line for line in told if line["n"] == 10)
    assert (ended.exit_code, last["status"], last["broken"]) == (0, "held", [])
    assert last["not_looked_at"] == ["Redis does not answer"]


def test_a_day_in_which_a_promise_had_nothing_to_hold_in_has_failed() -> None:
    fine = Promise(1, "订单不会消失", Status.HELD, 7, [])
    empty = Promise(4, "热饭是热的", Status.HELD, 0, [])

    assert all_held([fine])
    assert not all_held([fine, empty])
