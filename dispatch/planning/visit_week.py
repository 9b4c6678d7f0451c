"""A station's week of visits as a problem of routing: ids, places, days and minutes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.catalogue.services import Service
from dispatch.duties.due_orders import list_of_elders
from dispatch.duties.gathering import Looked, look_at
from dispatch.duties.rules import duties_on
from dispatch.duties.standing import Standing, State
from dispatch.duties.week_plans import Choice, WeekVisit, list_decided
from dispatch.orders.orders import ENDED_STATES, Order
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Helper
from dispatch.people.leaves import Stretch
from dispatch.people.on_duty import OnDuty, list_on_duty
from dispatch.people.pairings import PairKind, list_pairings
from dispatch.people.places import Station
from dispatch.people.responsible import Responsible, responsible_on
from routing.week import DueVisit, Passing, Visitor, WeekProblem

WEEK_DAYS: Final = 7
VISITS_PERCENT: Final = 50  # of a shift; the rest is for meals and the six assists
WAY_MINUTES: Final = 8  # from door to door
_OVERDUE_BY_DAY: Final = 2  # what is overdue comes in the first days
_SOON_DAYS: Final = 14  # due later than this is not thought of yet

Whose = tuple[UUID, str]  # of a visit: the elder, and the duty
Names = dict[str, Whose]


@dataclass(frozen=True)
class StationWeek:
    """The problem of one station's coming days, and what its ids mean to us.

    `kept` are visits of the plan in force that people have decided about: the new plan
    has them as they are. Plain values: it outlives its transaction.
    """

    station_id: UUID
    street_code: str
    first_on: date
    problem: WeekProblem
    names: Names
    kept: tuple[UUID, ...] = ()


def station_week(session: Session, station: Station, today: date) -> StationWeek:
    """The visits that fall due from tomorrow on, and who may make them."""
    first_on = today + timedelta(days=1)
    elders = session.exec(
        select(Elder)
        .where(Elder.station_id == station.id, col(Elder.died_on).is_(None))
        .order_by(col(Elder.number))
    ).all()
    doors = _doors(session, elders)
    wanted = _wanted(session, elders, today)
    due_days = {
        (looked.elder.id, standing.duty): _days_of(standing, first_on)
        for looked, standing in wanted
    }
    visitors = visitors_of(session, station, first_on)
    decided = list_decided(session, station.id, first_on)
    kept = [v for v in decided if _is_kept(v, due_days, visitors, first_on)]
    settled = {(visit.elder_id, visit.duty) for visit in kept}
    answering = responsible_on(session, [elder.id for elder in elders], today)
    never = _never(session, visitors, elders)
    services = {row.code: row for row in session.exec(select(Service))}
    visitors = _busy(visitors, kept, services, first_on)
    names: Names = {}
    due = []
    for looked, standing in wanted:
        door = doors[looked.elder.household_id]
        service = services.get(standing.held.rule.orders or "")
        whose = looked.elder.id, standing.duty
        days = None if whose in settled else due_days[whose]
        if door.lat is None or door.lon is None or service is None or days is None:
            continue
        visit = f"{looked.elder.id} {standing.duty}"
        names[visit] = whose
        due.append(
            DueVisit(
                visit,
                str(station.id),
                door.lat,
                door.lon,
                *days,
                minutes=service.minutes + WAY_MINUTES,
                responsible=_named(answering[looked.elder.id], 1, visitors),
                backup=_named(answering[looked.elder.id], 2, visitors),
                needs=frozenset(service.skills),
                never=frozenset(never[looked.elder.id]),
                tier=standing.tier,
            )
        )
    problem = WeekProblem(
        WEEK_DAYS,
        {str(station.id): (station.lat, station.lon)},
        tuple(due),
        tuple(visitors.values()),
        tuple(_passings(elders, doors)),
    )
    ids = tuple(visit.id for visit in kept)
    return StationWeek(station.id, station.street_code, first_on, problem, names, ids)


def _is_kept(
    visit: WeekVisit,
    due_days: Mapping[Whose, tuple[int, int] | None],
    visitors: Mapping[str, Visitor],
    first_on: date,
) -> bool:
    """What was decided holds while it can: the order stands, the duty is still owed,
    and whoever was to go is there that day.
    """
    whose = visit.elder_id, visit.duty
    if visit.state is Choice.DROPPED:
        return due_days.get(whose) is not None
    if not _is_there(visit, visitors, first_on):
        return False
    if visit.state is Choice.TAKEN:
        return whose not in due_days  # an order stands for it
    return due_days.get(whose) is not None


def _is_there(
    visit: WeekVisit, visitors: Mapping[str, Visitor], first_on: date
) -> bool:
    visitor, day = visitors.get(str(visit.helper_id)), (visit.visit_on - first_on).days
    return visitor is not None and day < WEEK_DAYS and visitor.minutes[day] > 0


def _busy(
    visitors: dict[str, Visitor],
    kept: Sequence[WeekVisit],
    services: Mapping[str, Service],
    first_on: date,
) -> dict[str, Visitor]:
    """The visitors with what is decided taken from their minutes."""
    minutes = {name: list(visitor.minutes) for name, visitor in visitors.items()}
    for visit in kept:
        if visit.state is not Choice.DROPPED:
            taken = visit_minutes(services, visit.duty, first_on)
            day = (visit.visit_on - first_on).days
            mine = minutes[str(visit.helper_id)]
            # One minute is enough for no visit; none would mean that they are away.
            mine[day] = max(1, mine[day] - taken)
    return {
        name: replace(visitor, minutes=tuple(minutes[name]))
        for name, visitor in visitors.items()
    }


def visit_minutes(services: Mapping[str, Service], duty: str, on: date) -> int:
    """What a visit for this duty takes, the way to it included."""
    rule = duties_on(on).rule(duty)
    service = services.get(rule.orders or "") if rule else None
    return (service.minutes if service else 0) + WAY_MINUTES


def _wanted(
    session: Session, elders: Sequence[Elder], today: date
) -> list[tuple[Looked, Standing]]:
    """What is ordered by itself, is not paused, and has no order yet."""
    ordered = list_of_elders(session, [elder.id for elder in elders], today)
    ids = [row.order_id for row in ordered.values() if row.order_id is not None]
    live = select(Order.id).where(
        col(Order.id).in_(ids), col(Order.state).not_in(ENDED_STATES)
    )
    arranged = set(session.exec(live))
    found = []
    for looked in look_at(session, elders, today):
        for standing in looked.standings:
            row = ordered.get((looked.elder.id, standing.duty))
            stands = row is not None and row.order_id in arranged
            if standing.held.rule.by_itself and not standing.paused and not stands:
                found.append((looked, standing))
    return found


def _days_of(standing: Standing, first_on: date) -> tuple[int, int] | None:
    """The first and the last day on which it may be done, counted from the first."""
    left = standing.span.days_left(first_on)
    rhythm = standing.held.days is not None
    if standing.state is State.DONE and not (rhythm and left < WEEK_DAYS):
        return None
    if standing.state is State.OVERDUE or left < 0:
        return 0, _OVERDUE_BY_DAY
    return (0, min(left, WEEK_DAYS - 1)) if left < _SOON_DAYS else None


def visitors_of(
    session: Session, station: Station, first_on: date
) -> dict[str, Visitor]:
    """The station's helpers, with their minutes for visits on each day."""
    team = session.exec(
        select(Helper)
        .where(Helper.station_id == station.id, ~col(Helper.suspended))
        .order_by(col(Helper.id))
    ).all()
    minutes = {helper.id: [0] * WEEK_DAYS for helper in team}
    skills = {helper.id: frozenset(helper.skills) for helper in team}
    for day in range(WEEK_DAYS):
        on = first_on + timedelta(days=day)
        there: dict[UUID, list[OnDuty]] = defaultdict(list)
        for each in list_on_duty(session, station.street_code, on):
            there[each.helper.id].append(each)
        for helper_id in there.keys() & minutes.keys():
            parts = there[helper_id]  # leave and heat may have cut it in two
            spare = spare_minutes(
                ((part.starts_at, part.ends_at) for part in parts),
                parts[0].work_seconds,
            )
            minutes[helper_id][day] = spare
            skills[helper_id] = parts[0].skills
    mine = (str(station.id),)
    return {
        str(helper.id): Visitor(
            str(helper.id), mine, tuple(minutes[helper.id]), skills[helper.id]
        )
        for helper in team
    }


