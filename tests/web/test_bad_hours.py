"""Hours in which something under the house is away: what was told yes is kept."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from redis.exceptions import RedisError
from sqlalchemy import Connection, Engine, event, func, text
from sqlmodel import Session, select

from dispatch.orders.orders import Order
from dispatch.queue import queue_at
from dispatch.running import redis_address
from dispatch.settings import settings
from dispatch.store.engine import make_engine
from tests.engines import ON_ONE_ENGINE, ON_POSTGRESQL
from tests.field.walk import make_walk
from tests.little_town import ELEVEN, TODAY, LittleTown
from tests.web.conftest import House
from tests.web.ordering import lunch_form, place
from tests.web.sockets import until
from tests.web.test_phone import event_at, send

PATIENCE_SECONDS = 120.0


def orders_of(town: LittleTown, elder_id: UUID) -> int:
    with Session(town.engine) as session:
        query = select(func.count()).select_from(Order)
        return session.exec(query.where(Order.elder_id == elder_id)).one()


def until_taken(clerk: httpx.Client, elder_id: UUID) -> list[int]:
    """Sent with one key until it is taken; every answer's status."""
    key, told, deadline = uuid4().hex, [0], time.monotonic() + PATIENCE_SECONDS
    while told[-1] not in {200, 201} and time.monotonic() < deadline:
        answer = place(clerk, elder_id, key=key)
        told.append(answer.status_code)
        if answer.status_code == 503:
            assert answer.headers["Retry-After"]
            assert "再发一次不会重复" in answer.json()["detail"]
            time.sleep(0.05)
    return told[1:]


@contextmanager
def shooting(
    engine: Engine, moment: str, shoot: Callable[[psycopg.Connection, int], None]
) -> Iterator[list[int]]:
    """The server's end of a transaction is shot, once, as it places its order or as it
    commits it."""
    aside = make_engine(engine.url.render_as_string(hide_password=False))
    placing: list[Connection] = []
    shot: list[int] = []

    def meet(connection: Connection) -> None:
        pid = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
        shot.append(pid)
        with aside.connect() as other:
            shoot(other.connection.dbapi_connection, pid)  # type: ignore[arg-type]

    def at_words(
        connection: Connection, _cursor: object, words: str, *_: object
    ) -> None:
        if "INSERT INTO orders" in words:
            placing.append(connection)
            if moment == "insert" and not shot:
                meet(connection)

    def at_commit(connection: Connection) -> None:
        if moment == "commit" and connection in placing and not shot:
            meet(connection)

    event.listen(engine, "before_cursor_execute", at_words)
    event.listen(engine, "commit", at_commit)
    try:
        yield shot
    finally:
        event.remove(engine, "before_cursor_execute", at_words)
        event.remove(engine, "commit", at_commit)
        aside.dispose()


def cut_off(aside: psycopg.Connection, pid: int) -> None:
    aside.execute("select pg_terminate_backend(%s, 5000)", (pid,))


def crash(aside: psycopg.Connection, pid: int) -> None:
    """A server one of whose processes was shot ends every other and recovers."""
    os.kill(pid, signal.SIGKILL)


@pytest.mark.proves("F13")
@ON_ONE_ENGINE
def test_orders_are_taken_while_redis_is_away(
    house: House, clerk: httpx.Client
) -> None:
    with pytest.raises(RedisError):
        queue_at(redis_address(settings())).ping()

    for _ in range(3):
        assert place(clerk, house.town.add_elder()).status_code == 201


@pytest.mark.proves("F21")
@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("moment", "shoot"), [("insert", cut_off), ("commit", cut_off), ("commit", crash)]
)
def test_an_order_survives_the_database_that_takes_it(
    house: House,
    clerk: httpx.Client,
    moment: str,
    shoot: Callable[[psycopg.Connection, int], None],
) -> None:
    before, elder_id = house.town.add_elder(), house.town.add_elder()
    assert place(clerk, before).status_code == 201

    with shooting(house.town.engine, moment, shoot) as shot:
        answers = until_taken(clerk, elder_id)

    assert len(shot) == 1
    assert answers[-1] in {200, 201}
    # Of one lost line nobody hears; while a whole server recovers one is told to wait.
    assert set(answers[:-1]) <= ({503} if shoot is crash else set())
    assert [orders_of(house.town, each) for each in (before, elder_id)] == [1, 1]


@contextmanager
def database_away(engine: Engine) -> Iterator[None]:
    """PostgreSQL lets nobody in, and has sent away who was inside."""
    name = engine.url.database
    where = engine.url.set(drivername="postgresql", database="postgres")
    with psycopg.connect(
        where.render_as_string(hide_password=False), autocommit=True
    ) as server:
        server.execute(f'alter database "{name}" with allow_connections false')
        server.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = %s",
            (name,),
        )
        try:
            yield
        finally:
            server.execute(f'alter database "{name}" with allow_connections true')


