"""A week planned: each station exactly, side by side, and sewn at shared people."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from routing.choosing import CHILD, Patience, choose, cp_sat_version
from routing.week.draft import Budget, Draft, Frame, Option
from routing.week.due import DueVisit, WeekProblem
from routing.week.explaining import reasons_for
from routing.week.filling import Filling, first_answer
from routing.week.planned import NotPlaced, Placed, Week
from routing.week.rules import RULES
from routing.week.standing_in import backup_for

USUAL: Final = Patience(seconds=100.0, work=0.25, processes=2, tight=False)


def plan_week(
    problem: WeekProblem,
    patience: Patience = USUAL,
    *,
    child: Sequence[str] = CHILD,
) -> Week:
    """Give each due visit a day and a person, or say why there is none.

    Stations are planned by themselves, by CP-SAT, in processes; who visits for
    several stations has their minutes shared out before, and what is left over is
    offered again afterwards. The same seed and work give the same week; the wall
    clock only cuts it short, and then the quick first answer of a station stands.

    Raises:
        EngineMissing: OR-Tools is not installed.
        NotYetHonoured: tiers that outgrow the solver's numbers.
    """
    by_station = visits_by_station(problem.visits)
    budgets = shared_out(problem, by_station)
    frames = {station: Frame(budgets[station]) for station in by_station}
    return planned(problem, by_station, frames, patience, child=child)


def planned(
    problem: WeekProblem,
    by_station: Mapping[str, Sequence[DueVisit]],
    frames: Mapping[str, Frame],
    patience: Patience,
    *,
    child: Sequence[str] = CHILD,
) -> Week:
    """The week of these stations within these frames."""
    ends = time.monotonic() + patience.seconds
    drafts = []
    for station, visits in by_station.items():
        draft = Draft(problem, station, visits, frames[station])
        for rule in RULES:
            rule(draft)
        drafts.append(draft)
    starts = [first_answer(draft) for draft in drafts]
    wanted = [d.choices(start) for d, start in zip(drafts, starts, strict=True)]
    left = replace(patience, seconds=max(0.0, ends - time.monotonic()))
    chosen = choose(wanted, left, child=child)
    fillings = [
        Filling(draft, [draft.options[number] for number in answer.numbers])
        for draft, answer in zip(drafts, chosen, strict=True)
    ]
    _offer_what_is_left(fillings)
    troubles = [
        (draft.station, answer.trouble)
        for draft, answer in zip(drafts, chosen, strict=True)
        if answer.trouble is not None
    ]
    return Week(
        placed=_placed(fillings),
        not_placed=_not_placed(fillings),
        decided_by=(cp_sat_version(),),
        troubles=tuple(troubles),
    )


def visits_by_station(visits: Iterable[DueVisit]) -> dict[str, list[DueVisit]]:
    found: dict[str, list[DueVisit]] = {}
    for visit in sorted(visits, key=lambda each: (each.station, each.id)):
        found.setdefault(visit.station, []).append(visit)
    return found


def shared_out(
    problem: WeekProblem, by_station: Mapping[str, Sequence[DueVisit]]
) -> dict[str, Budget]:
    """Minutes per station, visitor and day; nobody's minutes are given twice.

    Who visits for several stations is shared by the minutes of the visits that name
    them there, and by all minutes where nobody names them.
    """
    budgets: dict[str, Budget] = {station: {} for station in by_station}
    for visitor in problem.visitors:
        stations = [each for each in visitor.stations if each in by_station]
        wanted = [_wanted(visitor.id, by_station[each]) for each in stations]
        for day, minutes in enumerate(visitor.minutes):
            for station, part in zip(stations, parts_of(minutes, wanted), strict=True):
                budgets[station][visitor.id, day] = part
    return budgets


def _wanted(visitor: str, visits: Sequence[DueVisit]) -> int:
    named = [v.minutes for v in visits if visitor in (v.responsible, v.backup)]
    return 1000 * sum(named) + sum(visit.minutes for visit in visits)


def parts_of(minutes: int, wanted: Sequence[int]) -> list[int]:
    """Whole parts by weight; what rounding leaves goes to the first ones."""
    total = sum(wanted)
    if not total:
        return [minutes // max(1, len(wanted))] * len(wanted)
    parts = [minutes * each // total for each in wanted]
    for number in range(minutes - sum(parts)):
        parts[number % len(parts)] += 1
    return parts


def _offer_what_is_left(fillings: Sequence[Filling]) -> None:
    """Unused minutes of shared people go where a visit has no place, in order."""
    for filling in fillings:
        if len(filling.taken) == len(filling.draft.visits):
            continue
        shared = {v.id for v in filling.draft.visitors if len(v.stations) > 1}
        for other in fillings:
            if other is not filling:
                _hand_over(other, filling, shared)
        filling.fill()


def _hand_over(giver: Filling, taker: Filling, shared: set[str]) -> None:
    number = {visitor.id: n for n, visitor in enumerate(giver.draft.visitors)}
    theirs = {visitor.id for visitor in taker.draft.visitors}
    for (name, day), minutes in list(giver.draft.frame.budget.items()):
        if name in shared and name in theirs:
            used = giver.used.get((number[name], day), 0)
            giver.draft.frame.budget[name, day] = used
            budget = taker.draft.frame.budget
            budget[name, day] = budget.get((name, day), 0) + minutes - used


def _placed(fillings: Sequence[Filling]) -> tuple[Placed, ...]:
    found = [
        _told(filling, option)
        for filling in fillings
        for option in filling.taken.values()
    ]
    return tuple(sorted(found, key=lambda each: (each.day, each.visitor, each.visit)))


def _told(filling: Filling, option: Option) -> Placed:
    draft = filling.draft
    name = draft.visitor(option).id
    return Placed(draft.visit(option).id, option.day, name, backup_for(filling, option))


def _not_placed(fillings: Sequence[Filling]) -> tuple[NotPlaced, ...]:
    return tuple(
        NotPlaced(visit.id, reasons_for(filling, number))
        for filling in fillings
        for number, visit in enumerate(filling.draft.visits)
        if number not in filling.taken
    )
