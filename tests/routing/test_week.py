"""The week of visits: rule by rule, beside brute force, when somebody is ill."""

import itertools
from dataclasses import replace
from typing import Any, Final

import pytest

from routing.choosing import Patience
from routing.week import (
    DueVisit,
    NotPlaced,
    Passing,
    Placed,
    Reason,
    Visitor,
    Week,
    WeekProblem,
    plan_week,
    planning,
    repaired,
    rules,
)
from routing.week.repairing import moved_visits

QUICK: Final = Patience(seconds=60, work=1)
HERE: Final = 39.9, 116.1
NORTH: Final = 0.009  # a kilometre: seven minutes


def visit(name: str, first: int = 0, last: int = 4, **changes: Any) -> DueVisit:
    known: dict[str, Any] = {"station": "s", "lat": HERE[0], "lon": HERE[1]}
    return DueVisit(name, first_day=first, last_day=last, **(known | changes))


def visitor(name: str, *minutes: int, **changes: Any) -> Visitor:
    known: dict[str, Any] = {"stations": ("s",)}
    return Visitor(name, minutes=minutes or (240,) * 5, **(known | changes))


def week_of(
    visits: list[DueVisit], visitors: list[Visitor], **changes: Any
) -> WeekProblem:
    known: dict[str, Any] = {"days": 5, "stations": {"s": HERE, "t": HERE}}
    people = tuple(visitors)
    return WeekProblem(visits=tuple(visits), visitors=people, **(known | changes))


def planned(problem: WeekProblem) -> Week:
    """A week in which every promise is kept."""
    week = plan_week(problem, QUICK)
    assert week.troubles == ()
    must_hold(problem, week)
    return week


def must_hold(problem: WeekProblem, week: Week) -> None:
    """A second opinion that shares no code with the draft."""
    named = [each.visit for each in week.placed]
    named += [each.visit for each in week.not_placed]
    assert sorted(named) == sorted(visit.id for visit in problem.visits)
    used: dict[tuple[str, int], int] = {}
    for each in week.placed:
        due, who = problem.visit_of[each.visit], problem.visitor_of[each.visitor]
        assert due.first_day <= each.day <= due.last_day
        assert who.id not in due.never
        assert due.needs <= who.skills
        assert due.station in who.stations
        assert each.backup != each.visitor
        key = each.visitor, each.day
        used[key] = used.get(key, 0) + due.minutes + rules.BETWEEN_MINUTES
    for (name, day), minutes in used.items():
        assert minutes <= problem.visitor_of[name].minutes[day]


def test_the_responsible_person_comes_and_a_backup_is_named() -> None:
    due = visit("v", responsible="mei", backup="li")
    problem = week_of([due], [visitor("wu"), visitor("li"), visitor("mei")])
    assert planned(problem).placed == (Placed("v", 0, "mei", "li"),)


def test_each_elder_has_their_own_person() -> None:
    names = ("mei", "li", "wu")
    due = [visit(f"v{n}", responsible=names[n % 3]) for n in range(6)]
    week = planned(week_of(due, [visitor(name) for name in names]))
    assert all(e.visitor == names[int(e.visit[1:]) % 3] for e in week.placed)


def test_a_visit_is_made_when_it_is_due() -> None:
    assert planned(week_of([visit("v", 3, 4)], [visitor("mei")])).placed[0].day == 3


def test_nobody_is_sent_on_a_day_off() -> None:
    problem = week_of([visit("v")], [visitor("mei", 0, 0, 60, 0, 0)])
    assert planned(problem).placed[0].day == 2


def test_only_who_is_able_comes() -> None:
    due = visit("v", responsible="mei", needs=frozenset({"female"}))
    able = visitor("li", skills=frozenset({"female"}))
    assert planned(week_of([due], [visitor("mei"), able])).placed[0].visitor == "li"


def test_who_may_never_come_does_not_come() -> None:
    due = visit("v", responsible="mei", never=frozenset({"mei"}))
    problem = week_of([due], [visitor("mei"), visitor("li")])
    assert planned(problem).placed[0].visitor == "li"


def test_a_day_holds_only_its_minutes() -> None:
    """Two visits and their steps are fifty minutes; a third one would be too many."""
    due = [visit(f"v{n}", 0, 1) for n in range(4)]
    week = planned(week_of(due, [visitor("mei", 60, 60, 0, 0, 0)]))
    assert sorted(each.day for each in week.placed) == [0, 0, 1, 1]


