"""A whole problem as a web: pairs and visits, people: 2, sequences, hard windows."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.instance import BLOCKED, FOREVER, Instance
from routing.linked.spots import Spot, Stage, Windows, cut
from routing.linked.weaving import Link, neighbours, rows_of
from routing.linked.web import DOUBLE, NEVER, PAIR, SINGLE, Clock, Floats, Ints, Web
from routing.timing import unfit_for

_MOST_EXACT: Final = 40  # nodes, beyond which a broken triangle is not looked for
_NO_LIMIT: Final = 1_000_000_000


class Woven(NamedTuple):
    """A web with what its stops are, and which task each job is."""

    web: Web
    spots: list[Spot]
    tasks: list[int]


def woven(inst: Instance, most_used: int | None = None) -> Woven:
    """Lay a problem out with everything that hangs together. Breaks are not known."""
    stage, cars = Stage(inst), inst.cars
    nodes = len(stage.spots) + 2 * len(cars)
    ties = stage.ties()
    windows = [stage.windows(number) for number in range(len(stage.spots))]
    allowed = _allowed(stage, nodes)
    for stop, soonest, latest in ties.bounds:
        windows[stop] = cut(windows[stop], soonest, latest)
    for stop, v in ties.bound_to:
        allowed[np.arange(len(cars)) != v, stop] = 0
    jobs = [(each[0], each[1] if len(each) > 1 else -1) for each in _stops(stage)]
    step, way = _legs(stage, nodes)
    clock = _clock(stage, windows, step, [*ties.links, *_longest_work(stage)])
    owner = np.full(nodes, -1, dtype=np.int32)
    owner[: len(stage.spots)] = [stage.tasks.index(spot.k) for spot in stage.spots]
    mates, mate_of, _ = rows_of(nodes, ties.mates)
    ranks = _ranks(stage)
    penalties = [float(inst.task(k).penalty or 0) for k in stage.tasks]
    room = [min(car.max_tasks - car.tasks_begun, _NO_LIMIT) for car in cars]
    web = Web(
        clock=clock,
        way=way,
        allowed=allowed,
        bonus=_bonus(stage, nodes),
        form=_whole([_form(stage, k) for k in stage.tasks]),
        first=_whole([job[0] for job in jobs]),
        second=_whole([job[1] for job in jobs]),
        rank=ranks,
        weight=_weights(ranks),
        penalty=np.array(penalties, dtype=np.float64),
        near=_near(stage, way, clock.opens, jobs),
        owner=owner,
        **_loads(stage, nodes),
        most_tasks=_whole(room),
        counts=_counts(stage, nodes),
        mates=mates,
        mate_of=mate_of,
        moved=np.array([car.moved for car in cars], dtype=np.uint8),
        most_used=len(cars) if most_used is None else min(most_used, len(cars)),
        exact=int(nodes <= _MOST_EXACT and not _straight(step)),
    )
    return Woven(web, stage.spots, stage.tasks)


def _whole(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int32)


def _stops(stage: Stage) -> list[list[int]]:
    return [stage.stops[k] for k in stage.tasks]


def _form(stage: Stage, k: int) -> int:
    if len(stage.stops[k]) == 1:
        return SINGLE
    return PAIR if stage.inst.paired[k] else DOUBLE


def _allowed(stage: Stage, nodes: int) -> NDArray[np.uint8]:
    inst = stage.inst
    found = np.zeros((len(inst.cars), nodes), dtype=np.uint8)
    for k in stage.tasks:
        for car in inst.cars:
            fit = unfit_for(inst, car, k) is None
            if k in inst.held:
                fit = inst.held[k] == car.number
            found[car.number, stage.stops[k]] = fit
    return found


def _legs(stage: Stage, nodes: int) -> tuple[Floats, Floats]:
    """Per mode the steps of time and the prices of legs, starts and ends included."""
    inst, count, cars = stage.inst, len(stage.spots), stage.inst.cars
    stops = [spot.node for spot in stage.spots]
    here = np.array(
        [inst.place[n] for n in stops]
        + [c.origin for c in cars]
        + [c.end for c in cars]
    ).astype(np.int64)
    service = np.zeros(nodes)
    service[:count] = [inst.service[n] for n in stops]
    way = inst.travel[:, here[:, None], here[None, :]].astype(np.float64)
    step = inst.hop[:, here[:, None], here[None, :]].astype(np.float64)
    step[:, :, count + len(cars) :] = way[:, :, count + len(cars) :]
    blocked = way >= BLOCKED
    for each in (way, step):
        each[:, :, here < 0] = 0.0
    way[blocked] = 0.0
    step[step >= BLOCKED] = NEVER
    step += service[None, :, None]
    return np.ascontiguousarray(step), np.ascontiguousarray(way)


def _clock(
    stage: Stage, windows: list[Windows], step: Floats, links: list[Link]
) -> Clock:
    cars, count = stage.inst.cars, len(stage.spots)
    nodes = count + 2 * len(cars)
    ends = [float(min(car.shift_end, car.work_end_by)) for car in cars]
    opens = [each[0][0] for each in windows] + [float(car.ready) for car in cars] * 2
    closes = [each[-1][1] for each in windows] + ends * 2
    many = [each if len(each) > 1 else [] for each in windows]
    many.extend([] for _ in range(2 * len(cars)))
    rows = np.cumsum([0, *(len(each) for each in many)]).astype(np.int32)
    flat = np.array([w for each in many for w in each], dtype=np.float64).reshape(-1, 2)
    out, out_to, out_low = rows_of(nodes, links)
    into, into_from, into_low = rows_of(nodes, [link.reversed() for link in links])
    return Clock(
        step=step,
        kind=_whole([car.mode for car in cars]),
        opens=np.array(opens, dtype=np.float64),
        closes=np.array(closes, dtype=np.float64),
        due=np.full(nodes, NEVER),
        wind=rows,
        wind_opens=np.ascontiguousarray(flat[:, 0]),
        wind_closes=np.ascontiguousarray(flat[:, 1]),
        out=out,
        out_to=out_to,
        out_low=out_low,
        into=into,
        into_from=into_from,
        into_low=into_low,
    )


def _longest_work(stage: Stage) -> list[Link]:
    cars, first = stage.inst.cars, len(stage.spots)
    return [
        Link(first + len(cars) + car.number, first + car.number, -float(car.max_work))
        for car in cars
        if car.max_work < FOREVER
    ]


def _bonus(stage: Stage, nodes: int) -> Floats:
    found = np.zeros((len(stage.inst.cars), nodes))
    for car in stage.inst.cars:
        for k, seconds in car.bonus.items():
            stops = stage.stops.get(k, [])
            if stops and k not in stage.inst.held:
                both = stops if not stage.inst.paired[k] else stops[:1]
                found[car.number, both] = seconds
    return found


def _loads(stage: Stage, nodes: int) -> dict[str, Any]:
    inst = stage.inst
    limited = any(car.capacity is not None for car in inst.cars)
    sizes = inst.compartments if limited else 0
    take, carried = np.zeros((nodes, sizes)), np.zeros((nodes, sizes))
    aboard = np.zeros((len(inst.cars), sizes))
    room = np.full((len(inst.cars), sizes), NEVER)
    if sizes:
        for number, (k, node) in enumerate(stage.spots):
            taken = inst.paired[k] and not node & 1
            take[number] = np.array(inst.load[k]) * (1 if taken else -1)
            carried[number] = 0 if inst.paired[k] else inst.load[k]
        for car in inst.cars:
            aboard[car.number] = sum(np.array(inst.load[k]) for k in car.aboard)
            if car.capacity is not None:
                room[car.number] = car.capacity
    return {"take": take, "carried": carried, "aboard": aboard, "room": room}


def _counts(stage: Stage, nodes: int) -> Ints:
    found = np.zeros(nodes, dtype=np.int32)
    for k in stage.tasks:
        if k not in stage.inst.held:
            both = stage.stops[k] if not stage.inst.paired[k] else stage.stops[k][:1]
            found[both] = 1
    return found


def _ranks(stage: Stage) -> Ints:
    """0: on board, or without a penalty; then the tiers from the highest down."""
    inst = stage.inst
    tiers = sorted({inst.task(k).tier for k in stage.tasks}, reverse=True)
    must = [k in inst.held or inst.task(k).penalty is None for k in stage.tasks]
    return _whole(
        [
            0 if first else 1 + tiers.index(inst.task(k).tier)
            for k, first in zip(stage.tasks, must, strict=True)
        ]
    )


def _weights(ranks: Ints) -> Floats:
    """One task of a rank outweighs all tasks of the ranks below."""
    weights, below = np.ones(len(ranks)), 0.0
    for rank in sorted(set(ranks.tolist()), reverse=True):
        weights[ranks == rank] = below + 1.0
        below += (below + 1.0) * int((ranks == rank).sum())
    return weights


def _near(
    stage: Stage, way: Floats, opens: Floats, jobs: list[tuple[int, int]]
) -> Ints:
    if not jobs or not len(way):
        return np.zeros((len(jobs), 0), dtype=np.int32)
    return neighbours(way[0], np.minimum(opens, 1e9), jobs)


def _straight(step: Floats) -> bool:
    """No way over a third node is quicker than the direct one."""
    return all(
        bool((each[:, :, None] + each[None, :, :] >= each[:, None, :]).all())
        for each in step
    )
