"""The gauges: numbers about the house, never about a person.

`read_gauges` looks once; what it does not know it leaves out, and a watcher asks with
`absent()`. Written as text they are what Prometheus reads.
"""

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from dispatch.backups.copying import JOURNAL
from dispatch.backups.runs import RunKind, find_last
from dispatch.clock import town_day, wall_now
from dispatch.field.events import FieldEvent
from dispatch.log.events import Event, Outbox
from dispatch.planning.plans import (
    GOING_STATES,
    Round,
    Stop,
    StopState,
    rounds_in_force,
)
from dispatch.planning.waves import AskState, PlanRequest
from dispatch.promises import Promise, Status
from dispatch.safety.cases import Case
from dispatch.settings import Settings
from dispatch.silence import House
from dispatch.store.unit_of_work import UnitOfWork

UNHEARD: Final = timedelta(minutes=20)
PARTS: Final = ("relay", "schedule", "work")
_LATELY: Final = timedelta(days=1)
GAUGES: Final[Mapping[str, str]] = {
    "liuzhu_database_seconds": "The database answered in so long; absent: it is away.",
    "liuzhu_part_silent": "1: no sign of life from the relay, the schedule, a worker.",
    "liuzhu_queue_waiting": "Plans that were asked for and that nobody is at.",
    "liuzhu_queue_age_seconds": "How long the oldest of them has been waiting.",
    "liuzhu_solver_seconds": "The longest thinking about a plan within a day.",
    "liuzhu_feed_waiting": "Events that have no feed number yet.",
    "liuzhu_feed_lag_seconds": "How long the oldest of them has been waiting.",
    "liuzhu_phones_unheard": "Rounds on the way whose phone was silent for 20 minutes.",
    "liuzhu_cases_open": "Safety cases that nobody has closed.",
    "liuzhu_cases_overdue": "Of these, whose next step is past its time.",
    "liuzhu_promises_broken": "Promises that a look at the data found broken.",
    "liuzhu_backup_age_seconds": "Since the last backup that went well.",
    "liuzhu_backup_failed": "1: the last backup failed.",
    "liuzhu_drill_age_seconds": "Since a backup last came back whole.",
    "liuzhu_drill_failed": "1: the last drill failed.",
    "liuzhu_journal_kept_bytes": "What PostgreSQL keeps for the stream of backups.",
    "liuzhu_disk_free_ratio": "What is free of the disk of the home folder, 0 to 1.",
}
Readings = Mapping[str, float]


def read_gauges(uow: UnitOfWork, promises: Iterable[Promise]) -> Readings:
    """What the database says at this moment.

    Args:
        promises: how they stood when they were last looked at.
    """
    began = time.perf_counter()
    session = uow.session
    found = {
        **_queue(session),
        **_feed(session),
        **_backups(session),
        **_journal(session),
        "liuzhu_phones_unheard": _unheard(uow),
        "liuzhu_cases_open": _cases(session),
        "liuzhu_cases_overdue": _cases(session, due_by=uow.now),
    }
    broken = sum(promise.status is Status.BROKEN for promise in promises)
    return {
        "liuzhu_database_seconds": time.perf_counter() - began,
        **found,
        "liuzhu_promises_broken": broken,
    }


def read_disk(chosen: Settings) -> Readings:
    """How much is free; also known while the database is away, perhaps because of it.

    A home that cannot be looked at is left out.
    """
    try:
        disk = shutil.disk_usage(chosen.home)
    except OSError:
        return {}
    return {"liuzhu_disk_free_ratio": disk.free / disk.total}


def read_parts(house: House) -> Readings:
    """Which processes are silent; also known while the database is away."""
    silent = {one.part for one in house.silent}
    return {f'liuzhu_part_silent{{part="{part}"}}': part in silent for part in PARTS}


def as_text(readings: Readings) -> str:
    """The readings as Prometheus reads them (text format 0.0.4)."""
    lines = []
    for name, words in GAUGES.items():
        mine = {k: v for k, v in readings.items() if k.partition("{")[0] == name}
        if mine:
            lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge"]
            lines += [f"{key} {float(value):.6g}" for key, value in mine.items()]
    return "\n".join(lines) + "\n"


