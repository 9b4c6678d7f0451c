"""Compiled: ruin and recreate over the trips of all couriers, by a count of steps."""

import numpy as np

from routing.ondemand.arrays import (
    DOOR,
    PICKUP,
    PLACED,
    READY,
    UNTIL,
    Ground,
    Real,
    Rows,
    Whole,
)
from routing.ondemand.costing import IMPOSSIBLE, best_spot, cost_of, put, take_out
from routing.search.compiled import compiled, inner

LEFT_PRICE = 1e8  # one order without a courier, times its weight
_MOST_RUINED = 8
_SKIPPED = 0.02  # of the couriers, when an order is put back: chance finds detours
_FIRST_HEAT, _LAST_HEAT = 120.0, 1.2  # seconds by which a plan may become worse


@compiled
def search(ground: Ground, rows: Rows, steps: int, seed: int) -> Whole:
    """Place every order that is nowhere yet, then improve; same seed, same rows.

    `rows` may hold a beginning: a row that breaks a rule is emptied. It is changed in
    place and holds the best found.

    Returns:
        the orders that nobody can take.
    """
    np.random.seed(seed)
    _settle(ground, rows)
    count = len(ground.orders)
    left = _place(ground, rows, _missing(ground, rows), 0.0)
    here = _price(ground, rows, left)
    best, best_left = here, left
    kept = _copied(rows)
    last, last_left = _copied(rows), left
    heat = _FIRST_HEAT
    cooling = (_LAST_HEAT / _FIRST_HEAT) ** (1.0 / max(1, steps))
    for _ in range(steps if count > 1 else 0):
        pool = _ruin(ground, rows, left)
        left = _place(ground, rows, pool, _SKIPPED)
        new = _price(ground, rows, left)
        if new < here - heat * np.log(np.random.random() + 1e-12):
            here, last_left = new, left
            _copy(rows, last)
            if new < best - 1e-6:
                best, best_left = new, left
                _copy(rows, kept)
        else:
            left = last_left
            _copy(last, rows)
        heat *= cooling
    _copy(kept, rows)
    return best_left


@inner
def _settle(ground: Ground, rows: Rows) -> None:
    """Reckon each row's cost; a row that breaks a rule is emptied."""
    for k in range(len(rows.size)):
        rows.cost[k] = cost_of(ground, k, rows.row[k], rows.opens[k], rows.size[k])
        if rows.cost[k] >= IMPOSSIBLE:
            rows.size[k] = 0
            rows.cost[k] = 0.0


@inner
def _missing(ground: Ground, rows: Rows) -> Whole:
    """The orders on nobody's row."""
    placed = np.zeros(len(ground.orders), np.bool_)
    for k in range(len(rows.size)):
        for x in range(rows.size[k]):
            placed[rows.row[k, x]] = True
    return np.flatnonzero(~placed)


@inner
def _price(ground: Ground, rows: Rows, left: Whole) -> float:
    price: float = rows.cost.sum()
    for one in left:
        price += LEFT_PRICE * ground.weight[one]
    return price


@inner
def _place(ground: Ground, rows: Rows, pool: Whole, skipped: float) -> Whole:
    """Put each order of the pool where it costs least; gives those that fit nowhere."""
    left = np.empty(len(pool), np.int64)
    many = 0
    for one in pool:
        best, who, where, how = IMPOSSIBLE, -1, 0, 0
        for k in range(len(rows.size)):
            if not ground.able[one, k]:
                continue
            if ground.crew[k, UNTIL] < ground.orders[one, READY]:
                continue
            if skipped > 0.0 and np.random.random() < skipped:
                continue
            cost, spot, manner = best_spot(ground, rows, k, one)
            if cost < IMPOSSIBLE and cost - rows.cost[k] < best:
                best, who, where, how = cost - rows.cost[k], k, spot, manner
        if who < 0:
            left[many] = one
            many += 1
            continue
        put(one, where, how, rows.row[who], rows.opens[who], rows.size[who])
        rows.size[who] += 1
        rows.cost[who] += best
    return left[:many]


@inner
def _ruin(ground: Ground, rows: Rows, left: Whole) -> Whole:
    """Take some orders out that have to do with each other; all that is to be placed.

    They come in an order that changes from step to step: at random, by ready time,
    by how long they wait, or by the length of their way.
    """
    count = len(ground.orders)
    many = 1 + int(np.random.random() * min(_MOST_RUINED, count))
    near = _nearness(ground, int(np.random.random() * count))
    pool = np.empty(len(left) + many, np.int64)
    pool[: len(left)] = left
    size = len(left)
    for one in np.argsort(near)[:many]:
        if _lift(ground, rows, one):
            pool[size] = one
            size += 1
    pool = pool[:size]
    return pool[np.argsort(_turns(ground, pool))]


@inner
def _nearness(ground: Ground, centre: int) -> Real:
    """How far each order is from one of them, with chance; the smallest is itself."""
    orders, travel = ground.orders, ground.travel[0]
    near = np.empty(len(orders))
    for x in range(len(near)):
        apart = 1.0 * travel[orders[centre, PICKUP], orders[x, PICKUP]]
        apart += 0.3 * travel[orders[centre, DOOR], orders[x, DOOR]]
        apart += 0.3 * abs(orders[centre, READY] - orders[x, READY])
        near[x] = apart * (0.5 + np.random.random())
    near[centre] = -1.0
    return near


@inner
def _turns(ground: Ground, pool: Whole) -> Real:
    orders, travel = ground.orders, ground.travel[0]
    turns = np.empty(len(pool))
    way = np.random.random()
    for x in range(len(pool)):
        one = pool[x]
        if way < 0.4:
            turns[x] = np.random.random()
        elif way < 0.7:
            turns[x] = orders[one, READY]
        elif way < 0.85:
            turns[x] = orders[one, PLACED]
        else:
            turns[x] = travel[orders[one, PICKUP], orders[one, DOOR]]
    return turns


@inner
def _lift(ground: Ground, rows: Rows, one: int) -> bool:
    """Take an order off the row that it is on, if it is on one."""
    for k in range(len(rows.size)):
        for x in range(rows.size[k]):
            if rows.row[k, x] == one:
                take_out(x, rows.row[k], rows.opens[k], rows.size[k])
                rows.size[k] -= 1
                row, opens, n = rows.row[k], rows.opens[k], rows.size[k]
                rows.cost[k] = cost_of(ground, k, row, opens, n)
                return True
    return False


@inner
def _copied(rows: Rows) -> Rows:
    return Rows(
        rows.row.copy(),
        rows.opens.copy(),
        rows.size.copy(),
        rows.cost.copy(),
        rows.spare,
        rows.spare_opens,
    )


@inner
def _copy(source: Rows, target: Rows) -> None:
    target.row[:] = source.row
    target.opens[:] = source.opens
    target.size[:] = source.size
    target.cost[:] = source.cost
