"""Minutes come from evidenced volunteering alone; they move, and are never made up."""

# ruff: noqa: S608 - statements are put together from our own words only

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.clock import town_moment
from dispatch.orders.orders import get_order
from dispatch.people.elders import Living
from dispatch.people.helpers import HelperKind
from dispatch.store.unit_of_work import UnitOfWork, unit_of_work
from dispatch.timebank.accounts import TimeAccount
from dispatch.timebank.enrolling import (
    guardian_came,
    join_team,
    make_team,
    verify_kin,
)
from dispatch.timebank.giving import (
    NotDirectKin,
    TooFewMinutes,
    donate,
    donate_of_team,
    gift,
    grant_time,
    redeem,
)
from dispatch.timebank.kin import Relation
from dispatch.timebank.minting import mint
from dispatch.timebank.moves import TimeMove, balances
from dispatch.timebank.own_time import show_own_time
from dispatch.timebank.promising import show_bank
from dispatch.timebank.rules import DEMO_TIME, time_rules_on
from dispatch.timebank.staff_views import show_elder_time, show_helper_time
from dispatch.timebank.worth import Worth, new_seconds, worth
from tests.field.phone import Phone
from tests.field.walk import FORM, HALF_PAST, Walk, make_walk
from tests.little_town import ELEVEN, NOON, TODAY, LittleTown
from tests.subsidy.ledger_town import do, rows

VISITED = timedelta(minutes=25)


def held(town: LittleTown) -> dict[str, int]:
    """The minutes by kind of account; together they are zero."""
    with Session(town.engine) as session:
        kinds = dict(session.exec(select(TimeAccount.id, TimeAccount.kind)).all())
        found = balances(session, list(kinds))
    assert sum(found.values()) == 0
    sums: dict[str, int] = {}
    for account_id, minutes in found.items():
        sums[kinds[account_id]] = sums.get(kinds[account_id], 0) + minutes
    return sums


def visit(town: LittleTown, **helper: Any) -> Walk:
    """A volunteer's visit of twenty-five minutes, begun at half past eleven."""
    elder = town.add_elder(living=Living.ALONE)
    about: dict[str, Any] = {"kind": HelperKind.VOLUNTEER} | helper
    return make_walk(town, visits=[elder], helper_id=town.add_helper(**about))


def finish(walk: Walk) -> None:
    phone = Phone(walk)
    phone.at_stop("visit_begun", HALF_PAST)
    phone.at_stop("visit_ended", HALF_PAST + VISITED, detail={"form": FORM})
    phone.sync(NOON)
    phone.sync(NOON)


def test_an_evidenced_visit_is_minted_once_and_goes_on(town: LittleTown) -> None:
    walk = visit(town)
    finish(walk)
    assert held(town) == {"issue": -25, "helper": 25, "pool": 0}
    with pytest.raises(NotDirectKin):
        do(town, gift, walk.helper_id, walk.elder().id, 10)
    do(town, verify_kin, walk.helper_id, walk.elder().id, Relation.PARENT, "户口簿")
    do(town, gift, walk.helper_id, walk.elder().id, 15)
    do(town, donate, walk.helper_id, 10)
    with pytest.raises(TooFewMinutes):
        do(town, donate, walk.helper_id, 1)
    do(town, grant_time, walk.elder().id, 4)
    saved = do(town, show_elder_time, walk.elder().id)
    assert [(one.order_id, one.minutes) for one in saved.visits] == [
        (walk.orders[0], 19)
    ]
    do(town, redeem, walk.orders[0])
    assert do(town, show_elder_time, walk.elder().id).visits == []
    assert held(town) == {"issue": -6, "helper": 0, "pool": 6, "elder": 0}


def test_nobody_earns_by_kin_by_pay_or_alone_under_age(town: LittleTown) -> None:
    finish(visit(town, kind=HelperKind.CAREGIVER))
    own = visit(town)
    do(town, verify_kin, own.helper_id, own.elder().id, Relation.IN_LAW, "结婚证")
    finish(own)
    young = visit(town, born_on=date(2010, 3, 1))
    finish(young)
    assert rows(town, TimeMove) == []
    do(town, guardian_came, young.helper_id, TODAY)
    assert held(town)["helper"] == 25


def test_a_team_earns_for_the_pool_alone(town: LittleTown) -> None:
    walk = visit(town)
    team = do(town, make_team, town.station_id, "银龄先锋队", key=None)
    assert team
    do(town, join_team, team.id, walk.helper_id)
    finish(walk)
    do(town, donate_of_team, team.id, 20)
    assert held(town) == {"issue": -25, "helper": 0, "team": 5, "pool": 20}


