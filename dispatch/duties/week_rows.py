"""A planned week as people see it: day by day, who goes to whom, who stands in."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

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


def count_left(session: Session, station_id: UUID) -> int:
    """The visits for which the plan in force has found nobody."""
    plan = find_in_force(session, station_id)
    return len(plan.not_placed) if plan else 0


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
