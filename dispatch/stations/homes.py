"""New homes: which open point is nearest to each door of a point that exits."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from geopy.distance import great_circle
from sqlmodel import Session, col, select

from dispatch.people.elders import Household
from dispatch.people.operators import MicroPoint, list_micro_points
from dispatch.people.places import Station, StationKind


def list_open_points(session: Session, on: date, but: UUID) -> list[Station]:
    """The points that are open after a day, without one, by code."""
    query = (
        select(Station)
        .where(Station.id != but, Station.entered_on <= on)
        .where(col(Station.exited_on).is_(None) | (col(Station.exited_on) > on))
        .order_by(col(Station.code))
    )
    return list(session.exec(query))


def homes_for(
    session: Session, leaving: Station, doors: Iterable[Household], on: date
) -> dict[UUID, Station]:
    """The new point of each household: the nearest of its street, else of all.

    A micro-point takes only doors within its radius; a door that is on no map goes
    to the point nearest to the old one. Empty when no other point is open.
    """
    points = list_open_points(session, on, leaving.id)
    micro = list_micro_points(session)
    found = {}
    for door in doors:
        lat, lon = leaving.lat, leaving.lon
        if door.lat is not None and door.lon is not None:
            lat, lon = door.lat, door.lon
        ranked = _ranked(points, micro, (lat, lon), door)
        if ranked:
            found[door.id] = ranked[0]
    return found


def metres_between(here: tuple[float, float], station: Station) -> float:
    """As the crow flies."""
    return float(great_circle(here, (station.lat, station.lon)).m)


def _ranked(
    points: Sequence[Station],
    micro: dict[UUID, MicroPoint],
    here: tuple[float, float],
    door: Household,
) -> list[Station]:
    """Those of the door's own street first, each by its distance."""
    near = [(metres_between(here, each), each) for each in points]
    fit = [
        (metres, each)
        for metres, each in near
        if each.kind is not StationKind.MICRO_POINT
        or (
            door.located and each.id in micro and metres <= micro[each.id].radius_metres
        )
    ]
    fit.sort(key=lambda it: (it[1].street_code != door.street_code, it[0], it[1].code))
    return [each for _, each in fit]