def test_what_is_no_longer_proven_is_taken_back(town: LittleTown) -> None:
    walk = visit(town)
    finish(walk)
    do(town, verify_kin, walk.helper_id, walk.elder().id, Relation.SIBLING, "户口簿")

    def again(uow: UnitOfWork) -> None:
        mint(uow, get_order(uow.session, walk.orders[0], lock=True))

    for _ in range(2):
        do(town, again)
    assert held(town)["issue"] == 0
    assert len(rows(town, TimeMove)) == 2


def test_the_database_keeps_time_together(town: LittleTown) -> None:
    finish(visit(town))
    literal = uuid4().hex if town.engine.dialect.name == "sqlite" else str(uuid4())
    columns = ", ".join(c for c in TimeMove.model_fields if c not in ("id", "minutes"))
    for statement, words in (
        ("UPDATE time_move SET minutes = 600", "流水不能"),
        ("DELETE FROM time_move", "流水不能"),
        ("UPDATE time_account SET kind = 'pool'", "账户不能"),
        (
            f"INSERT INTO time_move (id, minutes, {columns}) "
            f"SELECT '{literal}', 600, {columns} FROM time_move",
            "已经入过账",
        ),
        (
            "INSERT INTO time_move (id, kind, from_id, to_id, minutes, rules, reason, "
            f"made_at) SELECT '{literal}', 'gift', to_id, from_id, 5, rules, '', "
            "made_at FROM time_move",
            "不能这样划转",
        ),
        (
            "INSERT INTO time_move (id, kind, from_id, to_id, minutes, rules, reason, "
            f"made_at) SELECT '{literal}', 'donate', m.to_id, p.id, 26, rules, '', "
            "made_at FROM time_move m JOIN time_account p ON p.kind = 'pool'",
            "余额不足",
        ),
    ):
        with pytest.raises(DBAPIError, match=words), town.engine.begin() as connection:
            connection.execute(text(statement))
    with Session(town.engine) as session:
        assert session.exec(select(func.sum(TimeMove.minutes))).one() == 25


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90)), max_size=8))
def test_no_minute_counts_twice(told: list[tuple[int, int]]) -> None:
    """In whatever order stretches come, together they are worth their union."""
    counted: list[tuple[datetime, datetime]] = []
    seconds = 0
    for begin, length in told:
        from_at = ELEVEN + timedelta(minutes=begin)
        stretch = (from_at, from_at + timedelta(minutes=length))
        seconds += new_seconds(stretch, counted)
        counted.append(stretch)
    union = {m for begin, length in told for m in range(begin, begin + length)}
    assert seconds == 60 * len(union)


def test_the_day_and_the_account_have_their_limits() -> None:
    rules = time_rules_on(TODAY)
    assert DEMO_TIME.is_file()
    assert worth(rules, 3659, today=0, held=0) == Worth(60, 0)
    assert worth(rules, 3600, today=450, held=0) == Worth(30, 0)
    assert worth(rules, 3600, today=0, held=89_980) == Worth(20, 40)
    assert worth(rules, 3600, today=0, held=89_980, limited=False) == Worth(60, 0)
    assert worth(rules, 59, today=0, held=0) == Worth(0, 0)


def test_meals_of_one_round_count_from_door_to_door() -> None:
    start = town_moment(TODAY, 11 * 3600)
    doors = [start + timedelta(minutes=m) for m in (12, 20, 31)]
    counted: list[tuple[datetime, datetime]] = []
    found = []
    for door in doors:
        found.append(new_seconds((start, door), counted) // 60)
        counted.append((start, door))
    assert found == [12, 8, 11]


def test_the_bank_and_a_helper_see_the_same_minutes(town: LittleTown) -> None:
    walk = visit(town, born_on=date(1958, 3, 1))
    finish(walk)
    sold = visit(town)
    do(town, verify_kin, sold.helper_id, sold.elder().id, Relation.OTHER, "户口簿")
    finish(sold)
    district = town.add_account("district", Role.DISTRICT)
    with unit_of_work(town.engine, district) as uow:
        bank = show_bank(uow)
        own = show_own_time(uow, walk.helper_id)
        nothing = show_own_time(uow, sold.helper_id).nothing_for
        kept = show_helper_time(uow, sold.helper_id)
    assert bank.is_zero_sum
    assert (bank.owed_minutes, bank.minted_minutes, bank.redeemed_minutes) == (
        25,
        25,
        0,
    )
    assert [(b.band, b.minutes) for b in bank.bands if b.minutes] == [("60_69", 25)]
    assert [(y.year, y.minutes) for y in bank.years] == [(2026, 25)]
    assert (own.minutes, [move.minutes for move in own.moves]) == (25, [25])
    assert [one.why for one in nothing] == ["own_kin"]
    assert [(one.relation, one.proof, one.may_receive) for one in kept.kin] == [
        ("other", "户口簿", False)
    ]
    assert (kept.collects, kept.minutes, kept.team, kept.guardian_today) == (
        True,
        0,
        None,
        None,
    )
