"""Duties and what credits them, as plain values."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.clock import town_moment
from dispatch.duties.encounters import Encounter, Way, last_seen
from dispatch.duties.held import About, Held, held_by
from dispatch.duties.periods import Period, Span, span_before, span_of, spans_between
from dispatch.duties.rules import DEMO_DUTIES, duties_on, read_duties
from dispatch.duties.standing import Standing, State, Whose, standings
from dispatch.subsidy.strict import BadFile

FRIDAY = date(2026, 11, 20)
FILE = duties_on(FRIDAY)
LONG_AGO = date(2026, 1, 5)


def test_natural_periods_begin_on_mondays_and_firsts() -> None:
    assert span_of(Period.WEEK, FRIDAY) == Span(date(2026, 11, 16), date(2026, 11, 22))
    assert span_of(Period.MONTH, FRIDAY) == Span(date(2026, 11, 1), date(2026, 11, 30))
    assert span_of(Period.QUARTER, FRIDAY).until_on == date(2026, 12, 31)
    january = span_of(Period.MONTH, date(2026, 1, 31))
    assert span_before(Period.MONTH, january).first_on == date(2025, 12, 1)
    weeks = list(spans_between(Period.WEEK, date(2026, 11, 1), FRIDAY))
    assert [week.first_on.day for week in weeks] == [26, 2, 9, 16]


def test_a_long_visit_with_proof_is_credited_and_a_handover_never_is() -> None:
    door = met(FRIDAY, "MEAL_DELIVERY", Way.DOOR, seen=True)
    short = met(FRIDAY, "VISIT_HOME", minutes=12, grade="E", seen=True)
    last_week = visit(date(2026, 11, 12))
    known = [last_week, door, short]
    assert stand("visit-week", known).state is State.AT_RISK

    long_one = met(FRIDAY, "VISIT_HOME", minutes=22, paid=True, seen=True)
    done = stand("visit-week", [*known, long_one])
    assert (done.state, done.credits) == (State.DONE, (long_one,))


def test_a_bag_on_the_handle_moves_neither_clock() -> None:
    bag = met(FRIDAY, "MEAL_DELIVERY", Way.DOOR, grade="C")

    assert last_seen([bag]) is None
    assert stand("visit-week", [bag]).credits == ()


@pytest.mark.parametrize(
    ("visited_on", "state", "since"),
    [
        (date(2026, 11, 17), State.DONE, None),
        (date(2026, 11, 12), State.AT_RISK, None),
        (date(2026, 11, 4), State.OVERDUE, date(2026, 11, 15)),
        (date(2026, 10, 30), State.OVERDUE, date(2026, 11, 8)),
    ],
)
def test_a_missed_week_is_overdue_until_the_next_visit(
    visited_on: date, state: State, since: date | None
) -> None:
    found = stand("visit-week", [visit(visited_on)])

    assert (found.state, found.overdue_since) == (state, since)
    assert (found.whose is Whose.BACKUP) is (state is State.OVERDUE)
    assert found.tier == {State.OVERDUE: 2, State.AT_RISK: 1}.get(state, 0)


def test_what_lies_before_we_counted_is_held_against_nobody() -> None:
    monday = date(2026, 11, 2)
    week = stand("visit-week", [], on=monday)

    assert (week.state, week.missed) == (State.DUE, 0)
    assert stand("visit-week", [], on=FRIDAY).missed == 2


def test_a_week_in_hospital_is_not_held_against_anybody() -> None:
    away = [Span(date(2026, 11, 7), date(2026, 11, 16))]
    found = stand("visit-week", [], paused=away)

    assert (found.state, found.missed) == (State.AT_RISK, 0)
    assert stand("visit-week", [], on=date(2026, 11, 16), paused=away).paused


def test_an_own_rhythm_runs_from_the_last_visit() -> None:
    def on(day: date) -> State:
        return stand("visit-own", [visit(date(2026, 11, 3))], on=day, own=14).state

    assert on(date(2026, 11, 16)) is State.DONE
    assert on(date(2026, 11, 17)) is State.AT_RISK
    assert on(date(2026, 11, 18)) is State.OVERDUE


def test_a_care_plan_counts_minutes_and_says_early_what_is_missing() -> None:
    given_ = [met(date(2026, 11, day), "CARE_BASIC", minutes=60) for day in (3, 10)]
    found = stand("care-minutes", given_, care=600)

    assert (found.state, found.needed, found.got) == (State.AT_RISK, 600, 120)
    assert stand("care-minutes", given_, on=date(2026, 11, 12), care=600).state is (
        State.DUE
    )


def test_a_doctors_message_counts_each_quarter_and_a_neighbours_does_not() -> None:
    call = met(FRIDAY, "PHONE_CHECK", Way.PHONE, seen=True)
    assert stand("doctor-quarter", [call]).state is State.DUE

    doctor = met(FRIDAY, "DOCTOR", Way.MESSAGE)
    assert stand("doctor-quarter", [doctor]).state is State.DONE


def test_haircuts_and_surveys_count_once_in_their_period() -> None:
    cut = met(date(2026, 11, 3), "CARE_HAIRCUT", grade="D")
    assert stand("haircut-month", [cut]).state is State.DONE
    assert stand("haircut-month", [cut], on=date(2026, 12, 1)).state is State.DUE
    assert stand("haircut-month", [replace(cut, grade="E")]).got == 0

    asked = met(date(2026, 2, 3), "SURVEY", Way.PHONE)
    assert stand("needs-year", [asked]).state is State.DONE
    assert stand("needs-year", []).state is State.DUE
    assert stand("needs-year", [], on=date(2026, 12, 1)).state is State.AT_RISK


@pytest.mark.parametrize(
    ("days", "state", "tier"),
    [(699, State.DONE, 0), (700, State.AT_RISK, 1), (731, State.OVERDUE, 2)],
)
def test_an_assessment_that_runs_out_comes_before_others(
    days: int, state: State, tier: int
) -> None:
    assessed = met(FRIDAY - timedelta(days=days), "ASSESSMENT", Way.FILE)
    found = stand("assessment", [assessed], categories={"LLR"})
    assert (found.state, found.tier) == (state, tier)


def test_a_weekly_visit_stands_instead_of_a_monthly_one() -> None:
    alone = About(frozenset({"TK", "BASIC"}), "alone", LONG_AGO)
    housed = About(frozenset({"TK", "BASIC"}), "with_family", LONG_AGO)

    assert "visit-month" not in names(alone)
    assert {"visit-week", "haircut-month", "doctor-quarter"} <= names(alone)
    assert "visit-month" in names(housed)
    assert names(About(frozenset({"ANY"}), "alone", LONG_AGO)) == set()


def test_one_visit_is_not_sold_twice() -> None:
    """It is the month's visit; the two signed services are two others."""
    housed = partial(stand, categories={"BASIC"}, living="with_family")
    first = [visit(date(2026, 11, 3))]
    assert housed("visit-month", first).got == 1
    assert housed("signed-month", first).got == 0

    more = [*first, visit(date(2026, 11, 10)), met(FRIDAY, "COMFORT", minutes=40)]
    assert housed("signed-month", more).state is State.DONE


