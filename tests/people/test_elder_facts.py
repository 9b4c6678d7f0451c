"""What is so of an elder on a day: today's changes never reach back."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from dispatch.people.categories import OLDEST_OLD_BY, categories_on, is_oldest_old
from dispatch.people.changing import (
    BadFact,
    FactChange,
    PastNeedsReason,
    change_facts,
)
from dispatch.people.elder_facts import (
    NO_HISTORY,
    NOTHING,
    SINCE_EVER,
    ElderFact,
    FactKind,
    History,
    facts_on,
    facts_within,
    history_of,
    keep_value,
)
from dispatch.people.elders import Elder, Living
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import person_of
from dispatch.subsidy.facts import FactsOn
from dispatch.subsidy.rule_versions import file_rules_on
from tests.little_town import EIGHT, STREET, TODAY, LittleTown
from tests.subsidy.ledger_town import do

NOBODY = UUID(int=0)
VALUES: dict[FactKind, st.SearchStrategy[dict[str, Any]]] = {
    FactKind.ABILITY: st.fixed_dictionaries(
        {"ability_level": st.integers(0, 4), "assessed_on": st.just(TODAY)}
    ),
    FactKind.RELIEF: st.fixed_dictionaries(
        {"relief": st.sampled_from([None, "TK", "DB", "DBBY"])}
    ),
    FactKind.LIVING: st.fixed_dictionaries({"living": st.sampled_from(Living)}),
    FactKind.DEMENTIA: st.fixed_dictionaries({"dementia": st.booleans()}),
    FactKind.FAMILY: st.fixed_dictionaries({"family_special": st.booleans()}),
}


def an_elder(**about: Any) -> Elder:
    """Somebody of 70, of whom nothing special is known."""
    facts: dict[str, Any] = {
        "number": "1",
        "sex": "F",
        "born_on": date(1956, 5, 1),
        "home_street": STREET,
        "street_code": STREET,
        "made_at": EIGHT,
    }
    return Elder(**(facts | about))


def a_row(seq: int, kind: FactKind, value: dict[str, Any], *days: date) -> ElderFact:
    return ElderFact(
        elder_id=NOBODY,
        seq=seq,
        kind=kind,
        value=keep_value(value),
        from_on=days[0],
        until_on=days[1] if len(days) > 1 else None,
        source="data_match",
        recorded_at=EIGHT,
    )


@st.composite
def changes(draw: st.DrawFn, first: int, last: int) -> list[ElderFact]:
    """Rows that begin so many days from today on."""
    rows = []
    for seq in range(2, draw(st.integers(2, 7))):
        kind = draw(st.sampled_from(sorted(VALUES)))
        begin = TODAY + timedelta(days=draw(st.integers(first, last)))
        end = begin + timedelta(days=draw(st.integers(0, 400)))
        days = [begin, end] if draw(st.booleans()) else [begin]
        rows.append(a_row(seq, kind, draw(VALUES[kind]), *days))
    return rows


def everything(elder: Elder, history: History, on: date) -> tuple[object, ...]:
    person = person_of(elder, history, on)
    by_rules = FactsOn(file_rules_on(on).policy, person, on).categories
    return person, by_rules, categories_on(elder, history, on)


@given(earlier=changes(-300, 0), later=changes(0, 300), ago=st.integers(1, 400))
def test_no_change_from_today_on_moves_a_past_day(
    earlier: list[ElderFact], later: list[ElderFact], ago: int
) -> None:
    elder, past = an_elder(), TODAY - timedelta(days=ago)
    first = [
        a_row(
            1, kind, {name: getattr(elder, name) for name in NOTHING[kind]}, SINCE_EVER
        )
        for kind in FactKind
    ]
    before = everything(elder, History([*first, *earlier]), past)
    changed = an_elder(relief="TK", dementia=True, ability_level=4, veteran=True)

    assert everything(changed, History([*first, *earlier, *later]), past) == before


def test_the_first_change_writes_down_what_was_before(town: LittleTown) -> None:
    elder_id = town.add_elder(relief="DB", born_on=date(1956, 5, 1))

    def promote(uow: UnitOfWork) -> None:
        elder = uow.session.get_one(Elder, elder_id)
        change = FactChange(FactKind.RELIEF, {"relief": "TK"}, TODAY)
        ability = {"ability_level": 3, "assessed_on": TODAY}
        until = TODAY + timedelta(days=30)
        change_facts(
            uow, elder, [change, FactChange(FactKind.ABILITY, ability, TODAY, until)]
        )

    do(town, promote)

    with Session(town.engine) as session:
        elder = session.get_one(Elder, elder_id)
        history = history_of(session, elder_id)
        assert (elder.relief, elder.ability_level) == ("TK", 3)
        assert facts_on(elder, history, TODAY - timedelta(days=1))["relief"] == "DB"
        days = [TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=31)]
        bare = facts_within(session, [elder_id], OLDEST_OLD_BY)[elder_id]
        for known in (history, bare):
            assert [is_oldest_old(elder, known, on) for on in days] == [0, 1, 0]
        named = {each.code: each for each in categories_on(elder, history, TODAY)}
        assert set(named) == {"TK", "SN3", "LLR"}
        assert named["LLR"].until_on == TODAY + timedelta(days=30)
        assert named["TK"].since_on == TODAY
        known_before = history_of(
            session, elder_id, known_at=EIGHT - timedelta(seconds=1)
        )
        assert known_before == History([], [])


@pytest.mark.proves("F80")
def test_eighty_is_reached_on_the_birthday_and_a_leap_day_on_the_first_of_march() -> (
    None
):
    elder = an_elder(born_on=date(1948, 2, 29))
    old = [date(2028, 2, 28), date(2028, 2, 29)]
    assert [is_oldest_old(elder, NO_HISTORY, on) for on in old] == [False, True]
    later = an_elder(born_on=date(1948, 2, 29)), NO_HISTORY, date(2038, 3, 1)
    named = {each.code: each.since_on for each in categories_on(*later)}
    assert named == {"GL90": date(2038, 3, 1), "LLR": date(2028, 2, 29)}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (FactChange(FactKind.RELIEF, {"relief": "富人"}, TODAY), BadFact),
        (FactChange(FactKind.RELIEF, {"level": 1}, TODAY), BadFact),
        (
            FactChange(
                FactKind.ABILITY, {"ability_level": True, "assessed_on": None}, TODAY
            ),
            BadFact,
        ),
        (
            FactChange(
                FactKind.ABILITY, {"ability_level": 1, "assessed_on": "昨天"}, TODAY
            ),
            BadFact,
        ),
        (FactChange(FactKind.LIVING, {"living": "moon"}, TODAY), BadFact),
        (
            FactChange(FactKind.COUPON, {"coupon_account": True}, date(1901, 1, 1)),
            BadFact,
        ),
        (
            FactChange(
                FactKind.DEMENTIA, {"dementia": True}, TODAY, TODAY - timedelta(days=1)
            ),
            BadFact,
        ),
        (
            FactChange(
                FactKind.DEMENTIA, {"dementia": True}, TODAY - timedelta(days=1)
            ),
            PastNeedsReason,
        ),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    change: FactChange, refusal: type[Exception]
) -> None:
    unit = UnitOfWork(None, EIGHT, None)  # type: ignore[arg-type]  # is not reached
    with pytest.raises(refusal):
        change_facts(unit, an_elder(), [change])
