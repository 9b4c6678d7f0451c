"""The queues of plans: hints to workers. What is true stands in the database.

A worker listens to one queue, so that one that dies between taking and noting a job
leaves it on an intermediate list and not nowhere; ids only, as JSON; short lives for
what is over. Redis is no place from which code may be named: a job does one of our
deeds (`dispatch/deeds.py`) or none. Weeks of visits have a queue and a worker of their
own: thinking of one takes half a minute, and lunch does not wait for it.
"""

import importlib
import os
import threading
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import structlog
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, Worker, get_current_job
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from dispatch.deeds import (
    HELP_OUT,
    JOBS,
    MAKE_DRAFT,
    PLAN_STATION,
    PLAN_WAVE,
    TRY_RULES,
    WEEK_JOBS,
    Deed,
)
from dispatch.settings import Settings, settings
from dispatch.store.fail_points import fail_point

log = structlog.get_logger()
QUEUE: Final = "plans"
WEEKS: Final = "weeks"
_TRIAL_SECONDS: Final = 900  # a year of a district
_WEEKS_NICENESS: Final = 10  # on a busy machine, too, a wave comes first
_KEPT_SECONDS: Final = 60
_WORKER_TTL_SECONDS: Final = 20
_LOOK_SECONDS: Final = 5
_SPARE_SECONDS: Final = 60  # beyond the solver's own limits, which come first
_IMPATIENT: Final[dict[str, Any]] = {
    "socket_timeout": 2.0,
    "socket_connect_timeout": 2.0,
    "retry": Retry(NoBackoff(), 0),
}


def tell_all(
    redis: Redis,
    requests: Iterable[tuple[UUID, int]] = (),
    drafts: Iterable[tuple[UUID, int]] = (),
) -> bool:
    """Tell workers of these, each with the number of its hint.

    Returns:
        whether the queue is there; the next sweep tells again what it did not take.
    """
    fail_point("queue.telling")
    try:
        for request_id, number in requests:
            hint(redis, request_id, number)
        for draft_id, number in drafts:
            hint_draft(redis, draft_id, number)
        redis.ping()
    except RedisError as trouble:
        log.warning("the queue is gone", error=type(trouble).__name__)
        return False
    return True


def tell_trials(redis: Redis, trials: Iterable[tuple[UUID, int]]) -> bool:
    """The same of trials of rules, to the worker of weeks: lunch waits for none."""
    try:
        for trial_id, number in trials:
            job_id = f"trial_{trial_id}_{number}"
            _enqueue(_queue(redis, WEEKS), TRY_RULES, trial_id, job_id, _TRIAL_SECONDS)
        redis.ping()
    except RedisError as trouble:
        log.warning("the queue is gone", error=type(trouble).__name__)
        return False
    return True


def hint(redis: Redis, request_id: UUID, number: int) -> None:
    """Tell some worker that a request waits.

    Args:
        number: which hint of this request it is; each is a job of its own.

    Raises:
        RedisError: nobody was told. The sweep does it again.
    """
    _enqueue(_queue(redis), PLAN_WAVE, request_id, f"plan_{request_id}_{number}")


def hint_part(redis: Redis, part_id: UUID, number: int) -> None:
    """The same of one part of a large plan; its asker does it again."""
    _enqueue(_queue(redis), HELP_OUT, part_id, f"part_{part_id}_{number}")


def hint_draft(redis: Redis, draft_id: UUID, number: int) -> None:
    """The same of something that a coordinator tries. Raises: RedisError."""
    _enqueue(_queue(redis), MAKE_DRAFT, draft_id, f"draft_{draft_id}_{number}")


def hint_week(redis: Redis, station_id: UUID) -> None:
    """Tell some worker that a station's week of visits is wanted.

    Raises:
        RedisError: nobody was told. The sweep does it again.
    """
    weeks = _queue(redis, WEEKS)
    _enqueue(weeks, PLAN_STATION, station_id, f"week_{station_id}")


def _enqueue(
    queue: Queue, deed: str, row_id: UUID, job_id: str, seconds: int | None = None
) -> None:
    queue.enqueue_call(
        deed,
        args=(str(row_id),),
        job_id=job_id,
        timeout=seconds or int(settings().solve_seconds) + _SPARE_SECONDS,
        result_ttl=_KEPT_SECONDS,
        failure_ttl=_KEPT_SECONDS,
        ttl=_KEPT_SECONDS,
    )


def queue_at(redis_url: str) -> Redis:
    """A connection that fails soon: the next look is the second try."""
    return Redis.from_url(redis_url, **_IMPATIENT)


def queue_of_this_job() -> Redis | None:
    """The same to where the present job came from; None outside of a job."""
    job = get_current_job()
    if job is None:
        return None
    pool = job.connection.connection_pool
    about = {**pool.connection_kwargs, **_IMPATIENT}
    return Redis(connection_pool=ConnectionPool(pool.connection_class, **about))


def workers_of(redis: Redis, name: str) -> list[BaseWorker]:
    """Those on all hosts who listen to a queue, as far as it knows.

    Raises:
        RedisError: nothing is known.
    """
    return Worker.all(queue=_queue(redis, name), serializer=JSONSerializer)


def count_idle(redis: Redis) -> int:
    """Workers on all hosts that have nothing to do, as far as the queue knows."""
    try:
        workers = workers_of(redis, QUEUE)
        return sum(worker.get_state() == "idle" for worker in workers)
    except RedisError:
        return 0


def run_worker(_chosen: Settings, redis_url: str, _stop: threading.Event) -> None:
    """Plan what the queue brings, one at a time, until a signal tells to stop.

    Each job runs in a process of its own, on a database connection of its own; that
    process reads the settings from its surroundings.
    """
    importlib.import_module(JOBS).make_ready()  # once, before each job forks
    _work(redis_url, QUEUE)


def run_week_worker(_chosen: Settings, redis_url: str, _stop: threading.Event) -> None:
    """The same for weeks of visits."""
    os.nice(_WEEKS_NICENESS)
    importlib.import_module(WEEK_JOBS)
    _work(redis_url, WEEKS)


def _work(redis_url: str, name: str) -> None:
    redis = Redis.from_url(redis_url)
    worker = Worker(
        [_queue(redis, name)],
        connection=redis,
        job_class=Deed,
        serializer=JSONSerializer,
        worker_ttl=_WORKER_TTL_SECONDS,
        maintenance_interval=_LOOK_SECONDS,
        job_monitoring_interval=_LOOK_SECONDS,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def _queue(redis: Redis, name: str = QUEUE) -> Queue:
    return Queue(name, connection=redis, job_class=Deed, serializer=JSONSerializer)
