"""The people of a made-up month: to whom visits are owed, and what happened to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from dispatch.clock import town_day, town_moment
from dispatch.demo.district import District
from dispatch.demo.elders import Person
from dispatch.duties.encounters import Encounter, Way
from dispatch.duties.gathering import about_elder
from dispatch.duties.held import Held, held_by
from dispatch.duties.rules import DutyFile
from dispatch.duties.standing import Standing, State, standings
from dispatch.people.elder_facts import NO_HISTORY
from dispatch.subsidy.alike import Alike
from dispatch.subsidy.policy_files import DEMO_POLICY, read_policy
from routing.week import DueVisit, Passing, Visitor, WeekProblem

FIRST: Final = date(2026, 11, 2)  # a Monday
DAYS: Final = 28
VISIT_MINUTES: Final = 28  # twenty at the elder's, and the way there
_VISIT_DUTIES: Final = frozenset({"visit-week", "visit-own", "visit-month"})


@dataclass
class Cared:
    """One elder to whom visits are owed, with everything that happened."""

    person: Person
    place: tuple[float, float]
    held: list[Held]
    met: list[Encounter] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.person.elder.id)

    def stand(self, on: date) -> Standing:
        """How the duty of visiting stands."""
        found = standings(self.held, self.met, on)
        return next(one for one in found if one.duty in _VISIT_DUTIES)


def week_problem(
    district: District,
    stations: Mapping[UUID, list[Cared]],
    crew: Mapping[UUID, list[Visitor]],
    monday: date,
) -> WeekProblem:
    """What falls due this week, who may go, and where the meal rounds pass."""
    due, passings = [], []
    for station, mine in stations.items():
        names = [visitor.id for visitor in crew[station]]
        for number, one in enumerate(mine):
            stood = one.stand(monday)
            last = min(6, stood.span.days_left(monday))
            if stood.span.days_left(monday) > 6:
                continue
            lat, lon = one.place
            due.append(
                DueVisit(
                    one.id,
                    str(station),
                    lat,
                    lon,
                    0,
                    max(4, last) if stood.state is State.OVERDUE else max(0, last),
                    minutes=VISIT_MINUTES,
                    responsible=names[number % len(names)],
                    backup=names[(number + 1) % len(names)],
                    tier=stood.tier,
                )
            )
        passings += [
            Passing(day, *one.place)
            for one in mine
            if one.person.elder.usual_channel == "delivery"
            for day in range(7)
        ]
    points = {point.station.id: point.station for point in district.places.points}
    return WeekProblem(
        7,
        {str(each): (points[each].lat, points[each].lon) for each in stations},
        tuple(due),
        tuple(visitor for team in crew.values() for visitor in team),
        tuple(passings),
    )


def meet(
    one: Cared, on: date, what: str, way: Way, *, minutes: int, paid: bool = False
) -> None:
    at = town_moment(on, 11 * 3600)
    name = f"{one.id} {what} {on}"
    one.met.append(
        Encounter(name, at, on, what, way, minutes, "A", seen=True, paid=paid)
    )


def cared_for(district: District, file: DutyFile) -> list[Cared]:
    """Everybody to whom visits are owed, with what their file brings in."""
    alike = Alike(read_policy(DEMO_POLICY))
    doors = {home.household.id: home.household for home in district.homes}
    found = []
    for person in district.people:
        elder, door = person.elder, doors[person.elder.household_id]
        if door.lat is None or door.lon is None:
            continue
        about = about_elder(alike, elder, NO_HISTORY, FIRST)
        held = [one for one in held_by(file, about) if one.rule.id in _VISIT_DUTIES]
        if held:
            one = Cared(person, (door.lat, door.lon), held)
            back = (town_day(district.begins_at) - FIRST).days + 1
            for at, what, paid in (
                (elder.last_visit_at, "VISIT_HOME", True),
                (elder.last_seen_at, "MEAL", False),
            ):
                if at is not None:  # the demo's past, moved before our month
                    on = town_day(at) - timedelta(days=back)
                    meet(one, on, what, Way.FILE, minutes=0, paid=paid)
            found.append(one)
    return found
