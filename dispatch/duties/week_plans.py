"""A planned week of visits: proposals by day and person, one in force a station.

What a person has decided of a proposal stands: a plan that is made anew keeps it.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, Json, facts, narrow, word


class Choice(StrEnum):
    """What a person has made of a proposed visit."""

    PROPOSED = "proposed"  # nothing yet: it is ordered on its day
    MOVED = "moved"  # to another day or person, and ordered then
    TAKEN = "taken"  # ordered already
    DROPPED = "dropped"  # not ordered for it; the duty stays owed


class WeekPlan(SQLModel, table=True):
    """One station's week as it was planned last. An older one is kept, not in force."""

    __tablename__ = "week_plan"
    __table_args__ = (
        UniqueConstraint("station_id", "first_on", "version", name="one_week_version"),
        narrow("one_week_in_force", "station_id", where="in_force", unique=True),
        CheckConstraint("days BETWEEN 1 AND 31", name="plan_days"),
        CheckConstraint("version >= 1", name="plan_versions"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    first_on: date
    days: int
    version: int
    in_force: bool = True
    why: str = Field(max_length=24)
    decided_by: str = Field(max_length=60)
    # By `left_name`: each visitor's id, and the rule that keeps them from it.
    not_placed: Json = Field(
        default_factory=dict, sa_column=Column(facts(), nullable=False)
    )
    made_at: datetime = Field(sa_type=Instant)


def left_name(elder_id: UUID, duty: str) -> str:
    """Under what a visit that found nobody stands in `not_placed`."""
    return f"{elder_id} {duty}"


class WeekVisit(SQLModel, table=True):
    """One visit of a planned week: who goes on which day, and who stands in."""

    __tablename__ = "week_visit"
    __table_args__ = (
        Index("week_visits_of_a_day", "visit_on", "week_plan_id"),
        UniqueConstraint(
            "week_plan_id", "elder_id", "duty", name="one_week_visit_each"
        ),
        CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name="decided_when"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    week_plan_id: UUID = Field(foreign_key="week_plan.id")
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    duty: str = Field(max_length=64)
    visit_on: date
    helper_id: UUID = Field(foreign_key="helper.id")
    backup_id: UUID | None = Field(default=None, foreign_key="helper.id")
    state: Choice = Field(default=Choice.PROPOSED, sa_type=word(Choice))
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: UUID | None = None
    words: str = Field(default="", max_length=200)


def find_in_force(
    session: Session, station_id: UUID, *, lock: bool = False
) -> WeekPlan | None:
    """The plan of a station that stands."""
    query = select(WeekPlan).where(WeekPlan.station_id == station_id, WeekPlan.in_force)
    return session.exec(query.with_for_update() if lock else query).first()


def list_visits(session: Session, plan_ids: Collection[UUID]) -> list[WeekVisit]:
    """The visits of these plans by day, then by who goes."""
    query = select(WeekVisit).where(col(WeekVisit.week_plan_id).in_(plan_ids))
    return list(
        session.exec(
            query.order_by(
                col(WeekVisit.visit_on), col(WeekVisit.helper_id), col(WeekVisit.id)
            )
        )
    )


def list_decided(session: Session, station_id: UUID, first_on: date) -> list[WeekVisit]:
    """What people have decided of the plan in force, for this day and later."""
    plan = find_in_force(session, station_id)
    if plan is None:
        return []
    return [
        visit
        for visit in list_visits(session, [plan.id])
        if visit.state is not Choice.PROPOSED and visit.visit_on >= first_on
    ]


def planned_on(session: Session, station_id: UUID, on: date) -> set[tuple[UUID, str]]:
    """Whose visits the plan in force has put on a day, and for which duty."""
    query = (
        select(WeekVisit.elder_id, WeekVisit.duty)
        .join(WeekPlan, col(WeekPlan.id) == WeekVisit.week_plan_id)
        .where(WeekPlan.station_id == station_id, WeekPlan.in_force)
        .where(WeekVisit.visit_on == on, WeekVisit.state != Choice.DROPPED)
    )
    return {(elder_id, duty) for elder_id, duty in session.exec(query)}
