"""The queue of plans: hints to workers. What is true stands in the database.

One queue, so that a worker that dies between taking and noting a job leaves it on an
intermediate list and not nowhere; ids only, as JSON; short lives for what is over.
"""

import importlib
import threading
from typing import Final
from uuid import UUID

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from dispatch.settings import Settings, settings

QUEUE: Final = "plans"
_JOBS: Final = "dispatch.planning.jobs"  # by name: who only hints loads no solver
_KEPT_SECONDS: Final = 60
_WORKER_TTL_SECONDS: Final = 20
_LOOK_SECONDS: Final = 5
_SPARE_SECONDS: Final = 60  # beyond the solver's own limits, which come first


def hint(redis: Redis, request_id: UUID, number: int) -> None:
    """Tell some worker that a request waits.

    Args:
        number: which hint of this request it is; each is a job of its own.

    Raises:
        RedisError: nobody was told. The sweep does it again.
    """
    _queue(redis).enqueue_call(
        f"{_JOBS}.plan_wave",
        args=(str(request_id),),
        job_id=f"plan_{request_id}_{number}",
        timeout=int(settings().solve_seconds) + _SPARE_SECONDS,
        result_ttl=_KEPT_SECONDS,
        failure_ttl=_KEPT_SECONDS,
        ttl=_KEPT_SECONDS,
    )


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
