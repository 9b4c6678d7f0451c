"""The sweep: whatever was lost is found, whatever is due is done, once."""

import sys
import threading
import time
from datetime import timedelta
from typing import cast

import pytest
from redis import Redis
from sqlmodel import Session

from dispatch.catalogue.sittings import Sitting
from dispatch.clock import town_moment, wall_now
from dispatch.orders.orders import Channel, OrderState
from dispatch.planning.leases import take
from dispatch.planning.waves import AskState, PlanRequest
from dispatch.queue import QUEUE, queue_at
from dispatch.settings import Settings
from dispatch.sweep import run_schedule, sweep
from tests.little_town import EIGHT, NOON, TODAY, LittleTown
from tests.planning.lunch_wave import (
    ask,
    ask_long_ago,
    events_of_wave,
    order_lunch,
    order_of,
    order_visit,
    request_of,
    run_out,
    shown_plan,
    wave_of,
)

CUT_OFF = town_moment(TODAY, 9 * 3600 + 1800)
NO_QUEUE = None


def hints_in(redis: Redis) -> int:
    """Plans of waves in the queue; weeks of visits wait in it, too."""
    jobs = cast(list[bytes], redis.lrange(f"rq:queue:{QUEUE}", 0, -1))
    return sum(job.startswith(b"plan_") for job in jobs)


@pytest.fixture
def redis(redis_url: str) -> Redis:
    return Redis.from_url(redis_url)


def test_a_wave_is_planned_when_its_time_has_come(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)

    sweep(town.engine, NO_QUEUE)
    assert wave_of(town).plan_version == 0

    town.at(CUT_OFF)
    sweep(town.engine, NO_QUEUE)
    assert wave_of(town).plan_version == 1


def test_a_clock_that_jumps_far_brings_the_full_plan_all_the_same(
    town: LittleTown,
) -> None:
    town.add_helper()
    order_lunch(town)
    town.at(EIGHT + timedelta(hours=3, minutes=5))

    sweep(town.engine, NO_QUEUE)

    assert shown_plan(town).fallback is False


