"""Wrong tries, counted over fifteen minutes: by the name tried and where from.

A name is locked for the place that tried it. From everywhere together it is locked
after many more tries: who knows a station's name shall not lock its people out.

What anybody may look at without signing in is counted beside them, by where from.

Redis counts for all processes of the web. While it is away each counts for itself, so
that the limit is never gone; what it counted stays when Redis is back. Keys are
hashes: nobody's name lies in Redis.
"""

import hashlib
import threading
from collections.abc import Callable
from typing import Final, TypeVar

import structlog
from redis import Redis
from redis.exceptions import RedisError

from dispatch.access.signing_in import (
    WRONG_EVERYWHERE,
    WRONG_SECONDS,
    WRONG_TRIES,
    TooManyTries,
)
from dispatch.errors import TooOften
from dispatch.queue import queue_at

T = TypeVar("T")

log = structlog.get_logger()
TRIES_FROM_ONE_PLACE: Final = 30  # a station's whole staff comes from one address
LOOKS_FROM_ONE_PLACE: Final = 300  # a whole building may come from one address
_MOST_KEPT: Final = 50_000
_AWAY_SECONDS: Final = 5.0


class TooManyLooks(TooOften):
    """查看得太频繁了，请过一会儿再看。"""

    code = "too_many_looks"


class Tries:
    """Counters of one process, shared through Redis where there is one."""

    def __init__(self, redis_url: str | None, seconds_now: Callable[[], float]) -> None:
        self._redis: Redis | None = queue_at(redis_url) if redis_url else None
        self._seconds_now = seconds_now
        self._own: dict[str, tuple[float, int]] = {}  # until when, how many
        self._lock = threading.Lock()
        self._away_until = 0.0

    def refuse_too_many(self, login: str, place: str) -> None:
        """Raises: TooManyTries, with the seconds until one may try again."""
        for key, most in _keys(login, place):
            many, seconds = max(self._shared(key), self._mine(key))
            if many >= most:
                raise TooManyTries(again_seconds=max(1, seconds))

    def count(self, login: str, place: str) -> None:
        """One more wrong try."""
        for key, _ in _keys(login, place):
            self._count_mine(key)
            self._count_shared(key)

    def count_look(self, place: str) -> None:
        """Somebody who need not sign in looks at something.

        Raises: TooManyLooks, with the seconds until one may look again.
        """
        key = _key("look", place)
        self._count_mine(key)
        self._count_shared(key)
        many, seconds = max(self._shared(key), self._mine(key))
        if many > LOOKS_FROM_ONE_PLACE:
            raise TooManyLooks(again_seconds=max(1, seconds))

    def forget(self, login: str, place: str) -> None:
        """It was the right person: their name starts anew, the place does not."""
        keys = _of_name(login, place)
        with self._lock:
            for key in keys:
                self._own.pop(key, None)
        self._ask(lambda redis: redis.delete(*keys))

    def _mine(self, key: str) -> tuple[int, int]:
        until, many = self._own.get(key, (0.0, 0))
        left = until - self._seconds_now()
        return (many, int(left) + 1) if left > 0 else (0, 0)

    def _count_mine(self, key: str) -> None:
        with self._lock:
            now = self._seconds_now()
            if len(self._own) >= _MOST_KEPT:
                self._own = {k: v for k, v in self._own.items() if v[0] > now}
            until, many = self._own.get(key, (0.0, 0))
            if until <= now:
                until, many = now + WRONG_SECONDS, 0
            self._own[key] = until, many + 1

    def _shared(self, key: str) -> tuple[int, int]:
        def read(redis: Redis) -> tuple[int, int]:
            asked = redis.pipeline()
            asked.get(key)
            asked.ttl(key)
            many, seconds = asked.execute()
            return int(many or 0), int(seconds)

        return self._ask(read) or (0, 0)

    def _count_shared(self, key: str) -> None:
        def add(redis: Redis) -> None:
            steps = redis.pipeline()
            steps.set(key, 0, ex=WRONG_SECONDS, nx=True)
            steps.incr(key)
            steps.execute()

        self._ask(add)

    def _ask(self, do: Callable[[Redis], T]) -> T | None:
        """What Redis says; None while it is away, which is asked once in a while."""
        if self._redis is None or self._seconds_now() < self._away_until:
            return None
        try:
            return do(self._redis)
        except RedisError as trouble:
            self._away_until = self._seconds_now() + _AWAY_SECONDS
            log.warning("tries are counted alone", error=type(trouble).__name__)
            return None


def _keys(login: str, place: str) -> tuple[tuple[str, int], ...]:
    named, everywhere = _of_name(login, place)
    from_there = _key("from", place)
    return (
        (named, WRONG_TRIES),
        (everywhere, WRONG_EVERYWHERE),
        (from_there, TRIES_FROM_ONE_PLACE),
    )


def _of_name(login: str, place: str) -> tuple[str, str]:
    """The name as it is tried from this place, and from everywhere."""
    return _key("name-there", f"{login}\n{place}"), _key("name", login)


def _key(kind: str, what: str) -> str:
    hashed = hashlib.sha256(what.casefold().encode()).hexdigest()[:32]
    return f"tries:{kind}:{hashed}"
