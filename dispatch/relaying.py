"""The relay: the one place through which what happened leaves the house.

It numbers the outbox into the feed, which every open page follows, and then tells the
queue of the plan requests that wait. A word that is lost costs a moment: the sweep
tells the queue again.
"""

import threading
from collections.abc import Callable
from functools import partial

import structlog
from redis import Redis
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dispatch.exchange.posting import poster
from dispatch.exchange.telling import tell_webhooks
from dispatch.inside import Allowed
from dispatch.log.feed import is_anything_waiting, number_outbox
from dispatch.looking import look_on
from dispatch.planning.chasing import take_hints
from dispatch.planning.chasing_drafts import hints_of
from dispatch.planning.drafts import PlanDraft
from dispatch.queue import tell_all
from dispatch.safety.sending import Gateways, send_notices
from dispatch.settings import Settings
from dispatch.store.engine import make_engine
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import glance, in_one_transaction

_QUEUE_PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.05
_TROUBLE_SECONDS = 1.0
_TELL_SECONDS = 2.0
log = structlog.get_logger()


def relay_once(engine: Engine, ring: Callable[[list[int]], None]) -> int:
    """Number what waits, commit, and only then ring.

    It looks before it writes: who only looks keeps no writer waiting.

    Returns:
        how many events entered the feed.
    """
    with glance(engine) as session:
        if not is_anything_waiting(session):
            return 0
    numbers = in_one_transaction(engine, number_outbox)
    if numbers:
        fail_point("feed.told")
        ring(numbers)
    return len(numbers)


def run_relay(chosen: Settings, redis_url: str, stop: threading.Event) -> None:
    """The relay's process: until told to stop."""
    engine = make_engine(chosen.database)
    redis = Redis.from_url(redis_url, socket_timeout=_QUEUE_PATIENCE_SECONDS)
    over = threading.Event()  # not `stop`: only the relay's own looks are its pulse
    tellers = [
        threading.Thread(target=look_on, args=(tell, _TELL_SECONDS, over))
        for tell in (
            partial(send_notices, engine, Gateways.of(chosen)),
            partial(tell_webhooks, engine, poster(Allowed.of(chosen.inner_hosts))),
        )
    ]
    for teller in tellers:
        teller.start()
    try:
        relay_on(engine, lambda _: ask_workers(engine, redis), stop)
    finally:
        over.set()
        for teller in tellers:
            teller.join()


def ask_workers(engine: Engine, redis: Redis) -> None:
    """Tell workers at once of requests and drafts that nobody was told of yet."""
    hints, drafts = in_one_transaction(
        engine, lambda uow: (take_hints(uow), hints_of(uow, PlanDraft))
    )
    if hints or drafts:
        tell_all(redis, hints, drafts)


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
