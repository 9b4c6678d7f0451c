"""Elders of a made-up district, in the proportions of domain research."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.clock import town_day
from dispatch.demo import names
from dispatch.demo.chance import Chance
from dispatch.demo.needs import draw_needs
from dispatch.demo.places import Point
from dispatch.people.elders import Contact, Elder, Living, age_on

_AGES: Final = {(60, 69): 55.0, (70, 79): 28.0, (80, 89): 15.0, (90, 99): 2.0}
_OF_ALL: Final = 6_000  # the profiles that the counts below are given for
_CENTENARIANS: Final = 6
_LEVELS: Final = {4: 210, 3: 430, 2: 620, 1: 900}
_DEMENTIA: Final = 260
_RELIEF: Final = {"TK": 90, "DB": 620, "DBBY": 430}
_FAMILY_SPECIAL: Final = 260
_BASIC: Final = 5_400
_LIVING: Final = {
    Living.ALONE: 22.0,
    Living.EMPTY_NEST: 48.0,
    Living.WITH_FAMILY: 27.0,
    Living.OTHER: 3.0,
}


@dataclass
class Person:
    """An elder, and what the vault keeps of them."""

    elder: Elder
    sealed: dict[str, str]
    contacts: list[tuple[Contact, dict[str, str]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.sealed["name"]


def draw_people(chance: Chance, points: list[Point], now: datetime) -> list[Person]:
    """The profiles of the district, without a door yet: `household_id` comes later."""
    count = sum(point.profiles for point in points)
    today = town_day(now)
    born = [_born(chance, ages, today) for ages in chance.deal(_AGES, count)]
    for at in range(max(1, round(_CENTENARIANS * count / _OF_ALL))):
        born[at] = _born(chance, (100, 104), today)
    chance.shuffle(born)
    stations = [point.station for point in points for _ in range(point.profiles)]
    living = chance.deal(_LIVING, count)
    people = []
    taken: set[str] = set()
    for at, (station, born_on) in enumerate(zip(stations, born, strict=True)):
        sex = "F" if chance.happens(0.55) else "M"
        elder = Elder(
            id=chance.id(),
            number=f"QH{at + 1:06d}",
            household_id=station.id,
            station_id=station.id,
            street_code=station.street_code,
            sex=sex,
            born_on=born_on,
            hukou_in_district=True,
            home_street=station.street_code,
            living=living[at],
            photo_consent=chance.happens(0.4),
            coupon_account=chance.happens(0.1),
            diet_tags=[],  # given, as finding out a default costs more than drawing
            allergies=[],
            made_at=now - timedelta(days=400),
        )
        draw_needs(chance, elder)
        people.append(Person(elder, _sealed(chance, elder, at, taken)))
    _give_abilities(chance, people, today)
    _give_entitlements(chance, people, today)
    return people


def draw_contacts(chance: Chance, person: Person, numbers: Iterable[int]) -> None:
    """One to three people to call, and for a few elders nobody."""
    if chance.happens(0.03):
        return
    relations = chance.sample(("儿子", "女儿", "侄子", "邻居", "网格员"), 3)
    for rank, relation in enumerate(relations[: chance.choice((1, 2, 2, 3))], start=1):
        near = relation in ("邻居", "网格员")
        contact = Contact(
            id=chance.id(),
            elder_id=person.elder.id,
            rank=rank,
            relation=relation,
            may_collect=relation != "网格员",
            holds_key=near and chance.happens(0.4),
        )
        sex = "F" if relation == "女儿" else "M"
        sealed = {"name": names.person_name(chance, sex)}
        sealed["phone"] = names.mobile(next(iter(numbers)))
        person.contacts.append((contact, sealed))


def is_basic(elder: Elder, on: date) -> bool:
    """Entitled to basic services, as the demo's rule file says it."""
    old = age_on(elder.born_on, on) >= 80
    in_need = old or elder.dementia or elder.ability_level >= 2
    return (
        elder.relief == "TK"
        or (elder.relief in ("DB", "DBBY") and in_need)
        or elder.family_special
        or elder.ability_level >= 3
        or elder.dementia
        or elder.disability_grade in (1, 2)
    )


def _born(chance: Chance, ages: tuple[int, int], today: date) -> date:
    youngest = today.replace(year=today.year - ages[0], day=min(today.day, 28))
    return youngest - timedelta(days=chance.randrange(365 * (ages[1] - ages[0] + 1)))


def _sealed(chance: Chance, elder: Elder, at: int, taken: set[str]) -> dict[str, str]:
    serial = at
    while (number := names.id_number(elder.born_on, elder.sex, serial)) in taken:
        serial += 1
    taken.add(number)
    return {
        "name": names.person_name(chance, elder.sex),
        "phone": names.mobile(at),
        "card": names.card(at + 1),
        "id_number": number,
    }


def _scaled(count: int, of: int) -> int:
    return max(1, round(count * of / _OF_ALL))


def _give_abilities(chance: Chance, people: list[Person], today: date) -> None:
    """Levels and dementia, more often the older somebody is."""
    oldest_first = sorted(
        people, key=lambda p: -(age_on(p.elder.born_on, today) + chance.gauss(0, 14))
    )
    begin = 0
    for level, count in _LEVELS.items():
        end = begin + _scaled(count, len(people))
        for person in oldest_first[begin:end]:
            person.elder.ability_level = level
            person.elder.assessed_on = today - timedelta(days=chance.randint(30, 640))
        begin = end
    for person in chance.sample(oldest_first[:begin], _scaled(_DEMENTIA, len(people))):
        person.elder.dementia = True


def _give_entitlements(chance: Chance, people: list[Person], today: date) -> None:
    """Relief, special families, and handicaps until nine in ten are basic."""

    def in_need(elder: Elder) -> bool:
        old = age_on(elder.born_on, today) >= 80
        return old or elder.dementia or elder.ability_level >= 2

    many = len(people)
    drawn = chance.sample(people, many)
    needing = [p.elder for p in drawn if in_need(p.elder)]
    for relief, count in _RELIEF.items():
        for _ in range(min(_scaled(count, many), len(needing))):
            needing.pop().relief = relief
    plain = [p.elder for p in drawn if p.elder.relief is None]
    for elder in plain[: _scaled(_FAMILY_SPECIAL, many)]:
        elder.family_special = True
    missing = round(many * _BASIC / _OF_ALL)
    missing -= sum(is_basic(p.elder, today) for p in people)
    for elder in [e for e in plain if not is_basic(e, today)][: max(0, missing)]:
        elder.disability_grade = chance.choice((1, 2, 2))


def owners_of(people: Iterable[Person]) -> dict[UUID, dict[str, str]]:
    """What the vault is to keep, by owner: elders and their contacts."""
    kept: dict[UUID, dict[str, str]] = {}
    for person in people:
        kept[person.elder.id] = person.sealed
        kept.update({contact.id: sealed for contact, sealed in person.contacts})
    return kept
