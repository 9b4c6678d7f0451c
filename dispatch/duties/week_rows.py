"""A planned week as people see it: day by day, who goes to whom, who stands in."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from dispatch.duties.week_plans import WeekVisit, find_in_force, list_visits
from dispatch.people.elders import Elder
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class WeekRow:
    """One proposed visit, and what was decided of it."""

    id: UUID
    elder_id: UUID
    elder_name: str
    elder_number: str
    duty: str
    on: date
    helper: str
    backup: str | None
    state: str
    words: str


@dataclass(frozen=True, kw_only=True)
class WeekLeft:
    """One visit that nobody can make. `rules`: what keeps the most from it first;
    none: the station has nobody who visits."""

    elder_id: UUID | None
    elder_name: str
    duty: str
    rules: list[str]


def show_week(uow: UnitOfWork, station_id: UUID, today: date) -> list[WeekRow]:
    """The visits of a station's plan in force from today on, by day and person."""
    plan = find_in_force(uow.session, station_id)
    if plan is None:
        return []
    ahead = [v for v in list_visits(uow.session, [plan.id]) if v.visit_on >= today]
    names = _names(uow, ahead)
    wanted = {visit.elder_id for visit in ahead}
    query = select(Elder.id, Elder.number).where(col(Elder.id).in_(wanted))
    numbers = dict(uow.session.exec(query).all())
    return [
        WeekRow(
            id=visit.id,
            elder_id=visit.elder_id,
            elder_name=names[visit.elder_id],
            elder_number=numbers[visit.elder_id],
            duty=visit.duty,
            on=visit.visit_on,
            helper=names[visit.helper_id],
            backup=names[visit.backup_id] if visit.backup_id else None,
            state=visit.state.value,
            words=visit.words,
        )
        for visit in ahead
    ]


def show_left(uow: UnitOfWork, station_id: UUID) -> list[WeekLeft]:
    """The visits for which the plan in force has found nobody, and why."""
    plan = find_in_force(uow.session, station_id)
    if plan is None:
        return []
    left = [_left(name, why) for name, why in sorted(plan.not_placed.items())]
    kept = unseal(uow.session, [one.elder_id for one in left if one.elder_id], ["name"])
    return [
        replace(
            one, elder_name=shown_name(uow.actor, kept[one.elder_id].get("name", ""))
        )
        if one.elder_id in kept
        else one
        for one in left
    ]


def _left(name: str, why: dict[str, str]) -> WeekLeft:
    """A plan of an earlier edition named its visits otherwise: those stay unnamed."""
    who, _, duty = name.partition(" ")
    rules = Counter(why.values())
    try:
        elder_id = UUID(who)
    except ValueError:
        elder_id = None
    return WeekLeft(
        elder_id=elder_id,
        elder_name="",
        duty=duty,
        rules=[rule for rule, _ in rules.most_common()],
    )


def _names(uow: UnitOfWork, visits: list[WeekVisit]) -> dict[UUID, str]:
    """Everybody's name who is part of these visits, as the role sees it."""
    wanted = {
        who
        for visit in visits
        for who in (visit.elder_id, visit.helper_id, visit.backup_id)
        if who is not None
    }
    kept = unseal(uow.session, sorted(wanted), ["name"])
    return {who: shown_name(uow.actor, kept[who].get("name", "")) for who in wanted}
