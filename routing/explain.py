"""Why a task was left out: per helper the first broken rule, and what would help.

A helper's best insertion is the mildest of the cheapest ones: the one that is
least late, least long, least overloaded.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from routing.effort import NEVER, Ending
from routing.giving_way import giving_way
from routing.instance import FOREVER, Car, Instance
from routing.plan import Candidate, LeftOut, Relaxation
from routing.relaxing import cheapest_relaxation
from routing.search.fleet import Fleet
from routing.search.insertion import with_task
from routing.search.spots import Spot
from routing.search.tour import Tour
from routing.timing import Broken, first_broken, unfit_for

_LOOKS: Final = 8_000  # insertions looked at for all tasks together, about
_TRIALS: Final = 3_000  # loosenings tried for all tasks together, about
_OF_TRIALS: Final = 3  # so many for one trial of who would have to give way
_FEWEST: Final = 4
_GLANCE_SECONDS: Final = 0.003  # kept for each task that still waits
_MOST_GLANCING: Final = 0.6  # of the time; the dearest tasks have the rest
# Rules of time can be bent by seconds; the others are worse the further down.
_SEVERITY: Final = (
    *("window", "ride", "shift", "max_work", "break", "capacity", "no_way"),
)
_OF_TIME: Final = 5  # of them

FITS: Final = "有人还排得下，计算已结束（search_ended）"
RULE_WORDS: Final = {
    "window": "赶不上时间窗",
    "ride": "在途时间过长",
    "capacity": "装不下",
    "shift": "超出班次",
    "max_work": "超出工时上限",
    "break": "休息时间排不下",
    "skill": "缺少所需技能",
    "never": "约定不派给此人",
    "max_tasks": "单数已满",
    "no_way": "没有路可到",
    "displaces": "要挤掉别的任务",
    "search_ended": "计算时间用完",
}


class _Depth(NamedTuple):
    """How closely each task is looked at."""

    cars: int
    spots: int
    trials: int


_GLANCE: Final = _Depth(cars=2, spots=4, trials=0)
_NO_LOOK: Final = _Depth(cars=1, spots=0, trials=0)


def explained(
    inst: Instance, fleet: Fleet, ending: Ending = NEVER
) -> tuple[LeftOut, ...]:
    """Every absent task with its reasons, in the problem's order.

    When very many are left out, fewer helpers, insertions and loosenings are
    looked at for each, the most promising ones: a second or two in all. When the
    time runs out, the dear ranks have been explained, the others get a glance
    without loosenings, and the last ones only the word that the time has ended.
    """
    absent = sorted(fleet.absent, key=lambda k: (fleet.ranks[k], k))
    depth = _depth_for(len(absent))
    found = {}
    most_kept = _MOST_GLANCING * (ending.seconds_left or 0.0)
    for number, k in enumerate(absent):
        kept = min(most_kept, _GLANCE_SECONDS * (len(absent) - number))
        until = ending.sooner(kept)
        hurried = _NO_LOOK if ending.over() else _GLANCE
        close = hurried if until.over() else depth
        found[k] = _left_out(fleet, k, close, until)
    return tuple(found[k] for k in sorted(found))


def _depth_for(count: int) -> _Depth:
    count = max(1, count)
    spots = 40 if count <= 100 else 10
    return _Depth(
        cars=max(2, _LOOKS // (spots * count)),
        spots=spots,
        trials=max(4, _TRIALS // count),
    )


def _left_out(fleet: Fleet, k: int, depth: _Depth, ending: Ending) -> LeftOut:
    inst = fleet.inst
    found = list(_candidates(inst, fleet, k, depth))
    relaxation, whose = cheapest_relaxation(fleet, k, found, depth.trials, ending)
    names = [vehicle.id for vehicle in inst.problem.vehicles]
    able = [car for car, _ in found if _fits_alone(inst, car, k)]
    fits = any(broken.rule == "search_ended" for _, broken in found)
    trials = depth.trials and max(_FEWEST, depth.trials // _OF_TRIALS)
    gone = () if fits else giving_way(fleet, k, able, trials, ending)
    displaces = tuple(inst.task(other).id for other in gone)
    start = _start(inst, found, ending, able=bool(able), displaces=displaces)
    why = _why(inst, k, found, ending, start)
    return LeftOut(
        task=inst.task(k).id,
        displaces=displaces,
        why=why + _what_helps(relaxation, None if whose is None else names[whose]),
        candidates=tuple(
            Candidate(names[car.number], broken.rule, broken.by)
            for car, broken in found
        ),
        relaxation=relaxation,
    )


def _candidates(
    inst: Instance, fleet: Fleet, k: int, depth: _Depth
) -> Iterator[tuple[Car, Broken]]:
    """The nearest cars that might, then those that may not at all."""
    for v, _ in list(fleet.candidates(k, alike=True))[: depth.cars]:
        yield inst.cars[v], first_obstacle(inst, fleet.tours[v], k, depth.spots)
    if k in inst.held:
        return
    barred = 0
    for car in inst.cars:
        unfit = unfit_for(inst, car, k)
        if unfit is not None and barred < depth.cars:
            barred += 1
            yield car, unfit


def first_obstacle(inst: Instance, tour: Tour, k: int, most_spots: int) -> Broken:
    """The first rule that the tour's best insertion of the task breaks."""
    mildest: tuple[int, int, int] | None = None
    found = Broken("search_ended")
    spots = _cheapest_spots(inst, tour, k) if most_spots else []
    for spot in spots[:most_spots]:
        broken = first_broken(inst, tour.car, with_task(inst, tour, k, spot))
        if broken is None:
            return Broken("search_ended")
        if broken.rule not in _SEVERITY:
            return broken
        kind = max(0, _SEVERITY.index(broken.rule) - _OF_TIME + 1)
        harm = kind, broken.by or 0, spot.delta
        if mildest is None or harm < mildest:
            mildest, found = harm, broken
    return found