def _queue(session: Session) -> dict[str, float]:
    waits = PlanRequest.state == AskState.QUEUED
    query = select(func.count(), func.min(PlanRequest.queued_at)).where(waits)
    waiting, oldest = session.exec(query).one()
    figures = session.exec(
        select(PlanRequest.figures)
        .where(PlanRequest.state == AskState.DONE)
        .where(col(PlanRequest.queued_at) > wall_now() - _LATELY)
    )
    seconds = [float(one["seconds"]) for one in figures if one and "seconds" in one]
    told: dict[str, float] = {
        "liuzhu_queue_waiting": waiting,
        "liuzhu_queue_age_seconds": _since(oldest),
    }
    return told | ({"liuzhu_solver_seconds": max(seconds)} if seconds else {})


def _feed(session: Session) -> dict[str, float]:
    query = (
        select(func.count(), func.min(Event.recorded_at))
        .join(Outbox, col(Outbox.event_id) == Event.id)
        .where(col(Outbox.feed_seq).is_(None))
    )
    waiting, oldest = session.exec(query).one()
    return {"liuzhu_feed_waiting": waiting, "liuzhu_feed_lag_seconds": _since(oldest)}


def _backups(session: Session) -> dict[str, float]:
    found: dict[str, float] = {}
    for kind in (RunKind.BACKUP, RunKind.DRILL):
        last, good = find_last(session, kind), find_last(session, kind, passed=True)
        if last is not None:
            found[f"liuzhu_{kind}_failed"] = not last.passed
        if good is not None:
            found[f"liuzhu_{kind}_age_seconds"] = _since(good.ended_at)
    return found


def _journal(session: Session) -> dict[str, float]:
    """How much the server keeps: without end, where a slot is left and no stream."""
    if session.get_bind().dialect.name == "sqlite":
        return {}
    kept = session.connection().execute(_KEPT, {"slot": JOURNAL}).scalar_one_or_none()
    return {} if kept is None else {"liuzhu_journal_kept_bytes": float(kept)}


_KEPT: Final = text(
    "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) "
    "FROM pg_replication_slots WHERE slot_name = :slot"
)


def _unheard(uow: UnitOfWork) -> int:
    """Of today's rounds that are on the way; a phone without a network is one too."""
    going = [
        round_
        for round_, _ in uow.session.exec(rounds_in_force(town_day(uow.now)))
        if round_.state in GOING_STATES and _long_ago(round_, uow.now)
    ]
    helpers = {round_.helper_id for round_ in going}
    heard = uow.session.exec(
        select(FieldEvent.helper_id)
        .where(col(FieldEvent.helper_id).in_(helpers))
        .where(FieldEvent.received_at > uow.now - UNHEARD)
        .distinct()
    )
    return len(helpers - set(heard) - _serving(uow, going))


def _serving(uow: UnitOfWork, going: Sequence[Round]) -> set[UUID]:
    """Who is at a stop whose work takes this long: nobody speaks meanwhile."""
    of_round = {round_.id: round_.helper_id for round_ in going}
    stays = uow.session.exec(
        select(Stop)
        .where(col(Stop.round_id).in_(of_round), Stop.state == StopState.ARRIVED)
        .where(col(Stop.arrived_at).is_not(None))
    )
    return {
        of_round[stop.round_id] for stop in stays if stop.served_at > uow.now - UNHEARD
    }


def _long_ago(round_: Round, now: datetime) -> bool:
    return round_.leaves_at < now - UNHEARD


def _cases(session: Session, due_by: datetime | None = None) -> int:
    query = select(func.count()).where(col(Case.closed_at).is_(None))
    if due_by is not None:
        query = query.where(Case.deadline_at <= due_by)
    return session.exec(query).one()


def _since(moment: datetime | None) -> float:
    seconds = (wall_now() - moment).total_seconds() if moment else 0.0
    return max(0.0, seconds) if isfinite(seconds) else 0.0
