"""The command `demo`: everything on embedded parts, a made-up district and its day."""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Engine

from dispatch.bootstrap.progress import say
from dispatch.demo.day import Day, Outcome, day_ends
from dispatch.demo.district import District
from dispatch.demo.ground import TooFewRoads
from dispatch.demo.home import (
    Made,
    NotADemo,
    clear,
    district_of,
    has_begun,
    made_in,
    make_home,
    mark_begun,
    start_clock,
)
from dispatch.demo.judging import judge
from dispatch.demo.pace import Running, Stepped, Stuck
from dispatch.demo.sizes import SIZES
from dispatch.demo.tour import sign_ins, tour_words
from dispatch.demo.touring import Tour
from dispatch.embedded.identity import Identity
from dispatch.running import programs, web_address
from dispatch.settings import Settings, home_folder, settings
from dispatch.store.engine import make_engine
from dispatch.store.migrate import upgrade
from dispatch.supervisor import AlreadyRunning, NotReady, pid_file, running
from routing.errors import BadRoads

BROKEN, BAD_INPUT = 1, 2
_SOLVE_SECONDS: Final = {"small": "1.5", "district": "2", "city": "4"}


class Again(Exception):
    """Whoever looks at the tour wants it from its beginning."""


class PortTaken(Exception):
    """Somebody else listens on the demo's port."""


@dataclass(frozen=True)
class Wanted:
    """What the command line asked for."""

    size: str
    seed: int
    speed: float
    roads: Path | None
    fresh: bool
    headless: bool
    report: Path | None
    tour: bool
    port: int | None
    past: bool | None


@click.command()
@click.option("--size", type=click.Choice(list(SIZES)), default="small")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@click.option(
    "--speed",
    type=click.FloatRange(1, 600),
    default=30,
    show_default=True,
    help="Simulated seconds per second.",
)
@click.option(
    "--roads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A road network: .npz made by `import roads`, or an .osm.pbf.",
)
@click.option("--fresh", is_flag=True, help="Begin anew.")
@click.option("--headless", is_flag=True, help="Run the day to its end, then stop.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what came of the day to this JSON file.",
)
@click.option(
    "--tour",
    is_flag=True,
    help="A new day, told on one page of five panes.",
)
@click.option(
    "--past/--no-past",
    default=None,
    help="Months before the day; without --headless and --tour they are there.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web.")
def demo(**asked: object) -> None:
    """Start everything, with a made-up district and its simulated day."""
    wanted = Wanted(**asked)  # type: ignore[arg-type]
    try:
        sys.exit(_run(wanted))
    except (NotADemo, PortTaken, BadRoads, TooFewRoads) as wrong:
        say(str(wrong))
        click.echo(json.dumps({"error": "bad_input", "detail": str(wrong)}))
        sys.exit(BAD_INPUT)
    except (AlreadyRunning, NotReady, Stuck) as trouble:
        say(str(trouble))
        sys.exit(BROKEN)


def _run(wanted: Wanted) -> int:
    home = home_folder().resolve()
    minder = Identity.read(pid_file(home, "supervisor"))
    if minder is not None and minder.is_alive():
        raise AlreadyRunning(f"{home} is run already, by process {minder.pid}")
    kept = made_in(home)
    if wanted.fresh or wanted.headless or wanted.tour or (kept and not kept.whole):
        clear(home)
    home.mkdir(parents=True, exist_ok=True)
    _surround(wanted, home)
    chosen = settings()
    _must_be_free(chosen)
    if made_in(home) is None:
        mark_begun(home, wanted.size, wanted.seed)
    upgrade(chosen.database)
    engine = make_engine(chosen.database)
    try:
        district = _district(engine, home, wanted)
        if wanted.headless:
            return _run_headless(engine, chosen, district, wanted)
        if wanted.tour:
            return _run_tour(engine, chosen, district)
        return _run_live(engine, chosen, district, wanted)
    except Again:
        engine.dispose()
        say("once more, with a new day …")
        # A new process: keys and settings of the old home must not live on in this one.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
    finally:
        engine.dispose()


