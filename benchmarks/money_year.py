"""Months of a city in the books: how long a report, a look into it and a close take.

    python3 benchmarks/money_year.py --size district --months 1
    python3 benchmarks/money_year.py --size city --months 12 --database URL
    python3 benchmarks/money_year.py --filled --database URL

On SQLite in a folder of its own, or in an empty database that is named. The months are
made up with every guard on (`dispatch.demo.past`) and posted. Then, each in a
transaction as a page or command has it: the month's table, each report, a look at the
lines of one point, every signature of the first month and its close.

A city-year takes half an hour to fill and minutes to measure: `--filled` measures the
months that stand in the database that is named, brought to the newest migration, and
signs and closes the first that is open; `--no-close` only reads. DISPATCH_HOME is to
be the folder whose keys it was filled with, or no name of it can be read.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, TypeVar
from uuid import UUID, uuid4

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, func, text  # noqa: E402 - the checkout comes first
from sqlmodel import Session, col, select  # noqa: E402

from benchmarks.money_house import (  # noqa: E402
    ORDERS,
    build,
    fill,
    months_until,
    say,
)
from dispatch.access.accounts import Account, Role  # noqa: E402
from dispatch.clock import read_clock, set_clock  # noqa: E402
from dispatch.orders.orders import Order  # noqa: E402
from dispatch.reports.making import make_report  # noqa: E402
from dispatch.store.engine import make_engine, reading  # noqa: E402
from dispatch.store.migrate import upgrade  # noqa: E402
from dispatch.store.unit_of_work import (  # noqa: E402
    Actor,
    UnitOfWork,
    in_one_transaction,
    picture,
)
from dispatch.subsidy.ledger import Entry, Posting  # noqa: E402
from dispatch.subsidy.lines import LineFilter, lines_of  # noqa: E402
from dispatch.subsidy.months.blocking import signed_of  # noqa: E402
from dispatch.subsidy.months.closing import close_month  # noqa: E402
from dispatch.subsidy.months.periods import Period, PeriodState  # noqa: E402
from dispatch.subsidy.months.signing import sign_step  # noqa: E402
from dispatch.subsidy.months.steps import Step  # noqa: E402
from dispatch.subsidy.usage import usage_of  # noqa: E402

T = TypeVar("T")
REPORTS: Final = ("usage", "meals_month", "payout", "stations", "coverage")
TIMES: Final = 3


def timed(do: Callable[[], T], times: int = TIMES) -> tuple[float, T]:
    """The median seconds of some runs, and what the last one gave."""
    runs = [_once(do) for _ in range(times)]
    return round(median(took for took, _ in runs), 3), runs[-1][1]


def _once(do: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    found = do()
    return time.perf_counter() - begun, found


def looks(engine: Engine, month: str, desk: Actor) -> dict[str, object]:
    """Seconds for the month's table, the reports, and the lines of one point."""

    def show(do: Callable[[UnitOfWork], T]) -> T:
        with picture(engine, desk) as uow:
            return do(uow)

    found: dict[str, object] = {}
    found["month_table_seconds"], _ = timed(
        lambda: show(lambda uow: usage_of(uow, month))
    )
    for name in REPORTS:
        found[f"report_{name}_seconds"], _ = timed(
            partial(show, partial(make_report, name=name, period=month))
        )
    whichever = {
        "of_a_point": LineFilter(station_id=_station(engine), channel="dine_in"),
        "of_all_points": LineFilter(channel="dine_in"),
        "of_a_rare_service": LineFilter(service="MOVE_WALK"),
    }
    for name, which in whichever.items():
        page = partial(lines_of, period=month, which=which)
        found[f"lines_{name}_seconds"], first = timed(partial(show, page))
        found[f"lines_{name}"] = f"{first.total}{'+' * first.many}"
        if first.next:
            more = partial(show, partial(page, after=first.next))
            found[f"lines_{name}_next_page_seconds"], _ = timed(more)
    say(json.dumps(found))
    return found


def _station(engine: Engine) -> UUID:
    with Session(reading(engine)) as session:
        query = select(Entry.station_id).group_by(col(Entry.station_id))
        return session.exec(query.order_by(func.count().desc()).limit(1)).one()


