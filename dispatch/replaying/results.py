"""The three files of a replayed day, and its measures."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dispatch.replaying.day_files import Day, Rider
from dispatch.replaying.outcome import Bundle, Drop

ON_LOCATION = "0"
ASSIGNMENTS = "solution_info_assignments.txt"
ORDERS = "solution_info_orders.txt"
COURIERS = "solution_info_couriers.txt"


def write_files(folder: Path, day: Day, bundles: Sequence[Bundle]) -> None:
    """Write what was assigned, what came of each order, and where couriers went."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / ASSIGNMENTS,
        "assignment_time pickup_time courier orders",
        (
            [each.told_at, each.pickup_at, each.courier, *(d.order for d in each.drops)]
            for each in sorted(bundles, key=lambda each: each.told_at)
        ),
    )
    drops = {drop.order: (each, drop) for each in bundles for drop in each.drops}
    _write(
        folder / ORDERS,
        "order placement_time ready_time pickup_time dropoff_time courier",
        (
            [wish.id, wish.placed, wish.ready, *_end_of(drops.get(wish.id))]
            for wish in day.wishes
        ),
    )
    _write(
        folder / COURIERS,
        "courier departure_time origin destination",
        (row for rider in day.riders for row in _ways(rider, bundles)),
    )


def _end_of(found: tuple[Bundle, Drop] | None) -> list[object]:
    if found is None:
        return [None, None, None]
    bundle, drop = found
    return [bundle.pickup_at, drop.at, bundle.courier]


def _ways(rider: Rider, bundles: Iterable[Bundle]) -> Iterable[list[object]]:
    here = ON_LOCATION
    for each in bundles:
        if each.courier != rider.id:
            continue
        yield [rider.id, each.left_at, here, each.restaurant]
        here, leaves = each.restaurant, each.picked_at
        for drop in each.drops:
            yield [rider.id, leaves, here, drop.order]
            here, leaves = drop.order, drop.left_at


def _write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    lines = [" ".join(_cell(each) for each in row) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def measures_of(day: Day, bundles: Sequence[Bundle]) -> dict[str, Any]:
    """The measures of a day, in minutes; None where nothing was delivered.

    `click_to_door_to_bound` compares the means over the delivered orders. An order
    that was not delivered counts as over the maximum.
    """
    drops = {drop.order: (each, drop) for each in bundles for drop in each.drops}
    done = [(wish, *drops[wish.id]) for wish in day.wishes if wish.id in drops]
    waits = np.array([drop.at - wish.placed for wish, _, drop in done])
    bounds = np.array([day.bound(wish) for wish, _, _ in done])
    lost = [wish for wish in day.wishes if wish.id not in drops]
    late = [wish for wish, _, drop in done if drop.at - wish.placed > day.maximum]
    hours = sum(rider.off - rider.on for rider in day.riders) / 60
    mean, bound = _mean(waits), _mean(bounds)
    return {
        "folder": day.name,
        "orders": len(day.wishes),
        "delivered": len(done),
        "undelivered": len(lost),
        "undelivered_excused": sum(day.is_excused(wish) for wish in lost),
        "click_to_door_mean": mean,
        "click_to_door_p90": _p90(waits),
        "click_to_door_bound_mean": bound,
        "click_to_door_to_bound": mean and bound and round(mean / bound, 4),
        "over_target_share": _mean(waits > day.target),
        "over_maximum": len(late) + len(lost),
        "over_maximum_unavoidable": sum(day.is_excused(w) for w in (*late, *lost)),
        "ready_to_door_mean": _mean([drop.at - w.ready for w, _, drop in done]),
        "ready_to_door_p90": _p90([drop.at - w.ready for w, _, drop in done]),
        "ready_to_pickup_mean": _mean(
            [each.pickup_at - w.ready for w, each, _ in done]
        ),
        "ready_to_pickup_p90": _p90([each.pickup_at - w.ready for w, each, _ in done]),
        "orders_per_courier_hour": round(len(done) / hours, 4) if hours else None,
        "bundle_size": round(len(done) / len(bundles), 4) if bundles else None,
    }


def _mean(values: Any) -> float | None:
    return round(float(np.mean(values)), 4) if len(values) else None


def _p90(values: Any) -> float | None:
    return round(float(np.percentile(values, 90)), 4) if len(values) else None