def test_the_way_takes_its_minutes_too() -> None:
    due = [visit("v", lat=HERE[0] + 3 * NORTH)]
    assert planned(week_of(due, [visitor("mei", 45, 45, 45, 45, 45)])).placed == ()
    assert planned(week_of(due, [visitor("mei", 46, 45, 45, 45, 45)])).placed


def test_a_visit_lies_near_that_days_meal_round() -> None:
    far = HERE[0] + 3 * NORTH
    problem = week_of(
        [visit("v", lat=far)],
        [visitor("mei")],
        passings=(Passing(3, far, HERE[1], "mei"), Passing(1, far, HERE[1], "li")),
    )
    assert planned(problem).placed[0].day == 3


def test_visits_of_one_quarter_are_one_trip() -> None:
    there = HERE[0] + 3 * NORTH
    due = [
        visit("v", lat=there),
        visit("w", 0, 1, lat=there),
        visit("x", 1, 2, lat=there),
    ]
    days = {each.day for each in planned(week_of(due, [visitor("mei")])).placed}
    assert days == {1}


def test_load_is_spread_over_days_and_people() -> None:
    due = [visit(f"v{n}") for n in range(10)]
    week = planned(week_of(due, [visitor("mei"), visitor("li")]))
    assert (
        max(
            sum(1 for e in week.placed if (e.visitor, e.day) == key)
            for key in itertools.product(("mei", "li"), range(5))
        )
        <= 2
    )


def test_a_backup_is_on_duty_too() -> None:
    due = visit("v", 0, 0, responsible="mei", backup="li")
    problem = week_of([due], [visitor("mei"), visitor("li", 0, 60, 60, 60, 60)])
    assert planned(problem).placed == (Placed("v", 0, "mei", None),)


def test_every_visit_is_placed_where_that_is_possible() -> None:
    """Twice thirty and thrice twenty minutes fill two hours, in one way only."""
    due = [visit(f"v{n}", minutes=m) for n, m in enumerate((15, 25, 15, 25, 15))]
    assert planned(week_of(due, [visitor("mei", 60, 60, 0, 0, 0)])).not_placed == ()


def test_a_higher_tier_is_never_kept_out_by_lower_ones() -> None:
    low = [visit(f"a{n}", 0, 0, minutes=5) for n in range(4)]
    high = visit("z", 0, 0, minutes=50, tier=1)
    week = planned(week_of([*low, high], [visitor("mei", 60, 0, 0, 0, 0)]))
    assert [each.visit for each in week.placed] == ["z"]


def test_each_visit_without_a_day_says_why() -> None:
    skilled = frozenset({"bath"})
    due = [
        visit("full", 0, 0, minutes=50, tier=1, never=frozenset({"no"})),
        visit("v", 0, 0, needs=skilled, never=frozenset({"no"})),
    ]
    people = [
        visitor("able", 60, 60, 0, 0, 0, skills=skilled),
        visitor("no", skills=skilled),
        visitor("lame"),
        visitor("off", 0, 60, 0, 0, 0, skills=skilled),
    ]
    week = planned(week_of(due, people, passings=()))
    blocked = week_of([*due], people[:1] + people[1:2] + people[3:])
    assert week.not_placed == ()
    found = planned(replace(blocked, visits=(due[0], replace(due[1], tier=0))))
    assert found.not_placed == (
        NotPlaced(
            "v",
            (Reason("able", "full"), Reason("no", "never"), Reason("off", "no_day")),
        ),
    )
    alone = planned(week_of([visit("v", needs=skilled)], [visitor("mei")]))
    assert alone.not_placed == (NotPlaced("v", (Reason("mei", "skill"),)),)


def test_a_station_without_anybody_says_so() -> None:
    week = planned(week_of([visit("v", station="t")], [visitor("mei")]))
    assert week.not_placed == (NotPlaced("v", ()),)


def test_nobody_gives_the_same_minutes_to_two_stations() -> None:
    due = [visit(f"v{n}", 0, 0, station=s) for n, s in enumerate("sstt")]
    both = visitor("mei", 100, 0, 0, 0, 0, stations=("s", "t"))
    assert len(planned(week_of(due, [both])).placed) == 4
    tired = replace(both, minutes=(75, 0, 0, 0, 0))
    assert len(planned(week_of(due, [tired])).placed) == 3


