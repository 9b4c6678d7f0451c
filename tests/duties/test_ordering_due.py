"""The nightly run: what is due becomes an order, once."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_moment
from dispatch.duties.due_orders import DutyOrder, DutyRun
from dispatch.duties.ordering_due import order_by_hand, run_station, stations_to_run
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.ordering import OrderDraft, place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elders import Living
from dispatch.planning.errands import list_errands
from dispatch.planning.rules import tier_of
from dispatch.store.unit_of_work import unit_of_work
from dispatch.sweep import sweep
from tests.little_town import EIGHT, TODAY, LittleTown

DAY = timedelta(days=1)
TOMORROW = TODAY + DAY


def test_what_is_due_is_ordered_once_and_overdue_stands_first(town: LittleTown) -> None:
    overdue = town.add_elder(**poor(), last_visit_at=EIGHT - 16 * DAY)
    at_risk = town.add_elder(**poor(), last_visit_at=EIGHT - 8 * DAY)
    town.add_elder(**poor(), last_visit_at=EIGHT - 2 * DAY)
    nowhere = town.add_elder(**poor(), lat=None, lon=None)

    first, again = run(town), run(town)
    assert (first.due, first.ordered) == (3, 3)
    assert again.at == first.at
    assert {order.elder_id for order in orders(town)} == {overdue, at_risk, nowhere}
    assert order_of(town, nowhere).reason == "no_location"
    assert tiers(town) == {overdue: 2, at_risk: 1, nowhere: 2}


def test_a_visit_ordered_by_hand_is_the_one(town: LittleTown) -> None:
    elder_id = town.add_elder(visit_every_days=7, last_visit_at=EIGHT - 9 * DAY)
    with unit_of_work(town.engine, town.staff) as uow:
        draft = OrderDraft(elder_id, "VISIT_HOME", Channel.VISIT, TODAY, Serving.LUNCH)
        by_hand = place_order(uow, draft, key=uuid4().hex).id

    assert run(town).ordered == 1
    assert [order.id for order in orders(town)] == [by_hand]
    assert rows(town)[0].order_id == by_hand


def test_what_was_not_carried_is_tried_again_the_next_night(town: LittleTown) -> None:
    elder_id = town.add_elder(visit_every_days=7, last_visit_at=EIGHT - 9 * DAY)
    run(town)
    made = order_of(town, elder_id).id
    call_off(town, made, "今日未能上门，改约")

    town.at(EIGHT + DAY)
    assert run(town).ordered == 1
    [row] = rows(town)
    assert (row.tries, row.looked_on) == (2, TOMORROW)
    assert [order.state for order in orders(town)] == [
        OrderState.CANCELLED,
        OrderState.WAITING,
    ]


def test_a_visit_that_the_elder_called_off_waits_for_their_next_turn(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder(visit_every_days=7, last_visit_at=EIGHT - 9 * DAY)
    run(town)
    call_off(town, order_of(town, elder_id).id, "by_elder")

    town.at(EIGHT + DAY)
    kept = run(town)
    assert (kept.due, kept.ordered, rows(town)[0].reason) == (1, 0, "declined")
    duty = rows(town)[0].duty
    with unit_of_work(town.engine, town.staff) as uow:
        by_hand = order_by_hand(uow, elder_id, duty, key=uuid4().hex)
    call_off(town, by_hand, "今日未能上门，改约")
    town.at(EIGHT + 7 * DAY)
    assert run(town).ordered == 1


def test_who_was_visited_is_left_alone_and_who_died_too(town: LittleTown) -> None:
    town.add_elder(visit_every_days=7, last_visit_at=EIGHT - 2 * DAY)
    town.add_elder(**poor(), died_on=TODAY - DAY)

    made = run(town)
    assert (made.due, orders(town)) == (0, [])


def test_a_service_that_is_not_given_is_told_not_forgotten(town: LittleTown) -> None:
    town.add_elder(visit_every_days=7, last_visit_at=EIGHT - 9 * DAY)
    with Session(town.engine) as session:
        service = session.exec(select(Service).where(Service.code == "VISIT_HOME"))
        service.one().active = False
        session.commit()

    made = run(town)
    assert (made.due, made.ordered, made.not_ordered) == (1, 0, 1)
    assert rows(town)[0].reason == "unknown_service"


def test_the_sweep_makes_the_run_from_five_in_the_morning(town: LittleTown) -> None:
    town.add_elder(visit_every_days=7, last_visit_at=EIGHT - 9 * DAY)
    town.at(town_moment(TODAY, 4 * 3600))
    with unit_of_work(town.engine) as uow:
        assert stations_to_run(uow) == []

    town.at(town_moment(TODAY, 5 * 3600))
    for _ in range(2):
        sweep(town.engine, None)
    assert len(orders(town)) == 1
    with unit_of_work(town.engine) as uow:
        assert stations_to_run(uow) == []


def poor() -> dict[str, Any]:
    """Somebody to whom a weekly visit is owed, since long ago."""
    return {
        "relief": "TK",
        "born_on": date(1960, 1, 1),
        "living": Living.ALONE,
        "made_at": EIGHT - 300 * DAY,
    }


def call_off(town: LittleTown, order_id: UUID, why: str) -> None:
    with unit_of_work(town.engine, town.staff) as uow:
        cancel_order(uow, order_id, why)


def run(town: LittleTown) -> DutyRun:
    with unit_of_work(town.engine) as uow:
        return run_station(uow, town.station_id)


def orders(town: LittleTown) -> list[Order]:
    with Session(town.engine) as session:
        query = select(Order).order_by(col(Order.placed_at), col(Order.state))
        return list(session.exec(query))


def order_of(town: LittleTown, elder_id: UUID) -> Order:
    return next(order for order in orders(town) if order.elder_id == elder_id)


def rows(town: LittleTown) -> list[DutyOrder]:
    with Session(town.engine) as session:
        return list(session.exec(select(DutyOrder)))


def tiers(town: LittleTown) -> dict[UUID, int]:
    """How far the plan puts each order before others."""
    with Session(town.engine) as session:
        errands = list_errands(session, list(session.exec(select(Order))))
        return {
            each.elder.id: tier_of(each.order, each.elder, each.history, each.service)
            for each in errands
        }
