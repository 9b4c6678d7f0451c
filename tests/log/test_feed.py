"""The feed: numbered in the order of commits, without gap or repeat."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.log.events import record
from dispatch.log.feed import feed_position, list_feed, number_outbox
from dispatch.relaying import relay_on, relay_once
from dispatch.store.unit_of_work import in_one_transaction, unit_of_work


def _happen(engine: Engine, times: int) -> None:
    for _ in range(times):
        in_one_transaction(
            engine, lambda uow: record(uow, "order.placed", "order", uuid4())
        )


def _numbers(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return [row.feed_seq or 0 for row in list_feed(session, 0, limit=10_000)]


def test_what_happened_is_in_the_feed_once(engine: Engine) -> None:
    _happen(engine, 3)
    with unit_of_work(engine) as uow:
        assert number_outbox(uow) == [1, 2, 3]
    with unit_of_work(engine) as uow:
        assert number_outbox(uow) == []
    assert _numbers(engine) == [1, 2, 3]


def test_two_relays_beside_many_writers_leave_no_gap(engine: Engine) -> None:
    done = threading.Event()
    relays = [
        threading.Thread(target=relay_on, args=(engine, lambda _: None, done))
        for _ in range(2)
    ]
    for relay in relays:
        relay.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _happen(engine, 10), range(4)))
    done.set()
    for relay in relays:
        relay.join()
    while relay_once(engine, lambda _: None):
        pass
    assert _numbers(engine) == list(range(1, 41))


def test_a_relay_that_dies_before_its_commit_leaves_no_gap(engine: Engine) -> None:
    _happen(engine, 2)
    with Session(engine) as session:
        with unit_of_work(engine) as uow:
            number_outbox(uow)
            uow.session.rollback()
        assert feed_position(session)[1] == 0
    relay_once(engine, lambda _: None)
    assert _numbers(engine) == [1, 2]
