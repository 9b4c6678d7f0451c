"""The shapes of made-up cases: a person with orders, a station with a month."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from dispatch.subsidy.elder_rules import Grade, Meal
from dispatch.subsidy.persons import Person
from dispatch.subsidy.station_rules import StationMonth
from dispatch.subsidy.strict import Day, Fen, Many, Strict, wrong

ServiceCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]


def _a_month_or_a_day(key: str) -> str:
    try:
        date.fromisoformat(key if len(key) > len("2026-05") else f"{key}-01")
    except ValueError:
        raise wrong(
            f"{key!r} is neither a month nor a day", "write YYYY-MM or YYYY-MM-DD"
        ) from None
    return key


_Digits = Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
WindowKey = Annotated[_Digits, AfterValidator(_a_month_or_a_day)]
Month = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}$"), AfterValidator(_a_month_or_a_day)
]
Times = Annotated[int, Field(ge=0)]
Used = Mapping[str, Mapping[WindowKey, Times]]


class Earlier(Strict):
    """A service before the case's orders, with what it was granted."""

    service: ServiceCode
    on: Day
    meal: Meal | None = None
    granted: Mapping[str, Fen] = Field(default_factory=dict)
    counts: Mapping[str, Times] = Field(default_factory=dict)


class CaseOrder(Strict):
    id: Name
    service: ServiceCode
    on: Day
    meal: Meal | None = None
    price_fen: Fen = 0
    fee_fen: Fen = 0
    station: str | None = None
    point_street: str | None = None
    grade: Grade | None = None
    external: Mapping[str, Fen] = Field(default_factory=dict)


class PersonCase(Strict):
    id: Name
    person: Person
    history: Many[Earlier] = ()
    used: Used = Field(default_factory=dict)
    orders: Many[CaseOrder] = ()


class StationCase(Strict):
    id: Name
    station: StationMonth
    month: Month


Case = PersonCase | StationCase
