"""Persons who are alike to the rules have the categories that each alone has."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.clock import town_moment
from dispatch.people.agreements import Agreement
from dispatch.people.elder_facts import ElderFact, FactKind, History, keep_value
from dispatch.people.elders import Elder, Living
from dispatch.reports.rosters import Crowd
from dispatch.subsidy.alike import Alike
from dispatch.subsidy.billing import person_of
from dispatch.subsidy.facts import FactsOn
from dispatch.subsidy.policy_files import DEMO_POLICY, read_policy

ON = date(2026, 11, 20)
POLICY = read_policy(DEMO_POLICY)
NOBODY = UUID(int=1)

days = st.integers(-1000, 400).map(lambda many: ON + timedelta(days=many))
levels = st.fixed_dictionaries(
    {"ability_level": st.integers(0, 4), "assessed_on": st.none() | days}
)


@st.composite
def elders(draw: st.DrawFn) -> tuple[Elder, History]:
    about = st.fixed_dictionaries(
        {
            "born_on": st.dates(date(1940, 1, 1), date(1972, 1, 1)),
            "relief": st.sampled_from([None, "TK", "DB", "DBBY"]),
            "dementia": st.booleans(),
            "family_special": st.booleans(),
            "hukou_in_district": st.booleans(),
            "living": st.sampled_from(Living),
            "left_on": st.none() | st.just(ON) | st.just(ON + timedelta(days=5)),
        }
    )
    told: dict[str, Any] = {**draw(about), **draw(levels)}
    elder = Elder(station_id=NOBODY, home_street="", **told)
    facts = [
        ElderFact(
            elder_id=NOBODY,
            recorded_at=town_moment(ON, 0),
            seq=seq,
            kind=FactKind.ABILITY,
            value=keep_value(value),
            from_on=from_on,
            until_on=None,
            source="assessment",
        )
        for seq, (value, from_on) in enumerate(
            draw(st.lists(st.tuples(levels, days), max_size=2)), start=1
        )
    ]
    signed = [
        Agreement(
            elder_id=NOBODY,
            station_id=NOBODY,
            from_on=ON,
            made_at=town_moment(ON, 0),
        )
    ]
    return elder, History(facts, draw(st.sampled_from([signed, []])))


@given(st.lists(elders(), min_size=1, max_size=8))
@settings(deadline=None, max_examples=25)
def test_who_is_alike_has_the_categories_that_each_alone_has(
    people: list[tuple[Elder, History]],
) -> None:
    every, basic = Alike(POLICY), Alike(POLICY, ("BASIC",))
    for on in (ON, ON + timedelta(days=11), ON):
        for elder, history in people:
            alone = FactsOn(POLICY, person_of(elder, history, on), on).categories
            assert every.categories(elder, history, on) == alone
            asked = basic.categories(elder, history, on)
            assert ("BASIC" in asked) == ("BASIC" in alone)


@given(st.lists(elders(), min_size=1, max_size=8))
@settings(deadline=None, max_examples=25)
def test_of_a_crowd_those_are_members_who_would_be_each_alone(
    people: list[tuple[Elder, History]],
) -> None:
    alike = Alike(POLICY, ("BASIC",))
    told = ("station_id", "born_on", "died_on", "left_on", *alike.columns)
    rows = [
        (elder.id.hex, *(getattr(elder, name) for name in told)) for elder, _ in people
    ]
    written = {elder.id: history for elder, history in people}
    crowd = Crowd(alike, rows, written)
    for on in (ON, ON + timedelta(days=11)):
        alone = {
            elder.id.hex
            for elder, history in people
            if "BASIC" in alike.categories(elder, history, on)
            and (elder.left_on is None or elder.left_on > on)
        }
        assert set(crowd.members(lambda found: "BASIC" in found, on)) == alone
