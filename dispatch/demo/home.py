"""The demo's own home: made anew on wish, never over something that is real."""

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from dispatch.access.demo_accounts import write_demo_accounts
from dispatch.clock import read_clock, set_clock
from dispatch.demo.accounts import shown_accounts
from dispatch.demo.district import District, draw_district, keep_district
from dispatch.demo.kin import give_a_family_its_link
from dispatch.demo.sizes import SIZES
from dispatch.demo.streets import door_points, streets_for
from dispatch.log.events import Event
from dispatch.people.places import Street
from dispatch.planning.roads import ROADS_FILE
from dispatch.store.engine import reading
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from routing.roads import load_roads, save_roads

DAY: Final = date(2026, 11, 20)  # a Friday within the demo's rule file
_MARK: Final = "demo.json"
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
    (home / _MARK).unlink()


def made_in(home: Path) -> Made | None:
    """What this home was made from, or None when no demo made it."""
    try:
        return Made(**json.loads((home / _MARK).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def mark_begun(home: Path, size: str, seed: int) -> None:
    """Say that a demo is being made here, before anything else is."""
    if not (home / "liuzhu.db").exists():
        _write_mark(home, Made(size, seed, whole=False))


def _write_mark(home: Path, made: Made) -> None:
    (home / _MARK).write_text(json.dumps(asdict(made)))


def make_home(engine: Engine, home: Path, made: Made, roads: Path | None) -> District:
    """Streets, district, sign-ins and the clock at six in the morning.

    Raises:
        NotADemo: the database is not empty.
        BadRoads, TooFewRoads: the district cannot be laid on this file.
    """
    with Session(reading(engine)) as session:
        if session.exec(select(func.count()).select_from(Street)).one():
            raise NotADemo("the database is not empty; give the demo one of its own")
    size = SIZES[made.size]
    graph = streets_for(size, made.seed, roads)
    district = draw_district(size, made.seed, DAY, door_points(graph))
    save_roads(graph, home / ROADS_FILE)

    def keep(uow: UnitOfWork) -> None:
        keep_district(uow.session, district)
        set_clock(uow.session, district.begins_at, speed=0)

    in_one_transaction(engine, keep)
    family = in_one_transaction(engine, give_a_family_its_link)
    shown = shown_accounts(district.accounts)
    write_demo_accounts([*shown, family] if family else shown)
    _write_mark(home, made)
    return district


def district_of(home: Path, made: Made) -> District:
    """The district that a home was made with, drawn again from its seed."""
    points = door_points(load_roads(home / ROADS_FILE))
    return draw_district(SIZES[made.size], made.seed, DAY, points)


def start_clock(engine: Engine, speed: float) -> None:
    """Let the clock run on from where the last thing happened, or from the morning."""

    def do(uow: UnitOfWork) -> None:
        last = uow.session.exec(select(func.max(col(Event.at)))).one()
        set_clock(uow.session, last or read_clock(uow.session), speed=speed)

    in_one_transaction(engine, do)


def has_begun(engine: Engine) -> bool:
    """Whether anything has happened in this home."""
    with Session(reading(engine)) as session:
        return session.exec(select(Event.id).limit(1)).first() is not None
