"""The rules of a problem, said to OR-Tools: one named function per rule.

OR-Tools' own names stay in this module and in `station`. Each function adds one
rule to a draft; RULES is the whole law. Times are counted from -HORIZON, because
OR-Tools wants them from zero.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from routing.errors import NotYetHonoured
from routing.fields import HORIZON
from routing.instance import BLOCKED, FOREVER

if TYPE_CHECKING:
    from routing.station import Draft

_LARGEST_WEIGHT: Final = 2**58
_ROOM_WITHOUT_LIMIT: Final = 10**12


def time_passes(draft: "Draft") -> None:
    """Legs, parking, stairs and service take their time; waiting is free."""
    passing = [draft.clock_by_mode[car.mode] for car in draft.inst.cars]
    draft.routing.AddDimensionWithVehicleTransits(
        passing, 2 * HORIZON, 2 * HORIZON, False, "time"
    )
    draft.time = draft.routing.GetDimensionOrDie("time")


def begin_inside_windows(draft: "Draft") -> None:
    """Service begins inside one of the windows."""
    for node, index in draft.indices.items():
        begins = draft.time.CumulVar(index)
        opens, closes = draft.inst.opens[node], draft.inst.closes[node]
        begins.SetRange(opens + HORIZON, closes + HORIZON)
        windows = draft.inst.windows[node] or ()
        shut = opens
        for start, end in windows:
            if start > shut + 1:
                begins.RemoveInterval(shut + 1 + HORIZON, start - 1 + HORIZON)
            shut = max(shut, end)


def work_inside_the_shift(draft: "Draft") -> None:
    """Leaving the start and reaching the end lie in the shift.

    Whose shift is over before they could leave stays where they are: even an empty
    tour has times, and of none that it could have the whole model would be impossible.
    """
    for car in draft.inst.cars:
        begin, end = draft.routing.Start(car.number), draft.routing.End(car.number)
        if car.ready > car.shift_end:
            draft.routing.NextVar(begin).SetValue(end)
            continue
        leaves, ends = draft.time.CumulVar(begin), draft.time.CumulVar(end)
        leaves.SetRange(car.ready + HORIZON, 2 * HORIZON)
        ends.SetRange(0, car.shift_end + HORIZON)


def work_no_longer_than_allowed(draft: "Draft") -> None:
    """From leaving to ending, waiting included."""
    for car in draft.inst.cars:
        if car.max_work < FOREVER:
            draft.time.SetSpanUpperBoundForVehicle(car.max_work, car.number)


def rest_inside_the_window(draft: "Draft") -> None:
    """Breaks that are due are taken whole inside their window, never during service.

    OR-Tools may interrupt a leg for one; a tour that needs this is refused when it
    is taken over (`routing.station.taken_over`).
    """
    routing, solver = draft.routing, draft.routing.solver()
    service = [0] * (routing.Size() + routing.vehicles())
    for node, index in draft.indices.items():
        service[index] = draft.inst.service[node]
    for car in draft.inst.cars:
        if not car.rests:
            continue
        leaves = draft.time.CumulVar(routing.Start(car.number))
        ends = draft.time.CumulVar(routing.End(car.number))
        spans = []
        for rest in car.rests:
            opens, closes = rest.opens + HORIZON, rest.closes + HORIZON
            span = solver.FixedDurationIntervalVar(
                *(opens, closes - rest.seconds, rest.seconds, True),
                f"break {rest.number} of {car.number}",
            )
            by_then = solver.IsLessOrEqualCstVar(leaves, opens)
            still = solver.IsGreaterOrEqualCstVar(ends, closes)
            goes = routing.ActiveVehicleVar(car.number)
            solver.Add(span.PerformedExpr() >= by_then + still + goes - 2)
            spans.append(span)
        draft.time.SetBreakIntervalsOfVehicle(spans, car.number, service)


def fetch_before_bringing(draft: "Draft") -> None:
    """One vehicle does both stops of a pair, the pickup first."""
    routing, solver = draft.routing, draft.routing.solver()
    for up, down in draft.pairs():
        routing.AddPickupAndDelivery(up, down)
        solver.Add(routing.VehicleVar(up) == routing.VehicleVar(down))
        solver.Add(draft.time.CumulVar(up) <= draft.time.CumulVar(down))


def ride_no_longer_than_hot(draft: "Draft") -> None:
    """The limit function per pair: as a plain constraint it starves insertion."""
    for number, k in enumerate(draft.paired_tasks):
        if draft.inst.ride[k] < FOREVER:
            draft.time.SetPickupToDeliveryLimitFunctionForPair(
                draft.kept(_always(draft.inst.ride[k])), number
            )


def _always(seconds: int) -> Callable[[int, int], int]:
    def limit(_pickup: int, _dropoff: int) -> int:
        return seconds

    return limit


def carry_no_more_than_fits(draft: "Draft") -> None:
    """Per compartment; a visit's load is on board from the start of the round."""
    inst, routing = draft.inst, draft.routing
    for compartment in range(inst.compartments):
        change = [0] * draft.size
        for node, position in draft.positions.items():
            amount = inst.load[node >> 1][compartment]
            taken = inst.paired[node >> 1] and not node & 1
            change[position] = amount if taken else -amount
        room = [
            _ROOM_WITHOUT_LIMIT if car.capacity is None else car.capacity[compartment]
            for car in inst.cars
        ]
        name = f"load {compartment}"
        callback = routing.RegisterUnaryTransitVector(change)
        routing.AddDimensionWithVehicleCapacity(callback, 0, room, False, name)
        load = routing.GetDimensionOrDie(name)
        for car in inst.cars:
            load.CumulVar(routing.End(car.number)).SetValue(0)


