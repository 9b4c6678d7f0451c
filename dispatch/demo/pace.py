"""How the day's time goes by: on its own at a speed, or step by step.

Stepped, nobody moves on before the house has done what is due: sittings cooked and
closed, waves planned, alarms climbed, the feed numbered. That looks into the
database, as no person can; the people of the day never do.
"""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import Engine, literal
from sqlmodel import Session, SQLModel, col, func, or_, select

from dispatch.catalogue.sittings import Sitting
from dispatch.clock import clock_speed, read_clock, set_clock, town_day, town_seconds
from dispatch.duties.due_orders import DutyRun
from dispatch.duties.ordering_due import RUNS_AT_SECONDS
from dispatch.log.events import Outbox
from dispatch.people.places import Station
from dispatch.planning.waves import AskState, PlanRequest, Wave
from dispatch.safety.cases import Case
from dispatch.store.engine import reading
from dispatch.store.unit_of_work import in_one_transaction

_LOOK_SECONDS: Final = 0.05
_LONGEST_LOOK_SECONDS: Final = 0.4
_PATIENCE_SECONDS: Final = 120.0
_AT_WORK: Final = (AskState.QUEUED, AskState.RUNNING)


class Stuck(Exception):
    """The house did not do what was due; the message tells what."""


class Pace(Protocol):
    """The day's clock, for those who act in it."""

    step: timedelta
    speed: float

    async def reach(self, at: datetime) -> datetime:
        """Wait until it is that time; gives the time that it is then."""
        ...

    async def settle(self) -> None:
        """Wait until the house has done what is due."""
        ...


class Running:
    """The clock runs by itself; whoever is late acts at once."""

    step = timedelta(seconds=20)

    def __init__(self, engine: Engine) -> None:
        with Session(reading(engine)) as session:
            self._from, self.speed = read_clock(session), clock_speed(session)
        self._wall = time.monotonic()

    def now(self) -> datetime:
        return self._from + timedelta(
            seconds=(time.monotonic() - self._wall) * self.speed
        )

    async def reach(self, at: datetime) -> datetime:
        left = (at - self.now()).total_seconds() / self.speed
        if left > 0:
            await asyncio.sleep(left)
        return max(at, self.now())

    async def settle(self) -> None:
        return


class Stepped:
    """The clock stands until it is moved, and is moved only when all is done."""

    step = timedelta(seconds=60)
    speed = 0.0

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with Session(reading(engine)) as session:
            self._at = read_clock(session)

    async def reach(self, at: datetime) -> datetime:
        if at > self._at:
            self._at = at
            await asyncio.to_thread(self._put, at)
        return self._at

    def stand(self) -> datetime:
        """Stop a clock that was let run; gives where it stands."""
        with Session(reading(self._engine)) as session:
            self._at = read_clock(session)
        self._put(self._at)
        return self._at

    def run_on(self, *, speed: float) -> None:
        """Let the clock run by itself until the next `stand`."""
        in_one_transaction(
            self._engine, lambda uow: set_clock(uow.session, self._at, speed=speed)
        )

    async def settle(self) -> None:
        deadline, pause = time.monotonic() + _PATIENCE_SECONDS, _LOOK_SECONDS
        while due := await asyncio.to_thread(self._due):
            if time.monotonic() > deadline:
                raise Stuck(f"at {self._at:%H:%M} UTC the house has not done: {due}")
            await asyncio.sleep(pause)
            pause = min(_LONGEST_LOOK_SECONDS, pause * 1.5)

    def _put(self, at: datetime) -> None:
        in_one_transaction(
            self._engine, lambda uow: set_clock(uow.session, at, speed=0)
        )

    def _due(self) -> list[str]:
        with Session(reading(self._engine)) as session:
            return what_is_due(session, self._at)


def what_is_due(session: Session, now: datetime) -> list[str]:
    """What the house should have done by now and has not."""
    counts = {
        "stations to look after": _stations_to_run(now),
        "sittings to cook": _many(
            Sitting, Sitting.cut_off_at <= now, col(Sitting.cooked).is_(None)
        ),
        "waves to plan": _many(
            Wave,
            Wave.plan_at <= now,
            Wave.ends_at > now,
            Wave.orders_version > Wave.planned_orders_version,
        ),
        "plans being made": _many(PlanRequest, col(PlanRequest.state).in_(_AT_WORK)),
        "alarms to climb": _many(
            Case, col(Case.closed_at).is_(None), Case.deadline_at <= now
        ),
        "alarms to tell": _many(
            Outbox,
            col(Outbox.feed_seq).is_(None),
            or_(col(Outbox.case_id).is_not(None), Outbox.state == "blocked"),
        ),
    }
    found = session.execute(select(*counts.values())).one()
    return [
        f"{many} {words}" for words, many in zip(counts, found, strict=True) if many
    ]


def _stations_to_run(now: datetime) -> Any:
    """Whose elders nobody has looked through today, as one column of a query."""
    today = town_day(now)
    if town_seconds(now, today) < RUNS_AT_SECONDS:
        return literal(0)
    made = select(DutyRun.station_id).where(DutyRun.on == today)
    return _many(
        Station, col(Station.exited_on).is_(None), col(Station.id).not_in(made)
    )


def _many(table: type[SQLModel], *tests: Any) -> Any:
    """How many rows pass, as one column of a query."""
    return select(func.count()).select_from(table).where(*tests).scalar_subquery()
