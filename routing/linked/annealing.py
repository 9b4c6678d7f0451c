"""Ruin and recreate with annealing, one stretch of it at a time."""

import math

from routing.linked.clockwork import timed
from routing.linked.placing import put
from routing.linked.removing import absent, ruined
from routing.linked.web import (
    HAIR,
    LATE,
    MISSING,
    OTHER,
    TRAVEL,
    WORST,
    Desk,
    Floats,
    Rounds,
    Web,
)
from routing.search.chance import share
from routing.search.compiled import compiled, inner


@inner
def cost_of(rounds: Rounds) -> float:
    sums = rounds.sums
    return float(sums[TRAVEL] + sums[LATE] + sums[WORST] + sums[OTHER])


@inner
def weighed(web: Web, rounds: Rounds) -> None:
    """Sum up what is left out."""
    missing = other = 0.0
    for job in range(len(web.form)):
        if rounds.who[web.first[job]] < 0:
            missing += web.weight[job]
            other += web.penalty[job]
    rounds.sums[MISSING], rounds.sums[OTHER] = missing, other


@inner
def taken_over(target: Rounds, source: Rounds) -> None:
    for node in range(len(source.who)):
        target.after[node] = source.after[node]
        target.before[node] = source.before[node]
        target.who[node] = source.who[node]
        target.at[node] = source.at[node]
    for v in range(len(source.tasks)):
        target.tasks[v] = source.tasks[v]
    for each in range(len(source.sums)):
        target.sums[each] = source.sums[each]


@inner
def _lined_up(web: Web, desk: Desk, count: int) -> None:
    """Dear jobs first; among equals by chance, by time, or those of two first."""
    way = share(desk.dice)
    for number in range(count):
        job = desk.queue[number]
        key = share(desk.dice)
        if way < 0.25:
            key += 2.0 * (2 - web.form[job])
        elif way < 0.4:
            key += web.clock.opens[web.first[job]]
        elif way < 0.5:
            key -= web.clock.due[web.first[job]]
        desk.keys[number] = key + 1e9 * web.rank[job]
    for number in range(1, count):
        job, key, place = desk.queue[number], desk.keys[number], number
        while place > 0 and desk.keys[place - 1] > key:
            desk.queue[place] = desk.queue[place - 1]
            desk.keys[place] = desk.keys[place - 1]
            place -= 1
        desk.queue[place], desk.keys[place] = job, key


@inner
def refilled(web: Web, rounds: Rounds, desk: Desk, count: int, blink: float) -> bool:
    """Put back what is on the queue, as far as there is room; then sum up."""
    _lined_up(web, desk, count)
    for number in range(count):
        put(web, rounds, desk, desk.queue[number], blink)
    held = timed(web, rounds, desk)
    weighed(web, rounds)
    return held


@compiled
def annealed(
    web: Web,
    states: tuple[Rounds, Rounds, Rounds],
    desk: Desk,
    steps: int,
    knobs: Floats,
) -> int:
    """So many steps of ruin and recreate; how often the best was beaten.

    One function for the first plan and for all steps after it, because each one that
    Python calls is compiled with everything below it.

    Args:
        states: the present plan, the best one, and one to try things on.
        knobs: temperature at the first and at the last step, the most jobs to
            take out at once, the share of spots to look past, and 1 to begin with
            a first plan from the rounds as they are.
    """
    now, best, trial = states
    if knobs[4] > 0:
        timed(web, now, desk)
        refilled(web, now, desk, absent(web, now, desk), 0.0)
        taken_over(best, now)
    beaten = 0
    cooling = math.log(knobs[1] / knobs[0]) / max(1, steps)
    most, blink = int(knobs[2]), knobs[3]
    taken_over(trial, now)
    for step in range(steps):
        heat = knobs[0] * math.exp(cooling * step)
        count = ruined(web, trial, desk, most)
        good = timed(web, trial, desk)
        good = refilled(web, trial, desk, count, blink) and good
        gap = cost_of(trial) - cost_of(now)
        fewer = now.sums[MISSING] - trial.sums[MISSING]
        lucky = gap < -heat * math.log(max(share(desk.dice), 1e-300))
        if good and (fewer > 0 or (fewer == 0 and lucky)):
            taken_over(now, trial)
            gap = cost_of(now) - cost_of(best)
            fewer = best.sums[MISSING] - now.sums[MISSING]
            if fewer > 0 or (fewer == 0 and gap < -HAIR):
                taken_over(best, now)
                beaten += 1
        else:
            taken_over(trial, now)
    return beaten
