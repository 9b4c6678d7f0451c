"""A visit of which nobody made a round does not wait for ever."""

from datetime import timedelta

from dispatch.clock import town_moment
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, OrderState, get_order
from dispatch.orders.sitting_close import end_visits
from dispatch.store.unit_of_work import in_one_transaction, picture
from tests.little_town import TODAY, LittleTown


def test_a_visit_that_nobody_made_has_failed_when_its_time_is_over(
    town: LittleTown,
) -> None:
    until = town_moment(TODAY, 12 * 3600)
    visit = town.lunch(
        town.add_elder(),
        service="VISIT_HOME",
        channel=Channel.VISIT,
        window=(town_moment(TODAY, 10 * 3600), until),
    )
    made = in_one_transaction(
        town.engine, lambda uow: place_order(uow, visit, key="k"), actor=town.staff
    )
    town.at(until)
    assert in_one_transaction(town.engine, end_visits) == 0

    town.at(until + timedelta(minutes=1))
    assert in_one_transaction(town.engine, end_visits) == 1
    assert in_one_transaction(town.engine, end_visits) == 0
    with picture(town.engine) as seen:
        order = get_order(seen.session, made.id)
        assert (order.state, order.reason) == (OrderState.FAILED, "not_carried")
