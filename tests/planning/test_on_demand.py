"""Orders that are wanted at once: somebody leaves, beside the plan that stands."""

from datetime import timedelta

from dispatch.orders.orders import OrderState
from dispatch.planning.on_demand.minding import Minder
from dispatch.planning.plans import RoundState, list_begun, list_rounds_of_wave
from dispatch.store.unit_of_work import picture
from tests.little_town import ELEVEN, LittleTown
from tests.planning.lunch_wave import order_lunch, order_of, plan


def test_somebody_leaves_in_time_and_not_before(town: LittleTown) -> None:
    town.add_helper()
    ready_at = ELEVEN + timedelta(minutes=30)
    wanted = order_lunch(town, ready_at=ready_at)
    minder = Minder(town.engine)
    town.at(ELEVEN)
    assert minder.look() == 0
    assert order_of(town, wanted).state is OrderState.WAITING
    town.at(ready_at)
    assert minder.look() == 1
    order = order_of(town, wanted)
    assert (order.state, order.plan_version) == (OrderState.PLANNED, 1)
    assert minder.look() == 0


def test_a_plan_and_an_order_wanted_at_once_leave_each_other_alone(
    town: LittleTown,
) -> None:
    for _ in range(2):
        town.add_helper()
    planned = order_lunch(town)
    wanted = order_lunch(town, ready_at=ELEVEN)
    plan(town)
    assert order_of(town, wanted).state is OrderState.WAITING
    before = order_of(town, planned)
    town.at(ELEVEN)
    assert Minder(town.engine).look() == 1
    assert order_of(town, planned).state is before.state
    assert order_of(town, wanted).state is OrderState.PLANNED
    with picture(town.engine) as seen:
        wave_id = order_of(town, wanted).wave_id
        assert wave_id is not None
        rounds = list_rounds_of_wave(seen.session, wave_id)
        assert {each.state for each in rounds} == {RoundState.READY}
        begun = list_begun(seen.session, wave_id, seen.now)
        assert any(each.made_in_version == 2 for each in begun)
