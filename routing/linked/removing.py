"""Which jobs leave the rounds, to be put back in another way."""

from routing.linked.placing import unhung
from routing.linked.web import Desk, Rounds, Web
from routing.search.chance import share
from routing.search.compiled import inner


@inner
def taken(web: Web, rounds: Rounds, desk: Desk, job: int, count: int) -> int:
    """Take a job out of its rounds and put it on the queue, if it is on one."""
    if rounds.who[web.first[job]] < 0:
        return count
    unhung(web, rounds, web.first[job])
    if web.second[job] >= 0:
        unhung(web, rounds, web.second[job])
    desk.queue[count] = job
    return count + 1


@inner
def absent(web: Web, rounds: Rounds, desk: Desk) -> int:
    """Put on the queue whatever is on no round."""
    count = 0
    for job in range(len(web.form)):
        if rounds.who[web.first[job]] < 0:
            desk.queue[count] = job
            count += 1
    return count


@inner
def ruined(web: Web, rounds: Rounds, desk: Desk, most: int) -> int:
    """Take out about up to `most` jobs; how many are on the queue then."""
    jobs = len(web.form)
    count = absent(web, rounds, desk)
    if count == jobs:
        return count
    wanted = count + 1 + int(share(desk.dice) * most)
    kind = share(desk.dice)
    seed = int(share(desk.dice) * jobs)
    if kind < 0.15:
        seed = _latest(web, rounds, desk, seed)
    if kind < 0.55:
        return _near(web, rounds, desk, seed, count, wanted)
    if kind < 0.85:
        return _strings(web, rounds, desk, seed, count, wanted)
    while count < min(wanted, jobs) and share(desk.dice) < 0.98:
        count = taken(web, rounds, desk, int(share(desk.dice) * jobs), count)
    return count


@inner
def _latest(web: Web, rounds: Rounds, desk: Desk, seed: int) -> int:
    """A job that is late, the later the likelier; without any, the seed."""
    worst, found = 0.0, seed
    for job in range(len(web.form)):
        for node in (web.first[job], web.second[job]):
            if node >= 0 and rounds.who[node] >= 0:
                late = (rounds.at[node] - web.clock.due[node]) * share(desk.dice)
                if late > worst:
                    worst, found = late, job
    return found


@inner
def _near(
    web: Web, rounds: Rounds, desk: Desk, seed: int, count: int, wanted: int
) -> int:
    """The seed and jobs near it in place and time, with some left standing."""
    count = taken(web, rounds, desk, seed, count)
    others = web.near.shape[1]
    keep = 0.5 * share(desk.dice)
    for number in range(others):
        if count >= wanted:
            break
        if share(desk.dice) >= keep:
            count = taken(web, rounds, desk, web.near[seed, number], count)
    return count


@inner
def _strings(
    web: Web, rounds: Rounds, desk: Desk, seed: int, count: int, wanted: int
) -> int:
    """Stretches of the rounds that pass near the seed."""
    stops = len(web.clock.opens) - 2 * len(web.clock.kind)
    length = 2 + int(share(desk.dice) * 5)
    for number in range(-1, web.near.shape[1]):
        if count >= wanted:
            break
        job = seed if number < 0 else web.near[seed, number]
        node = web.first[job]
        if web.second[job] >= 0 and share(desk.dice) < 0.5:
            node = web.second[job]
        if rounds.who[node] < 0:
            continue
        for _ in range(int(share(desk.dice) * length)):
            if rounds.before[node] < stops:
                node = rounds.before[node]
        for _ in range(length):
            if node >= stops or count >= wanted:
                break
            ahead = rounds.after[node]
            partner = web.second[web.owner[node]]
            while ahead < stops and (
                ahead == partner or web.owner[ahead] == web.owner[node]
            ):
                ahead = rounds.after[ahead]
            count = taken(web, rounds, desk, web.owner[node], count)
            node = ahead
    return count
