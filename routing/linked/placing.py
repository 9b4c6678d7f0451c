"""Putting jobs into rounds: every spot is tried, the times tell what it costs."""

from routing.linked.clockwork import inside, spread, taken_back, timed
from routing.linked.web import (
    DOUBLE,
    HAIR,
    LATE,
    NEVER,
    PAIR,
    SPOTS,
    TRAVEL,
    WORST,
    Desk,
    Rounds,
    Web,
)
from routing.search.chance import share
from routing.search.compiled import inner


@inner
def detour(web: Web, rounds: Rounds, node: int, behind: int, v: int) -> float:
    """What the travel of vehicle v grows by when it comes by the stop there."""
    kind, ahead = web.clock.kind[v], rounds.after[behind]
    way = web.way[kind]
    more = way[behind, node] + way[node, ahead] - web.bonus[v, node]
    stops = len(web.clock.opens) - 2 * len(web.clock.kind)
    if behind < stops or ahead < stops or web.moved[v]:
        more -= way[behind, ahead]
    return float(more)


@inner
def hung(web: Web, rounds: Rounds, node: int, behind: int, v: int) -> None:
    ahead = rounds.after[behind]
    rounds.after[behind] = rounds.before[ahead] = node
    rounds.before[node], rounds.after[node] = behind, ahead
    rounds.who[node] = v
    rounds.tasks[v] += web.counts[node]


@inner
def unhung(web: Web, rounds: Rounds, node: int) -> None:
    behind, ahead = rounds.before[node], rounds.after[node]
    rounds.after[behind], rounds.before[ahead] = ahead, behind
    rounds.tasks[rounds.who[node]] -= web.counts[node]
    rounds.who[node] = -1


@inner
def pushed(web: Web, rounds: Rounds, desk: Desk, node: int, most: float) -> bool:
    """Time a stop that has just been hung in, and whatever it pushes along."""
    clock, at = web.clock, rounds.at
    if web.exact:
        log = desk.logged[0]
        for other in range(len(at)):
            desk.log_node[log + other], desk.log_at[log + other] = other, at[other]
        desk.logged[0] = log + len(at)
        held = timed(web, rounds, desk)
        return held and rounds.sums[LATE] + rounds.sums[WORST] < most
    behind = rounds.before[node]
    begins = at[behind] + clock.step[clock.kind[rounds.who[node]], behind, node]
    for row in range(clock.into[node], clock.into[node + 1]):
        if rounds.who[clock.into_from[row]] >= 0:
            begins = max(begins, at[clock.into_from[row]] + clock.into_low[row])
    begins = inside(clock, node, begins)
    if begins >= NEVER:
        return False
    at[node] = begins
    if begins > clock.due[node]:
        rounds.sums[LATE] += begins - clock.due[node]
        rounds.sums[WORST] = max(rounds.sums[WORST], begins - clock.due[node])
    if rounds.sums[LATE] + rounds.sums[WORST] >= most:
        return False
    desk.stack[0] = node
    return spread(clock, rounds, desk, 1, most)


@inner
def fits(web: Web, rounds: Rounds, v: int) -> bool:
    """Is there room for all that is taken up on vehicle v's round?"""
    stops = len(web.clock.opens) - 2 * len(web.clock.kind)
    for c in range(web.take.shape[1]):
        brought = 0.0
        node = rounds.after[stops + v]
        while node < stops:
            brought += web.carried[node, c]
            node = rounds.after[node]
        load = web.aboard[v, c] + brought
        if brought > 0 and load > web.room[v, c]:
            return False
        node = rounds.after[stops + v]
        while node < stops:
            load += web.take[node, c]
            if web.take[node, c] > 0 and load > web.room[v, c]:
                return False
            node = rounds.after[node]
    return True


