"""A whole day through real processes, while every one of them is shot at lunch."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.chaos.stack import Stack, Style
from dispatch.clock import set_clock, town_moment
from dispatch.demo.agenda import Agenda
from dispatch.demo.day import Day, Outcome, day_ends
from dispatch.demo.desk import Desk
from dispatch.demo.district import District, draw_district, keep_district
from dispatch.demo.doors import Door, Street
from dispatch.demo.home import DAY
from dispatch.demo.menus import seconds_of
from dispatch.demo.pace import Stepped
from dispatch.demo.sizes import Size
from dispatch.demo.streets import door_points, streets_for
from dispatch.people.vault import keys
from dispatch.planning.roads import ROADS_FILE
from dispatch.promises import Status, check_promises
from dispatch.settings import settings
from dispatch.store.engine import make_engine, reading
from dispatch.store.unit_of_work import in_one_transaction
from routing.roads import save_roads
from tests.engines import POSTGRESQL, SQLITE, Engines

SEED: Final = 11
CUT_SECONDS: Final = 30.0
VILLAGE: Final = Size(
    name="village",
    streets=1,
    communities=3,
    stations=1,
    restaurants=1,
    central_kitchens=1,
    profiles=100,
    meals=45,
    visits=6,
    couriers=1,
    volunteers=1,
    caregivers=1,
    radius_metres=1_000,
)
KILLS: Final[tuple[tuple[str, str, Style], ...]] = (
    ("09:31", "work-1", "parent"),
    ("09:33", "schedule", "parent"),
    ("10:40", "relay", "parent"),
    ("11:00", "web", "parent"),
    ("11:10", "valkey", "parent"),
    ("11:20", "schedule", "parent"),
    ("11:30", "web", "group"),
    ("11:40", "relay", "group"),
    ("11:50", "valkey", "group"),
    ("12:00", "work-1", "group"),
    ("12:10", "web", "parent"),
)


class Hounded(Stepped):
    """The day's pace, with somebody who kills a process whenever its time comes."""

    def __init__(self, engine: Engine, stack: Stack) -> None:
        super().__init__(engine)
        self._stack = stack
        self._left = [(town_moment(DAY, seconds_of(c)), n, s) for c, n, s in KILLS]
        self.killed: list[str] = []
        self.lunch_begins = asyncio.Event()

    async def reach(self, at: datetime) -> datetime:
        now = await super().reach(at)
        if now >= town_moment(DAY, seconds_of("11:00")):
            self.lunch_begins.set()
        while self._left and self._left[0][0] <= now:
            _, name, style = self._left.pop(0)
            await asyncio.to_thread(self._kill, name, style)
        return now

    def _kill(self, name: str, style: Style) -> None:
        self._stack.wait_ready(name)
        self._stack.kill(name, style)
        self.killed.append(name)


@contextmanager
def a_village(
    engines: Engines, engine_kind: str
) -> Iterator[tuple[Engine, District, Stack]]:
    """Every process of the product, up around a village, its clock at six."""
    keys()  # this process and the product's must seal with the same ones
    env = {
        "DISPATCH_STAGE": "demo",
        "DISPATCH_KEYS_FILE": str(settings().home / "keys.json"),
        "DISPATCH_SOLVE_SECONDS": "1.5",
        "DISPATCH_SWEEP_SECONDS": "0.3",
    }
    with (
        engines.fresh(engine_kind) as url,
        tempfile.TemporaryDirectory(prefix="liuzhu-lunch-") as folder,
    ):
        engine = make_engine(url)
        district = settle_village(engine, Path(folder))
        stack = Stack(url, Path(folder), env=env)
        try:
            stack.start()
            yield engine, district, stack
        finally:
            stack.stop()
            engine.dispose()


def settle_village(engine: Engine, home: Path) -> District:
    """Draw the village and keep it, streets and people."""
    roads = streets_for(VILLAGE, SEED, None)
    save_roads(roads, home / ROADS_FILE)
    district = draw_district(VILLAGE, SEED, DAY, door_points(roads))
    with Session(engine) as session:
        keep_district(session, district)
        session.commit()
    in_one_transaction(
        engine, lambda uow: set_clock(uow.session, district.begins_at, speed=0)
    )
    return district


async def live_and_die(day: Day, pace: Hounded) -> tuple[Outcome, list[str]]:
    """Play the day; a second coordinator's socket is cut for half a minute."""
    street = Street(day.street.address, day.notes)
    door = Door(street, "coordinator")
    watcher = Desk(Agenda(pace, day.notes), door, day.district, lambda _order: True)
    await watcher.open()

    async def lose_the_line() -> None:
        await pace.lunch_begins.wait()
        await watcher.close()
        await asyncio.sleep(CUT_SECONDS)
        watcher.listen()

    lost = asyncio.create_task(lose_the_line())
    outcome = await day.live(lambda words: None)
    await pace.reach(day_ends(day.district))
    await pace.settle()
    await lost
    try:
        return outcome, await watcher.compare()
    finally:
        await watcher.close()
        await street.close()


# On SQLite with `test --long`; there the day of tests/journeys is shot at, too.
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "kind", [pytest.param(SQLITE, marks=pytest.mark.long), POSTGRESQL]
)
@pytest.mark.proves("F03", "F15", "F19")
def test_a_lunch_goes_on_whatever_dies(
    kind: str, engines: Engines, request: pytest.FixtureRequest
) -> None:
    if kind == POSTGRESQL:
        request.getfixturevalue("postgres_server")
    with a_village(engines, kind) as (engine, district, stack):
        pace = Hounded(engine, stack)
        day = Day(district, pace, address=stack.url, home=stack.home)
        outcome, unlike = asyncio.run(live_and_die(day, pace))
        with Session(reading(engine)) as session:
            told = check_promises(
                session, home=stack.home, redis_url=stack.redis_url, played=True
            )

    assert len(pace.killed) == len(KILLS)
    assert outcome.troubles == []
    assert outcome.feed == []
    assert unlike == [], "the picture of the cut socket is not a fresh page's"
    assert {p.n: p.broken for p in told if p.status is Status.BROKEN} == {}
    assert [promise.n for promise in told if promise.not_looked_at] == []
    held = {promise.n for promise in told if promise.status is Status.HELD}
    assert held >= {1, 2, 4, 7, 8, 10}
