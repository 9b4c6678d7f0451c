"""The queue of plans: hints to workers. What is true stands in the database.

One queue, so that a worker that dies between taking and noting a job leaves it on an
intermediate list and not nowhere; ids only, as JSON; short lives for what is over.
"""

import importlib
import threading
from typing import Any, Final
from uuid import UUID

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, Worker, get_current_job
from rq.serializers import JSONSerializer

from dispatch.settings import Settings, settings

QUEUE: Final = "plans"
_JOBS: Final = "dispatch.planning.jobs"  # by name: who only hints loads no solver
_WEEKS: Final = "dispatch.planning.week_jobs"
_KEPT_SECONDS: Final = 60
_WORKER_TTL_SECONDS: Final = 20
_LOOK_SECONDS: Final = 5
_SPARE_SECONDS: Final = 60  # beyond the solver's own limits, which come first
_IMPATIENT: Final[dict[str, Any]] = {
    "socket_timeout": 2.0,
    "socket_connect_timeout": 2.0,
    "retry": Retry(NoBackoff(), 0),
}


def hint(redis: Redis, request_id: UUID, number: int) -> None:
    """Tell some worker that a request waits.

    Args:
        number: which hint of this request it is; each is a job of its own.

    Raises:
        RedisError: nobody was told. The sweep does it again.
    """
    _enqueue(redis, "plan_wave", request_id, f"plan_{request_id}_{number}")


def hint_part(redis: Redis, part_id: UUID, number: int) -> None:
    """The same of one part of a large plan; its asker does it again."""
    _enqueue(redis, "help_out", part_id, f"part_{part_id}_{number}")


def hint_week(redis: Redis, station_id: UUID) -> None:
    """Tell some worker that a station's week of visits is wanted.

    Raises:
        RedisError: nobody was told. The sweep does it again.
    """
    _enqueue(redis, "plan_station", station_id, f"week_{station_id}", jobs=_WEEKS)


def _enqueue(
    redis: Redis, deed: str, row_id: UUID, job_id: str, *, jobs: str = _JOBS
) -> None:
    _queue(redis).enqueue_call(
        f"{jobs}.{deed}",
        args=(str(row_id),),
        job_id=job_id,
        timeout=int(settings().solve_seconds) + _SPARE_SECONDS,
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


def count_idle(redis: Redis) -> int:
    """Workers on all hosts that have nothing to do, as far as the queue knows."""
    try:
        workers = Worker.all(queue=_queue(redis), serializer=JSONSerializer)
        return sum(worker.get_state() == "idle" for worker in workers)
    except RedisError:
        return 0


def run_worker(_chosen: Settings, redis_url: str, _stop: threading.Event) -> None:
    """Plan what the queue brings, one at a time, until a signal tells to stop.

    Each job runs in a process of its own, on a database connection of its own; that
    process reads the settings from its surroundings.
    """
    importlib.import_module(_JOBS)  # once, before each job forks
    redis = Redis.from_url(redis_url)
    worker = Worker(
        [_queue(redis)],
        connection=redis,
        serializer=JSONSerializer,
        worker_ttl=_WORKER_TTL_SECONDS,
        maintenance_interval=_LOOK_SECONDS,
        job_monitoring_interval=_LOOK_SECONDS,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def _queue(redis: Redis) -> Queue:
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer)
