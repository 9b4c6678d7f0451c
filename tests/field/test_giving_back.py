"""What a helper cannot do goes back, and is nobody's fault."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from dispatch.access.accounts import Role
from dispatch.orders.orders import OrderState, get_order, move_order
from dispatch.planning.plans import StopState
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.field.phone import Phone
from tests.field.walk import (
    HALF_PAST,
    Walk,
    make_walk,
    publish_walk,
    story,
)
from tests.little_town import LittleTown

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("reason", "state"),
    [("spilled", OrderState.FAILED), ("电动车坏了", OrderState.UNASSIGNED)],
)
def test_what_cannot_be_done_fails_or_goes_back_to_the_plan(
    town: LittleTown, reason: str, state: OrderState
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.say("picked_up", HALF_PAST, stop_id=walk.pickup_id)
    phone.at_stop("cannot", HALF_PAST, detail={"reason": reason})
    phone.sync(HALF_PAST)
    assert walk.order().state is state


def test_what_one_helper_began_and_gave_back_is_not_begun_for_the_next(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.say("picked_up", HALF_PAST, stop_id=walk.pickup_id)
    phone.at_stop("cannot", HALF_PAST, detail={"reason": "stairs"})
    phone.sync(HALF_PAST)
    other = _given_to_another(town, walk)
    second = Phone(other, device_id="phone-2")

    second.say("arrived", HALF_PAST + 9 * MINUTE, stop_id=other.pickup_id)
    second.sync(HALF_PAST + 9 * MINUTE)
    assert other.order().state is OrderState.PLANNED

    second.say("picked_up", HALF_PAST + 10 * MINUTE, stop_id=other.pickup_id)
    second.sync(HALF_PAST + 10 * MINUTE)
    assert other.order().state is OrderState.UNDER_WAY


def _given_to_another(
    town: LittleTown, walk: Walk, order_ids: Sequence[UUID] | None = None
) -> Walk:
    """What was given back is planned on another round; the first one stands."""
    helper = town.add_account("other", Role.HELPER, helper_id=town.add_helper())

    def do(uow: UnitOfWork) -> Walk:
        order = get_order(uow.session, walk.orders[0], lock=True)
        move_order(uow, order, OrderState.WAITING)
        at = HALF_PAST + 5 * MINUTE
        given = order_ids or walk.orders
        return publish_walk(uow, town, helper, given, published_at=at, keep=True)

    return in_one_transaction(town.engine, do)


def test_what_is_said_of_a_stop_no_longer_means_what_was_given_back_there(
    town: LittleTown,
) -> None:
    """It is another's by then: nobody is told that they are at the door."""
    walk = make_walk(town, town.add_elder(), town.add_elder(), one_stop=True)
    phone = Phone(walk)
    phone.at_stop("cannot", HALF_PAST, 0, detail={"reason": "stairs"})
    phone.at_stop("handed_over", HALF_PAST, 1, detail={"to": "self"})
    phone.sync(HALF_PAST)
    other = _given_to_another(town, walk, walk.orders[:1])

    phone.say("arrived", HALF_PAST + 9 * MINUTE, stop_id=walk.stops[0])
    phone.sync(HALF_PAST + 9 * MINUTE)

    assert "order.arrived" not in story(town, other.orders[0])
    assert walk.stop().state is StopState.DONE

    phone.say("no_answer", HALF_PAST + 10 * MINUTE, stop_id=walk.stops[0])
    phone.sync(HALF_PAST + 10 * MINUTE)
    assert len(other.cases()) == 1
