"""The relay: the one place through which what happened leaves the house.

It numbers the outbox into the feed and then rings: open pages look at the feed, the
queue looks at the waiting plan requests. A ring that is lost costs a moment, because
everybody who waits for one also looks by themselves.
"""

import threading
from collections.abc import Callable
from contextlib import suppress

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dispatch.log.feed import number_outbox
from dispatch.settings import Settings
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import in_one_transaction

FEED_STREAM = "feed"
_KEPT_RINGS = 1000
_PAUSE_SECONDS = 0.15
_TROUBLE_SECONDS = 1.0
log = structlog.get_logger()


def relay_once(engine: Engine, ring: Callable[[list[int]], None]) -> int:
    """Number what waits, commit, and only then ring.

    Returns:
        how many events entered the feed.
    """
    numbers = in_one_transaction(engine, number_outbox)
    if numbers:
        ring(numbers)
    return len(numbers)


def run_relay(chosen: Settings, redis_url: str, stop: threading.Event) -> None:
    """The relay's process: until told to stop."""
    engine = make_engine(chosen.database)
    relay_on(engine, bells(Redis.from_url(redis_url)), stop)


def bells(redis: Redis) -> Callable[[list[int]], None]:
    """Ring in Redis: the feed's head, never anything that is not in the database."""

    def ring(numbers: list[int]) -> None:
        with suppress(RedisError):
            redis.xadd(FEED_STREAM, {"seq": numbers[-1]}, maxlen=_KEPT_RINGS)

    return ring


def relay_on(
    engine: Engine, ring: Callable[[list[int]], None], stop: threading.Event
) -> None:
    """Relay until told to stop; a database that is away is waited for."""
    while not stop.is_set():
        try:
            moved = relay_once(engine, ring)
        except SQLAlchemyError as trouble:
            log.warning("relay.waits", error=type(trouble).__name__)
            stop.wait(_TROUBLE_SECONDS)
            continue
        if not moved:
            stop.wait(_PAUSE_SECONDS)
