"""Somebody is ill: their visits find others, and few other visits move."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from routing.choosing import CHILD, Patience
from routing.fields import must_be_known, must_be_whole
from routing.week.draft import Budget, Draft, Frame
from routing.week.due import DueVisit, WeekProblem
from routing.week.filling import Filling
from routing.week.planned import Placed, Week
from routing.week.planning import USUAL, parts_of, planned, visits_by_station
from routing.week.rules import RULES

Away = frozenset[tuple[str, int]]


def repaired(
    problem: WeekProblem,
    week: Week,
    absent: Mapping[str, Collection[int]],
    *,
    from_day: int = 0,
    patience: Patience = USUAL,
    child: Sequence[str] = CHILD,
) -> Week:
    """The week without people on days on which they are absent.

    What lies before `from_day` has happened and stays. Stations where nobody is
    missed are not looked at. Elsewhere placing every visit comes first, then leaving
    the others with the day and the person that they were told.

    Args:
        absent: days per visitor.

    Raises:
        BadProblem: somebody or some day that the problem does not have.
        EngineMissing, NotYetHonoured: as in `plan_week`.
    """
    away = _away(problem, absent, from_day)
    touched = {
        problem.visit_of[each.visit].station
        for each in week.placed
        if (each.visitor, each.day) in away
    }
    past = [each for each in week.placed if each.day < from_day]
    done = {each.visit for each in past}
    here = _without(problem, away, from_day)
    visits = [v for v in problem.visits if v.station in touched and v.id not in done]
    by_station = visits_by_station(visits)
    frames = _frames(here, week, by_station, away)
    mended = planned(here, by_station, frames, patience, child=child)
    replanned = {visit.id for visit in visits}
    placed = [each for each in week.placed if each.visit not in replanned]
    others = [each for each in week.not_placed if each.visit not in replanned]
    return Week(
        placed=tuple(sorted((*placed, *mended.placed), key=_in_order)),
        not_placed=(*others, *mended.not_placed),
        decided_by=mended.decided_by,
        troubles=mended.troubles,
    )


def moved_visits(before: Week, after: Week) -> list[str]:
    """Visits of both weeks that have another day or another person now."""
    return sorted(
        each.visit
        for each in after.placed
        if (was := before.place_of.get(each.visit)) is not None
        and (was.day, was.visitor) != (each.day, each.visitor)
    )


def _in_order(each: Placed) -> tuple[int, str, str]:
    return each.day, each.visitor, each.visit


def _away(
    problem: WeekProblem, absent: Mapping[str, Collection[int]], from_day: int
) -> Away:
    for name, days in absent.items():
        must_be_known("absent", name, "visitor", problem.visitor_of)
        for day in days:
            must_be_whole(f"absent[{name}]", day, least=0, most=problem.days - 1)
    return frozenset(
        (name, day) for name, days in absent.items() for day in days if day >= from_day
    )


def _without(problem: WeekProblem, away: Away, from_day: int) -> WeekProblem:
    """Nobody has minutes on days that are past, or on which they are away."""
    visitors = []
    for visitor in problem.visitors:
        minutes = tuple(
            0 if day < from_day or (visitor.id, day) in away else minutes
            for day, minutes in enumerate(visitor.minutes)
        )
        visitors.append(replace(visitor, minutes=minutes))
    return replace(problem, visitors=tuple(visitors))


def _frames(
    problem: WeekProblem,
    week: Week,
    by_station: Mapping[str, Sequence[DueVisit]],
    away: Away,
) -> dict[str, Frame]:
    """Each station keeps the minutes that it uses; what is left over is shared out."""
    stations = _concerned(problem, by_station)
    all_visits = visits_by_station(problem.visits)
    used = {each: _used(problem, week, each, all_visits[each]) for each in stations}
    budgets: dict[str, Budget] = {station: {} for station in by_station}
    for visitor in problem.visitors:
        served = [each for each in visitor.stations if each in by_station]
        for day, minutes in enumerate(visitor.minutes):
            key = visitor.id, day
            taken = sum(each.get(key, 0) for each in used.values())
            spare = parts_of(max(0, minutes - taken), [1] * len(served))
            for station, part in zip(served, spare, strict=True):
                mine = min(minutes, used[station].get(key, 0))
                budgets[station][key] = mine + part
    return {
        station: _frame(week, visits, budgets[station], away)
        for station, visits in by_station.items()
    }


def _frame(week: Week, visits: Sequence[DueVisit], budget: Budget, away: Away) -> Frame:
    kept = {v.id: week.place_of[v.id] for v in visits if v.id in week.place_of}
    gone = {name for name, was in kept.items() if (was.visitor, was.day) in away}
    return Frame(budget, kept, frozenset(gone), away)


def _concerned(
    problem: WeekProblem, by_station: Mapping[str, Sequence[DueVisit]]
) -> list[str]:
    """The stations to mend, and those that share somebody with them."""
    stations = set(by_station)
    planned_ones = {visit.station for visit in problem.visits}
    for visitor in problem.visitors:
        if not stations.isdisjoint(visitor.stations):
            stations |= planned_ones.intersection(visitor.stations)
    return sorted(stations)


def _used(
    problem: WeekProblem, week: Week, station: str, visits: Sequence[DueVisit]
) -> Budget:
    """Minutes that a station's week uses, of those who are still there."""
    draft = Draft(problem, station, visits, Frame({}, week.place_of))
    for rule in RULES:
        rule(draft)
    filling = Filling(draft, [each for each in draft.options if draft.stays(each)])
    return {
        (draft.visitors[visitor].id, day): minutes
        for (visitor, day), minutes in filling.used.items()
    }
