"""The week of visits: planned by a worker, mended when somebody is away, proposed.

Read, think, write, as with waves; CP-SAT thinks in a process of its own. Whoever
publishes second finds a newer plan and gives way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import structlog
from redis import Redis
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from dispatch.clock import town_day, town_moment
from dispatch.duties.due_orders import DutyRun
from dispatch.duties.week_plans import (
    Choice,
    WeekPlan,
    WeekVisit,
    find_in_force,
    left_name,
    list_visits,
)
from dispatch.log.events import record
from dispatch.people.helpers import Helper, Shift
from dispatch.people.leaves import Leave, Stretch, without
from dispatch.people.places import get_station
from dispatch.planning.visit_week import (
    WEEK_DAYS,
    StationWeek,
    spare_minutes,
    station_week,
)
from dispatch.queue import hint_week, queue_of_this_job
from dispatch.settings import settings
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from routing import EngineMissing
from routing.choosing import Patience
from routing.week import Placed, Week, plan_week, repaired

log = structlog.get_logger()
NEW, ABSENT = "new_week", "absent"
_PATIENCE: Final = Patience(seconds=30.0, work=0.25, processes=1, tight=False)
_ONE_AT_A_TIME: Final = "weeks:asked"
_GIVEN_UP_SECONDS: Final = 60


@dataclass(frozen=True)
class Before:
    """The plan in force when thinking began."""

    version: int = 0
    week: Week | None = None


def ask_for_week(engine: Engine, redis: Redis) -> bool:
    """Ask a worker for the next week that is wanted; one is thought of at a time.

    Raises:
        RedisError: nobody was told. The next sweep does it again.
    """
    if redis.exists(_ONE_AT_A_TIME):
        return False
    with picture(engine) as seen:
        wanted = weeks_wanted(seen)
    if not wanted or not redis.set(_ONE_AT_A_TIME, "1", nx=True, ex=_GIVEN_UP_SECONDS):
        return False
    hint_week(redis, next(iter(wanted)))
    return True


def weeks_wanted(uow: UnitOfWork) -> dict[UUID, str]:
    """Stations whose week is to be planned, and why, once their nightly run is made.

    A week is planned anew when it is half over, and mended when leave has left somebody
    who was to visit no minutes for it that day.
    """
    today = town_day(uow.now)
    plans = {
        plan.station_id: plan
        for plan in uow.session.exec(select(WeekPlan).where(WeekPlan.in_force))
    }
    run = select(DutyRun.station_id).where(DutyRun.on == today, DutyRun.owed > 0)
    found = {}
    for station_id in uow.session.exec(run.order_by(col(DutyRun.station_id))):
        plan = plans.get(station_id)
        if plan is None or plan.first_on + timedelta(days=WEEK_DAYS // 2) <= today:
            found[station_id] = NEW
    absent = set(_away(uow, today)) - found.keys()
    return found | dict.fromkeys(sorted(absent), ABSENT)


def _away(uow: UnitOfWork, today: date) -> Iterator[UUID]:
    """The stations of visits on a day of which leave has left no minutes; one query
    while nobody who is to visit has any.

    The planner gives nobody more minutes than are counted here: a week that is made
    anew has no such visit, and is asked for once.
    """
    planned = (
        select(WeekPlan.station_id, WeekVisit, Leave)
        .join(WeekVisit, col(WeekVisit.week_plan_id) == WeekPlan.id)
        .join(Leave, col(Leave.helper_id) == WeekVisit.helper_id)
        .where(WeekPlan.in_force, WeekVisit.visit_on > today)
        .where(WeekVisit.state != Choice.DROPPED, ~col(Leave.called_off))
        .where(Leave.until_at > town_moment(today, 0))
    )
    leaves: dict[tuple[UUID, date], set[Stretch]] = defaultdict(set)
    stations: dict[tuple[UUID, date], UUID] = {}
    for station_id, visit, leave in uow.session.exec(planned):
        key = visit.helper_id, visit.visit_on
        begins = town_moment(visit.visit_on, 0)
        ends = town_moment(visit.visit_on + timedelta(days=1), 0)
        if leave.from_at < ends and leave.until_at > begins:
            leaves[key].add((leave.from_at, leave.until_at))
            stations[key] = station_id
    if not leaves:
        return
    shifts = _shifts(uow.session, {helper_id for helper_id, _ in leaves}, today)
    for key, gone in leaves.items():
        left = [part for one, _ in shifts[key] for part in without(one, sorted(gone))]
        if not spare_minutes(left, max((most for _, most in shifts[key]), default=0)):
            yield stations[key]


def _shifts(
    session: Session, helper_ids: Collection[UUID], today: date
) -> dict[tuple[UUID, date], list[tuple[Stretch, int]]]:
    """Their coming shifts by day, each with the seconds that they work at most."""
    query = (
        select(Shift, Helper.max_work_seconds)
        .join(Helper, col(Helper.id) == Shift.helper_id)
        .where(col(Shift.helper_id).in_(helper_ids), Shift.works_on > today)
    )
    found: dict[tuple[UUID, date], list[tuple[Stretch, int]]] = defaultdict(list)
    for shift, most in session.exec(query):
        stretch = shift.starts_at, shift.ends_at
        found[shift.helper_id, shift.works_on].append((stretch, most))
    return found


def plan_station(station_id: str) -> None:
    """The job of a worker: plan or mend one station's week."""
    engine = make_engine(settings().database)
    try:
        carry_out(engine, UUID(station_id))
    except EngineMissing as missing:
        about = {"station": station_id, "why": str(missing)}
        log.error("no week: engine missing", **about)  # noqa: TRY400
    finally:
        engine.dispose()
        if redis := queue_of_this_job():
            with closing(redis):
                redis.delete(_ONE_AT_A_TIME)


