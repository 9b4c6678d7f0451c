"""The points of a district as its office reads them: who runs them, since when."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.clock import town_day
from dispatch.people.elders import Elder
from dispatch.people.operators import (
    Operation,
    Operator,
    list_micro_points,
    list_operations,
    list_runs,
    list_stars,
    stars_on,
)
from dispatch.people.places import Station
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class PointRow:
    id: UUID
    code: str
    name: str
    kind: str
    operator: str | None
    star: int
    entered_on: date
    exited_on: date | None
    elders: int
    radius_metres: int | None


def list_points(uow: UnitOfWork) -> list[PointRow]:
    """The points within reach, the open ones first, by code."""
    query = scoped(uow.actor, Station).order_by(
        col(Station.exited_on).is_not(None), col(Station.code)
    )
    stations, today = uow.session.exec(query).all(), town_day(uow.now)
    counted = (
        select(Elder.station_id, func.count())
        .where(col(Elder.died_on).is_(None))
        .group_by(col(Elder.station_id))
    )
    elders = dict(uow.session.exec(counted).all())
    running = list_operations(uow.session, [each.id for each in stations], today)
    micro, stars = (
        list_micro_points(uow.session),
        stars_on(uow.session, stations, today),
    )
    return [
        PointRow(
            id=each.id,
            code=each.code,
            name=each.name,
            kind=each.kind.value,
            operator=running[each.id].name if each.id in running else None,
            star=stars[each.id],
            entered_on=each.entered_on,
            exited_on=each.exited_on,
            elders=elders.get(each.id, 0),
            radius_metres=micro[each.id].radius_metres if each.id in micro else None,
        )
        for each in stations
    ]


@dataclass(frozen=True, kw_only=True)
class OperationRow:
    operator: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, kw_only=True)
class StarRow:
    star: int
    from_on: date


@dataclass(frozen=True, kw_only=True)
class PointStory:
    """Who has run a point, and its stars; the newest first."""

    runs: list[OperationRow]
    stars: list[StarRow]


def show_point(uow: UnitOfWork, station_id: UUID) -> PointStory:
    """Raises: NotFound."""
    station = get_scoped(uow, Station, station_id)
    return PointStory(
        runs=[
            OperationRow(operator=who.name, from_on=run.from_on, until_on=run.until_on)
            for run, who in list_runs(uow.session, station.id)
        ],
        stars=[
            StarRow(star=one.star, from_on=one.from_on)
            for one in list_stars(uow.session, station.id)
        ],
    )


@dataclass(frozen=True, kw_only=True)
class OperatorRow:
    """An operator, and how many points it runs today."""

    id: UUID
    name: str
    credit_code: str | None
    entered_on: date
    exited_on: date | None
    points: int


def list_operators(uow: UnitOfWork) -> list[OperatorRow]:
    """Every operator on the books, those who left last; two queries."""
    query = select(Operator).order_by(
        col(Operator.exited_on).is_not(None), col(Operator.name)
    )
    today = town_day(uow.now)
    counted = (
        select(Operation.operator_id, func.count())
        .where(Operation.from_on <= today)
        .where(col(Operation.until_on).is_(None) | (col(Operation.until_on) >= today))
        .group_by(col(Operation.operator_id))
    )
    points = dict(uow.session.exec(counted).all())
    return [
        OperatorRow(
            id=one.id,
            name=one.name,
            credit_code=one.credit_code,
            entered_on=one.entered_on,
            exited_on=one.exited_on,
            points=points.get(one.id, 0),
        )
        for one in uow.session.exec(query)
    ]