def test_only_the_visits_of_who_is_ill_move() -> None:
    due = [visit(f"v{n}", responsible="mei" if n % 2 else "li") for n in range(8)]
    problem = week_of(due, [visitor("mei"), visitor("li"), visitor("wu")])
    week = planned(problem)
    day = next(each.day for each in week.placed if each.visitor == "mei")
    ill = {e.visit for e in week.placed if (e.visitor, e.day) == ("mei", day)}
    after = repaired(problem, week, {"mei": [day]}, patience=QUICK)
    must_hold(problem, after)
    assert set(moved_visits(week, after)) == ill
    assert all((e.visitor, e.day) != ("mei", day) for e in after.placed)


def test_people_keep_the_day_and_the_person_that_they_were_told() -> None:
    due = [visit("v", responsible="li"), visit("w", responsible="mei")]
    problem = week_of(due, [visitor("mei"), visitor("li"), visitor("wu")])
    week = Week((Placed("v", 3, "wu"), Placed("w", 2, "mei")))
    after = repaired(problem, week, {"mei": [2]}, patience=QUICK)
    assert moved_visits(week, after) == ["w"]
    assert after.place_of["w"].day == 2


def test_others_move_only_where_a_visit_would_be_lost() -> None:
    """Li's day is full; her flexible visit makes room for the one due today."""
    due = [
        visit("today", 0, 0, responsible="mei"),
        visit("any", 0, 1, responsible="li"),
        visit("fixed", 1, 1, responsible="li"),
    ]
    people = [visitor("mei", 30, 0, 0, 0, 0), visitor("li", 30, 60, 0, 0, 0)]
    problem = week_of(due, people)
    week = Week(
        (Placed("today", 0, "mei"), Placed("any", 0, "li"), Placed("fixed", 1, "li"))
    )
    after = repaired(problem, week, {"mei": [0]}, patience=QUICK)
    assert after.place_of["today"].visitor == "li"
    assert moved_visits(week, after) == ["any", "today"]


def test_what_has_happened_stays() -> None:
    problem = week_of([visit("v"), visit("w")], [visitor("mei"), visitor("li")])
    week = Week((Placed("v", 0, "mei"), Placed("w", 3, "mei")))
    after = repaired(problem, week, {"mei": range(5)}, from_day=2, patience=QUICK)
    assert after.place_of["v"] == Placed("v", 0, "mei")
    assert (after.place_of["w"].day, after.place_of["w"].visitor) == (3, "li")


def test_who_is_away_is_named_as_away() -> None:
    problem = week_of([visit("v")], [visitor("mei")])
    after = repaired(problem, planned(problem), {"mei": range(5)}, patience=QUICK)
    assert after.not_placed == (NotPlaced("v", (Reason("mei", "absent"),)),)


KEEPS: Final[dict[Any, Any]] = {
    rules.visit_when_it_is_due: test_a_visit_is_made_when_it_is_due,
    rules.send_nobody_who_may_not_come: test_who_may_never_come_does_not_come,
    rules.send_only_who_is_able: test_only_who_is_able_comes,
    rules.visit_only_on_duty: test_a_backup_is_on_duty_too,
    rules.visit_each_once: test_load_is_spread_over_days_and_people,
    rules.visit_near_the_rounds: test_a_visit_lies_near_that_days_meal_round,
    rules.work_no_longer_than_there_is_time: test_the_way_takes_its_minutes_too,
    rules.leave_out_only_what_finds_no_place: (
        test_every_visit_is_placed_where_that_is_possible
    ),
    rules.move_as_little_as_possible: (
        test_people_keep_the_day_and_the_person_that_they_were_told
    ),
    rules.send_the_responsible_person: test_each_elder_has_their_own_person,
    rules.come_early_in_the_window: (
        test_the_responsible_person_comes_and_a_backup_is_named
    ),
    rules.keep_the_load_even: test_load_is_spread_over_days_and_people,
}


def test_each_rule_is_kept_by_a_test() -> None:
    assert tuple(KEEPS) == rules.RULES


@pytest.mark.parametrize("missing", rules.RULES, ids=lambda rule: str(rule.__name__))
def test_without_a_rule_its_promise_is_broken(
    missing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tuple(rule for rule in rules.RULES if rule is not missing)
    monkeypatch.setattr(planning, "RULES", kept)
    with pytest.raises(AssertionError):
        KEEPS[missing]()
