"""The queue with a real server and real workers, which may be killed at any time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from dispatch.orders.orders import OrderState
from dispatch.planning.waves import AskState
from dispatch.pulse import seconds_since_worker
from dispatch.queue import (
    QUEUE,
    WEEKS,
    hint_draft,
    hint_part,
    hint_week,
    queue_at,
)
from dispatch.settings import CHECKOUT, settings
from dispatch.store.fail_points import SETTING
from dispatch.sweep import sweep
from tests.engines import ON_ONE_ENGINE
from tests.little_town import LittleTown
from tests.planning.foreign_jobs import (
    listening,
    marks_of,
    put_foreign_jobs,
    was_called,
)
from tests.planning.lunch_wave import (
    ask,
    order_lunch,
    order_of,
    request_of,
    rounds_of,
    run_out,
    shown_plan,
    wave_of,
)

PATIENCE_SECONDS = 180
RUN = """
import sys, threading
from dispatch import queue
from dispatch.settings import settings
getattr(queue, sys.argv[2])(settings(), sys.argv[1], threading.Event())
"""
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start_worker(database_url: str, redis_url: str) -> Iterator[Start]:
    """Starts workers of this town's database, all gone in the end."""
    started: list[subprocess.Popen[bytes]] = []
    env = {**os.environ, "DISPATCH_DATABASE_URL": database_url}

    def start(deed: str = "run_worker", points: str = "") -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-c", RUN, redis_url, deed]
        armed = {**env, SETTING: points}
        worker = subprocess.Popen(argv, cwd=CHECKOUT, env=armed, start_new_session=True)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def sweep_until(town: LittleTown, redis: Redis, is_so: Callable[[], bool]) -> None:
    """Sweep as the schedule does, in which nobody is rescued, until it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "nobody planned it"
        sweep(town.engine, redis, lambda *_: False)
        time.sleep(0.1)


def jobs_of(redis: Redis, name: str) -> list[Job]:
    return Queue(name, connection=redis, serializer=JSONSerializer).jobs


@pytest.mark.proves("S24", "F98")
def test_a_worker_plans_what_the_queue_brings_and_does_nothing_else_that_is_in_it(
    town: LittleTown,
    redis_url: str,
    start_worker: Start,
    tmp_path: Path,
) -> None:
    town.add_helper()
    order_id = order_lunch(town)
    request_id = ask(town)
    redis = queue_at(redis_url)
    hint_week(redis, town.station_id)  # asked before, and still not in the way
    with listening() as ear:
        put_foreign_jobs(redis, tmp_path, ear.getsockname()[1])
        start_worker()

        sweep_until(
            town, redis, lambda: request_of(town, request_id).state is AskState.DONE
        )

        assert not was_called(ear)
    assert marks_of(redis, tmp_path) == []
    assert {week.id for week in jobs_of(redis, WEEKS)} == {f"week_{town.station_id}"}
    assert order_of(town, order_id).state is OrderState.PLANNED
    assert shown_plan(town).fallback is False


@pytest.mark.proves("F18")
def test_a_job_carries_an_id_and_nothing_else(town: LittleTown, redis_url: str) -> None:
    order_lunch(town)
    request_id = ask(town)
    redis = queue_at(redis_url)

    sweep(town.engine, redis)

    (job,) = jobs_of(redis, QUEUE)
    assert job.id == f"plan_{request_id}_1"
    assert job.args == [str(request_id)]
    assert job.kwargs == {}
    assert job.origin == QUEUE
    for tell in (hint_part, hint_draft):
        tell(redis, request_id, 1)
    names = {str(each.func_name) for each in jobs_of(redis, QUEUE)}
    deeds = {name.rpartition(".")[2] for name in names}
    assert deeds == {"plan_wave", "help_out", "make_draft"}


@ON_ONE_ENGINE
def test_a_worker_listens_to_one_queue_only(
    redis_url: str, start_worker: Start
) -> None:
    redis = queue_at(redis_url)
    start_worker("run_week_worker")
    start_worker()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(workers := Worker.all(connection=redis)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    names = [worker.queue_names() for worker in workers]
    assert sorted(names) == [[QUEUE], [WEEKS]]
    for weeks in (False, True):
        assert seconds_since_worker(redis_url, weeks=weeks) < PATIENCE_SECONDS


@pytest.mark.proves("F02")
def test_a_worker_killed_while_it_thinks_costs_no_plan_and_makes_no_second(
    town: LittleTown,
    redis_url: str,
    start_worker: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its work-horse may live on and publish; the fence lets one plan through."""
    monkeypatch.setenv("DISPATCH_LEASE_SECONDS", "2")
    monkeypatch.setenv("DISPATCH_HEARTBEAT_SECONDS", "0.5")
    settings.cache_clear()
    town.add_helper()
    order_lunch(town)
    request_id = ask(town)
    redis = queue_at(redis_url)
    first = start_worker()
    sweep_until(
        town, redis, lambda: request_of(town, request_id).state is AskState.RUNNING
    )

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    start_worker()
    sweep_until(
        town, redis, lambda: request_of(town, request_id).state is AskState.DONE
    )

    assert wave_of(town).plan_version == 1
    assert len(rounds_of(town)) == 1