def _cheapest_spots(inst: Instance, tour: Tour, k: int) -> list[Spot]:
    """Spots by travel alone, whatever they break."""
    rows, gaps = tour.car.rows, list(pairwise(tour.places))
    first, *second = _places(inst, k)

    def added(place: int) -> list[int]:
        return [
            rows[a][place] + (rows[place][b] - rows[a][b] if b >= 0 else 0)
            for a, b in gaps
        ]

    ups = added(first)
    if not second:
        return sorted(Spot(price, i, i) for i, price in enumerate(ups))
    downs = added(second[0])
    spots = [
        Spot(up + downs[j], i, j)
        for i, up in enumerate(ups)
        for j in range(i + 1, len(downs))
    ]
    spots += [Spot(rows[a][first] + downs[i], i, i) for i, (a, _) in enumerate(gaps)]
    return sorted(spots)


def _places(inst: Instance, k: int) -> Sequence[int]:
    if k in inst.held:
        return (inst.place[2 * k + 1],)
    return [inst.place[node] for node in inst.nodes_of(k)]


def _fits_alone(inst: Instance, car: Car, k: int) -> bool:
    alone = list(inst.nodes_of(k))
    return not car.aboard and first_broken(inst, car, alone) is None


def _why(
    inst: Instance,
    k: int,
    found: list[tuple[Car, Broken]],
    ending: Ending,
    start: str,
) -> str:
    """One or two Chinese sentences with the rule codes in brackets."""
    if not inst.cars:
        return "当班没有人。"
    if k in inst.held:
        return "东西已在车上，但按规则送不到。"
    counts = Counter(broken.rule for _, broken in found)
    if ending.over() and set(counts) == {"search_ended"}:
        return "计算时间用完，没有细看（search_ended）。"
    parts = []
    for rule, count in counts.most_common():
        least = min((b.by or FOREVER for _, b in found if b.rule == rule))
        amount = f"，至少差{least}" if least < FOREVER and rule != "skill" else ""
        parts.append(f"{count}人{RULE_WORDS[rule]}（{rule}{amount}）")
    return f"{start}：{'、'.join(parts)}。"


def _start(
    inst: Instance,
    found: list[tuple[Car, Broken]],
    ending: Ending,
    *,
    able: bool,
    displaces: Sequence[str],
) -> str:
    """Says no more than was looked at."""
    if ending.over():
        return f"计算时间用完，只粗看了{len(found)}人（search_ended）"
    if any(broken.rule == "search_ended" for _, broken in found):
        return FITS
    if able:
        whom = f" {'、'.join(displaces)}" if displaces else "别的任务"
        return f"排进去要挤掉{whom}（displaces）"
    everybody = len(found) == len(inst.cars)
    return "没有人能做" if everybody else f"看过的{len(found)}人都不能做"


def _what_helps(relaxation: Relaxation | None, whose: str | None) -> str:
    if relaxation is None:
        return ""
    value = relaxation.value
    helps = {
        "window": f"时间窗推迟{value}秒",
        "ride": f"在途上限放宽{value}秒",
        "shift": f"{whose}晚下班{value}秒",
        "max_work": f"{whose}工时上限放宽{value}秒",
        "skill": f"{whose}具备技能 {value}",
        "person": f"增加{value}人（如 {whose} 这样的班次）",
    }
    return f"{helps[relaxation.kind]}即可安排。"


def without_help(left: LeftOut) -> LeftOut:
    """The reason alone: what was offered was tried for less than the whole task."""
    first, stop, _ = left.why.partition("。")
    whom = f" {'、'.join(left.displaces)}（" if left.displaces else "（"
    return replace(
        left,
        why=first.replace(f"挤掉{whom}", "挤掉别的任务（") + stop,
        relaxation=None,
        displaces=(),
    )
