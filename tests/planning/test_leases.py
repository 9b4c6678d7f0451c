"""Leases: one planner at a time, and a silent one loses its right."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session

from dispatch.clock import wall_now
from dispatch.planning.leases import Lease, beating, give_back, renew, take
from dispatch.planning.waves import AskState, PlanRequest
from dispatch.settings import settings
from tests.little_town import LittleTown
from tests.planning.lunch_wave import (
    LONG_AGO,
    ask,
    events_of_wave,
    order_lunch,
    request_of,
    run_out,
)


def _taken(town: LittleTown) -> Lease:
    order_lunch(town)
    lease = take(town.engine, ask(town))
    assert lease is not None
    return lease


@pytest.mark.proves("F27")
def test_of_eight_planners_one_gets_the_request(town: LittleTown) -> None:
    order_lunch(town)
    request_id = ask(town)

    with ThreadPoolExecutor(8) as eight:
        leases = list(eight.map(lambda _: take(town.engine, request_id), range(8)))

    assert sum(lease is not None for lease in leases) == 1


@pytest.mark.proves("F01")
def test_a_silent_planner_loses_its_lease_and_the_next_is_told_apart(
    town: LittleTown,
) -> None:
    silent = _taken(town)
    assert take(town.engine, silent.request_id) is None
    run_out(town, silent.request_id)

    second = take(town.engine, silent.request_id)

    assert second is not None
    assert (second.attempt, second.fence) == (silent.attempt + 1, silent.fence + 1)
    assert renew(town.engine, silent) is False
    assert renew(town.engine, second) is True
    assert events_of_wave(town)[-1].kind == "wave.planning_again"


def test_a_beating_heart_renews_the_lease(
    town: LittleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_HEARTBEAT_SECONDS", "0.02")
    settings.cache_clear()
    lease = _taken(town)
    run_out(town, lease.request_id)

    with beating(town.engine, lease):
        while (request_of(town, lease.request_id).lease_until or LONG_AGO) < wall_now():
            time.sleep(0.01)

    assert take(town.engine, lease.request_id) is None


def test_what_is_given_back_is_taken_at_once(town: LittleTown) -> None:
    lease = _taken(town)

    give_back(town.engine, lease)

    assert take(town.engine, lease.request_id) is not None


def test_giving_back_what_is_no_longer_ours_does_nothing(town: LittleTown) -> None:
    lease = _taken(town)
    later = take(town.engine, lease.request_id, by_force=True)
    assert later is not None

    give_back(town.engine, lease)

    assert take(town.engine, lease.request_id) is None
    assert request_of(town, lease.request_id).fence == later.fence


def test_a_wave_is_planned_by_one_request_at_a_time(town: LittleTown) -> None:
    _taken(town)
    second = ask(town)

    assert take(town.engine, second) is None


def test_what_is_over_is_never_taken(town: LittleTown) -> None:
    lease = _taken(town)
    with Session(town.engine) as session:
        session.get_one(PlanRequest, lease.request_id).state = AskState.DONE
        session.commit()

    assert take(town.engine, lease.request_id) is None
    assert take(town.engine, lease.request_id, by_force=True) is None
