"""Care as a web for the compiled search, and rounds back from it."""

import time
from typing import Final

import numpy as np

from routing.effort import Effort
from routing.linked.care import Care, Planned
from routing.linked.searching import Cooling, found
from routing.linked.weaving import Link, neighbours, rows_of
from routing.linked.web import DOUBLE, NEVER, SINGLE, Clock, Web, tours_of

_COOLING: Final = Cooling(first=0.005, last=0.0002, most=0.3, blink=0.01, rests=2)


VERSION: Final = "linked search 1"


def care_rounds(care: Care, effort: Effort) -> tuple[dict[int, list[Planned]], float]:
    """Per member of staff the visits with their times, and the seconds used."""
    started = time.monotonic()
    web = care_web(care)
    best = found(web, effort, _COOLING)
    rounds = {
        who: [Planned(visit, float(best.at[visit])) for visit in tour]
        for who, tour in enumerate(tours_of(web, best))
    }
    return rounds, time.monotonic() - started


def care_web(care: Care) -> Web:
    visits, staff = care.visits, len(care.staff)
    count, nodes = len(visits), len(visits) + 2 * staff
    places = np.array([v.patient for v in visits] + [0] * staff + [-1] * staff)
    way = care.legs[places[:, None], places[None, :]]
    stay = np.array([v.duration for v in visits] + [0.0] * 2 * staff)
    opens = np.array([v.opens for v in visits] + [0.0] * 2 * staff)
    due = np.array([v.due for v in visits] + [NEVER] * 2 * staff)
    allowed = np.zeros((staff, nodes), dtype=np.uint8)
    for who, able in enumerate(care.staff):
        allowed[who, :count] = [visit.service in able for visit in visits]
    pairs = {pair.first: pair.then for pair in care.together}
    alone = [n for n in range(count) if n not in {*pairs, *pairs.values()}]
    jobs = [(n, -1) for n in alone] + list(pairs.items())
    links = [Link(p.first, p.then, p.least) for p in care.together]
    links += [Link(p.then, p.first, -p.most) for p in care.together]
    out, out_to, out_low = rows_of(nodes, links)
    into, into_from, into_low = rows_of(nodes, [link.reversed() for link in links])
    none = np.zeros((nodes, 0))
    clock = Clock(
        step=np.ascontiguousarray((way + stay[:, None])[None]),
        kind=np.zeros(staff, dtype=np.int32),
        opens=opens,
        closes=np.full(nodes, NEVER),
        due=due,
        wind=np.zeros(nodes + 1, dtype=np.int32),
        wind_opens=np.zeros(0),
        wind_closes=np.zeros(0),
        out=out,
        out_to=out_to,
        out_low=out_low,
        into=into,
        into_from=into_from,
        into_low=into_low,
    )
    owner = np.full(nodes, -1, dtype=np.int32)
    for job, (first, second) in enumerate(jobs):
        owner[[first, second] if second >= 0 else [first]] = job
    return Web(
        clock=clock,
        way=np.ascontiguousarray(way[None]),
        allowed=allowed,
        bonus=np.zeros((staff, nodes)),
        form=np.array([SINGLE if j[1] < 0 else DOUBLE for j in jobs], dtype=np.int32),
        first=np.array([job[0] for job in jobs], dtype=np.int32),
        second=np.array([job[1] for job in jobs], dtype=np.int32),
        rank=np.zeros(len(jobs), dtype=np.int32),
        weight=np.ones(len(jobs)),
        penalty=np.zeros(len(jobs)),
        near=neighbours(way, opens, jobs),
        owner=owner,
        take=none,
        aboard=np.zeros((staff, 0)),
        carried=none,
        room=np.zeros((staff, 0)),
        most_tasks=np.full(staff, nodes, dtype=np.int32),
        counts=np.ones(nodes, dtype=np.int32),
        mates=np.zeros(nodes + 1, dtype=np.int32),
        mate_of=np.zeros(0, dtype=np.int32),
        moved=np.zeros(staff, dtype=np.uint8),
        most_used=staff,
        exact=0,
    )
