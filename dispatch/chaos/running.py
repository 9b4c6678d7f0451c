"""One run of the bench, and the command `chaos` that makes it."""

import asyncio
import bisect
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy import Engine, text
from sqlmodel import Session

from dispatch.bootstrap.progress import say
from dispatch.chaos.callers import Callers
from dispatch.chaos.judging import judge
from dispatch.chaos.nemesis import Nemesis, draw_shots
from dispatch.chaos.proxy import Fault, FaultProxy
from dispatch.chaos.stack import Stack
from dispatch.chaos.town import draw_calls, settle_town
from dispatch.clock import town_moment
from dispatch.demo.agenda import Agenda
from dispatch.demo.chance import Chance
from dispatch.demo.desk import Desk
from dispatch.demo.district import District
from dispatch.demo.doors import Door, Notes, Street
from dispatch.demo.home import DAY, NotADemo, refuse_lived_in
from dispatch.demo.menus import seconds_of
from dispatch.demo.pace import Stepped
from dispatch.log.feed import is_anything_waiting
from dispatch.people.vault import keys
from dispatch.settings import settings
from dispatch.store.engine import make_engine, reading
from dispatch.store.migrate import upgrade

_SHARES: Final = {
    Fault.UNANSWERED: 1.0,
    Fault.LOST: 0.5,
    Fault.LATE: 0.5,
    Fault.SILENT: 0.1,
}
_NUMBERED_WITHIN_SECONDS: Final = 60.0
_STEPS: Final = 20  # of progress
_KITCHEN_COUNTS: Final = "09:40"  # the first day's lunch is planned from here on
Others = Mapping[str, Callable[[], None]]


@dataclass
class Report:
    """What a run did and found; `wrong` is empty when every invariant held."""

    seed: int
    orders: int
    kills: list[str] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    slowest_recovery_seconds: float = 0.0
    wrong: dict[str, list[str]] = field(default_factory=dict)


def run_chaos(
    database_url: str,
    home: Path,
    *,
    orders: int,
    kills: int,
    seed: int,
    others: Others | None = None,
) -> Report:
    """Order under kills in a village of its own, then judge what is left.

    Args:
        database_url: a database with our tables and nothing in them.
        others: how to shoot what is no process of the product, by name.
    """
    keys()  # this process and the product's must seal with the same ones
    engine = make_engine(database_url)
    report = Report(seed, orders)
    try:
        district = settle_town(engine, home, seed, orders)
        env = {
            "DISPATCH_STAGE": "demo",
            "DISPATCH_KEYS_FILE": str(settings().keys),
            "DISPATCH_SOLVE_SECONDS": "1.5",
        }
        stack = Stack(database_url, home, env=env)
        try:
            stack.start()
            run = Run(engine, district, stack, report)
            asyncio.run(run.live(kills, others or {}))
            with Session(reading(engine)) as session:
                report.wrong |= judge(session, stack.home, stack.redis_url)
        finally:
            stack.stop()
    finally:
        engine.dispose()
    return report


