"""Jobs that somebody else wrote into Redis, each of which would leave a mark."""

import os
import pickle
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from redis import Redis
from rq import Callback, Queue
from rq.serializers import JSONSerializer
from rq.webhook import Webhook

from dispatch.deeds import PLAN_WAVE
from dispatch.queue import QUEUE

_CALLED_BACK: Final = "foreign:called-back"
_SOON: Final[dict[str, Any]] = {"result_ttl": 60, "failure_ttl": 60}


class Opened:
    """A pickle that makes a folder when it is opened."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def mark(_job: object, redis: Redis, *_more: object) -> None:
    """What a job would have called when it is over."""
    redis.set(_CALLED_BACK, 1)


def marks_of(redis: Redis, marks: Path) -> list[str]:
    """What was done of all that the jobs named."""
    called = [_CALLED_BACK] if redis.exists(_CALLED_BACK) else []
    return [*called, *(one.name for one in marks.iterdir())]


def put_foreign_jobs(redis: Redis, marks: Path, port: int) -> None:
    """Every way we know of to name code, or an address, in a job."""
    pickled = Queue(QUEUE, connection=redis)
    named = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    ours = (str(uuid4()),)
    hook = f"http://127.0.0.1:{port}/"
    jobs = [
        pickled.enqueue_call(os.mkdir, args=(str(marks / "pickled"),), **_SOON),
        named.enqueue_call("os.mkdir", args=(str(marks / "named"),), **_SOON),
        named.enqueue_call("builtins.exec", args=("1 / 0",), **_SOON),
        named.enqueue_call(PLAN_WAVE, args=(str(marks / "no-id"),), **_SOON),
        named.enqueue_call(
            PLAN_WAVE,
            args=ours,
            on_success=Callback(f"{__name__}.mark"),
            on_failure=Callback(f"{__name__}.mark"),
            webhooks=[Webhook(hook, "finished"), Webhook(hook, "failed")],
            **_SOON,
        ),
        named.enqueue_call(PLAN_WAVE, args=ours, **_SOON),
    ]
    opened = {
        name: pickle.dumps(Opened(marks / name)) for name in ("data", "meta", "result")
    }
    redis.hset(jobs[-1].key, mapping=opened)  # type: ignore[arg-type]


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Somebody who would notice a call."""
    with socket.create_server(("127.0.0.1", 0)) as ear:
        ear.setblocking(False)
        yield ear


def was_called(ear: socket.socket) -> bool:
    try:
        caller, _ = ear.accept()
    except BlockingIOError:
        return False
    caller.close()
    return True
