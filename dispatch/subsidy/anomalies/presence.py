"""Being there: at two places at once, elsewhere, too short, five in a minute.

Pure rules over what was done (AN04, AN05, AN07, AN08). A wrong clock is not a lie: a
time that the phone could not prove is not held against anybody's way.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

from dispatch.field.evidence import EvidenceFrom
from dispatch.field.merging import HONEST
from dispatch.subsidy.anomalies.done import Done, metres
from dispatch.subsidy.anomalies.finding import (
    AnomalyRule,
    Finding,
    Level,
    Threshold,
)

_TOGETHER: Final = timedelta(minutes=2)  # so long two visits may overlap by tapping
_ONE_PLACE_METRES: Final = 500  # within it no speed is reckoned
_TOO_QUICK: Final = timedelta(minutes=2)  # in and out again


def overlaps(done: Iterable[Done], told: Threshold) -> Iterator[Finding]:
    """AN04: one person in two homes at once, or faster than there is a way."""
    for walk in _by_person(done):
        furthest: Done | None = None  # who of those before stayed the longest
        for one, next_one in pairwise(walk):
            if furthest is None or one.at > furthest.at:
                furthest = one
            yield from _two(furthest, next_one, told)
            if one is not furthest:
                yield from _two(one, next_one, told)


def _two(first: Done, second: Done, told: Threshold) -> Iterator[Finding]:
    """The later one is doubted; the one before it is the other side."""
    if first.household_id == second.household_id:
        return
    shared = min(first.at, second.at) - second.begun_at
    if first.stayed and shared > _TOGETHER:
        yield _between(first, second, "overlap", overlap_s=shared.total_seconds())
        return
    if first.spot is None or second.spot is None or not _timed(first, second):
        return
    apart_m = metres(first.spot, second.spot) - first.doubt_m - second.doubt_m
    if apart_m <= _ONE_PLACE_METRES:
        return
    seconds = max((second.begun_at - first.at).total_seconds(), 1.0)
    kmh = apart_m / seconds * 3.6
    if kmh > told["max_speed_kmh"]:
        yield _between(first, second, "too_fast", metres=apart_m, kmh=kmh)


def _timed(first: Done, second: Done) -> bool:
    """Both phones could prove their time."""
    honest = {trust.value for trust in HONEST}
    return all(
        one.origin is EvidenceFrom.PHONE and one.basis.get("trust") in honest
        for one in (first, second)
    )


def _between(first: Done, second: Done, reason: str, **measured: float) -> Finding:
    numbers = {name: round(value) for name, value in measured.items()}
    sides = {"a": _side(first), "b": _side(second)}
    found = about(second, AnomalyRule.OVERLAP, reason, {**numbers, **sides})
    return replace(found, other_order_id=first.order_id)


def _side(one: Done) -> dict[str, str]:
    return {"from": one.begun_at.isoformat(), "until": one.at.isoformat()}


def _by_person(done: Iterable[Done]) -> Iterator[list[Done]]:
    by_person: dict[object, list[Done]] = defaultdict(list)
    for one in done:
        if one.helper_id is not None:
            by_person[one.helper_id].append(one)
    for walk in by_person.values():
        yield sorted(walk, key=lambda one: (one.begun_at, one.at))


def elsewhere(one: Done, told: Threshold) -> Finding | None:
    """AN05: the phone was not where the service was, or would not say.

    A phone that lied about its place, or surely was away, holds the money. One that
    knows its place badly, or says none on a visit, is looked at and holds nothing.
    """
    if one.origin is not EvidenceFrom.PHONE:
        return None
    if one.detail.get("mock") is True:
        return about(one, AnomalyRule.ELSEWHERE, "mock", {})
    if one.here is None:
        return None if one.is_meal else _looked_at(one, "no_fix", {})
    if one.home is not None:
        apart_m = metres(one.here, one.home)
        said = {"metres": round(apart_m), "accuracy_m": round(one.accuracy_m or 0)}
        if apart_m - (one.accuracy_m or 0) > told["distance_m"]:
            return about(one, AnomalyRule.ELSEWHERE, "elsewhere", said)
    if one.accuracy_m is not None and one.accuracy_m > told["accuracy_m"]:
        return _looked_at(one, "coarse", {"accuracy_m": round(one.accuracy_m)})
    return None


def _looked_at(one: Done, reason: str, measured: dict[str, int]) -> Finding:
    found = about(one, AnomalyRule.ELSEWHERE, reason, measured)
    return replace(found, level=Level.REVIEW)


def too_short(one: Done, told: Threshold) -> Finding | None:
    """AN07: shorter than its share of the standard time, or in and out again."""
    stayed = one.stayed
    if one.is_meal or stayed is None or not one.minutes:
        return None
    least = timedelta(minutes=one.minutes) * told["min_duration_pct"] / 100
    if stayed >= least and stayed >= _TOO_QUICK:
        return None
    said = {"seconds": round(stayed.total_seconds()), "standard_min": one.minutes}
    return about(one, AnomalyRule.SHORT, "too_short", said)


def batches(done: Iterable[Done], told: Threshold) -> Iterator[Finding]:
    """AN08: so many doors ticked off by one phone within a minute.

    Boxes for one building are handed out in a row and are no batch: doors count that
    lie apart, or are not known to lie together.
    """
    by_phone: dict[str, list[Done]] = defaultdict(list)
    for one in done:
        if one.device_id is not None:
            by_phone[one.device_id].append(one)
    for device_id, ticked in by_phone.items():
        ticked.sort(key=lambda one: (one.at, str(one.order_id)))
        yield from _bursts(device_id, ticked, told)


def _bursts(
    device_id: str, ticked: Sequence[Done], told: Threshold
) -> Iterator[Finding]:
    orders, within = int(told["orders"]), timedelta(seconds=told["seconds"])
    start = 0
    while start < len(ticked):
        last = start
        while (
            last + 1 < len(ticked) and ticked[last + 1].at - ticked[start].at < within
        ):
            last += 1
        burst = ticked[start : last + 1]
        if len({one.household_id for one in burst}) < orders or _one_house(burst):
            start += 1
            continue
        said = {"orders": [str(one.order_id) for one in burst], "device": device_id}
        for one in burst:
            yield about(one, AnomalyRule.BATCH, "burst", {**said, "n": len(burst)})
        start = last + 1


def _one_house(burst: Sequence[Done]) -> bool:
    homes = [one.home for one in burst]
    first = homes[0]
    return first is not None and all(
        home is not None and metres(first, home) <= 60 for home in homes
    )


def about(
    one: Done, rule: AnomalyRule, reason: str, measured: Mapping[str, object]
) -> Finding:
    """A finding about one order; the same rule finds it once."""
    return Finding(
        rule=rule,
        about=str(one.order_id),
        station_id=one.station_id,
        street_code=one.street_code,
        service_on=one.serve_on,
        reason=reason,
        measured=dict(measured),
        order_id=one.order_id,
        elder_id=one.elder_id,
        helper_id=one.helper_id,
    )