class Run:
    """The hour of the kills: callers, two pages that watch, and whoever shoots."""

    def __init__(
        self, engine: Engine, district: District, stack: Stack, report: Report
    ) -> None:
        self._district, self._stack, self._report = district, stack, report
        self._engine, self._pace = engine, Stepped(engine)
        self._notes = Notes(stack.home)

    async def live(self, kills: int, others: Others) -> None:
        report, began = self._report, time.monotonic()
        shots = draw_shots(report.seed, kills, report.orders, tuple(others))
        nemesis = Nemesis(self._stack, shots, others)
        line = FaultProxy(
            self._stack.port, Chance(report.seed, "line"), dict.fromkeys(_SHARES, 0.0)
        )
        async with line:
            bad, good = (
                Street(url, self._notes) for url in (line.url, self._stack.url)
            )
            watchers = [await self._watch(street) for street in (bad, good)]
            line.shares = dict(_SHARES)
            callers = Callers(bad, self._heard(nemesis))
            shooting = asyncio.create_task(nemesis.shoot())
            await self._call(callers)
            await shooting
            line.shares.clear()
            await self._quiet()
            for watcher in watchers:
                self._found("pages", await watcher.compare())
                await watcher.close()
            for street in (bad, good):
                await street.close()
        self._found("troubles", self._notes.troubles)
        report.kills = [f"{shot.victim} {shot.style}" for _, shot in nemesis.shot]
        report.faults = {fault.value: times for fault, times in line.done.items()}
        report.told = dict(callers.told)
        report.seconds = round(time.monotonic() - began, 1)
        report.slowest_recovery_seconds = _slowest(nemesis, callers)

    def _heard(self, nemesis: Nemesis) -> Callable[[int], None]:
        """Whoever shoots is told each call, whoever waits each twentieth of them."""
        orders, said = self._report.orders, 0

        def heard(calls: int) -> None:
            nonlocal said
            nemesis.answered(calls)
            if calls * _STEPS // orders > said:
                said = calls * _STEPS // orders
                say(f"{calls} of {orders} calls, {len(nemesis.shot)} shots")

        return heard

    async def _watch(self, street: Street) -> Desk:
        agenda = Agenda(self._pace, self._notes)
        door = Door(street, "coordinator")
        watcher = Desk(agenda, door, self._district, lambda _order: True)
        await watcher.open()
        return watcher

    async def _call(self, callers: Callers) -> None:
        """The first day's calls, then its plans are made while the rest comes in."""
        wishes = draw_calls(self._district, self._report.seed, self._report.orders)
        today = self._district.day.isoformat()
        first = [wish for wish in wishes if wish.body["serve_on"] == today]
        await callers.call(first)
        await self._pace.reach(town_moment(DAY, seconds_of(_KITCHEN_COUNTS)))
        await callers.call(wishes[len(first) :])

    async def _quiet(self) -> None:
        """Everybody is back, what was due is done, and the feed has a number for it."""
        for name in self._stack.names:
            await asyncio.to_thread(self._stack.wait_ready, name)
        await self._pace.settle()
        until = time.monotonic() + _NUMBERED_WITHIN_SECONDS
        while await asyncio.to_thread(self._is_unnumbered):
            if time.monotonic() > until:
                self._found("feed", ["what was told has no number"])
                break
            await asyncio.sleep(0.1)

    def _is_unnumbered(self) -> bool:
        with Session(reading(self._engine)) as session:
            return is_anything_waiting(session)

    def _found(self, kind: str, words: list[str]) -> None:
        if words:
            self._report.wrong.setdefault(kind, []).extend(words)


def _slowest(nemesis: Nemesis, callers: Callers) -> float:
    """The longest from a shot to the first yes for a request made after it."""
    good = sorted(callers.good)
    asked = [at for at, _ in good]
    waits = []
    for at, _ in nemesis.shot:
        later = good[bisect.bisect(asked, at) :]
        waits += [min(told for _, told in later) - at] if later else []
    return round(max(waits, default=0.0), 2)


def cut_connections(engine: Engine) -> None:
    """End every other connection to a PostgreSQL database, in whatever it does."""
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        connection.execute(cut)


@click.command()
@click.option("--orders", type=click.IntRange(20), default=5000, show_default=True)
@click.option("--kills", type=click.IntRange(0), default=8, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--database", help="An empty PostgreSQL database; default: SQLite.")
def chaos(orders: int, kills: int, seed: int, database: str | None) -> None:
    """Order under kills of real processes; exit 1 when anything was lost or doubled.

    It starts a house of its own in a temporary folder and kills nothing else.
    """
    say(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="liuzhu-chaos-") as folder:
        # Nothing of the home that stands here is touched, and no secret is asked for.
        os.environ |= {"DISPATCH_STAGE": "demo", "DISPATCH_HOME": folder}
        settings.cache_clear()
        url = database or f"sqlite:///{folder}/liuzhu.db"
        others: dict[str, Callable[[], None]] = {}
        if database:
            shooter = make_engine(url)
            _refuse_lived_in(shooter)
            others["database"] = lambda: cut_connections(shooter)
        upgrade(url)
        report: dict[str, Any] = asdict(
            run_chaos(
                url, Path(folder), orders=orders, kills=kills, seed=seed, others=others
            )
        )
    click.echo(json.dumps(report, ensure_ascii=False))
    sys.exit(bool(report["wrong"]))


def _refuse_lived_in(engine: Engine) -> None:
    """Nobody's house is upgraded, given a village, and shot at."""
    try:
        refuse_lived_in(engine)
    except NotADemo as wrong:
        raise click.UsageError(str(wrong)) from None
