"""Which processes the product has, and how each tells that it is well."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from dispatch.chaos.stack import free_port
from dispatch.cli import cli
from dispatch.pulse import (
    Pulse,
    beat_file,
    seconds_since_any_beat,
    seconds_since_beat,
)
from dispatch.running import (
    follow_the_demo,
    programs,
    redis_address,
    web_address,
    web_is_ready,
)
from dispatch.settings import DEMO_MARK, Settings, settings
from dispatch.supervisor import DOORS, STORES


def chosen(home: Path, **others: object) -> Settings:
    return Settings.model_validate({"stage": "test", "home": home, **others})


def test_the_bundled_valkey_runs_only_where_no_redis_is_named(tmp_path: Path) -> None:
    own = [program.name for program in programs(chosen(tmp_path), workers=2)]
    given = chosen(tmp_path, redis_url="redis://127.0.0.1:1")

    assert own == ["valkey", "relay", "schedule", "work-1", "work-2", "weeks", "web"]
    assert "valkey" not in {program.name for program in programs(given)}
    assert redis_address(given) == "redis://127.0.0.1:1"


def test_every_process_sees_the_same_parts(tmp_path: Path) -> None:
    listed = programs(chosen(tmp_path, port=4321))
    ours = [program for program in listed if program.name != "valkey"]

    assert len({tuple(program.env.items()) for program in ours}) == 1
    assert ours[0].env["DISPATCH_PORT"] == "4321"
    assert ours[0].env["DISPATCH_DATABASE_URL"].startswith("sqlite:///")


@pytest.mark.proves("F99")
def test_no_password_stands_among_the_arguments_of_a_process(tmp_path: Path) -> None:
    secret = "a-very-secret-word"
    told = chosen(
        tmp_path,
        secret=secret,
        redis_url=f"redis://:{secret}@127.0.0.1:1",
        database_url=f"postgresql+psycopg://liuzhu:{secret}@127.0.0.1:1/liuzhu",
    )
    listed = [*programs(told), *programs(chosen(tmp_path, secret=secret))]

    assert any(secret in " ".join(program.env.values()) for program in listed)
    for program in listed:
        assert secret not in " ".join(program.argv), program.name


def test_stores_start_first_and_the_door_opens_last(tmp_path: Path) -> None:
    stages = {program.name: program.stage for program in programs(chosen(tmp_path))}

    assert min(stages.values()) == stages["valkey"] == STORES
    assert [name for name, stage in stages.items() if stage == DOORS] == ["web"]


def test_a_web_that_listens_everywhere_is_asked_on_loopback(tmp_path: Path) -> None:
    everywhere = chosen(tmp_path, host="0.0.0.0", port=80)  # noqa: S104

    assert web_address(everywhere) == "http://127.0.0.1:80"
    assert not web_is_ready(f"http://127.0.0.1:{free_port()}")


def test_a_loop_that_asks_whether_to_stop_gives_signs_of_life(tmp_path: Path) -> None:
    assert seconds_since_beat(tmp_path, "relay") == float("inf")

    pulse = Pulse(tmp_path, "relay")
    assert not pulse.is_set()

    assert seconds_since_beat(tmp_path, "relay") < 20
    assert pulse.wait(0) is False


def test_a_sign_of_life_may_vanish_while_one_looks(tmp_path: Path) -> None:
    """A link to nowhere is listed and is not there, as when another tidies up."""
    assert seconds_since_any_beat(tmp_path, "relay") == float("inf")
    Pulse(tmp_path, "relay").is_set()
    (tmp_path / "run" / "relay.gone.beat").symlink_to(tmp_path / "nowhere")

    assert seconds_since_any_beat(tmp_path, "relay") < 20


def test_a_process_that_fell_silent_is_not_healthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_HOME", str(tmp_path))
    settings.cache_clear()
    Pulse(tmp_path, "relay").is_set()
    well = CliRunner().invoke(cli, ["health", "relay"])
    os.utime(beat_file(tmp_path, "relay"), (0, 0))
    silent = CliRunner().invoke(cli, ["health", "relay"])
    settings.cache_clear()

    assert (well.exit_code, silent.exit_code) == (0, 1)
    assert "no sign of life" in silent.stderr


def test_a_wrong_setting_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPATCH_STAGE", "live")
    for command in (["migrate"], ["report", "usage", "2026-11"]):
        settings.cache_clear()
        refused = CliRunner().invoke(cli, command)

        assert refused.exit_code == 2
        said = "Error: set DISPATCH_SECRET before going live"
        assert refused.stderr.splitlines()[-1] == said
    monkeypatch.delenv("DISPATCH_STAGE")
    monkeypatch.setenv("DISPATCH_HOME", str(tmp_path))
    (tmp_path / DEMO_MARK).touch()  # what lies here a demo has made up
    follow_the_demo()
    assert settings().stage == "demo"
    monkeypatch.setenv("DISPATCH_STAGE", "test")
    settings.cache_clear()
