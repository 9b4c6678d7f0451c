"""A made-up district or city with months behind it, for figures about money."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DISPATCH_STAGE", "test")
os.environ.setdefault("DISPATCH_HOME", tempfile.mkdtemp(prefix="liuzhu-money-"))

from sqlalchemy import Engine  # noqa: E402 - the checkout comes first
from sqlmodel import Session  # noqa: E402

import dispatch.store.tables  # noqa: E402, F401 - rows may point at any table
from dispatch.clock import set_clock, town_moment  # noqa: E402
from dispatch.demo.district import draw_district, keep_district  # noqa: E402
from dispatch.demo.past.facts import Truth  # noqa: E402
from dispatch.demo.past.filling import EVERY_LIE, fill_months  # noqa: E402
from dispatch.demo.past.settling import month_days  # noqa: E402
from dispatch.demo.sizes import SIZES  # noqa: E402
from dispatch.demo.streets import door_points, streets_for  # noqa: E402
from dispatch.store.engine import make_engine  # noqa: E402
from dispatch.store.migrate import upgrade  # noqa: E402

DRAWN_ON: Final = date(2026, 11, 20)
# Orders of a month, as many as the size has meals and visits.
ORDERS: Final = {"small": 6_000, "district": 42_000, "city": 340_000}


def build(url: str, size: str, seed: int) -> Engine:
    """An empty database with everybody who lives in a district of this size."""
    upgrade(url)
    engine = make_engine(url)
    drawn = SIZES[size]
    points = door_points(streets_for(drawn, seed, None))
    with Session(engine) as session:
        keep_district(session, draw_district(drawn, seed, DRAWN_ON, points))
        session.commit()
    return engine


@dataclass(frozen=True)
class Asked:
    """One month to be made up."""

    url: str
    month: str
    orders: int
    seed: int
    lied: bool


def fill(
    engine: Engine, months: Sequence[str], orders: int, seed: int, *, fraud: bool
) -> Truth:
    """The months with a word about each; the clock stands after them.

    PostgreSQL takes as many months side by side as there are cores. Each month's rows
    are its seed's own, whichever comes first.
    """
    url = engine.url.render_as_string(hide_password=False)
    asked = [
        Asked(url, month, orders, seed, fraud and month == months[-1])
        for month in months
    ]
    whole = Truth()
    for made in _each(engine, asked):
        whole.orders += made.orders
        whole.lines += made.lines
        whole.lies |= made.lies
    last = month_days(months[-1])[-1]
    with Session(engine) as session:
        set_clock(session, town_moment(last, 36 * 3600), speed=0)
        session.commit()
    return whole


def _each(engine: Engine, asked: Sequence[Asked]) -> Iterator[Truth]:
    if engine.dialect.name == "sqlite":
        yield from map(_fill_month, asked)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(_fill_month, asked)


def _fill_month(asked: Asked) -> Truth:
    begun = time.perf_counter()
    engine = make_engine(asked.url)
    months = [asked.month]
    lies = EVERY_LIE if asked.lied else ()
    made = fill_months(engine, months, asked.orders, asked.seed, lies=lies)
    engine.dispose()
    took = time.perf_counter() - begun
    say(f"{asked.month}: {made.orders} orders, {made.lines} lines, {took:.0f} s")
    return made


def months_until(last: str, many: int) -> list[str]:
    """So many months, this one last."""
    year, month = map(int, last.split("-"))
    first = year * 12 + month - many
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, first + many)]


def say(words: str) -> None:
    """Progress; the figures alone go to standard output."""
    print(words, file=sys.stderr, flush=True)