def carry_out(engine: Engine, station_id: UUID) -> WeekPlan | None:
    """Read the station's week, think about it, and propose what comes of it.

    Returns:
        the plan, or None when nothing was wanted or a newer one stands.
    """
    with picture(engine) as seen:
        why = weeks_wanted(seen).get(station_id)
        if why is None:
            return None
        station = get_station(seen.session, station_id)
        wanted = station_week(seen.session, station, town_day(seen.now))
        before = _before(seen, wanted)
    if why == ABSENT and before.week is not None:
        absent = _absent(wanted, before.week)
        week = repaired(wanted.problem, before.week, absent, patience=_PATIENCE)
    else:
        week = plan_week(wanted.problem, _PATIENCE)
    return in_one_transaction(
        engine, lambda uow: propose(uow, wanted, week, before.version, why)
    )


def _before(uow: UnitOfWork, wanted: StationWeek) -> Before:
    """The plan in force, as far as its visits are still wanted and lie ahead."""
    plan = find_in_force(uow.session, wanted.station_id)
    if plan is None:
        return Before()
    names = {whose: visit for visit, whose in wanted.names.items()}
    placed = []
    for each in list_visits(uow.session, [plan.id]):
        day = (each.visit_on - wanted.first_on).days
        visit = names.get((each.elder_id, each.duty))
        who = str(each.helper_id)
        backup = str(each.backup_id) if each.backup_id else None
        known = who in wanted.problem.visitor_of
        if visit is not None and known and 0 <= day < WEEK_DAYS:
            placed.append(Placed(visit, day, who, backup))
    return Before(plan.version, Week(tuple(placed)))


def _absent(wanted: StationWeek, week: Week) -> Mapping[str, list[int]]:
    """Who was to visit on a day on which they have no minutes any more."""
    found: dict[str, list[int]] = defaultdict(list)
    for each in week.placed:
        if not wanted.problem.visitor_of[each.visitor].minutes[each.day]:
            found[each.visitor].append(each.day)
    return found


def propose(
    uow: UnitOfWork, wanted: StationWeek, week: Week, base: int, why: str
) -> WeekPlan | None:
    """Put a week in force as proposals, unless a newer one is, or somebody has decided
    something of the one that was thought from.
    """
    plan = find_in_force(uow.session, wanted.station_id, lock=True)
    if (plan.version if plan else 0) != base:
        return None
    if plan is not None:
        plan.in_force = False
        uow.session.add(plan)
        uow.session.flush()
    fresh = WeekPlan(
        station_id=wanted.station_id,
        street_code=wanted.street_code,
        first_on=wanted.first_on,
        days=WEEK_DAYS,
        version=base + 1,
        why=why,
        decided_by=", ".join(week.decided_by)[:60],
        not_placed={
            left_name(*wanted.names[each.visit]): {
                reason.visitor: reason.rule for reason in each.reasons
            }
            for each in week.not_placed
        },
        made_at=uow.now,
    )
    uow.session.add(fresh)
    uow.session.flush()
    _keep_decided(uow, wanted, fresh)
    for each in week.placed:
        elder_id, duty = wanted.names[each.visit]
        uow.session.add(
            WeekVisit(
                week_plan_id=fresh.id,
                elder_id=elder_id,
                duty=duty,
                visit_on=wanted.first_on + timedelta(days=each.day),
                helper_id=UUID(each.visitor),
                backup_id=UUID(each.backup) if each.backup else None,
            )
        )
    facts = {"version": fresh.version, "placed": len(week.placed), "why": why}
    facts["not_placed"] = len(week.not_placed)
    record(
        uow, "week.proposed", "week_plan", fresh.id, facts=facts,
        station_id=fresh.station_id, street_code=fresh.street_code,
    )  # fmt: skip
    return fresh


def _keep_decided(uow: UnitOfWork, wanted: StationWeek, fresh: WeekPlan) -> None:
    """What people have decided stands in the new plan, too."""
    for visit_id in wanted.kept:
        old = uow.session.get_one(WeekVisit, visit_id)
        same = old.model_dump(exclude={"id", "week_plan_id"})
        uow.session.add(WeekVisit(**same, week_plan_id=fresh.id))
