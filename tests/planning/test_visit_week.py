"""The week of visits: planned by CP-SAT, proposed by day and person, mended."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from redis import Redis
from rq import Queue
from sqlmodel import Session, col, select

from dispatch.clock import town_moment
from dispatch.duties.ordering_due import run_station
from dispatch.duties.week_plans import Choice, WeekPlan, WeekVisit, planned_on
from dispatch.orders.orders import Order
from dispatch.people.helpers import Shift
from dispatch.people.leaves import Leave, LeaveKind
from dispatch.people.places import Station
from dispatch.people.responsible import Responsible
from dispatch.planning.problem import problem_for
from dispatch.planning.visit_week import station_week, visitors_of
from dispatch.planning.waves import Wave
from dispatch.planning.week_choices import show_choices
from dispatch.planning.week_deciding import (
    AlreadyChosen,
    NotThatDay,
    drop_visit,
    move_visit,
    take_visit,
)
from dispatch.planning.week_jobs import (
    ask_for_week,
    carry_out,
    propose,
    weeks_wanted,
)
from dispatch.queue import QUEUE, WEEKS
from dispatch.store.unit_of_work import picture, unit_of_work
from routing.week import Week
from tests.little_town import EIGHT, STREET, TODAY, LittleTown

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


def test_an_hour_of_leave_takes_minutes_and_asks_for_no_other_week(
    town: LittleTown,
) -> None:
    mine, on = helper(town), TODAY + 2 * DAY
    proposed(town, [town.add_elder()], mine, on)
    spare, asked = [minutes_of(town, mine, on)], []

    for first, last in ((12, 13), (0, 24)):
        with Session(town.engine) as session:
            moments = (town_moment(on, hour * 3600) for hour in (first, last))
            session.add(ill(mine, *moments))
            session.commit()
        spare.append(minutes_of(town, mine, on))
        with picture(town.engine) as seen:
            asked.append(weeks_wanted(seen))

    assert spare[0] > spare[1] > spare[2] == 0
    assert asked == [{}, {town.station_id: "absent"}]


def minutes_of(town: LittleTown, helper_id: UUID, on: date) -> int:
    with picture(town.engine) as seen:
        station = seen.session.get_one(Station, town.station_id)
        return visitors_of(seen.session, station, on)[str(helper_id)].minutes[0]


def test_what_finds_nobody_is_told_by_name_and_rule(town: LittleTown) -> None:
    helper(town, skills=["meal"])
    town.add_elder(visit_every_days=14, last_visit_at=EIGHT - 10 * DAY)
    night(town)

    plan = carry_out(town.engine, town.station_id)
    assert plan is not None
    assert (len(plan.not_placed), visits(town)) == (1, [])


def test_what_a_person_decides_of_the_week_stands(town: LittleTown) -> None:
    mine, other = helper(town), helper(town)
    about = {"visit_every_days": 14, "last_visit_at": EIGHT - 10 * DAY}
    elders = [town.add_elder(name, **about) for name in ("王", "李", "赵")]
    moved, dropped, taken = proposed(town, elders, mine, TODAY + 2 * DAY)
    with Session(town.engine) as session:
        fourth = town_moment(TODAY + 4 * DAY, 0)
        session.add(ill(other, fourth, fourth + DAY))
        session.commit()

    with picture(town.engine, town.staff) as seen:
        choices = show_choices(seen, moved)
    cells = {(p.helper_id, d.on): d for p in choices.people for d in p.days}
    assert (choices.until_on, choices.presses_on) == (TODAY + 4 * DAY,) * 2
    now, then = cells[mine, TODAY + 2 * DAY], cells[other, TODAY + 3 * DAY]
    assert (now.visits, now.minutes) == (3, 3 * choices.minutes)
    assert (then.visits, then.minutes, then.late) == (1, choices.minutes, False)
    assert cells[mine, TODAY + 5 * DAY].late
    assert not cells[other, TODAY + 4 * DAY].possible

    with pytest.raises(NotThatDay), unit_of_work(town.engine, town.staff) as uow:
        move_visit(uow, moved, TODAY + 4 * DAY, other)
    with unit_of_work(town.engine, town.staff) as uow:
        move_visit(uow, moved, TODAY + 3 * DAY, other)
        drop_visit(uow, dropped, "去女儿家")
        order_id = take_visit(uow, taken, key="k")
        assert take_visit(uow, taken, key="k") == order_id
    with pytest.raises(AlreadyChosen), unit_of_work(town.engine, town.staff) as uow:
        take_visit(uow, dropped, key="k2")

    with unit_of_work(town.engine) as uow:
        assert uow.session.get_one(Order, order_id).serve_on == TODAY + 2 * DAY
        owed = planned_on(uow.session, town.station_id, TODAY + 2 * DAY)
        assert [elder_id for elder_id, _ in owed] == [elders[2]]
        station = uow.session.get_one(Station, town.station_id)
        wanted = station_week(uow.session, station, TODAY)
        assert wanted.names == {}
        minutes = wanted.problem.visitor_of[str(mine)].minutes
        assert minutes[0] - minutes[1] == choices.minutes  # the one that is taken
        assert propose(uow, wanted, Week(()), 1, "new_week") is None  # decided since
        assert propose(uow, wanted, Week(()), 4, "new_week") is not None
    assert {(v.elder_id, v.state, v.helper_id) for v in visits(town)} == {
        (elders[0], Choice.MOVED, other),
        (elders[1], Choice.DROPPED, mine),
        (elders[2], Choice.TAKEN, mine),
    }


def proposed(
    town: LittleTown,
    elders: list[UUID],
    helper_id: UUID,
    on: date,
    duty: str = "visit-own",
) -> list[UUID]:
    """A plan in force with these visits, all on one day and with one person."""
    plan = WeekPlan(
        station_id=town.station_id,
        street_code=STREET,
        first_on=TODAY + DAY,
        days=7,
        version=1,
        why="new_week",
        decided_by="by hand",
        made_at=EIGHT,
    )
    made = [
        WeekVisit(
            week_plan_id=plan.id,
            elder_id=elder_id,
            duty=duty,
            visit_on=on,
            helper_id=helper_id,
        )
        for elder_id in elders
    ]
    with Session(town.engine, expire_on_commit=False) as session:
        session.add(plan)
        session.flush()
        session.add_all(made)
        session.commit()
    return [visit.id for visit in made]


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
