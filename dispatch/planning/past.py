"""The four weeks before a plan, as routing gives rounds to people by them.

Rounds that somebody has gone count with their planned hours, faces with the evidence
that counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, or_, select

from dispatch.clock import town_day, town_moment, town_seconds
from dispatch.people.helpers import Helper, HelperKind
from dispatch.planning.crew import Duty
from dispatch.planning.errands import Errand
from dispatch.planning.familiar import FOUR_WEEKS, faces_of
from dispatch.planning.plans import Round, RoundState
from dispatch.planning.rules import REST, floors_on_foot
from dispatch.planning.waves import Wave
from routing.people import Past, PastOf

Stretch = tuple[datetime, datetime]
_DAY: Final = timedelta(days=1)
# Labour law is not for volunteers: they do what they have offered.
_UNBOUND: Final[dict[str, Any]] = dict.fromkeys(
    ("most_day_seconds", "most_week_seconds", "most_days_in_a_row")
)


def past_of(
    session: Session, wave: Wave, crew: Sequence[Duty], errands: Iterable[Errand]
) -> Past:
    """What is known of a wave's crew: their hours, their last end, whom they know."""
    helpers = {duty.helper.id for duty in crew}
    gone = _gone(session, helpers, wave.serve_on)
    known = [*errands]
    elder_of = {errand.order.id: errand.elder.id for errand in known}
    faces = faces_of(session, helpers, set(elder_of.values()), wave)
    return Past(
        of=tuple(_of(duty, gone.get(duty.helper.id, []), wave) for duty in crew),
        served={
            (duty.id, str(order_id)): times
            for duty in crew
            for order_id, elder_id in elder_of.items()
            if (times := faces.get((duty.helper.id, elder_id)))
        },
        floors={str(e.order.id): floors_on_foot(e.household) for e in known},
    )


def _gone(session: Session, helpers: set[UUID], on: date) -> dict[UUID, list[Stretch]]:
    """Rounds of the 28 days before; nobody hears of a paper sheet that it has begun."""
    begins = town_moment(on, 0)
    query = (
        select(Round.helper_id, Round.leaves_at, Round.ends_at)
        .join(Helper, col(Helper.id) == Round.helper_id)
        .where(col(Round.helper_id).in_(helpers), Round.state != RoundState.DROPPED)
        .where(or_(col(Round.state) != RoundState.READY, col(Helper.paper)))
        .where(Round.leaves_at >= begins - FOUR_WEEKS, Round.leaves_at < begins)
        .order_by(col(Round.leaves_at))
    )
    found: dict[UUID, list[Stretch]] = {}
    for helper_id, leaves_at, ends_at in session.exec(query):
        found.setdefault(helper_id, []).append((leaves_at, ends_at))
    return found


def _of(duty: Duty, gone: Sequence[Stretch], wave: Wave) -> PastOf:
    monday = town_moment(wave.serve_on - timedelta(days=wave.serve_on.weekday()), 0)
    today = duty.worked_seconds
    last = max((end for _, end in gone), default=None)
    offered = duty.limits
    rest = REST if offered.rest_seconds is None else _own(offered.rest_seconds)
    known = PastOf(
        duty.id,
        worked_today_seconds=today,
        worked_week_seconds=today + _seconds(s for s in gone if s[0] >= monday),
        worked_four_weeks_seconds=today + _seconds(gone),
        most_four_weeks_seconds=offered.four_weeks_seconds,
        most_stops=offered.most_stops,
        most_floors=offered.most_floors,
        rested_at=town_seconds(last + rest, wave.serve_on) if last else None,
        days_in_a_row=_days_in_a_row(gone, wave.serve_on),
    )
    if duty.helper.kind is HelperKind.VOLUNTEER:
        return replace(known, **_UNBOUND)
    return known


def _own(seconds: int) -> timedelta:
    """What somebody asked for is never less than what is due to everybody."""
    return max(REST, timedelta(seconds=seconds))


def _seconds(stretches: Iterable[Stretch]) -> int:
    return round(sum((end - start).total_seconds() for start, end in stretches))


def _days_in_a_row(gone: Iterable[Stretch], on: date) -> int:
    """Up to yesterday."""
    days = {town_day(start) for start, _ in gone}
    count = 0
    while on - (count + 1) * _DAY in days:
        count += 1
    return count
