"""A stop of which nobody speaks is an alarm by itself."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from dispatch.orders.orders import OrderState
from dispatch.people.elders import Household
from dispatch.people.helpers import Helper
from dispatch.safety.cases import CaseKind
from dispatch.safety.climbing import close_case
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import NOON, LittleTown
from tests.safety.test_ladder import do, sweep

MINUTE = timedelta(minutes=1)


@pytest.mark.proves("F53")
def test_a_silent_stop_is_an_alarm_without_the_phone_and_only_once(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    assert sweep(town, NOON + 20 * MINUTE) == 0
    assert sweep(town, NOON + 21 * MINUTE) == 1
    [case] = walk.cases()
    assert (case.kind, case.happened_at) == (CaseKind.OVERDUE, NOON)
    assert case.helper_id == walk.helper_id

    do(walk, close_case, "seen_well", "老人在家等餐")
    assert walk.order().state is OrderState.PLANNED
    assert sweep(town, NOON + 60 * MINUTE) == 0


def test_a_stop_that_was_spoken_of_is_not_overdue(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST, 0)
    phone.at_stop("arrived", NOON + 15 * MINUTE, 1)
    phone.sync(NOON + 15 * MINUTE)
    assert sweep(town, NOON + 30 * MINUTE) == 0
    assert sweep(town, NOON + 39 * MINUTE) == 1


@pytest.mark.parametrize("silent", ["paper", "no signal"])
def test_paper_and_doors_without_network_are_given_time(
    town: LittleTown, silent: str
) -> None:
    walk = make_walk(town, town.add_elder())
    with Session(town.engine) as session:
        if silent == "paper":
            session.get_one(Helper, walk.helper_id).paper = True
        else:
            session.get_one(Household, walk.stop_household()).signal = False
        session.commit()
    assert sweep(town, NOON + 59 * MINUTE) == 0
    assert sweep(town, NOON + 61 * MINUTE) == 1
