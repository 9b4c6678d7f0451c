"""A round under way goes on with somebody else, and the hot clock runs on."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.field.handing_over import (
    Asked,
    NotUnderWay,
    RoundChanged,
    hand_over,
    look_ahead,
    pass_on,
)
from dispatch.field.relaying_rounds import CannotTakeOver, plan_relay
from dispatch.orders.orders import Order, OrderState
from dispatch.planning.handovers import RoundHandover
from dispatch.planning.plans import Round, RoundState, StopKind, list_stops
from dispatch.store.database import Database
from tests.field.phone import Phone
from tests.field.walk import Walk, make_walk
from tests.little_town import ELEVEN, LAT, STREET, LittleTown

PICKED = ELEVEN + timedelta(minutes=1)


def on_the_way(town: LittleTown) -> tuple[Walk, UUID]:
    """Two boxes on board, one of them handed over; and somebody else on duty."""
    far = town.add_elder("李建国", lat=LAT + 0.004)
    walk = make_walk(town, town.add_elder(), far)
    other = town.add_helper()
    phone = Phone(walk)
    phone.say("picked_up", PICKED, stop_id=walk.pickup_id)
    phone.hand(ELEVEN + timedelta(minutes=4))
    phone.sync(ELEVEN + timedelta(minutes=5))
    return walk, other


def give(
    town: LittleTown, walk: Walk, to: UUID | None, key: str = "k"
) -> RoundHandover:
    asked = Asked(walk.round_id, to, "电动车坏了")
    return hand_over(Database(town.engine), town.dispatcher, asked, key=key)


def round_of(town: LittleTown, round_id: UUID | None) -> Round:
    with Session(town.engine) as session:
        return session.get_one(Round, round_id)


def test_a_box_on_board_goes_on_with_somebody_else_who_hands_it_over(
    town: LittleTown,
) -> None:
    walk, other = on_the_way(town)

    made, again = (give(town, walk, other) for _ in range(2))

    assert made.id == again.id
    assert made.did["handed"] == [str(walk.orders[1])]
    assert round_of(town, walk.round_id).state is RoundState.ENDED
    on = round_of(town, made.to_round_id)
    with Session(town.engine) as session:
        meeting, door = list_stops(session, on.id)
    assert (on.helper_id, meeting.kind) == (other, StopKind.PICKUP)
    assert door.at <= PICKED + timedelta(seconds=3000), "hot since it was taken"
    assert walk.order(1).state is OrderState.UNDER_WAY
    account = town.add_account("b", Role.HELPER, helper_id=other, street_code=STREET)
    taker = Walk(
        town, other, account, walk.wave_id, on.id, meeting.id,
        [walk.orders[1]], [door.id],
    )  # fmt: skip
    phone = Phone(taker, device_id="phone-2")
    phone.say("picked_up", ELEVEN + timedelta(minutes=8), stop_id=meeting.id)
    phone.hand(ELEVEN + timedelta(minutes=12))
    answers = phone.sync(ELEVEN + timedelta(minutes=13))
    assert {each.result for each in answers} == {"accepted"}, answers
    assert walk.order(1).state is OrderState.DONE


def test_a_box_past_its_clock_is_not_served_and_another_meal_is_ordered(
    town: LittleTown,
) -> None:
    walk, other = on_the_way(town)
    town.at(PICKED + timedelta(minutes=51))

    made = give(town, walk, other)

    (cold,) = made.did["not_served"]
    assert (made.to_round_id, cold) == (None, str(walk.orders[1]))
    assert walk.order(1).state is OrderState.FAILED
    assert walk.order(1).reason == "past_eat_by"
    fresh = UUID(made.did["not_served"][cold]["order_id"])
    with Session(town.engine) as session:
        order = session.get_one(Order, fresh)
    assert order.elder_id == walk.order(1).elder_id
    assert order.again
    assert order.at_once
    with Session(town.engine) as session:
        meals = session.exec(select(Order).where(Order.elder_id == order.elder_id))
        assert len(meals.all()) == 2


def test_who_is_not_on_duty_takes_nothing_and_an_ended_round_goes_nowhere(
    town: LittleTown,
) -> None:
    walk, other = on_the_way(town)

    with pytest.raises(CannotTakeOver):
        give(town, walk, uuid4())
    assert walk.order(1).state is OrderState.UNDER_WAY
    give(town, walk, None)
    with pytest.raises(NotUnderWay):
        give(town, walk, other, key="k2")


def test_what_happens_while_a_relay_is_thought_of_is_not_lost(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder("李建国", lat=LAT + 0.004))
    other, phone = town.add_helper(), Phone(walk)
    phone.say("picked_up", PICKED, stop_id=walk.pickup_id)
    phone.sync(ELEVEN + timedelta(minutes=2))
    database, asked = Database(town.engine), Asked(walk.round_id, other, "电动车坏了")
    seen = database.read(lambda uow: look_ahead(uow, asked), town.dispatcher)
    assert seen is not None
    relay = plan_relay(seen)
    phone.hand(ELEVEN + timedelta(minutes=4))
    phone.sync(ELEVEN + timedelta(minutes=5))

    with pytest.raises(RoundChanged):
        database.change(
            lambda uow: pass_on(uow, asked, seen, relay, key="k"), town.dispatcher
        )

    assert walk.order(0).state is OrderState.DONE
    assert walk.order(1).state is OrderState.UNDER_WAY
