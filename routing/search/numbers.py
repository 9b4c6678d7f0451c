"""One problem as flat arrays, for the compiled search.

As in `routing.instance`, task k has node 2k (pickup or visit) and node 2k + 1
(dropoff). All times are whole seconds. Nothing here is ever written to.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.instance import Car, Instance
from routing.search.fleet import Fleet
from routing.search.neighbours import near_of

NO_LIMIT: Final = 10**12  # of a load
NO_DEADLINE: Final = 2**60

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.uint8]


# Columns of `tasks`, of `nodes` and of `cars`.
PAIRED: Final = 0
RIDE: Final = 1
RANK: Final = 2
PENALTY: Final = 3
HELD: Final = 4  # the vehicle that has it on board, or -1
DEADLINE: Final = 5  # of what is on board
FIRST_OF: Final = 6  # the row of `closest`

PLACE: Final = 0
SERVICE: Final = 1
OPENS: Final = 2
CLOSES: Final = 3
WINDS: Final = 4  # with several windows: the first row in `winds`, and behind it
WINDS_STOP: Final = 5  # the last; both the same when there is one window

MODE: Final = 0
ORIGIN: Final = 1
END: Final = 2  # -1: open
FREE_FROM: Final = 3
SHIFT_END: Final = 4
MAX_WORK: Final = 5
WORK_END_BY: Final = 6
MOVED: Final = 7
ROOM: Final = 8  # how many tasks more it may do
ABOARD: Final = 9  # load of the first compartment that was on board before
RESTS: Final = 10  # how many breaks may become due
REST: Final = 16  # the first column of breaks: opens, closes, seconds of each


class Numbers(NamedTuple):
    """Arrays by node (2T), task (T), vehicle (V), place (P), mode (M).

    One task, node or vehicle is one row, so that it lies in one place of memory.
    `onto[m, a, b]` is the travel from b to a: the same numbers as `travel`, so
    that the ways to one place lie side by side.
    """

    tasks: Longs  # (T, 8)
    nodes: Longs  # (2T, 8)
    cars: Longs  # (V, 16), and three more columns for each break
    winds: Longs  # (W, 2), opens and closes
    load: Longs  # (T, C)
    capacity: Longs  # (V, C)
    aboard: Longs  # (V, C), load that was on board before
    allowed: Flags  # (T, V)
    bonus: Longs  # (T, V), or empty when there are none
    arrive: Longs  # (P,)
    travel: Ints  # (M, P, P)
    onto: Ints  # (M, P, P)
    near: Ints  # (T, K), nearest tasks first, itself left out
    closest: Ints  # (F, V), vehicles by the way from their origin to a first stop
    most_used: int


def numbers_of(inst: Instance, fleet: Fleet) -> Numbers:
    """Lay a problem out. The fleet says ranks and who may do what."""
    firsts, first_of = np.unique(
        np.array(
            [
                inst.place[2 * k + (k in inst.held)]
                for k in range(len(inst.problem.tasks))
            ],
            dtype=np.int64,
        ),
        return_inverse=True,
    )
    rules = rules_of(inst)
    rules.tasks[:, RANK] = fleet.ranks
    rules.tasks[:, PENALTY] = [fleet.penalty(k) for k in range(len(fleet.ranks))]
    rules.tasks[:, FIRST_OF] = first_of
    return rules._replace(
        allowed=fleet.allowed.astype(np.uint8),
        near=near_of(inst),
        closest=_closest(inst, firsts),
        most_used=fleet.most_used,
    )


def rules_of(inst: Instance) -> Numbers:
    """All that one round is judged by; who may do what, and who is near, is blank."""
    tasks, cars = inst.problem.tasks, inst.cars
    sizes = max(1, inst.compartments)
    travel = np.ascontiguousarray(inst.travel)
    back = travel.transpose(0, 2, 1)
    onto = travel if np.array_equal(travel, back) else np.ascontiguousarray(back)
    winds, spans = _windows(inst)
    return Numbers(
        tasks=_tasks(inst),
        nodes=_nodes(inst, spans),
        cars=_cars(inst),
        winds=winds,
        load=_loads([_filled(each, sizes) for each in inst.load], sizes),
        capacity=_loads(
            [_filled(car.capacity, sizes, NO_LIMIT) for car in cars], sizes
        ),
        aboard=_loads([_carried(inst, car, sizes) for car in cars], sizes),
        allowed=np.zeros((len(tasks), 0), dtype=np.uint8),
        bonus=_bonus(inst),
        arrive=np.array([p.arrive_seconds for p in inst.problem.places], np.int64),
        travel=travel,
        onto=onto,
        near=np.zeros((len(tasks), 0), dtype=np.int32),
        closest=np.zeros((0, len(cars)), dtype=np.int32),
        most_used=len(cars),
    )


def _tasks(inst: Instance) -> Longs:
    rows = np.zeros((len(inst.problem.tasks), 8), dtype=np.int64)
    for k in range(len(rows)):
        held = inst.held.get(k, -1)
        rows[k, PAIRED], rows[k, RIDE], rows[k, HELD] = (
            inst.paired[k],
            inst.ride[k],
            held,
        )
        rows[k, DEADLINE] = NO_DEADLINE
        if held >= 0:
            rows[k, DEADLINE] = inst.cars[held].deadlines.get(2 * k + 1, NO_DEADLINE)
    return rows


def _nodes(inst: Instance, spans: list[tuple[int, int]]) -> Longs:
    rows = np.zeros((len(inst.place), 8), dtype=np.int64)
    rows[:, PLACE], rows[:, SERVICE] = inst.place, inst.service
    rows[:, OPENS], rows[:, CLOSES] = inst.opens, inst.closes
    rows[:, WINDS : WINDS_STOP + 1] = np.array(spans, np.int64).reshape(-1, 2)
    return rows


def _cars(inst: Instance) -> Longs:
    most_rests = max((len(car.rests) for car in inst.cars), default=0)
    rows = np.zeros((len(inst.cars), REST + 3 * most_rests), dtype=np.int64)
    for car, row in zip(inst.cars, rows, strict=True):
        row[:10] = (
            *(car.mode, car.origin, car.end, car.ready, car.shift_end),
            *(car.max_work, car.work_end_by, car.moved),
            *(car.max_tasks - car.tasks_begun, _carried(inst, car, 1)[0]),
        )
        row[RESTS] = len(car.rests)
        for number, rest in enumerate(car.rests):
            at = REST + 3 * number
            row[at : at + 3] = rest.opens, rest.closes, rest.seconds
    return rows


def _carried(inst: Instance, car: Car, size: int) -> tuple[int, ...]:
    if not inst.compartments:
        return (0,) * size
    return tuple(sum(inst.load[k][c] for k in car.aboard) for c in range(size))


def _loads(rows: list[tuple[int, ...]], size: int) -> Longs:
    return np.array(rows, dtype=np.int64).reshape(-1, size)


def _filled(
    amounts: tuple[int, ...] | None, size: int, missing: int = 0
) -> tuple[int, ...]:
    if amounts is None:
        return (missing,) * size
    return tuple(min(amount, NO_LIMIT) for amount in amounts) + (0,) * (
        size - len(amounts)
    )


def _windows(inst: Instance) -> tuple[Longs, list[tuple[int, int]]]:
    """All windows of the nodes that have several, and from where to where."""
    rows: list[tuple[int, int]] = []
    spans = []
    for windows in inst.windows:
        spans.append((len(rows), len(rows) + len(windows or ())))
        rows += windows or ()
    return np.array(rows, dtype=np.int64).reshape(-1, 2), spans


def _bonus(inst: Instance) -> Longs:
    if not any(car.bonus for car in inst.cars):
        return np.zeros((0, 0), dtype=np.int64)
    worth = np.zeros((len(inst.problem.tasks), len(inst.cars)), dtype=np.int64)
    for car in inst.cars:
        for k, seconds in car.bonus.items():
            worth[k, car.number] = seconds
    return worth


def _closest(inst: Instance, firsts: NDArray[np.int64]) -> Ints:
    cars = inst.cars
    if not cars or not len(firsts):
        return np.zeros((len(firsts), len(cars)), dtype=np.int32)
    mode = np.array([car.mode for car in cars])
    origin = np.array([car.origin for car in cars])
    ways = inst.travel[mode[None, :], origin[None, :], firsts[:, None]]
    return np.argsort(ways, axis=1, kind="stable").astype(np.int32)