def close(engine: Engine, month: str, officials: list[Actor]) -> dict[str, object]:
    """Seconds for all signatures of a month, and for closing it."""
    begun = time.perf_counter()
    say("signing")
    for actor, step in _signatures(engine, month, officials):
        sign = partial(sign_step, period=month, step=step)
        in_one_transaction(engine, sign, actor=actor)
        if step is Step.PUBLISH:
            _wait(engine, days=9)
    signed = time.perf_counter() - begun
    say("closing")
    took, head = timed(
        lambda: in_one_transaction(
            engine, lambda uow: close_month(uow, month), actor=officials[0]
        ),
        times=1,
    )
    return {
        "closed_month": month,
        "signatures_seconds": round(signed, 1),
        "close_seconds": took,
        "closed_lines": head.lines,
        "head": head.hash,
    }


def _signatures(
    engine: Engine, month: str, officials: list[Actor]
) -> list[tuple[Actor, Step]]:
    with Session(reading(engine)) as session:
        stations = signed_of(session, month).street_of
        known = list(session.exec(select(Account)))
    desks = {a.station_id: a.id for a in known if a.role is Role.STATION}
    streets = {a.street_code: a.id for a in known if a.role is Role.STREET}
    somebody = officials[0].account_id
    confirming = [
        (Actor("station", desks.get(one, somebody), station_id=one), Step.CONFIRM)
        for one in stations
    ]
    reviewing = [
        (Actor("street", streets.get(code, somebody), street_code=code), Step.REVIEW)
        for code in sorted(set(stations.values()))
    ]
    first, second = officials
    ending = [(first, Step.PUBLISH), (first, Step.APPROVE), (second, Step.PAY)]
    return [*confirming, *reviewing, *ending]


def _wait(engine: Engine, days: int) -> None:
    with Session(engine) as session:
        set_clock(session, read_clock(session) + timedelta(days=days), speed=0)
        session.commit()


def _officials(engine: Engine) -> list[Actor]:
    """Two people of the district: what one approves the other pays."""
    made = [
        Account(login=f"{uuid4().hex[:12]}", password_hash="-", role=Role.DISTRICT,
                title="区级")
        for _ in range(2)
    ]  # fmt: skip
    with Session(engine, expire_on_commit=False) as session:
        session.add_all(made)
        session.commit()
    return [Actor("district", account.id) for account in made]


@dataclass(frozen=True)
class Books:
    """A database with months in it, filled just now or before."""

    engine: Engine
    months: list[str]
    told: dict[str, object]


def _fill(url: str, told: argparse.Namespace) -> Books:
    begun = time.perf_counter()
    engine = build(url, told.size, told.seed)
    months = months_until("2026-12" if told.months > 10 else "2026-10", told.months)
    orders = told.orders or ORDERS[told.size]
    truth = fill(engine, months, orders, told.seed, fraud=False)
    took = round(time.perf_counter() - begun)
    said = {"size": told.size, "orders": truth.orders, "made_in_seconds": took}
    return Books(engine, months, said)


def _filled(url: str) -> Books:
    upgrade(url)
    engine = make_engine(url)
    with Session(reading(engine)) as session:
        closed = Period.state == PeriodState.CLOSED
        shut = set(session.exec(select(Period.month).where(closed)))
        months = set(session.exec(select(Entry.period).distinct()))
        orders = session.exec(select(func.count()).select_from(Order)).one()
    told = {"orders": orders, "closed_before": sorted(shut)}
    return Books(engine, sorted(months - shut), told)


def _measure(books: Books, *, closing: bool) -> dict[str, object]:
    engine, months = books.engine, books.months
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    with Session(reading(engine)) as session:
        lines = session.exec(select(func.count()).select_from(Posting)).one()
    officials = _officials(engine)
    result = {
        "engine": engine.dialect.name,
        "months": len(months),
        "lines": lines,
        **books.told,
        **looks(engine, months[-1], officials[0]),
    }
    return result | close(engine, months[0], officials) if closing else result


def main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--size", choices=sorted(ORDERS), default="district")
    asked.add_argument("--months", type=int, default=1)
    asked.add_argument("--orders", type=int, help="of a month")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", help="an empty one; SQLite in a folder otherwise")
    asked.add_argument("--filled", action="store_true", help="the months are in it")
    asked.add_argument("--no-close", action="store_true", help="only read")
    told = asked.parse_args()
    if told.filled and not told.database:
        asked.error("--filled measures a database that --database names")
    with TemporaryDirectory(prefix="liuzhu-year-") as folder:
        url = told.database or f"sqlite:///{Path(folder) / 'year.db'}"
        books = _filled(url) if told.filled else _fill(url, told)
        result = _measure(books, closing=not told.no_close)
        say("done")
        print(json.dumps(result, indent=1))
        books.engine.dispose()


if __name__ == "__main__":
    main()
