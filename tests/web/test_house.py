"""What a page can learn of the processes that it does not see."""

import time
from collections.abc import Iterator

import httpx
import pytest

from dispatch.silence import KNOWN_SECONDS, Listening
from tests.engines import ON_ONE_ENGINE
from tests.living import Living, everybody_lives
from tests.web.conftest import House


@pytest.fixture
def living(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Living]:
    with everybody_lives(redis_url, monkeypatch) as alive:
        yield alive


def parts(listening: Listening) -> list[str]:
    return [one.part for one in listening.told().silent]


def test_a_web_process_alone_knows_that_it_is_alone(
    house: House, coordinator: httpx.Client
) -> None:
    silent = coordinator.get("/api/house").json()["silent"]

    assert [one["part"] for one in silent] == ["relay", "schedule", "work"]
    assert all(one["seconds"] is None for one in silent)


def test_nobody_is_silent_where_everybody_works(living: Living) -> None:
    assert parts(Listening(time.monotonic)) == []


def test_a_dead_relay_is_named_with_the_length_of_its_silence(living: Living) -> None:
    living.fall_silent("relay", 600)

    (one,) = Listening(time.monotonic).told().silent

    assert one.part == "relay"
    assert one.seconds is not None
    assert 600 <= one.seconds < 700


def test_many_pages_cost_one_look_in_some_seconds(living: Living) -> None:
    now = 100.0
    listening = Listening(lambda: now)
    before = parts(listening)
    living.fall_silent("schedule", 60)

    kept = parts(listening)
    now += KNOWN_SECONDS

    assert (before, kept, parts(listening)) == ([], [], ["schedule"])


@ON_ONE_ENGINE
def test_a_stranger_learns_nothing_of_the_house(house: House) -> None:
    with house.enter(None) as stranger:
        assert stranger.get("/api/house").status_code == 401
