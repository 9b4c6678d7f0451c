"""Windows and spans: the stretch of time in which a grant is counted.

Days are local natural days; a week begins as the district says.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Window = Literal["order", "meal", "person_day", "person_week", "person_month"]
Span = Literal["order", "meal", "day", "week", "month"]
WeekStart = Literal["monday", "sunday"]

SPAN_OF: Final[dict[Window, Span]] = {
    "order": "order",
    "meal": "meal",
    "person_day": "day",
    "person_week": "week",
    "person_month": "month",
}


@dataclass(frozen=True)
class Moment:
    """When something was served: its day, its meal, its order where known."""

    on: date
    meal: str | None = None
    order: str | None = None


def key_of(span: Span, moment: Moment, week_starts: WeekStart) -> str:
    """The name of the span in which the moment lies.

    A month is `2026-05`, a day `2026-05-11`, a week its first day, a meal
    `2026-05-11/LUNCH`, an order its own id (empty where it is not known).
    """
    match span:
        case "month":
            return month_of(moment.on)
        case "week":
            return first_day_of_week(moment.on, week_starts).isoformat()
        case "day":
            return moment.on.isoformat()
        case "meal":
            return f"{moment.on.isoformat()}/{moment.meal or '-'}"
        case "order":
            return moment.order or ""


def month_of(on: date) -> str:
    return f"{on.year:04d}-{on.month:02d}"


def first_day_of_week(on: date, week_starts: WeekStart) -> date:
    past = on.weekday() if week_starts == "monday" else (on.weekday() + 1) % 7
    return on - timedelta(days=past)
