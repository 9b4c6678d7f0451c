"""Lies about money and counters: granted twice, more than was spent, a card in two
places, orders that nobody ate.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from dispatch.clock import town_moment
from dispatch.demo.past.cast import At
from dispatch.demo.past.drawing import apart
from dispatch.demo.past.facts import Past
from dispatch.demo.past.lying import Liar, Lie
from dispatch.subsidy.outcomes import Line


def granted_twice(liar: Liar) -> None:
    """AN02: the second meal of a day got the day's subsidy again."""
    by_day: dict[tuple[UUID, date], list[Past]] = {}
    for past in liar.orders:
        if past.is_meal and past.state == "done":
            by_day.setdefault((past.eater.id, past.on), []).append(past)
    pairs = [two for two in by_day.values() if len(two) == 2 and two[0].lines]
    plain = [
        (a, b)
        for a, b in pairs
        if not b.lines and b.price_fen >= 900 and not {a.id, b.id} & liar.used
    ]
    for first, second in liar.chance.sample(plain, min(liar.many, len(plain))):
        line = next((x for x in first.lines if x.on == "price"), None)
        if line is not None:
            second.lines, second.once = [line], False
            liar.used |= {first.id, second.id}
            liar.truth.tell("AN02", second.id)


def card_at_two_points(liar: Liar) -> None:
    """AN09: a card at another counter minutes later, or in the middle of the night."""
    stations = {past.point.station_id: past.point for past in liar.orders}
    counter = ("dine_in", "pickup")
    for past in liar.pick(lambda p: p.channel in counter, liar.many // 2 + 1):
        past.at = town_moment(past.on, 3 * 3600 + liar.chance.randrange(1800))
        liar.truth.tell("AN09", past.id)
    lunch: dict[tuple[UUID, date], Past] = {
        (p.eater.id, p.on): p
        for p in liar.orders
        if p.serving == "lunch" and p.channel in counter and p.state == "done"
    }
    dinners = liar.pick(
        lambda p: p.serving == "dinner" and p.channel in counter, 4 * liar.many
    )
    left = liar.many // 2 + 1
    for past in dinners:
        first = lunch.get((past.eater.id, past.on))
        far = _far_from(past.point, list(stations.values()))
        if first is None or far is None or first.id in liar.used or not left:
            liar.used.discard(past.id)
            continue
        past.point, past.at = far, first.at + timedelta(seconds=70)
        liar.used.add(first.id)
        liar.truth.tell("AN09", past.id)
        left -= 1


def more_than_was_spent(liar: Liar) -> None:
    """AN16: a cheap dish with the whole subsidy, though the rule asks for more."""
    for past in liar.pick(lambda p: _granted(p) is not None, liar.many):
        line = _granted(past)
        if line is not None:
            past.lines = [replace(line, fen=500)]
            past.price_fen, past.fee_fen = 500, 0
            liar.truth.tell("AN16", past.id)


def invented_orders(liar: Liar) -> None:
    """AN12: a day with three times as many eaters as ever, all at the counter."""
    points = {past.point.station_id: past.point for past in liar.orders}
    big = sorted(points.values(), key=lambda at: -len(at.eaters))
    day = next(d for d in liar.month[14:] if d.weekday() == 2)
    for at in big[: max(1, liar.many // 40)]:
        there = {p.eater.id for p in liar.orders if p.on == day and p.point is at}
        usual = sum(p.on == day and p.point is at for p in liar.orders)
        rest = [eater for eater in at.eaters if eater.id not in there]
        for eater in rest[: 3 * usual]:
            seconds = 11 * 3600 + liar.chance.randrange(5400)
            made = Past(
                liar.chance.id(), at, eater, "MEAL_DINEIN", "dine_in", "lunch", day,
                1500, 0, town_moment(day, seconds), basis={"identity": "card"},
            )  # fmt: skip
            liar.orders.append(made)
            liar.used.add(made.id)
        liar.truth.tell("AN12", f"{at.station_id}:{day}")


def _far_from(point: At, others: Sequence[At]) -> At | None:
    far = max(others, key=lambda at: apart(at.spot, point.spot))
    return far if apart(far.spot, point.spot) > 1500 else None


def _granted(past: Past) -> Line | None:
    only = past.lines[0] if len(past.lines) == 1 else None
    return only if only and only.subsidy.startswith("meal-") else None


AT_COUNTERS: Final[tuple[Lie, ...]] = (
    granted_twice,
    card_at_two_points,
    more_than_was_spent,
    invented_orders,
)