def _surround(wanted: Wanted, home: Path) -> None:
    """Let every process of this demo see one home, one port, and the demo's stage."""
    os.environ["DISPATCH_STAGE"] = "demo"
    os.environ["DISPATCH_HOME"] = str(home)
    if wanted.port:
        os.environ["DISPATCH_PORT"] = str(wanted.port)
    elif wanted.headless:
        os.environ["DISPATCH_PORT"] = str(_free_port())
    if wanted.headless or wanted.tour:  # the day waits for its plans
        seconds = _SOLVE_SECONDS[wanted.size] if wanted.headless else "3"
        os.environ.setdefault("DISPATCH_SOLVE_SECONDS", seconds)
        os.environ.setdefault("DISPATCH_SWEEP_SECONDS", "0.5")
    settings.cache_clear()


def _must_be_free(chosen: Settings) -> None:
    """Whoever listens there already would be taken for ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError:
            raise PortTaken(
                f"port {chosen.port} is taken; choose another with --port"
            ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _district(engine: Engine, home: Path, wanted: Wanted) -> District:
    kept = made_in(home)
    if kept is not None and kept.whole:
        if (kept.size, kept.seed) != (wanted.size, wanted.seed):
            say(f"this home holds {kept.size}, seed {kept.seed}; --fresh begins anew")
        return district_of(home, kept)
    began = time.monotonic()
    say(f"making the district {wanted.size}, seed {wanted.seed} …")
    made = Made(wanted.size, wanted.seed)
    past = wanted.past
    if past is None:  # who plays a day only, or looks at one, does not wait for months
        past = not (wanted.headless or wanted.tour)
    district = make_home(engine, home, made, wanted.roads, past=past)
    people, points = len(district.people), len(district.places.points)
    seconds = time.monotonic() - began
    say(f"{points} dining points, {people} elders: made in {seconds:.1f} s")
    return district


def _run_headless(
    engine: Engine, chosen: Settings, district: District, wanted: Wanted
) -> int:
    """The whole day, step by step; then the report."""
    began = time.monotonic()
    with _everything(chosen):
        say(f"everything runs; the day begins ({time.monotonic() - began:.1f} s)")
        pace = Stepped(engine)
        day = Day(district, pace, address=web_address(chosen), home=chosen.home)
        outcome = asyncio.run(_to_the_end(day, pace, district))
        held = judge(engine, chosen, district, outcome, wanted.report)
    say(f"the day took {time.monotonic() - began:.1f} s")
    return 0 if held else BROKEN


async def _to_the_end(day: Day, pace: Stepped, district: District) -> Outcome:
    outcome = await day.live(say)
    await pace.reach(day_ends(district))
    await pace.settle()
    return outcome


def _run_tour(engine: Engine, chosen: Settings, district: District) -> int:
    """The day as the tour's page asks for it, until told to stop.

    Raises:
        Again: the page asked for a new one.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: _interrupt(stop))
    with _everything(chosen):
        click.echo(sign_ins(web_address(chosen), district))
        click.echo(tour_words(chosen.port))
        try:
            asyncio.run(Tour(engine, chosen, district).run())
        except KeyboardInterrupt:
            say("stopping …")
            return 0
    raise Again


def _run_live(
    engine: Engine, chosen: Settings, district: District, wanted: Wanted
) -> int:
    """The day at its speed, for people to watch, until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: _interrupt(stop))
    played = has_begun(engine)
    with _everything(chosen):
        start_clock(engine, wanted.speed)
        click.echo(sign_ins(web_address(chosen), district))
        try:
            if played:
                say("this day was begun before and stands; --fresh begins anew")
            else:
                pace = Running(engine)
                day = Day(district, pace, address=web_address(chosen), home=chosen.home)
                outcome = asyncio.run(day.live(say))
                judge(engine, chosen, district, outcome, wanted.report)
            say("the day is over; the pages stay up until Ctrl-C")
            while not stop.wait(1.0):
                pass
        except KeyboardInterrupt:
            say("stopping …")
    return 0


def _interrupt(stop: threading.Event) -> None:
    stop.set()
    raise KeyboardInterrupt


@contextmanager
def _everything(chosen: Settings) -> Iterator[None]:
    with running(programs(chosen), chosen.home):
        yield
