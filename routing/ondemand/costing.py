"""Compiled: what a courier's trips cost, and where one more order fits best.

A courier's trips are a row of orders; `opens[i]` is 1 where a new trip begins. The
orders of one trip are taken at one place.
"""

from routing.ondemand.arrays import (
    BACK,
    BACK_BY,
    BOX,
    DOOR,
    ENDS,
    FAR_PRICE,
    FREE,
    HAND,
    LATE,
    LATE_PRICE,
    LATEST,
    LEAVE,
    MODE,
    PICKUP,
    PLACE,
    PLACED,
    REACH,
    READY,
    RIDE,
    ROOM,
    TAKE,
    UNTIL,
    WORK,
    WORK_PRICE,
    Ground,
    Rows,
    Whole,
)
from routing.search.compiled import inner

IMPOSSIBLE = 1e12
JOIN, OPEN, LEAD = 0, 1, 2  # join the trip before, a trip of its own, lead the next


@inner
def cost_of(ground: Ground, k: int, row: Whole, opens: Whole, n: int) -> float:
    """Seconds of waiting of all orders, and the prices; IMPOSSIBLE breaks a rule.

    Each trip leaves as late as its pickup allows: nobody waits at a kitchen for what
    is known to be ready later.
    """
    orders, stays, prices = ground.orders, ground.stays, ground.prices
    me = ground.crew[k]
    travel, far = ground.travel[me[MODE]], ground.far[me[MODE]]
    at, here = me[FREE], me[PLACE]
    cost: float = 0.0
    paid, work, i = 0, 0, 0
    while i < n:
        ready, take = orders[row[i], READY], orders[row[i], TAKE]
        j = i + 1
        while j < n and opens[j] == 0:
            ready = max(ready, orders[row[j], READY])
            take = max(take, orders[row[j], TAKE])
            j += 1
        pickup = orders[row[i], PICKUP]
        way = travel[here, pickup] + (take if pickup != here else 0)
        picked = max(ready, at + way)
        if picked > me[UNTIL]:
            return IMPOSSIBLE
        at = picked + stays[LEAVE] + stays[BOX] * (j - i)
        here = pickup
        for q in range(i, j):
            one = orders[row[q]]
            door = one[DOOR]
            at += travel[here, door] + (one[REACH] if door != here else 0)
            if at > one[LATEST] or at - picked > one[RIDE]:
                return IMPOSSIBLE
            waited = at - one[PLACED]
            late = max(0, waited - stays[LATE])
            cost += ground.weight[row[q]] * (waited + prices[LATE_PRICE] * late)
            at += one[HAND]
            here = door
        leaves = picked - way
        work += at - leaves
        paid += min(at, me[UNTIL]) - min(leaves, me[UNTIL])
        i = j
    if n == 0:
        return 0.0
    if at > me[ENDS] or work > me[WORK]:
        return IMPOSSIBLE
    if me[BACK] >= 0:
        if at + travel[here, me[BACK]] > me[BACK_BY]:
            return IMPOSSIBLE
    elif at < me[UNTIL]:
        cost += prices[FAR_PRICE] * (far[here] - far[me[PLACE]])
    cost += prices[WORK_PRICE] * paid
    return cost


@inner
def best_spot(ground: Ground, rows: Rows, k: int, one: int) -> tuple[float, int, int]:
    """The cheapest cost of a courier's row with one order more, its spot and how."""
    best, where, manner = IMPOSSIBLE, -1, JOIN
    row, opens, n = rows.row[k], rows.opens[k], rows.size[k]
    spare, spare_opens, room = rows.spare, rows.spare_opens, ground.crew[k, ROOM]
    if room < 1 or n + 1 >= len(row):
        return best, where, manner
    pickup = ground.orders[one, PICKUP]
    for spot in range(n + 1):
        at_seam = spot == n or opens[spot] == 1
        for how in range(3):
            if how == OPEN:
                if not at_seam:
                    continue
            else:
                other = spot - 1 if how == JOIN else spot
                if other < 0 or other >= n or (how == LEAD and not at_seam):
                    continue
                if ground.orders[row[other], PICKUP] != pickup:
                    continue
                if trip_size(other, opens, n) >= room:
                    continue
            spare[:n] = row[:n]
            spare_opens[:n] = opens[:n]
            put(one, spot, how, spare, spare_opens, n)
            cost = cost_of(ground, k, spare, spare_opens, n + 1)
            if cost < best:
                best, where, manner = cost, spot, how
    return best, where, manner


@inner
def put(one: int, spot: int, how: int, row: Whole, opens: Whole, n: int) -> None:
    """Put an order into a row of n; the row must have room."""
    for x in range(n, spot, -1):
        row[x] = row[x - 1]
        opens[x] = opens[x - 1]
    row[spot] = one
    opens[spot] = 0 if how == JOIN else 1
    if how == LEAD:
        opens[spot + 1] = 0


@inner
def take_out(spot: int, row: Whole, opens: Whole, n: int) -> None:
    """Take the order at a spot out of a row of n."""
    opened = opens[spot]
    for x in range(spot, n - 1):
        row[x] = row[x + 1]
        opens[x] = opens[x + 1]
    if opened == 1 and spot < n - 1:
        opens[spot] = 1


@inner
def trip_size(spot: int, opens: Whole, n: int) -> int:
    """How many orders the trip has that the order at a spot belongs to."""
    first = spot
    while opens[first] == 0:
        first -= 1
    last = spot + 1
    while last < n and opens[last] == 0:
        last += 1
    return last - first
