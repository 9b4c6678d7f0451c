"""Times of rounds that hang together, raised only as far as a rule demands.

Every rule of time is "this begins at least so long after that" or "inside these
windows". The earliest times that obey them all exist if any do; raising from below
finds them, over links between rounds as well as along the rounds. Whoever raises
forever sits in a circle. The earliest times are also the least late ones.
"""

from routing.linked.web import (
    HAIR,
    LATE,
    NEVER,
    RAISES,
    TRAVEL,
    WORST,
    Clock,
    Desk,
    Rounds,
    Web,
)
from routing.search.compiled import inner


@inner
def inside(clock: Clock, node: int, at: float) -> float:
    """The first time from `at` on at which the stop may begin, or NEVER."""
    if at > clock.closes[node]:
        return NEVER
    if at < clock.opens[node]:
        return float(clock.opens[node])
    for row in range(clock.wind[node], clock.wind[node + 1]):
        if at <= clock.wind_closes[row]:
            return max(at, float(clock.wind_opens[row]))
    return at


@inner
def spread(clock: Clock, rounds: Rounds, desk: Desk, top: int, most: float) -> bool:
    """Raise whatever the nodes on the stack push along; True if all rules hold.

    What was raised is in the log. Gives up when lateness alone costs `most`.
    """
    after, who, at, sums = rounds.after, rounds.who, rounds.at, rounds.sums
    stack, log = desk.stack, desk.logged[0]
    step, kind, due = clock.step, clock.kind, clock.due
    out, out_to, out_low = clock.out, clock.out_to, clock.out_low
    late, worst = sums[LATE], sums[WORST]
    patience = log + RAISES * len(at)
    while top > 0:
        top -= 1
        node = stack[top]
        while True:
            row, last = out[node], out[node + 1]
            while True:
                if row < last:
                    other = out_to[row]
                    reached = at[node] + out_low[row]
                    known = who[other] >= 0
                else:
                    other = after[node]
                    if other < 0:
                        break
                    reached = at[node] + step[kind[who[node]], node, other]
                    known = True
                if known and reached > at[other] + HAIR:
                    begins = inside(clock, other, reached)
                    if begins >= NEVER or log >= patience:
                        desk.logged[0] = log
                        return False
                    desk.log_node[log] = other
                    desk.log_at[log] = at[other]
                    log += 1
                    if begins > due[other]:
                        late += begins - max(due[other], at[other])
                        worst = max(worst, begins - due[other])
                        if late + worst >= most:
                            at[other] = begins
                            desk.logged[0] = log
                            return False
                    at[other] = begins
                    if row == last:
                        break
                    stack[top] = other
                    top += 1
                elif row == last:
                    other = -1
                    break
                row += 1
            if other < 0:
                break
            node = other
    desk.logged[0] = log
    sums[LATE], sums[WORST] = late, worst
    return True


@inner
def taken_back(rounds: Rounds, desk: Desk, mark: int) -> None:
    """Undo what the log holds since the mark."""
    log = desk.logged[0]
    while log > mark:
        log -= 1
        rounds.at[desk.log_node[log]] = desk.log_at[log]
    desk.logged[0] = log


@inner
def timed(web: Web, rounds: Rounds, desk: Desk) -> bool:
    """Set all times, the travel and the lateness anew; False if a rule breaks."""
    clock, after, at = web.clock, rounds.after, rounds.at
    cars = len(clock.kind)
    stops = len(at) - 2 * cars
    travel = late = worst = 0.0
    mark = desk.logged[0]
    for v in range(cars):
        node, kind = stops + v, clock.kind[v]
        at[node] = clock.opens[node]
        at[node + cars] = clock.opens[node]
        if after[node] >= stops:  # nothing planned: only the way home, if begun
            travel += web.way[kind, node, node + cars] * web.moved[v]
            continue
        while after[node] >= 0:
            other = after[node]
            begins = inside(clock, other, at[node] + clock.step[kind, node, other])
            if begins >= NEVER:
                return False
            at[other] = begins
            travel += web.way[kind, node, other] - web.bonus[v, other]
            if begins > clock.due[other]:
                late += begins - clock.due[other]
                worst = max(worst, begins - clock.due[other])
            node = other
    rounds.sums[TRAVEL], rounds.sums[LATE], rounds.sums[WORST] = travel, late, worst
    top = 0
    for node in range(len(at)):
        if clock.out[node] < clock.out[node + 1] and rounds.who[node] >= 0:
            desk.stack[top] = node
            top += 1
    held = spread(clock, rounds, desk, top, NEVER)
    desk.logged[0] = mark
    return held
