"""The week of visits: planned by CP-SAT, proposed by day and person, mended."""

from datetime import datetime, timedelta
from uuid import UUID

from redis import Redis
from rq import Queue
from sqlmodel import Session, col, select

from dispatch.clock import town_moment
from dispatch.duties.ordering_due import run_station
from dispatch.duties.week_plans import WeekPlan, WeekVisit
from dispatch.orders.orders import Order
from dispatch.people.helpers import Shift
from dispatch.people.leaves import Leave, LeaveKind
from dispatch.people.responsible import Responsible
from dispatch.planning.problem import problem_for
from dispatch.planning.waves import Wave
from dispatch.planning.week_jobs import ask_for_week, carry_out, weeks_wanted
from dispatch.queue import QUEUE, WEEKS
from dispatch.store.unit_of_work import picture, unit_of_work
from tests.little_town import EIGHT, TODAY, LittleTown

DAY = timedelta(days=1)


def test_a_week_names_day_and_person_and_is_mended_when_they_fall_ill(
    town: LittleTown, redis_url: str
) -> None:
    mine, other = helper(town), helper(town)
    elder_id = town.add_elder(visit_every_days=14, last_visit_at=EIGHT - 10 * DAY)
    with Session(town.engine) as session:
        for rank, who in ((1, mine), (2, other)):
            session.add(responsible(elder_id, rank, who))
        session.commit()
    with picture(town.engine) as seen:
        assert weeks_wanted(seen) == {}
    night(town)

    with Redis.from_url(redis_url) as redis:
        assert ask_for_week(town.engine, redis)
        assert not ask_for_week(town.engine, redis)
        assert len(Queue(WEEKS, connection=redis)) == 1
        assert len(Queue(QUEUE, connection=redis)) == 0  # no wave waits for a week
    plan = carry_out(town.engine, town.station_id)
    assert plan is not None
    assert (plan.version, plan.not_placed) == (1, {})
    [visit] = visits(town)
    assert (visit.elder_id, visit.helper_id) == (elder_id, mine)
    assert visit.backup_id == other
    assert TODAY < visit.visit_on <= TODAY + 4 * DAY
    assert carry_out(town.engine, town.station_id) is None

    with Session(town.engine) as session:
        noon = town_moment(visit.visit_on, 12 * 3600)
        session.add(ill(mine, noon - DAY / 2, noon + 7 * DAY))
        session.commit()
    mended = carry_out(town.engine, town.station_id)
    assert mended is not None
    assert (mended.version, mended.why) == (2, "absent")
    [visit] = visits(town)
    assert (visit.elder_id, visit.helper_id) == (elder_id, other)

    town.at(town_moment(visit.visit_on, 6 * 3600))
    night(town)
    with Session(town.engine) as session:
        order = session.exec(select(Order)).one()
        assert (order.elder_id, order.serve_on) == (elder_id, visit.visit_on)
        wave = session.get_one(Wave, order.wave_id)
        wished = problem_for(session, wave).problem.prefer
        shift = session.exec(
            select(Shift.id).where(
                Shift.helper_id == other, Shift.works_on == visit.visit_on
            )
        ).one()
    assert [(f"shift {shift}", str(order.id))] == [(w.vehicle, w.task) for w in wished]


def test_what_finds_nobody_is_told_by_name_and_rule(town: LittleTown) -> None:
    helper(town, skills=["meal"])
    town.add_elder(visit_every_days=14, last_visit_at=EIGHT - 10 * DAY)
    night(town)

    plan = carry_out(town.engine, town.station_id)
    assert plan is not None
    assert (len(plan.not_placed), visits(town)) == (1, [])


def helper(town: LittleTown, **about: object) -> UUID:
    """Somebody on shift for the whole coming week."""
    helper_id = town.add_helper(**about)
    with Session(town.engine) as session:
        for day in range(1, 9):
            session.add(
                Shift(
                    helper_id=helper_id,
                    works_on=TODAY + day * DAY,
                    starts_at=EIGHT + day * DAY,
                    ends_at=EIGHT + day * DAY + timedelta(hours=8),
                )
            )
        session.commit()
    return helper_id


def responsible(elder_id: UUID, rank: int, helper_id: UUID) -> Responsible:
    return Responsible(
        elder_id=elder_id,
        rank=rank,
        helper_id=helper_id,
        from_on=TODAY - DAY,
        made_at=EIGHT,
    )


def ill(helper_id: UUID, from_at: datetime, until_at: datetime) -> Leave:
    return Leave(
        helper_id=helper_id, kind=LeaveKind.SICK, from_at=from_at, until_at=until_at
    )


def night(town: LittleTown) -> None:
    with unit_of_work(town.engine) as uow:
        run_station(uow, town.station_id)


def visits(town: LittleTown) -> list[WeekVisit]:
    with Session(town.engine) as session:
        query = (
            select(WeekVisit)
            .join(WeekPlan, col(WeekPlan.id) == WeekVisit.week_plan_id)
            .where(WeekPlan.in_force)
        )
        return list(session.exec(query))