@inner
def may(web: Web, rounds: Rounds, node: int, v: int) -> bool:
    """Rules that no place in the round can mend."""
    if not web.allowed[v, node]:
        return False
    if rounds.tasks[v] + web.counts[node] > max(web.most_tasks[v], rounds.tasks[v]):
        return False
    for row in range(web.mates[node], web.mates[node + 1]):
        who = rounds.who[web.mate_of[row]]
        if who >= 0 and who != v:
            return False
    if web.most_used < len(web.clock.kind):
        stops = len(web.clock.opens) - 2 * len(web.clock.kind)
        used = 0
        for other in range(len(web.clock.kind)):
            if rounds.after[stops + other] < stops or web.moved[other]:
                used += 1
        if rounds.after[stops + v] >= stops and not web.moved[v]:
            return used < web.most_used
    return True


@inner
def gathered(
    web: Web, rounds: Rounds, desk: Desk, node: int, slot: int, most: int, blink: float
) -> int:
    """The cheapest spots for one stop alone, best first; how many there are."""
    stops = len(web.clock.opens) - 2 * len(web.clock.kind)
    cost, found, mark = desk.spot_cost[slot], 0, desk.logged[0]
    late, worst = rounds.sums[LATE], rounds.sums[WORST]
    travel = rounds.sums[TRAVEL]
    for v in range(len(web.clock.kind)):
        if not may(web, rounds, node, v):
            continue
        behind = stops + v
        while behind < stops or behind == stops + v:
            more = detour(web, rounds, node, behind, v)
            bound = cost[most - 1] if found == most else NEVER
            if more < bound - HAIR and (blink <= 0 or share(desk.dice) >= blink):
                hung(web, rounds, node, behind, v)
                held = pushed(web, rounds, desk, node, bound - more + late + worst)
                more += rounds.sums[LATE] + rounds.sums[WORST] - late - worst
                held = held and fits(web, rounds, v)
                taken_back(rounds, desk, mark)
                unhung(web, rounds, node)
                rounds.sums[LATE], rounds.sums[WORST] = late, worst
                rounds.sums[TRAVEL] = travel
                if held and more < bound:
                    place = found if found < most else most - 1
                    while place > 0 and cost[place - 1] > more:
                        cost[place] = cost[place - 1]
                        desk.spot_after[slot, place] = desk.spot_after[slot, place - 1]
                        desk.spot_car[slot, place] = desk.spot_car[slot, place - 1]
                        place -= 1
                    cost[place] = more
                    desk.spot_after[slot, place] = behind
                    desk.spot_car[slot, place] = v
                    found = min(found + 1, most)
            behind = rounds.after[behind]
    return found


@inner
def kept(web: Web, rounds: Rounds, desk: Desk, node: int, behind: int, v: int) -> bool:
    """Hang a stop in for good."""
    more = detour(web, rounds, node, behind, v)
    mark, travel = desk.logged[0], rounds.sums[TRAVEL]
    hung(web, rounds, node, behind, v)
    held = pushed(web, rounds, desk, node, NEVER)
    rounds.sums[TRAVEL] = travel + more
    desk.logged[0] = mark
    return held


@inner
def single_put(web: Web, rounds: Rounds, desk: Desk, job: int, blink: float) -> bool:
    if not gathered(web, rounds, desk, web.first[job], 0, 1, blink):
        return False
    behind, v = desk.spot_after[0, 0], desk.spot_car[0, 0]
    return kept(web, rounds, desk, web.first[job], behind, v)