@pytest.mark.proves("F22")
@ON_POSTGRESQL
def test_a_phone_sends_later_what_a_house_without_its_database_refused(
    house: House, clerk: httpx.Client
) -> None:
    walk = make_walk(house.town, house.town.add_elder())
    house.town.at(ELEVEN)
    with house.enter(walk.actor) as phone:
        day = phone.get("/api/round", params={"on": TODAY.isoformat()}).json()
        begin = day["rounds"][0]["stops"][0]["id"]
        told = [
            event_at(day, "picked_up", 1, stop_id=begin),
            event_at(day, "handed_over", 2, detail={"to": "self"}),
        ]
        with database_away(house.town.engine):
            refused = [send(phone, *told), clerk.get("/api/board")]
            ready = clerk.get("/ready")
        kept = send(phone, *told).json()["results"]
        again = send(phone, *told).json()["results"]

    assert [answer.status_code for answer in (*refused, ready)] == [503] * 3
    assert all(answer.headers["Retry-After"] for answer in refused)
    assert [one["result"] for one in kept] == ["accepted"] * 2
    assert [one["result"] for one in again] == ["duplicate"] * 2


@pytest.mark.proves("F29")
def test_callers_who_hang_up_leave_no_half_order_and_no_lost_connection(
    house: House, clerk: httpx.Client
) -> None:
    elders = {house.town.add_elder(): uuid4().hex for _ in range(12)}
    for number, (elder_id, key) in enumerate(elders.items()):
        asked = clerk.build_request(
            "POST",
            "/api/orders",
            json=lunch_form(elder_id),
            headers={"Idempotency-Key": key},
        )
        hang_up(house, asked, after_seconds=0.004 * (number % 4))

    answers = [place(clerk, elder_id, key=key) for elder_id, key in elders.items()]

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert [orders_of(house.town, each) for each in elders] == [1] * len(elders)
    # The feed's own reader has one for a moment, again and again.
    pool = house.app.state.database.engine.pool
    until(lambda: pool.checkedout() == 0)
    until(lambda: idle_in_transaction(house.town.engine) == 0)


def hang_up(house: House, asked: httpx.Request, *, after_seconds: float) -> None:
    """Say all of a request, and be gone before its answer."""
    host, port = house.address.removeprefix("http://").split(":")
    lines = [f"POST {asked.url.raw_path.decode()} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in asked.headers.items()]
    with socket.create_connection((host, int(port))) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + asked.content)
        time.sleep(after_seconds)


def idle_in_transaction(engine: Engine) -> int:
    if engine.dialect.name == "sqlite":
        return 0
    asks = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and state like 'idle in transaction%'"
    )
    with engine.connect() as connection:
        return int(connection.execute(asks).scalar_one())


@contextmanager
def disk_full(engine: Engine) -> Iterator[None]:
    """No page more: SQLite has its most, PostgreSQL says so at an order."""

    def fill(connection: Connection) -> None:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as are

    def refuse(connection: Connection, _cursor: object, words: str, *_: object) -> None:
        if engine.dialect.name != "sqlite" and "INSERT INTO orders" in words:
            connection.exec_driver_sql(
                "do $$ begin raise exception using errcode = '53100',"
                " message = 'could not extend file: No space left on device'; end $$"
            )

    event.listen(engine, "begin", fill)
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "begin", fill)
        event.remove(engine, "before_cursor_execute", refuse)
        engine.dispose()


@pytest.mark.proves("F30")
def test_with_a_full_disk_one_reads_on_and_is_told_that_nothing_is_saved(
    house: House, clerk: httpx.Client
) -> None:
    elders = [house.town.add_elder() for _ in range(12)]
    note = "多放饭，少放盐，" * 12
    with disk_full(house.town.engine):
        answers = [place(clerk, each, note=note) for each in elders]
        refused = answers[-1]
        found = clerk.get("/api/elders", params={"q": "王"})

    told = [answer.status_code for answer in answers]
    assert set(told) <= {201, 507}  # a page begun before has room for some
    assert (refused.status_code, refused.json()["error"]) == (507, "disk_full")
    assert "没有保存" in refused.json()["detail"]
    assert found.json()["total"] == len(elders)
    kept = [orders_of(house.town, each) for each in elders]
    assert kept == [int(status == 201) for status in told]
    assert place(clerk, elders[-1], note=note).status_code == 201
