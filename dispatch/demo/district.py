"""A made-up district: drawn as plain values from a seed, then kept in one go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Final
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from dispatch.access.accounts import Account
from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.catalogue.week_menus import WeekMenu
from dispatch.clock import town_moment
from dispatch.demo.accounts import draw_accounts
from dispatch.demo.chance import Chance
from dispatch.demo.crew import Hand, draw_crew
from dispatch.demo.dishes import Plates, draw_plates, publish_weeks
from dispatch.demo.elders import Person, draw_contacts, draw_people, owners_of
from dispatch.demo.files import Files, draw_files
from dispatch.demo.ground import Points, lay
from dispatch.demo.households import Home, draw_homes, lose_places
from dispatch.demo.menus import draw_menus
from dispatch.demo.papers import draw_papers, draw_weeks, skills
from dispatch.demo.places import Places, draw_places
from dispatch.demo.regulars import draw_regulars, draw_visits
from dispatch.demo.services import assists, services
from dispatch.demo.sizes import Size
from dispatch.demo.turns import draw_turns
from dispatch.people.certificates import Certificate
from dispatch.people.elders import Living
from dispatch.people.vault import seal_new
from dispatch.people.week_patterns import WeekPattern

DAY_BEGINS_SECONDS: Final = 6 * 3600
_A_PAIR_SHARES: Final = 0.6  # of the empty nests, both are on file
_PHONES_OF_CONTACTS: Final = 20_000_000


@dataclass
class District:
    """Everything that is known before the day begins."""

    size: Size
    seed: int
    day: date
    places: Places
    people: list[Person]
    homes: list[Home]
    crew: list[Hand]
    sittings: list[Sitting]
    menus: list[MenuItem]
    accounts: list[Account]
    papers: list[Certificate]
    weeks: list[WeekPattern]
    numbers: dict[UUID, dict[str, str]]
    files: Files
    plates: Plates
    menu_weeks: list[WeekMenu]

    @property
    def begins_at(self) -> datetime:
        """The first moment of the simulated day."""
        return town_moment(self.day, DAY_BEGINS_SECONDS)


def draw_district(size: Size, seed: int, day: date, points: Points) -> District:
    """The district that this seed stands for; nothing is kept yet.

    Args:
        points: (latitude, longitude) on the road network, reachable from each other.
    """
    places = draw_places(size, seed, lay(points, size, seed))
    chance = Chance(seed, "people")
    begins_at = town_moment(day, DAY_BEGINS_SECONDS)
    people = draw_people(chance, places.points, begins_at)
    phones = count(_PHONES_OF_CONTACTS)
    for person in people:
        draw_contacts(chance, person, phones)
    homes = _house(chance, places, people)
    sittings: list[Sitting] = []
    menus: list[MenuItem] = []
    plates = Plates()
    for point in places.points:
        served, dishes = draw_menus(
            Chance(seed, f"menu {point.station.code}"), point, day
        )
        sittings += served
        menus += dishes
        cook = Chance(seed, f"plates {point.station.code}")
        draw_plates(cook, point, dishes, plates)
    draw_regulars(Chance(seed, "regulars"), places, people)
    draw_visits(Chance(seed, "visits"), size, people, begins_at)
    _lose_places(Chance(seed, "lost"), people, homes)
    crew = draw_crew(size, seed, places, day)
    accounts = draw_accounts(seed, places, crew)
    papers, numbers = draw_papers(seed, crew, day)
    weeks = draw_weeks(seed, crew, day)
    office, weekly = accounts[0].id, Chance(seed, "week menus")
    published = publish_weeks(weekly, sittings, office, begins_at)
    return District(
        size, seed, day, places, people, homes, crew, sittings, menus, accounts,
        papers, weeks, numbers,
        draw_files(seed, people, crew, accounts, begins_at),
        plates, published,
    )  # fmt: skip


def keep_district(session: Session, district: District) -> None:
    """Write the district into an empty database, table by table."""
    places = district.places
    _insert(session, places.streets)
    _insert(session, [point.kitchen for point in places.points])
    _insert(session, [point.station for point in places.points])
    _insert(session, assists())
    _insert(session, skills())
    _insert(session, services())
    _insert(session, district.sittings)
    _insert(session, district.menus)
    _insert(session, district.plates.dishes)
    _insert(session, district.plates.links)
    _insert(session, [home.household for home in district.homes])
    _insert(session, [person.elder for person in district.people])
    contacts = [c for person in district.people for c, _ in person.contacts]
    _insert(session, contacts)
    _insert(session, [hand.helper for hand in district.crew])
    _insert(session, district.papers)
    _insert(session, district.weeks)
    _insert(session, [shift for hand in district.crew for shift in hand.shifts])
    _insert(session, district.accounts)
    _insert(session, draw_turns(district.seed, district.accounts, district.day))
    for rows in district.files.tables():
        _insert(session, rows)
    _insert(session, district.menu_weeks)
    seal_new(session, _sealed(district))


def _house(chance: Chance, places: Places, people: list[Person]) -> list[Home]:
    """Give everybody a door; some empty nests share one."""
    streets = {street.code: street.name for street in places.streets}
    by_station: dict[UUID, list[Person]] = {}
    for person in people:
        by_station.setdefault(person.elder.station_id, []).append(person)
    homes: list[Home] = []
    for point in places.points:
        neighbours = by_station.get(point.station.id, [])
        doors = list(_doors(chance, neighbours))
        street = streets[point.station.street_code]
        for home, behind in zip(
            draw_homes(chance, point, street, len(doors)), doors, strict=True
        ):
            for person in behind:
                person.elder.household_id = home.household.id
            homes.append(home)
    return homes


def _doors(chance: Chance, neighbours: list[Person]) -> Iterable[list[Person]]:
    """Who lives together: two of an empty nest, everybody else alone on file."""
    waiting: Person | None = None
    for person in neighbours:
        shares = person.elder.living is Living.EMPTY_NEST
        if not shares or not chance.happens(_A_PAIR_SHARES):
            yield [person]
        elif waiting is None:
            waiting = person
        else:
            yield [waiting, person]
            waiting = None
    if waiting:
        yield [waiting]


def _lose_places(chance: Chance, people: list[Person], homes: list[Home]) -> None:
    """Half a percent of doors are on no map; one of somebody who is brought meals."""
    carried = [p for p in people if p.elder.usual_channel == "delivery"]
    one = chance.choice(carried).elder.household_id
    lose_places(chance, homes, {one})


def _sealed(district: District) -> Mapping[UUID, Mapping[str, str]]:
    kept: dict[UUID, Mapping[str, str]] = {}
    kept.update(owners_of(district.people))
    kept.update({home.household.id: home.sealed for home in district.homes})
    kept.update({hand.helper.id: hand.sealed for hand in district.crew})
    kept.update(district.numbers)
    return kept


def _insert(session: Session, rows: Sequence[SQLModel]) -> None:
    if rows:
        session.exec(insert(type(rows[0])), params=[row.model_dump() for row in rows])
