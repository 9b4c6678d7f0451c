"""The points of a district as its office reads them: who runs them, since when."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.people.elders import Elder
from dispatch.people.operators import list_micro_points, list_operations
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
    stations = uow.session.exec(query).all()
    counted = (
        select(Elder.station_id, func.count())
        .where(col(Elder.died_on).is_(None))
        .group_by(col(Elder.station_id))
    )
    elders = dict(uow.session.exec(counted).all())
    running = list_operations(
        uow.session, [each.id for each in stations], town_day(uow.now)
    )
    micro = list_micro_points(uow.session)
    return [
        PointRow(
            id=each.id,
            code=each.code,
            name=each.name,
            kind=each.kind.value,
            operator=running[each.id].name if each.id in running else None,
            star=each.star,
            entered_on=each.entered_on,
            exited_on=each.exited_on,
            elders=elders.get(each.id, 0),
            radius_metres=micro[each.id].radius_metres if each.id in micro else None,
        )
        for each in stations
    ]
