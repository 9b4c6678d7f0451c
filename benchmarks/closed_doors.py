"""Ten thousand doors in one lunch: who hears of those that stay closed, and how soon.

    python3 benchmarks/closed_doors.py --stops 10000 --streets 10 --seed 7

The real parts act on SQLite: phones' events are merged, the sweep looks every three
seconds of the product's clock (for silence every thirty), people on duty get notices,
take cases up, call along the ladder and close with an outcome. Made up are the rounds
(20 stops, 5 minutes apart), the doors (1.2 % closed), the dead zones (one round in
four, 18 minutes on average) and how people answer: half of them within 14 s, two
notices of a hundred are seen by nobody, everybody looks at the board once a minute, and
in one street the first person is gone for forty minutes. `--dark N` takes the network
from N streets for an hour.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DISPATCH_STAGE", "test")
os.environ.setdefault("DISPATCH_HOME", tempfile.mkdtemp(prefix="liuzhu-doors-"))

from sqlalchemy import Engine, func  # noqa: E402 - the checkout comes first
from sqlmodel import Session, col, select  # noqa: E402

from benchmarks.door_figures import lines  # noqa: E402
from benchmarks.door_people import (  # noqa: E402
    Desk,
    Parcel,
    answer_of,
    parcels,
    percentile,
)
from benchmarks.door_world import OPENS, World, build  # noqa: E402
from dispatch.access.accounts import Account, actor_of  # noqa: E402
from dispatch.clock import set_clock  # noqa: E402
from dispatch.field.sync import merge  # noqa: E402
from dispatch.safety.cases import Case, CaseKind, list_rungs  # noqa: E402
from dispatch.safety.climbing import close_case, step  # noqa: E402
from dispatch.safety.duty import CaseDuty  # noqa: E402
from dispatch.safety.notices import Notice, Way  # noqa: E402
from dispatch.store.engine import make_engine  # noqa: E402
from dispatch.store.migrate import upgrade  # noqa: E402
from dispatch.store.unit_of_work import (  # noqa: E402
    Actor,
    UnitOfWork,
    in_one_transaction,
    picture,
)
from dispatch.sweep import ask_for_owners, climb_overdue  # noqa: E402

TICK: Final = timedelta(seconds=3)
LONGEST: Final = timedelta(hours=6)
SILENCE_SECONDS: Final = 30  # so often silence is looked for here; in truth every 3
LOOKS_EVERY: Final = timedelta(minutes=1)
GONE: Final = (OPENS + timedelta(minutes=60), OPENS + timedelta(minutes=100))
DARK: Final = (20.0, 80.0)  # minutes after the opening


@dataclass
class Day:
    """The lunch as it goes on."""

    engine: Engine
    world: World
    chance: random.Random
    desks: dict[UUID, Desk]
    actors: dict[UUID, Actor]
    now: datetime = OPENS
    merges_ms: list[float] = field(default_factory=list)

    def play(self, waiting: list[Parcel]) -> None:
        waiting = sorted(waiting, key=lambda one: one.at, reverse=True)
        looked = OPENS
        while waiting or self._open_cases():
            self.now += TICK
            if self.now.minute % 10 == 0 and self.now.second == 0:
                print(f"{self.now:%H:%M} UTC", file=sys.stderr)
            assert self.now < OPENS + LONGEST, "a case stayed open"
            with Session(self.engine) as session:
                set_clock(session, self.now, speed=0)
                session.commit()
            while waiting and waiting[-1].at <= self.now:
                self._send(waiting.pop())
            self._sweep()
            for desk in self.desks.values():
                self._act(desk)
            if self.now - looked >= LOOKS_EVERY:
                looked = self.now
                self._look_at_the_board()

    def _sweep(self) -> None:
        """As the schedule does, but only where something is due, to save hours."""
        due = select(func.min(Case.deadline_at)).where(col(Case.closed_at).is_(None))
        again = select(func.min(CaseDuty.again_at))
        with picture(self.engine) as seen:
            late = seen.session.exec(due).one()
            unanswered = seen.session.exec(again).one()
        seconds = round((self.now - OPENS).total_seconds())
        if (late and late <= self.now) or seconds % SILENCE_SECONDS == 0:
            climb_overdue(self.engine)
        if unanswered and unanswered <= self.now:
            ask_for_owners(self.engine)
        self._tell()

    def _send(self, parcel: Parcel) -> None:
        began = time.perf_counter()
        helper_id, batch = parcel.walk.helper_id, parcel.batch()
        in_one_transaction(
            self.engine,
            lambda uow: merge(uow, helper_id, batch),
            actor=Actor(role="helper", helper_id=helper_id),
        )
        self.merges_ms.append((time.perf_counter() - began) * 1000)

    def _tell(self) -> None:
        """Whoever was sent a notice since the last look hears it."""
        query = (
            select(Notice.account_id, Notice.case_id)
            .join(CaseDuty, col(CaseDuty.case_id) == Notice.case_id)
            .where(Notice.made_at == self.now, Notice.way == Way.INBOX)
            .where(col(CaseDuty.account_id) == col(Notice.account_id))
        )
        with picture(self.engine) as seen:
            rows = [(whose, about) for whose, about in seen.session.exec(query)]
        for whose, about in rows:
            if whose in self.desks and about:
                self.desks[whose].hear(about, self.now)

    def _look_at_the_board(self) -> None:
        """Silent alarms stand in the list: whoever is free takes theirs up."""
        query = (
            select(CaseDuty.account_id, CaseDuty.case_id)
            .join(Case, col(Case.id) == CaseDuty.case_id)
            .where(col(Case.closed_at).is_(None))
        )
        with picture(self.engine) as seen:
            rows = seen.session.exec(query).all()
        for account_id, case_id in rows:
            desk = self.desks.get(account_id)
            if desk and case_id not in desk.mine and desk.is_there(self.now):
                self._take(desk, case_id)

    def _act(self, desk: Desk) -> None:
        for seen in desk.seen(self.now):
            self._take(desk, seen)
        if (case_id := desk.next_case(self.now)) is not None:
            self._work(desk, case_id)

    def _take(self, desk: Desk, case_id: UUID) -> None:
        def do(uow: UnitOfWork) -> bool:
            case = uow.session.get_one(Case, case_id)
            if case.closed_at is not None:
                return False
            duty = uow.session.get_one(CaseDuty, case_id)
            if duty.taken_at is not None and duty.account_id != desk.account_id:
                return False
            if duty.taken_at is None:
                step(uow, case_id, case.rung.value, "acknowledged", "")
            return True

        if self._do(desk, do) and case_id not in desk.mine:
            desk.mine.append(case_id)

    def _work(self, desk: Desk, case_id: UUID) -> None:
        def do(uow: UnitOfWork) -> bool:
            case = uow.session.get_one(Case, case_id)
            if case.closed_at is not None:
                return True
            standing = next(
                (r for r in list_rungs(uow.session, case_id) if r.done_at is None), None
            )
            rung = standing.rung.value if standing else case.rung.value
            overdue = case.kind is CaseKind.OVERDUE
            outcome = answer_of(desk.chance, rung, overdue=overdue)
            if outcome is None:
                step(uow, case_id, standing.seq if standing else 1, "no_reply", "")
                return False
            close_case(uow, case_id, outcome, "已核实")
            return True

        if not self._do(desk, do):
            desk.mine.append(case_id)

    def _do(self, desk: Desk, deed: object) -> bool:
        actor = self.actors[desk.account_id]
        return bool(in_one_transaction(self.engine, deed, actor=actor))  # type: ignore[arg-type]

    def _open_cases(self) -> bool:
        query = select(Case.id).where(col(Case.closed_at).is_(None)).limit(1)
        with picture(self.engine) as seen:
            return seen.session.exec(query).first() is not None


def start(
    stops: int, streets: int, seed: int, dark: int
) -> tuple[Day, list[Parcel], set[UUID]]:
    """The day before its first door, what phones will say, which doors stay closed."""
    url = f"sqlite:///{os.environ['DISPATCH_HOME']}/doors.db"
    upgrade(url)
    engine, chance = make_engine(url), random.Random(seed)
    with Session(engine) as session:
        world = build(session, chance, streets, stops)
        actors = {one.id: actor_of(one) for one in session.exec(select(Account))}
        session.commit()
    desks = {
        account_id: Desk(account_id, street, random.Random(f"{seed} {street} {rank}"))
        for street, pair in world.desks.items()
        for rank, account_id in enumerate(pair)
    }
    last = list(world.desks)[-1]
    desks[world.desks[last][0]].absent = GONE
    closed: set[UUID] = set()
    in_the_dark = set(list(world.desks)[:dark])
    said = [
        parcel
        for walk in world.walks
        for parcel in parcels(
            walk, chance, closed, DARK if walk.street in in_the_dark else None
        )
    ]
    return Day(engine, world, chance, desks, actors), said, closed


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--stops", type=int, default=10_000)
    words.add_argument("--streets", type=int, default=10)
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--dark", type=int, default=0, help="streets without network")
    told = words.parse_args()
    began = time.monotonic()
    day, said, closed = start(told.stops, told.streets, told.seed, told.dark)
    day.play(said)
    for name, value in lines(day.engine, list(day.desks), told.stops, closed):
        print(f"{name}: {json.dumps(value)}")
    merges = [round(percentile(day.merges_ms, p), 1) for p in (50, 99)]
    print(f"merge of a phone's events in ms, p50 p99: {merges}")
    print(f"took {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
