"""Who is in the made-up past: points, eaters and helpers that stand in the books."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import Account, Role
from dispatch.people.elder_facts import History, histories_of
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Helper, HelperKind
from dispatch.people.places import Station
from dispatch.subsidy.billing import person_of
from dispatch.subsidy.persons import Person

Spot = tuple[float, float]


@dataclass(slots=True)
class Eater:
    """One elder as the past needs them, with their door and what is known of them."""

    id: UUID
    household_id: UUID
    door: Spot
    elder: Elder
    history: History
    persons: dict[date, Person] = field(default_factory=dict)

    def person_on(self, on: date) -> Person:
        """What the rules may ask; within a month only an assessment changes it."""
        told = self.elder.assessed_on
        new = told is not None and (told.year, told.month) == (on.year, on.month)
        key = on if new else on.replace(day=1)
        if key not in self.persons:
            self.persons = {key: person_of(self.elder, self.history, key)}
        return self.persons[key]

    @property
    def owed_visits(self) -> bool:
        elder = self.elder
        return elder.dementia or elder.ability_level >= 2 or elder.relief is not None


@dataclass(slots=True)
class Hands:
    """One helper with the phone that they carry."""

    id: UUID
    kind: HelperKind
    phone: str


@dataclass
class At:
    """One point with everybody around it."""

    station_id: UUID
    kitchen_id: UUID
    street_code: str
    spot: Spot
    account_id: UUID | None
    eaters: list[Eater] = field(default_factory=list)
    carriers: list[Hands] = field(default_factory=list)
    visitors: list[Hands] = field(default_factory=list)


def read_cast(session: Session) -> list[At]:
    """Everybody who lives in the district, by point; those whose door is on no map
    are left out.
    """
    desks = {
        account.station_id: account.id
        for account in session.exec(select(Account).where(Account.role == Role.STATION))
    }
    points = {
        station.id: At(
            station.id,
            station.kitchen_id,
            station.street_code,
            (station.lat, station.lon),
            desks.get(station.id),
        )
        for station in session.exec(select(Station).order_by(col(Station.code)))
    }
    homes = session.exec(_homes()).all()
    histories = histories_of(session, {elder.id for elder, _ in homes})
    for elder, door in homes:
        spot = (door.lat, door.lon)
        eater = Eater(elder.id, door.id, spot, elder, histories[elder.id])
        points[elder.station_id].eaters.append(eater)
    _give_helpers(session, points)
    return [point for point in points.values() if point.eaters]


def _homes() -> Any:
    return (
        select(Elder, Household)
        .join(Household, col(Household.id) == Elder.household_id)
        .where(col(Household.lat).is_not(None), col(Elder.died_on).is_(None))
        .order_by(col(Elder.number))
    )


def _give_helpers(session: Session, points: dict[UUID, At]) -> None:
    """A point without carriers of its own is served from its street."""
    near: dict[str, dict[bool, list[Hands]]] = defaultdict(lambda: defaultdict(list))
    for helper in session.exec(select(Helper).order_by(col(Helper.id))):
        hands = Hands(helper.id, helper.kind, f"past-{helper.id.hex[:12]}")
        visits = helper.kind is HelperKind.CAREGIVER
        near[helper.street_code][visits].append(hands)
        if at := points.get(helper.station_id):
            (at.visitors if visits else at.carriers).append(hands)
    for at in points.values():
        at.carriers = at.carriers or near[at.street_code][False]
        at.visitors = at.visitors or near[at.street_code][True]
