"""What a helper's phone receives: the shapes of their day."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from dispatch.catalogue.heat import find_heat
from dispatch.people.datum import from_wgs84
from dispatch.people.elders import Datum
from dispatch.safety.waiting import Wait


@dataclass(frozen=True, kw_only=True)
class HelperName:
    """The helper, to themselves. `may_hide`: being on the map is theirs to choose."""

    id: UUID
    name: str
    mode: str
    shows_position: bool
    may_hide: bool


@dataclass(frozen=True, kw_only=True)
class LoadBox:
    """One box to take at a kitchen."""

    order_id: UUID
    box: str
    label: str
    dish: str | None
    diet_tags: list[str]
    seal: str | None


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is taken at one kitchen, and from when on."""

    kitchen: str
    ready_at: datetime | None
    boxes: list[LoadBox]


@dataclass(frozen=True, kw_only=True)
class Partner:
    """Who comes to the same door at the same time, and whether they are there."""

    label: str
    state: str  # of their stop: open, arrived, done
    at: datetime
    arrived_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class StopPerson:
    """One order of a stop. `by_other`: somebody else has already served it.

    `code`: what the code on its label says; `seal` is on the box itself.
    `boxes_back`: returnable boxes that this elder still has from earlier meals.

    With `people` 2 somebody comes along; without a partner nobody is planned yet.
    `wait`: the door stayed closed, and this is what became of it.
    `word`: of the day, said at the door; `said`: what the family wants to be known.
    Both stand with the door, and no longer.
    """

    order_id: UUID
    elder_id: UUID
    label: str
    box: str
    code: str
    dish: str | None
    diet_tags: list[str]
    seal: str | None
    boxes_back: int
    service: str
    minutes: int
    contactless_agreed: bool
    photo_consent: bool
    state: str
    by_other: bool
    people: int
    partner: Partner | None
    wait: Wait | None
    door: str | None
    word: str | None
    said: str | None
    floor: int
    lift: bool


@dataclass(frozen=True, kw_only=True)
class Bent:
    """The same place as Chinese map applications want it: [lat, lon]."""

    gcj02: list[float]
    bd09: list[float]


def bent(lat: float, lon: float) -> Bent:
    """A true place as the maps have it."""
    gcj02, bd09 = (from_wgs84(lat, lon, each) for each in (Datum.GCJ02, Datum.BD09))
    return Bent(
        gcj02=[round(each, 6) for each in gcj02],
        bd09=[round(each, 6) for each in bd09],
    )


@dataclass(frozen=True, kw_only=True)
class RoundStop:
    """One place of a round, in WGS-84 and as maps want it.

    Several doors of one building may be one stop.
    """

    id: UUID
    seq: int
    kind: str
    lat: float
    lon: float
    maps: Bent | None
    building: str
    door: str | None
    floor: int | None
    lift: bool | None
    note: str | None
    at: datetime
    from_at: datetime
    until_at: datetime
    eat_by_at: datetime | None
    state: str
    persons: list[StopPerson]


@dataclass(frozen=True, kw_only=True)
class HelperRound:
    """One round in force."""

    id: UUID
    wave: str
    plan_version: int
    state: str
    leaves_at: datetime
    ends_at: datetime
    boxes: int
    load: list[Load]
    stops: list[RoundStop]
    path: list[list[float]]


@dataclass(frozen=True, kw_only=True)
class Today:
    done: int
    left: int


@dataclass(frozen=True, kw_only=True)
class Heat:
    """The heat warning of the day; times are seconds of the town's day."""

    level: str
    most_seconds: int | None
    rest_from: int | None
    rest_until: int | None


@dataclass(frozen=True, kw_only=True)
class HelperDay:
    """What `GET /api/round` answers."""

    helper: HelperName
    rounds: list[HelperRound]
    today: Today
    heat: Heat | None


def without_persons(over: HelperRound) -> HelperRound:
    """What stays of a round that has ended: that it was, and how many doors it had."""
    stops = [
        replace(
            stop,
            lat=0.0,
            lon=0.0,
            maps=None,
            building="",
            door=None,
            floor=None,
            lift=None,
            note=None,
            state="done",
            persons=[],
        )
        for stop in over.stops
    ]
    return replace(over, load=[], path=[], stops=stops)


def heat_on(session: Session, street_code: str, on: date) -> Heat | None:
    """The warning of a street's day, as helpers hear of it."""
    warning = find_heat(session, street_code, on)
    if warning is None:
        return None
    return Heat(
        level=warning.level.value,
        most_seconds=warning.most_seconds,
        rest_from=warning.rest_from,
        rest_until=warning.rest_until,
    )