def spare_minutes(parts: Iterable[Stretch], most_seconds: int) -> int:
    """Of a day's duty what there is for visits; a limit is the whole day's."""
    there = sum((until - begin).total_seconds() for begin, until in parts)
    return int(min(there, most_seconds)) * VISITS_PERCENT // 6000


def _named(
    answering: Sequence[Responsible], rank: int, visitors: dict[str, Visitor]
) -> str | None:
    """The responsible helper, or the backup, if they visit for this station."""
    for one in answering:
        if one.rank == rank and str(one.helper_id) in visitors:
            return str(one.helper_id)
    return None


def _never(
    session: Session, visitors: dict[str, Visitor], elders: Sequence[Elder]
) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    helpers = [UUID(name) for name in visitors]
    for pair in list_pairings(session, helpers, [elder.id for elder in elders]):
        if pair.kind is PairKind.NEVER:
            found[pair.elder_id].add(str(pair.helper_id))
    return found


def _passings(
    elders: Sequence[Elder], doors: dict[UUID, Household]
) -> Iterator[Passing]:
    """Where that day's meal rounds come by: at whoever usually is brought a meal."""
    for elder in elders:
        door = doors[elder.household_id]
        located = door.lat is not None and door.lon is not None
        if elder.usual_channel == "delivery" and located:
            for day in range(WEEK_DAYS):
                yield Passing(day, door.lat or 0.0, door.lon or 0.0)


def _doors(session: Session, elders: Sequence[Elder]) -> dict[UUID, Household]:
    wanted = sorted({elder.household_id for elder in elders})
    found: dict[UUID, Household] = {}
    for start in range(0, len(wanted), 500):
        query = select(Household).where(
            col(Household.id).in_(wanted[start : start + 500])
        )
        found |= {home.id: home for home in session.exec(query)}
    return found