@settings(max_examples=150)
@given(st.data())
def test_no_encounter_is_ever_credited_twice(data: st.DataObject) -> None:
    encounters = data.draw(st.lists(encounters_(), max_size=14))
    categories = data.draw(st.sets(st.sampled_from(["TK", "BASIC", "LLR", "DB"])))
    own = data.draw(st.none() | st.integers(7, 40))
    about = About(frozenset(categories), "alone", LONG_AGO, own, 300)
    on = FRIDAY + timedelta(days=data.draw(st.integers(-10, 40)))
    held = held_by(FILE, about)

    found = standings(held, encounters, on)
    again = standings(held, data.draw(st.permutations(encounters)), on)
    used = Counter(each.id for one in found for each in one.credits)
    assert all(many == 1 for many in used.values())
    assert found == again
    for one in found:
        assert all(one.held.rule.takes(each) for each in one.credits)
        assert (one.state is State.DONE) <= (one.got >= one.needed)


@settings(max_examples=80)
@given(st.data())
def test_one_more_visit_never_undoes_what_was_done(data: st.DataObject) -> None:
    encounters = data.draw(st.lists(encounters_(), max_size=10))
    more = data.draw(encounters_())
    held = held_by(FILE, About(frozenset({"TK", "BASIC"}), "alone", LONG_AGO))

    before = standings(held, encounters, FRIDAY)
    after = standings(held, [*encounters, more], FRIDAY)
    done = {one.duty for one in before if one.state is State.DONE}
    assert done <= {one.duty for one in after if one.state is State.DONE}


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ('period = "week"', 'period = "days"', "days and period disagree"),
        ('instead_of = ["visit-month"]', 'instead_of = ["x"]', "no other duty 'x'"),
        ("warn_days = 2", "warn_day = 2", "did you mean 'warn_days'"),
        ('id = "visit-own"', 'id = "visit-week"', "is there twice"),
        ("tier_at_risk = 1", "tier_at_risk = 7", "use at most 3"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_place_and_remedy(
    was: str, becomes: str, words: str
) -> None:
    text = DEMO_DUTIES.read_text(encoding="utf-8").replace(was, becomes, 1)
    with pytest.raises(BadFile, match=words):
        read_duties(text, "duties.toml")


def met(
    on: date, what: str, way: Way = Way.HOME, *, minutes: int = 30, **about: object
) -> Encounter:
    at = town_moment(on, 10 * 3600)
    told = {"grade": "A"} | about
    name = f"{what} {on} {minutes}"
    return Encounter(name, at, on, what, way, minutes, **told)  # type: ignore[arg-type]


def visit(on: date) -> Encounter:
    return met(on, "VISIT_HOME", minutes=25, paid=True, seen=True)


@st.composite
def encounters_(draw: st.DrawFn) -> Encounter:
    on = date(2026, 10, 20) + timedelta(days=draw(st.integers(0, 60)))
    at: datetime = town_moment(on, draw(st.integers(8, 17)) * 3600)
    minutes = draw(st.sampled_from([3, 12, 25, 60]))
    what = draw(
        st.sampled_from(["VISIT_HOME", "CARE_HAIRCUT", "CARE_BASIC", "COMFORT"])
        | st.sampled_from(["PHONE_CHECK", "DOCTOR", "ASSESS_NEED", "MEAL_DELIVERY"])
    )
    paid = what == "VISIT_HOME" and minutes >= 20
    name = str(draw(st.uuids()))
    return Encounter(name, at, on, what, Way.HOME, minutes, "A", seen=True, paid=paid)


def names(about: About) -> set[str]:
    return {held.rule.id for held in held_by(FILE, about)}


def stand(
    duty: str,
    encounters: list[Encounter],
    *,
    on: date = FRIDAY,
    own: int | None = None,
    care: int | None = None,
    paused: list[Span] | None = None,
    categories: set[str] | None = None,
    living: str = "alone",
) -> Standing:
    """One duty of somebody who has it, as it stands."""
    about = About(
        frozenset(categories or ({"TK", "BASIC"} if own is None else {"BASIC"})),
        living if own is None else "with_family",
        LONG_AGO,
        own,
        care,
    )
    held: list[Held] = held_by(FILE, about)
    found = standings(held, encounters, on, paused=paused or [])
    return next(one for one in found if one.duty == duty)