def test_a_plan_is_asked_again_only_when_orders_changed(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    town.at(CUT_OFF)

    for _ in range(3):
        sweep(town.engine, NO_QUEUE)
    assert wave_of(town).plan_version == 1

    order_visit(town)
    sweep(town.engine, NO_QUEUE)
    assert wave_of(town).plan_version == 2


def test_workers_are_told_once_and_again_after_a_while(
    town: LittleTown, redis: Redis
) -> None:
    order_lunch(town)
    ask(town)

    sweep(town.engine, redis)
    sweep(town.engine, redis)

    assert hints_in(redis) == 1


@pytest.mark.proves("F04", "F14")
def test_what_the_queue_lost_is_told_again(town: LittleTown, redis: Redis) -> None:
    order_lunch(town)
    request_id = ask(town)
    sweep(town.engine, redis)
    redis.flushall()
    with Session(town.engine) as session:
        asked = session.get_one(PlanRequest, request_id)
        asked.hinted_at = wall_now() - timedelta(seconds=6)
        session.commit()

    sweep(town.engine, redis)

    assert hints_in(redis) == 1
    assert request_of(town, request_id).hints == 2


@pytest.mark.proves("F01", "F03")
def test_a_planner_that_died_is_replaced(town: LittleTown, redis: Redis) -> None:
    order_lunch(town)
    request_id = ask(town)
    assert take(town.engine, request_id)
    run_out(town, request_id)

    sweep(town.engine, redis, lambda *_: False)

    assert hints_in(redis) == 1
    usual = Settings(stage="test")  # its lease runs out, then the next look tells
    assert usual.lease_seconds + usual.sweep_seconds < 15


def test_when_the_last_worker_died_over_a_plan_it_is_made_here(
    town: LittleTown, redis: Redis
) -> None:
    town.add_helper()
    order_lunch(town)
    request_id = ask(town)
    assert take(town.engine, request_id)
    run_out(town, request_id)

    sweep(town.engine, redis)

    assert shown_plan(town).fallback is False
    assert events_of_wave(town)[-1].kind == "wave.workers_gone"


def test_after_three_dead_planners_the_quick_plan_is_made_here(
    town: LittleTown, redis: Redis
) -> None:
    town.add_helper()
    order_lunch(town)
    request_id = ask(town)
    for _ in range(3):
        assert take(town.engine, request_id)
        run_out(town, request_id)

    sweep(town.engine, redis)

    assert shown_plan(town).fallback is True
    assert "planners died" in (request_of(town, request_id).error or "")


@pytest.mark.proves("F12")
def test_without_any_worker_the_plan_is_made_here_and_told(
    town: LittleTown, redis: Redis
) -> None:
    town.add_helper()
    order_lunch(town)
    ask_long_ago(town, seconds=11)

    sweep(town.engine, redis)

    assert shown_plan(town).fallback is False
    alarm = events_of_wave(town)[-1]
    assert alarm.kind == "wave.workers_gone"
    assert alarm.facts["words"].startswith("排线服务离线")


def test_busy_workers_are_not_taken_for_dead(town: LittleTown, redis: Redis) -> None:
    order_lunch(town)
    assert take(town.engine, ask(town))
    waiting = ask_long_ago(town)

    sweep(town.engine, redis)

    assert request_of(town, waiting).state is AskState.QUEUED


@pytest.mark.proves("F16")
def test_a_queue_that_does_not_answer_is_no_reason_to_wait(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    ask(town)

    sweep(town.engine, queue_at("redis://127.0.0.1:1"))

    assert wave_of(town).plan_version == 1


def test_twenty_minutes_before_departure_a_quick_plan_is_out(
    town: LittleTown, redis: Redis
) -> None:
    """A planner hangs, its heart beats on; nobody waits for it any longer."""
    town.add_helper()
    order_id = order_lunch(town)
    request_id = ask_long_ago(town)
    assert take(town.engine, request_id)
    town.at(wave_of(town).departs_at - timedelta(minutes=20))

    sweep(town.engine, redis)

    assert shown_plan(town).fallback is True
    assert order_of(town, order_id).state is OrderState.PLANNED
    assert events_of_wave(town)[-1].kind == "wave.plan_late"


def test_a_broken_installation_is_told_and_never_papered_over(
    town: LittleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.add_helper()
    order_id = order_lunch(town)
    monkeypatch.setitem(sys.modules, "ortools", None)
    town.at(NOON - timedelta(minutes=70))

    for _ in range(3):
        sweep(town.engine, NO_QUEUE)

    assert order_of(town, order_id).state is OrderState.WAITING
    kinds = [event.kind for event in events_of_wave(town)]
    assert kinds == ["wave.asked", "wave.planning_failed"]


def test_the_kitchen_is_told_at_the_cut_off_and_closed_at_the_end(
    town: LittleTown,
) -> None:
    order_lunch(town, service="MEAL_DINEIN", channel=Channel.DINE_IN)

    def sitting() -> Sitting:
        with Session(town.engine) as session:
            return session.get_one(Sitting, town.sitting_id)

    sweep(town.engine, NO_QUEUE)
    assert sitting().cooked is None
    town.at(CUT_OFF)
    sweep(town.engine, NO_QUEUE)
    assert sitting().cooked == 1 + 3
    town.at(town_moment(TODAY, 14 * 3600))
    sweep(town.engine, NO_QUEUE)
    sweep(town.engine, NO_QUEUE)
    assert sitting().closed_at is not None


def test_a_wave_departs_when_its_first_meal_is_ready(town: LittleTown) -> None:
    order_lunch(town)

    assert wave_of(town).departs_at == town_moment(TODAY, 10 * 3600 + 1800)


def test_the_schedule_plans_by_itself_and_stops_when_told(
    town: LittleTown, database_url: str
) -> None:
    """No queue at all: its timers go on beside the plan that it makes."""
    town.add_helper()
    order_lunch(town)
    request_id = ask(town)
    chosen = Settings(database_url=database_url, sweep_seconds=0.05)
    stop = threading.Event()
    schedule = threading.Thread(
        target=run_schedule, args=(chosen, "redis://127.0.0.1:1", stop)
    )
    schedule.start()
    try:
        while request_of(town, request_id).state is not AskState.DONE:
            assert schedule.is_alive()
            time.sleep(0.05)
    finally:
        stop.set()
        schedule.join()

    assert wave_of(town).plan_version == 1


class _Broken(threading.Event):
    """A disk that is full: the sign of life cannot be left."""

    def wait(self, timeout: float | None = None) -> bool:
        raise BlockingIOError(timeout)


def test_a_schedule_that_breaks_ends_and_does_not_only_look_alive(
    town: LittleTown, database_url: str
) -> None:
    chosen = Settings(database_url=database_url, sweep_seconds=0.05)
    with pytest.raises(BlockingIOError):
        run_schedule(chosen, "redis://127.0.0.1:1", _Broken())
    assert "minder" not in {each.name for each in threading.enumerate()}
