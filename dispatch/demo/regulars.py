"""Who usually eats how, and who is due for a visit on the simulated day."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.clock import town_day
from dispatch.demo.chance import Chance, portions
from dispatch.demo.elders import Person, is_basic
from dispatch.demo.menus import BREAKFAST_SHARE, DINNER_SHARE, LUNCH_SHARE
from dispatch.demo.places import Places, Point
from dispatch.demo.sizes import Size
from dispatch.people.elders import Living, age_on

CHANNELS: Final = {"dine_in": 58.0, "pickup": 16.5, "proxy": 5.5, "delivery": 20.0}
_MORE_THAN_COME: Final = 1.06  # regulars, to the lunches of one day
_VISIT_EVERY_DAYS: Final = 30
_YESTERDAY: Final = 30  # of 12 to 44: so many were seen at yesterday's lunch


def lunches(point: Point) -> int:
    """How many lunches a point serves on the simulated day."""
    return round(point.meals * LUNCH_SHARE)


def dinners(point: Point) -> int:
    return round(point.meals * DINNER_SHARE)


def breakfasts(point: Point) -> int:
    return round(point.meals * BREAKFAST_SHARE)


def draw_regulars(chance: Chance, places: Places, people: list[Person]) -> None:
    """Give each point its regulars with their usual channel, in the known shares."""
    by_station: dict[UUID, list[Person]] = {}
    for person in people:
        by_station.setdefault(person.elder.station_id, []).append(person)
    wanted = [
        min(
            len(by_station[point.station.id]),
            round(lunches(point) * _MORE_THAN_COME) + 1,
        )
        for point in places.points
    ]
    carried = portions([float(n) for n in wanted], round(sum(wanted) * 0.20))
    counter = {name: share for name, share in CHANNELS.items() if name != "delivery"}
    for point, many, doors in zip(places.points, wanted, carried, strict=True):
        mine = by_station[point.station.id]
        drawn = sorted(mine, key=lambda p: -_frailty(chance, p))
        doors = max(doors, 4) if point.valley else doors
        for person in drawn[:doors]:
            person.elder.usual_channel = "delivery"
            person.elder.contactless_agreed = chance.happens(0.25)
        others = chance.sample(drawn[doors:], min(len(drawn) - doors, many - doors))
        for person, channel in zip(
            others, chance.deal(counter, len(others)), strict=True
        ):
            collected = any(c.may_collect for c, _ in person.contacts)
            proxy = channel == "proxy" and not collected
            person.elder.usual_channel = "pickup" if proxy else channel


def draw_visits(
    chance: Chance, size: Size, people: list[Person], begins_at: datetime
) -> None:
    """Visits by a clock of thirty days: so many are due today, the others were seen.

    The poorest who live alone are visited every week, and were this week.
    """
    basic = [p for p in people if is_basic(p.elder, town_day(begins_at))]
    for person in (p for p in basic if _is_weekly(p)):
        ago = timedelta(days=chance.randint(1, begins_at.weekday() or 1))
        person.elder.last_visit_at = begins_at - ago + timedelta(hours=4)
        person.elder.last_seen_at = person.elder.last_visit_at
        person.elder.last_seen_by = "visit"
    signed = [p for p in basic if not _is_weekly(p)]
    chance.shuffle(signed)
    period = timedelta(days=_VISIT_EVERY_DAYS)
    for at, person in enumerate(signed):
        person.elder.visit_every_days = _VISIT_EVERY_DAYS
        ago = period - timedelta(days=1) * chance.randint(1, _VISIT_EVERY_DAYS - 1)
        if at < size.visits:
            ago = period + timedelta(days=chance.randint(0, 3))
        person.elder.last_visit_at = begins_at - ago + timedelta(hours=4)
        person.elder.last_seen_at = person.elder.last_visit_at
        person.elder.last_seen_by = "visit"
    for person in people:
        if person.elder.usual_channel:
            drawn = chance.randint(12, 44)
            days = timedelta(days=1 if drawn <= _YESTERDAY else 2)
            at_lunch = timedelta(hours=5, minutes=drawn)
            person.elder.last_seen_at = begins_at - days + at_lunch
            person.elder.last_seen_by = "door"
            if person.elder.usual_channel != "delivery":
                person.elder.last_seen_by = "counter"


def due_for_visit(people: list[Person], now: datetime) -> list[Person]:
    """Whose last visit is longer ago than it may be."""
    due = []
    for person in people:
        every, last = person.elder.visit_every_days, person.elder.last_visit_at
        if every and last and town_day(now) >= town_day(last + timedelta(days=every)):
            due.append(person)
    return due


def _is_weekly(person: Person) -> bool:
    """As the demo's file of duties has it."""
    elder = person.elder
    return elder.relief in ("TK", "DB") and elder.living is Living.ALONE


def _frailty(chance: Chance, person: Person) -> float:
    """Who is rather brought a meal: the old and the weak, with some chance."""
    elder = person.elder
    age = age_on(elder.born_on, elder.made_at.date())
    return elder.ability_level * 8 + age / 4 + chance.gauss(0, 6)
