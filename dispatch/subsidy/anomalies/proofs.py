"""What else proves it: a card at two points (AN09), nothing at all (AN11), answers
that are always the same (AN15), and counts that jump (AN12)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.clock import TOWN
from dispatch.field.events import FieldEvent, FieldKind, Verdict
from dispatch.field.evidence import EvidenceFrom
from dispatch.field.grading import FORM
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.places import Station
from dispatch.subsidy.anomalies.done import Done, Spot, metres
from dispatch.subsidy.anomalies.finding import AnomalyRule, Finding, Threshold
from dispatch.subsidy.anomalies.presence import about

_OPEN_HOURS: Final = range(5, 22)  # outside nobody eats at a counter
_WEAK: Final = "D"
_SOME_ELDERS: Final = 3  # one contented elder is no pattern
_LEAST_WEEKS: Final = 4
_LEAST_MORE: Final = 10  # what is added to a small number is no jump
_SAME_DAYS: Final = 20
_SIGMA: Final = 0.6745  # makes a median deviation comparable with a standard one


def two_points(
    done: Iterable[Done], spots: Mapping[UUID, Spot], told: Threshold
) -> Iterator[Finding]:
    """AN09: one elder's card at two counters too soon, or in the night."""
    by_elder: dict[UUID, list[Done]] = defaultdict(list)
    for one in done:
        if one.origin is EvidenceFrom.COUNTER:
            by_elder[one.elder_id].append(one)
    for meals in by_elder.values():
        meals.sort(key=lambda one: (one.at, str(one.order_id)))
        for one in meals:
            hour = one.at.astimezone(TOWN).hour
            if hour not in _OPEN_HOURS:
                yield about(one, AnomalyRule.TWO_POINTS, "at_night", {"hour": hour})
        for first, second in pairwise(meals):
            apart_m = metres(spots[first.station_id], spots[second.station_id])
            seconds = max((second.at - first.at).total_seconds(), 1.0)
            kmh = round(apart_m / seconds * 3.6)
            if first.station_id != second.station_id and kmh > told["max_speed_kmh"]:
                said = {"metres": round(apart_m), "kmh": kmh}
                found = about(second, AnomalyRule.TWO_POINTS, "two_points", said)
                yield replace(found, other_order_id=first.order_id)


def station_spots(session: Session) -> dict[UUID, Spot]:
    """Where each counter stands."""
    query = select(Station.id, Station.lat, Station.lon)
    return {one: (lat, lon) for one, lat, lon in session.exec(query)}


def without_proof(one: Done) -> Finding | None:
    """AN11: carried to a door, and nothing at all says that somebody had it."""
    basis = one.basis
    shown = basis.get("place") == "fits" or basis.get("code_fits") or basis.get("named")
    if one.channel != Channel.DELIVERY.value or one.grade < _WEAK or shown:
        return None
    said = {"grade": one.grade, "origin": one.origin.value}
    return about(one, AnomalyRule.NO_PROOF, "no_proof", said)


def always_good(
    session: Session, done: Iterable[Done], told: Threshold
) -> Iterator[Finding]:
    """AN15: so many visits of one person to several elders, and every answer good."""
    last: dict[UUID, Done] = {}
    for one in done:
        if one.helper_id is not None and one.detail.get("form"):
            last[one.helper_id] = one
    for helper_id, one in last.items():
        forms = _forms(session, helper_id, one, int(told["visits"]))
        elders = {elder_id for elder_id, _ in forms}
        good = all(form.get(name) == "good" for _, form in forms for name in FORM)
        if len(forms) >= told["visits"] and good and len(elders) >= _SOME_ELDERS:
            said = {"visits": len(forms), "elders": len(elders)}
            found = about(one, AnomalyRule.ALWAYS_GOOD, "always_good", said)
            yield replace(found, about=f"{helper_id}:{one.serve_on:%Y-%m}")


def _forms(
    session: Session, helper_id: UUID, until: Done, n: int
) -> list[tuple[UUID, Any]]:
    query: Any = (
        select(Order.elder_id, FieldEvent.detail)
        .join(Order, col(Order.id) == FieldEvent.order_id)
        .where(FieldEvent.helper_id == helper_id)
        .where(FieldEvent.kind == FieldKind.VISIT_ENDED)
        .where(FieldEvent.verdict == Verdict.ACCEPTED)
        .where(FieldEvent.corrected_at <= until.at)
        .order_by(col(FieldEvent.corrected_at).desc(), col(FieldEvent.id))
        .limit(n)
    )
    rows = session.exec(query)
    return [(elder_id, detail.get("form") or {}) for elder_id, detail in rows]


Counts = Mapping[date, int]


def count_days(
    session: Session, day: date, weeks: int
) -> dict[tuple[UUID, str], dict[date, int]]:
    """How many orders each station did per service date, of meals and of the rest."""
    by = (Order.station_id, Order.street_code, Order.is_meal, Order.serve_on)
    columns: tuple[Any, ...] = (*by, func.count())
    query: Any = (
        select(*columns)
        .where(col(Order.serve_on).between(day - timedelta(weeks=weeks), day))
        .where(Order.state == OrderState.DONE)
        .group_by(*by)
    )
    found: dict[tuple[UUID, str], dict[date, int]] = defaultdict(dict)
    for station_id, street_code, is_meal, on, n in session.exec(query):
        word = "meals" if is_meal else "visits"
        found[station_id, f"{word}:{street_code}"][on] = n
    return found


def jumps(
    counted: Mapping[tuple[UUID, str], Counts], day: date, told: Threshold
) -> Iterator[Finding]:
    """AN12: many more than on this weekday for weeks, or the same number every day."""
    for (station_id, words), days in counted.items():
        what, street_code = words.split(":")
        reason, said = _jump(days, day, told)
        if reason:
            yield Finding(
                rule=AnomalyRule.JUMP,
                about=f"{station_id}:{what}:{_once(reason, day)}",
                station_id=station_id,
                street_code=street_code,
                service_on=day,
                reason=reason,
                measured={"what": what, **said},
            )


def _once(reason: str, day: date) -> str:
    """A jump is one day's; a number that never moves is told once a month."""
    return day.isoformat() if reason == "jump" else f"{day:%Y-%m}"


def _jump(
    days: Counts, day: date, told: Threshold
) -> tuple[str, dict[str, float | int]]:
    today, weeks = days.get(day, 0), int(told["weeks"])
    like = [days.get(day - timedelta(weeks=n)) for n in range(1, weeks + 1)]
    known = [one for one in like if one is not None]
    if len(known) >= _LEAST_WEEKS:
        usual = median(known)
        spread = max(1.0, median(abs(one - usual) for one in known))
        z = _SIGMA * (today - usual) / spread
        if z > told["robust_z"] and today - usual >= _LEAST_MORE:
            return "jump", {"n": today, "usual": usual, "z": round(z, 1)}
    month = [n for on, n in days.items() if day - timedelta(weeks=4) < on <= day]
    if len(month) >= _SAME_DAYS and len({*month}) == 1 and month[0] > _SOME_ELDERS:
        return "no_variance", {"n": month[0], "days": len(month)}
    return "", {}
