"""Visits that hang together, as flat arrays for the compiled search.

Nodes: the stops first, then each vehicle's start, then each vehicle's end. Jobs are
what is done or left out as a whole: one stop; a pickup and a dropoff by the same
vehicle; or two stops by two different vehicles. A link says that one stop begins
at least so long after another one; it counts only while both are on a round. Two
people at one start, gaps of a sequence and longest rides are all pairs of links.
The longest work is a link from the vehicle's end to its start.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.search.chance import Dice, dice_of

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.uint8]

SINGLE: Final = 0
PAIR: Final = 1
DOUBLE: Final = 2

NEVER: Final = 1e18  # a time that no window has
HAIR: Final = 1e-9  # less than this is no difference
TRAVEL: Final = 0  # places in `Rounds.sums`
LATE: Final = 1
WORST: Final = 2
MISSING: Final = 3
OTHER: Final = 4
SPOTS: Final = 16  # of each stop of a double job that are tried against each other
RAISES: Final = 6  # times as many as nodes: more is a circle


class Clock(NamedTuple):
    """What times depend on. N nodes, V vehicles, K kinds of vehicles."""

    step: Floats  # (K, N, N): from the beginning at one node to reaching another
    kind: Ints  # (V,)
    opens: Floats  # (N,)
    closes: Floats  # (N,): the last close
    due: Floats  # (N,): beginning later costs
    wind: Ints  # (N + 1,): rows of the several windows, no rows for a single one
    wind_opens: Floats
    wind_closes: Floats
    out: Ints  # (N + 1,): rows of the links that go out
    out_to: Ints
    out_low: Floats
    into: Ints  # (N + 1,)
    into_from: Ints
    into_low: Floats


class Web(NamedTuple):
    """One problem. J jobs, C compartments. Nothing here is ever written to."""

    clock: Clock
    way: Floats  # (K, N, N): the price of a leg
    allowed: Flags  # (V, N)
    bonus: Floats  # (V, N)
    form: Ints  # (J,)
    first: Ints  # (J,)
    second: Ints  # (J,), or -1
    rank: Ints  # (J,): 0 is dearest
    weight: Floats  # (J,): one job outweighs all of the dearer ranks' absence
    penalty: Floats  # (J,)
    near: Ints  # (J, J - 1): nearest jobs first
    owner: Ints  # (N,): the job of a stop
    take: Floats  # (N, C): what a stop changes on board
    aboard: Floats  # (V, C): on board whatever is planned
    carried: Floats  # (N, C): on board from the round's start if the stop is on it
    room: Floats  # (V, C)
    most_tasks: Ints  # (V,)
    counts: Ints  # (N,): 1 where the stop counts as a task
    mates: Ints  # (N + 1,): rows of stops that must have the same vehicle
    mate_of: Ints
    moved: Flags  # (V,): its way home is paid even when nothing is on the round
    most_used: int
    exact: int  # 1: ways break the triangle, and there are few: time anew each time


class Rounds(NamedTuple):
    """One plan in the making. `sums` has travel, lateness and what is missing."""

    after: Ints  # (N,), -1 behind an end
    before: Ints  # (N,)
    who: Ints  # (N,): the vehicle, -1 for what is left out
    at: Floats  # (N,): the earliest beginning
    tasks: Ints  # (V,)
    sums: Floats


class Desk(NamedTuple):
    """Room to work in, one for each thread."""

    stack: Ints
    log_node: Ints
    log_at: Floats
    logged: Ints  # [length of the log]
    spot_cost: Floats  # (2, SPOTS)
    spot_after: Ints
    spot_car: Ints
    queue: Ints  # (J,)
    keys: Floats  # (J,)
    dice: Dice


def stops_of(web: Web) -> int:
    return len(web.clock.opens) - 2 * len(web.clock.kind)


def empty_rounds(web: Web) -> Rounds:
    nodes, cars = len(web.clock.opens), len(web.clock.kind)
    after = np.full(nodes, -1, dtype=np.int32)
    before = np.full(nodes, -1, dtype=np.int32)
    who = np.full(nodes, -1, dtype=np.int32)
    starts = np.arange(nodes - 2 * cars, nodes - cars, dtype=np.int32)
    after[starts], before[starts + cars] = starts + cars, starts
    who[starts] = who[starts + cars] = np.arange(cars)
    return Rounds(
        after=after,
        before=before,
        who=who,
        at=np.zeros(nodes),
        tasks=np.zeros(cars, dtype=np.int32),
        sums=np.zeros(5),
    )


def desk_for(web: Web, seed: int) -> Desk:
    nodes, jobs = len(web.clock.opens), len(web.form)
    size = 4 * RAISES * nodes + 64
    return Desk(
        stack=np.zeros(size, dtype=np.int32),
        log_node=np.zeros(size, dtype=np.int32),
        log_at=np.zeros(size),
        logged=np.zeros(1, dtype=np.int32),
        spot_cost=np.zeros((2, SPOTS)),
        spot_after=np.zeros((2, SPOTS), dtype=np.int32),
        spot_car=np.zeros((2, SPOTS), dtype=np.int32),
        queue=np.zeros(jobs, dtype=np.int32),
        keys=np.zeros(jobs),
        dice=dice_of(seed),
    )


def arrays_of(rounds: Rounds) -> list[NDArray[np.generic]]:
    return [*rounds]


def copied(rounds: Rounds) -> Rounds:
    return Rounds(
        after=rounds.after.copy(),
        before=rounds.before.copy(),
        who=rounds.who.copy(),
        at=rounds.at.copy(),
        tasks=rounds.tasks.copy(),
        sums=rounds.sums.copy(),
    )


def tours_of(web: Web, rounds: Rounds) -> list[list[int]]:
    """Per vehicle its stops in order."""
    cars, stops = len(web.clock.kind), stops_of(web)
    tours = []
    for v in range(cars):
        tour, node = [], int(rounds.after[stops + v])
        while node < stops:
            tour.append(node)
            node = int(rounds.after[node])
        tours.append(tour)
    return tours