def send_only_whom_it_may_be(draft: "Draft") -> None:
    """Skills that the task needs, and pairs that may never be."""
    for node, index in draft.indices.items():
        able = draft.allowed[node >> 1].nonzero()[0].tolist()
        draft.routing.VehicleVar(index).SetValues([-1, *able])


def do_no_more_than_so_many(draft: "Draft") -> None:
    """A pair counts once."""
    if all(car.max_tasks >= FOREVER for car in draft.inst.cars):
        return
    counts = [0] * draft.size
    for node, position in draft.positions.items():
        counts[position] = 0 if node & 1 else 1
    callback = draft.routing.RegisterUnaryTransitVector(counts)
    most = [min(car.max_tasks, draft.size) for car in draft.inst.cars]
    draft.routing.AddDimensionWithVehicleCapacity(callback, 0, most, True, "tasks")


def leave_with_no_more_than_allowed(draft: "Draft") -> None:
    """At most so many vehicles, when the effort says so."""
    if draft.most_used is not None:
        draft.routing.SetMaximumNumberOfActiveVehicles(draft.most_used)


def leave_out_only_at_a_price(draft: "Draft") -> None:
    """Tiers first: one task of a tier outweighs all lower ones and all travel."""
    weights = tier_weights(draft)
    for k in draft.tasks:
        first, *second = draft.inst.nodes_of(k)
        price = weights[draft.ranks[k]] + (draft.inst.task(k).penalty or 0)
        price += draft.best_bonus(k)
        draft.routing.AddDisjunction([draft.indices[first]], price)
        for node in second:
            draft.routing.AddDisjunction([draft.indices[node]], 0)


def tier_weights(draft: "Draft") -> list[int]:
    """Per rank, more than everything below it can ever add up to.

    Raises:
        NotYetHonoured: the weights outgrow the numbers of OR-Tools.
    """
    longest = int(draft.inst.travel[draft.inst.travel < BLOCKED].max(initial=0))
    below = longest * (len(draft.indices) + 2 * len(draft.inst.cars)) + 1
    below += sum(
        (draft.inst.task(k).penalty or 0) + draft.best_bonus(k) for k in draft.tasks
    )
    weights = [0] * (max(draft.ranks, default=0) + 1)
    for rank in reversed(range(len(weights))):
        weights[rank] = below
        below += below * sum(1 for k in draft.tasks if draft.ranks[k] == rank)
    if below > _LARGEST_WEIGHT:
        raise NotYetHonoured("tasks", "these tiers and penalties outgrow OR-Tools")
    return weights


RULES: Final = (
    time_passes,
    begin_inside_windows,
    work_inside_the_shift,
    work_no_longer_than_allowed,
    rest_inside_the_window,
    fetch_before_bringing,
    ride_no_longer_than_hot,
    carry_no_more_than_fits,
    send_only_whom_it_may_be,
    do_no_more_than_so_many,
    leave_with_no_more_than_allowed,
    leave_out_only_at_a_price,
)