def family(pid: int) -> list[int]:
    """A process and all that it started, which have groups of their own."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in told for one in family(int(child)))]


def stop_group(worker: subprocess.Popen[bytes]) -> None:
    """As a machine stops a service: every process of it, its work-horse too."""
    for pid in family(worker.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def stop_twice(worker: subprocess.Popen[bytes]) -> None:
    """Somebody loses patience: the second word ends it at once."""
    worker.terminate()
    time.sleep(1.5)  # sooner it would be taken for the same word
    with suppress(ProcessLookupError):
        worker.terminate()


@pytest.mark.long  # three workers, each of which loads the solver
@ON_ONE_ENGINE
@pytest.mark.proves("F05", "F06")
def test_a_worker_that_is_stopped_over_its_work_leaves_it_to_the_next(
    town: LittleTown,
    redis_url: str,
    start_worker: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPATCH_LEASE_SECONDS", "1")
    monkeypatch.setenv("DISPATCH_HEARTBEAT_SECONDS", "0.3")
    settings.cache_clear()
    town.add_helper()
    order_lunch(town)
    request_id = ask(town)
    redis = queue_at(redis_url)
    halts = {"plan.taken=sleep:60": stop_group, "plan.thought=sleep:60": stop_twice}
    tries = 0

    def is_tried() -> bool:
        return request_of(town, request_id).attempt == tries

    for points, stop in halts.items():
        worker, tries = start_worker(points=points), tries + 1
        sweep_until(town, redis, is_tried)
        stop(worker)
        worker.wait(PATIENCE_SECONDS)
        run_out(town, request_id)
    start_worker()
    sweep_until(
        town, redis, lambda: request_of(town, request_id).state is AskState.DONE
    )

    assert wave_of(town).plan_version == 1
    assert request_of(town, request_id).attempt == 3


@pytest.mark.proves("F16", "F20")
def test_a_worker_whose_server_is_gone_still_publishes(
    town: LittleTown, redis_url: str, start_worker: Start
) -> None:
    """The plan goes to the database; what the queue thinks of it does not matter."""
    town.add_helper()
    order_lunch(town)
    request_id = ask(town)
    redis = queue_at(redis_url)
    start_worker()
    sweep_until(
        town, redis, lambda: request_of(town, request_id).state is not AskState.QUEUED
    )

    redis.flushall()

    sweep_until(
        town, redis, lambda: request_of(town, request_id).state is AskState.DONE
    )
    assert wave_of(town).plan_version == 1


@pytest.mark.proves("F17")
def test_a_full_queue_takes_nothing_and_the_plan_is_made_here(
    town: LittleTown, redis_url: str
) -> None:
    redis = queue_at(redis_url)
    town.add_helper()
    redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(RedisError):
            redis.set("one", "more")
        order_lunch(town)
        ask(town)
        sweep(town.engine, redis)
    finally:
        redis.config_set("maxmemory", "0")

    assert jobs_of(redis, QUEUE) == []
    assert wave_of(town).plan_version == 1
