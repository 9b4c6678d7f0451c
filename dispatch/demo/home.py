"""The demo's own home: made anew on wish, never over something that is real."""

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect
from sqlmodel import Session, col, func, select

from dispatch.access.demo_accounts import write_demo_accounts
from dispatch.clock import read_clock, set_clock, town_moment
from dispatch.demo.accounts import shown_accounts
from dispatch.demo.district import (
    DAY_BEGINS_SECONDS,
    District,
    draw_district,
    keep_district,
)
from dispatch.demo.kin import give_a_family_its_link
from dispatch.demo.past.months import ORDERS, give_past
from dispatch.demo.sizes import SIZES
from dispatch.demo.streets import door_points, streets_for
from dispatch.log.events import Event
from dispatch.people.places import Street
from dispatch.planning.roads import ROADS_FILE
from dispatch.settings import DEMO_MARK
from dispatch.store.engine import reading
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from routing.roads import load_roads, save_roads

DAY: Final = date(2026, 11, 20)  # a Friday within the demo's rule file
_PARTS: Final = (
    *("liuzhu.db*", "keys.json", "demo-*", ROADS_FILE),
    *("travel", "logs", "run", "valkey", "photos"),
)


class NotADemo(Exception):
    """The folder or the database holds something that the demo did not make."""


@dataclass(frozen=True)
class Made:
    """What a demo's home was made from, and whether that was finished."""

    size: str
    seed: int
    whole: bool = True


def clear(home: Path) -> None:
    """Remove what a demo has put into its home, and nothing else.

    Raises:
        NotADemo: the home holds data that no demo made.
    """
    if made_in(home) is None:
        if (home / "liuzhu.db").exists():
            raise NotADemo(f"{home} holds data that no demo made; set DISPATCH_HOME")
        return
    for name in _PARTS:
        for inside in home.glob(name):
            if inside.is_dir() and not inside.is_symlink():
                shutil.rmtree(inside)
            else:
                inside.unlink()
    (home / DEMO_MARK).unlink()


def made_in(home: Path) -> Made | None:
    """What this home was made from, or None when no demo made it."""
    try:
        return Made(**json.loads((home / DEMO_MARK).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def refuse_lived_in(engine: Engine) -> None:
    """Raises: NotADemo, where the database is somebody's already, of any version."""
    if not inspect(engine).has_table(str(Street.__tablename__)):
        return
    with Session(reading(engine)) as session:
        if session.exec(select(func.count()).select_from(Street)).one():
            raise NotADemo(
                "the database is not empty; a made-up town needs one of its own"
            )


def mark_begun(home: Path, size: str, seed: int) -> None:
    """Say that a demo is being made here, before anything else is."""
    if not (home / "liuzhu.db").exists():
        _write_mark(home, Made(size, seed, whole=False))


def _write_mark(home: Path, made: Made) -> None:
    (home / DEMO_MARK).write_text(json.dumps(asdict(made)))


def make_home(
    engine: Engine, home: Path, made: Made, roads: Path | None, *, past: bool = False
) -> District:
    """Streets, district, sign-ins and the clock at six in the morning.

    Args:
        past: whether months have been before the day, with all that was done in them.

    Raises:
        NotADemo: the database is not empty.
        BadRoads, TooFewRoads: the district cannot be laid on this file.
    """
    refuse_lived_in(engine)
    size = SIZES[made.size]
    graph = streets_for(size, made.seed, roads)
    district = draw_district(size, made.seed, DAY, door_points(graph))
    save_roads(graph, home / ROADS_FILE)

    def keep(uow: UnitOfWork) -> None:
        keep_district(uow.session, district)

    in_one_transaction(engine, keep)
    if past:
        give_past(engine, ORDERS[made.size], made.seed, DAY)
    begin = partial(_put_clock, at=district.begins_at)
    in_one_transaction(engine, begin)
    family = in_one_transaction(engine, give_a_family_its_link)
    shown = shown_accounts(district.accounts)
    write_demo_accounts([*shown, family] if family else shown)
    _write_mark(home, made)
    return district


def _put_clock(uow: UnitOfWork, at: datetime) -> None:
    set_clock(uow.session, at, speed=0)


def district_of(home: Path, made: Made) -> District:
    """The district that a home was made with, drawn again from its seed."""
    points = door_points(load_roads(home / ROADS_FILE))
    return draw_district(SIZES[made.size], made.seed, DAY, points)


def start_clock(engine: Engine, speed: float) -> None:
    """Let the clock run on from where the last thing happened, or from the morning."""

    def do(uow: UnitOfWork) -> None:
        last = uow.session.exec(select(func.max(col(Event.at)))).one()
        stood = read_clock(uow.session)
        set_clock(uow.session, max(last or stood, begins_at()), speed=speed)

    in_one_transaction(engine, do)


def has_begun(engine: Engine) -> bool:
    """Whether anything has happened on this home's day; its past is no day of it."""
    query = select(Event.id).where(Event.at >= begins_at()).limit(1)
    with Session(reading(engine)) as session:
        return session.exec(query).first() is not None


def begins_at() -> datetime:
    """The first moment of the day that a demo plays."""
    return town_moment(DAY, DAY_BEGINS_SECONDS)
