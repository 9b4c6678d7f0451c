"""The crew: couriers, volunteers and caregivers with their shifts and skills."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from dispatch.clock import town_moment
from dispatch.demo import names
from dispatch.demo.chance import Chance, portions
from dispatch.demo.menus import seconds_of
from dispatch.demo.places import Places, Point
from dispatch.demo.sizes import Size
from dispatch.people.helpers import Helper, HelperKind, Shift, TravelMode

_PHONES_FROM: Final = 90_000_000
_SHIFTS: Final = {
    HelperKind.COURIER: (("06:30", "13:45"), ("16:00", "19:30")),
    HelperKind.VOLUNTEER: (("10:00", "13:30"),),
    HelperKind.CAREGIVER: (("08:00", "12:00"), ("13:30", "18:00")),
}
_VALLEY_SHIFTS: Final = (("06:40", "13:30"), ("15:00", "19:00"))
_SKILLS: Final = {
    HelperKind.COURIER: ("health_certificate",),
    HelperKind.VOLUNTEER: ("health_certificate", "visitor"),
    HelperKind.CAREGIVER: (
        *("visitor", "vitals", "personal_care", "foot_care", "bathing"),
        *("feeding", "first_aid", "cleaning"),
    ),
}
_CAPACITY: Final = {
    HelperKind.COURIER: 24,
    HelperKind.VOLUNTEER: 8,
    HelperKind.CAREGIVER: 4,
}


@dataclass
class Hand:
    """A helper, their shifts of the day, and what the vault keeps of them."""

    helper: Helper
    shifts: list[Shift]
    sealed: dict[str, str]


def draw_crew(size: Size, seed: int, places: Places, today: date) -> list[Hand]:
    """Everybody on duty that day; the valley has one volunteer with a paper sheet."""
    chance = Chance(seed, "crew")
    valley = places.points[-1]
    town = places.points[:-1]
    crew = [_hand(chance, valley, HelperKind.VOLUNTEER, 0, today)]
    for kind, count in (
        (HelperKind.COURIER, size.couriers),
        (HelperKind.VOLUNTEER, size.volunteers - 1),
        (HelperKind.CAREGIVER, size.caregivers),
    ):
        for point, many in zip(town, _spread(town, places, count), strict=True):
            for _ in range(many):
                crew.append(_hand(chance, point, kind, len(crew), today))
    return crew


def _spread(town: list[Point], places: Places, count: int) -> list[int]:
    """How many each point gets: streets alike, inside a street by meals."""
    by_point: dict[str, int] = {}
    codes = [street.code for street in places.streets]
    of = {c: [p for p in town if p.station.street_code == c] for c in codes}
    meals = [float(sum(p.meals for p in of[c])) for c in codes]
    for code, many in zip(codes, portions(meals, count), strict=True):
        if not of[code]:
            continue
        shares = portions([p.meals + 1.0 for p in of[code]], many)
        for point, share in zip(of[code], shares, strict=True):
            by_point[point.station.code] = share
    return [by_point.get(point.station.code, 0) for point in town]


def _hand(chance: Chance, point: Point, kind: HelperKind, at: int, today: date) -> Hand:
    mode = TravelMode.EBIKE
    if kind is HelperKind.VOLUNTEER and not point.valley:
        mode = chance.choice((TravelMode.BIKE, TravelMode.EBIKE))
    helper = Helper(
        id=chance.id(),
        station_id=point.station.id,
        street_code=point.station.street_code,
        kind=kind,
        mode=mode,
        capacity=_CAPACITY[kind],
        max_work_seconds=(4 if kind is HelperKind.VOLUNTEER else 9) * 3600,
        skills=list(_SKILLS[kind]),
        paper=point.valley,
        shows_position=not point.valley,
    )
    shifts = [
        Shift(
            id=chance.id(),
            helper_id=helper.id,
            works_on=today,
            starts_at=town_moment(today, seconds_of(begin)),
            ends_at=town_moment(today, seconds_of(end)),
        )
        for begin, end in (_VALLEY_SHIFTS if point.valley else _SHIFTS[kind])
    ]
    sex = "M" if kind is HelperKind.COURIER and chance.happens(0.8) else "F"
    helper.sex = sex
    sealed = {
        "name": names.person_name(chance, sex),
        "phone": names.mobile(_PHONES_FROM + at),
    }
    return Hand(helper, shifts, sealed)