@inner
def double_put(web: Web, rounds: Rounds, desk: Desk, job: int, blink: float) -> bool:
    """Two vehicles: the good spots of one stop against the good ones of the other."""
    one, two = web.first[job], web.second[job]
    ones = gathered(web, rounds, desk, one, 0, SPOTS, blink)
    twos = gathered(web, rounds, desk, two, 1, SPOTS, blink)
    late, worst = rounds.sums[LATE], rounds.sums[WORST]
    travel, mark = rounds.sums[TRAVEL], desk.logged[0]
    best, i_best, j_best = NEVER, -1, -1
    for i in range(ones):
        v, behind = desk.spot_car[0, i], desk.spot_after[0, i]
        first = detour(web, rounds, one, behind, v)
        if desk.spot_cost[0, i] >= best:
            break
        hung(web, rounds, one, behind, v)
        if pushed(web, rounds, desk, one, best - first + late + worst):
            middle, later, worse = desk.logged[0], rounds.sums[LATE], rounds.sums[WORST]
            for j in range(twos):
                w, spot = desk.spot_car[1, j], desk.spot_after[1, j]
                if w == v or first + desk.spot_cost[1, j] >= best:
                    continue
                more = first + detour(web, rounds, two, spot, w)
                if more + later + worse - late - worst >= best:
                    continue
                if not may(web, rounds, two, w):
                    continue
                hung(web, rounds, two, spot, w)
                held = pushed(web, rounds, desk, two, best - more + late + worst)
                more += rounds.sums[LATE] + rounds.sums[WORST] - late - worst
                if held and more < best:
                    best, i_best, j_best = more, i, j
                taken_back(rounds, desk, middle)
                unhung(web, rounds, two)
                rounds.sums[LATE], rounds.sums[WORST] = later, worse
        taken_back(rounds, desk, mark)
        unhung(web, rounds, one)
        rounds.sums[LATE], rounds.sums[WORST] = late, worst
        rounds.sums[TRAVEL] = travel
    if i_best < 0:
        return False
    v, behind = desk.spot_car[0, i_best], desk.spot_after[0, i_best]
    w, spot = desk.spot_car[1, j_best], desk.spot_after[1, j_best]
    return kept(web, rounds, desk, one, behind, v) and kept(
        web, rounds, desk, two, spot, w
    )


@inner
def pair_put(web: Web, rounds: Rounds, desk: Desk, job: int) -> bool:
    """Both stops of a pair with one vehicle, the first one first."""
    one, two = web.first[job], web.second[job]
    stops = len(web.clock.opens) - 2 * len(web.clock.kind)
    late, worst = rounds.sums[LATE], rounds.sums[WORST]
    travel, mark = rounds.sums[TRAVEL], desk.logged[0]
    best, behind_best, spot_best, v_best = NEVER, -1, -1, -1
    for v in range(len(web.clock.kind)):
        if not (may(web, rounds, one, v) and may(web, rounds, two, v)):
            continue
        behind = stops + v
        while behind < stops or behind == stops + v:
            first = detour(web, rounds, one, behind, v)
            hung(web, rounds, one, behind, v)
            # The way on from a pickup may break what the dropoff will mend only
            # where ways break the triangle; there all is timed with both.
            held = web.exact or pushed(
                web, rounds, desk, one, best - first + late + worst
            )
            middle, later, worse = desk.logged[0], rounds.sums[LATE], rounds.sums[WORST]
            spot = one
            while held and spot < stops:
                more = first + detour(web, rounds, two, spot, v)
                if more + later + worse - late - worst < best - HAIR:
                    hung(web, rounds, two, spot, v)
                    good = pushed(web, rounds, desk, two, best - more + late + worst)
                    more += rounds.sums[LATE] + rounds.sums[WORST] - late - worst
                    if good and more < best and fits(web, rounds, v):
                        best, v_best = more, v
                        behind_best, spot_best = behind, spot
                    taken_back(rounds, desk, middle)
                    unhung(web, rounds, two)
                    rounds.sums[LATE], rounds.sums[WORST] = later, worse
                spot = rounds.after[spot]
            taken_back(rounds, desk, mark)
            unhung(web, rounds, one)
            rounds.sums[LATE], rounds.sums[WORST] = late, worst
            rounds.sums[TRAVEL] = travel
            behind = rounds.after[behind]
    if v_best < 0:
        return False
    held = kept(web, rounds, desk, one, behind_best, v_best)
    return kept(web, rounds, desk, two, spot_best, v_best) and (held or web.exact > 0)


@inner
def put(web: Web, rounds: Rounds, desk: Desk, job: int, blink: float) -> bool:
    """Put a job where it costs least; False when there is no room for it."""
    if web.form[job] == DOUBLE:
        return double_put(web, rounds, desk, job, blink)
    if web.form[job] == PAIR:
        return pair_put(web, rounds, desk, job)
    return single_put(web, rounds, desk, job, blink)
