"""What taking, moving or dropping a proposed visit does, before somebody decides."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import select

from dispatch.access.scope import get_scoped
from dispatch.catalogue.services import Service
from dispatch.clock import town_day
from dispatch.duties.gathering import pauses_of
from dispatch.duties.ordering_due import standing_of
from dispatch.duties.periods import Span
from dispatch.duties.standing import Standing, State
from dispatch.duties.week_plans import (
    Choice,
    WeekPlan,
    WeekVisit,
    find_in_force,
    list_visits,
)
from dispatch.errors import Conflict, NotFound
from dispatch.people.elders import Elder
from dispatch.people.pairings import PairKind, list_pairings
from dispatch.people.places import get_station
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.planning.visit_week import WEEK_DAYS, visit_minutes, visitors_of
from dispatch.store.unit_of_work import UnitOfWork
from routing.week import Visitor

_DAY: Final = timedelta(days=1)


class WeekChanged(Conflict):
    """探访计划已经更新，没有保存。请刷新后再看。"""

    code = "week_changed"


@dataclass(frozen=True, kw_only=True)
class DayChoice:
    """One day of one person, with the visit on it.

    `minutes` of `capacity` for `visits` visits; a day without capacity is one on which
    they are not there. `late`: after the last day of the duty.
    """

    on: date
    minutes: int
    capacity: int
    visits: int
    full: bool
    late: bool
    paused: bool

    @property
    def possible(self) -> bool:
        return self.capacity > 0 and not self.paused


@dataclass(frozen=True, kw_only=True)
class PersonChoice:
    """Somebody who may go, and their coming days."""

    helper_id: UUID
    name: str
    days: list[DayChoice]


@dataclass(frozen=True, kw_only=True)
class VisitChoices:
    """What can be made of a proposed visit.

    `until_on`: the duty's last day; from `presses_on` on it is ordered every night by
    itself, whether this visit is dropped or not. `minutes`: what it takes.
    """

    id: UUID
    elder_name: str
    name: str
    name_en: str
    on: date
    helper_id: UUID
    state: str
    minutes: int
    until_on: date
    presses_on: date
    overdue: bool
    people: list[PersonChoice]


def show_choices(uow: UnitOfWork, visit_id: UUID) -> VisitChoices:
    """What taking, moving or dropping a proposed visit would do.

    Raises:
        NotFound: no such visit within reach.
        WeekChanged: a newer plan stands, or its day has come.
    """
    visit, elder, plan = read_visit(uow, visit_id)
    standing = standing_of(uow, elder, visit.duty, town_day(uow.now))
    names = unseal(uow.session, [elder.id], ["name"])
    presses_on = standing.span.until_on - standing.held.rule.warn_days * _DAY
    services = {row.code: row for row in uow.session.exec(select(Service))}
    return VisitChoices(
        id=visit.id,
        elder_name=shown_name(uow.actor, names[elder.id].get("name", "")),
        name=standing.held.rule.name,
        name_en=standing.held.rule.name_en,
        on=visit.visit_on,
        helper_id=visit.helper_id,
        state=visit.state.value,
        minutes=visit_minutes(services, visit.duty, visit.visit_on),
        until_on=standing.span.until_on,
        presses_on=presses_on,
        overdue=standing.state is State.OVERDUE,
        people=_people(uow, visit, elder, plan, standing, services),
    )


def read_visit(
    uow: UnitOfWork, visit_id: UUID, *, lock: bool = False
) -> tuple[WeekVisit, Elder, WeekPlan]:
    """A visit of a plan in force that lies ahead, with its elder and its plan.

    Raises:
        NotFound, WeekChanged
    """
    visit = uow.session.get(WeekVisit, visit_id)
    if visit is None:
        raise NotFound("没有找到这次探访。")
    elder = get_scoped(uow, Elder, visit.elder_id, lock=lock)
    kept = uow.session.get_one(WeekPlan, visit.week_plan_id)
    plan = find_in_force(uow.session, kept.station_id, lock=lock)
    if plan is None or plan.id != kept.id or visit.visit_on <= town_day(uow.now):
        raise WeekChanged
    if lock:
        uow.session.refresh(plan)
        uow.session.refresh(visit)
    return visit, elder, plan


def _people(
    uow: UnitOfWork,
    visit: WeekVisit,
    elder: Elder,
    plan: WeekPlan,
    standing: Standing,
    services: Mapping[str, Service],
) -> list[PersonChoice]:
    """Whoever has the skills and may come to this door; whose it is now, first."""
    first_on = town_day(uow.now) + _DAY
    station = get_station(uow.session, plan.station_id)
    visitors = visitors_of(uow.session, station, first_on)
    able = _able(uow, visitors, elder, services.get(standing.held.rule.orders or ""))
    names = unseal(uow.session, sorted(able), ["name"])
    others = _others(uow, plan, visit)
    mine = visit_minutes(services, visit.duty, first_on)
    pauses = pauses_of(uow.session, [elder.id])[elder.id]

    def day(helper_id: UUID, number: int) -> DayChoice:
        on = first_on + number * _DAY
        capacity = visitors[str(helper_id)].minutes[number]
        there = others[helper_id, on]
        minutes = mine + sum(visit_minutes(services, duty, on) for duty in there)
        return DayChoice(
            on=on,
            minutes=minutes,
            capacity=capacity,
            visits=len(there) + 1,
            full=minutes > capacity,
            late=on > standing.span.until_on,
            paused=_is_paused(pauses, on),
        )

    people = [
        PersonChoice(
            helper_id=helper_id,
            name=shown_name(uow.actor, names[helper_id].get("name", "")),
            days=[day(helper_id, number) for number in range(WEEK_DAYS)],
        )
        for helper_id in able
    ]
    return sorted(people, key=lambda one: (one.helper_id != visit.helper_id, one.name))


def _able(
    uow: UnitOfWork,
    visitors: Mapping[str, Visitor],
    elder: Elder,
    service: Service | None,
) -> list[UUID]:
    needs = frozenset(service.skills if service else ())
    skilled = [UUID(name) for name, one in visitors.items() if needs <= one.skills]
    never = {
        pair.helper_id
        for pair in list_pairings(uow.session, skilled, [elder.id])
        if pair.kind is PairKind.NEVER
    }
    return [helper_id for helper_id in skilled if helper_id not in never]


def _others(
    uow: UnitOfWork, plan: WeekPlan, visit: WeekVisit
) -> dict[tuple[UUID, date], list[str]]:
    """The duties for which the others of this plan go, by person and day."""
    found: dict[tuple[UUID, date], list[str]] = defaultdict(list)
    for each in list_visits(uow.session, [plan.id]):
        if each.id != visit.id and each.state is not Choice.DROPPED:
            found[each.helper_id, each.visit_on].append(each.duty)
    return found


def _is_paused(pauses: list[Span], on: date) -> bool:
    return any(pause.holds(on) for pause in pauses)
