"""A day is the town's day, whatever hour it is and whatever the machine believes."""

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import town_moment
from dispatch.errors import Refusal
from dispatch.orders.orders import Order, OrderState
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Entry
from tests.little_town import EIGHT, ELEVEN, LittleTown
from tests.subsidy.ledger_town import (
    entitled,
    hand_over,
    order_lunch,
    pay_all,
    rows,
)

LAST = date(2026, 11, 30)
MIDNIGHT = town_moment(LAST, 24 * 3600)
MINUTE = timedelta(minutes=1)


def serve_over_midnight(town: LittleTown) -> None:
    """A dinner of the month's last day, eaten from ten to twelve until twenty past."""
    sitting = Sitting(
        kitchen_id=town.kitchen_id,
        serve_on=LAST,
        serving=Serving.DINNER,
        capacity=10,
        cut_off_at=MIDNIGHT,
        ready_at=MIDNIGHT - 10 * MINUTE,
        door_from_at=MIDNIGHT - 10 * MINUTE,
        door_until_at=MIDNIGHT + 20 * MINUTE,
        eat_by_at=MIDNIGHT + 60 * MINUTE,
    )
    with Session(town.engine) as session:
        session.add(sitting)
        session.flush()
        dish = MenuItem(sitting_id=sitting.id, code="A", name="面", price_fen=1500)
        session.add(dish)
        session.commit()


@pytest.mark.proves("F78")
def test_a_dinner_over_midnight_belongs_to_its_own_day_and_month(
    town: LittleTown,
) -> None:
    serve_over_midnight(town)
    elder_id, late = entitled(town), entitled(town)
    dinner = {"serve_on": LAST, "serving": Serving.DINNER}
    town.at(MIDNIGHT - timedelta(milliseconds=100))
    order = order_lunch(town, elder_id, **dinner)
    town.at(MIDNIGHT + timedelta(milliseconds=100))
    with pytest.raises(Refusal):
        order_lunch(town, late, **dinner)

    town.at(MIDNIGHT + 5 * MINUTE)
    pay_all(town, order)
    hand_over(town, order)

    [kept] = [one for one in rows(town, Order) if one.id == order.id]
    assert (kept.serve_on, kept.state) == (LAST, OrderState.DONE)
    assert {one.service_on for one in rows(town, Grant)} == {LAST}
    booked = {(one.service_on, one.period) for one in rows(town, Entry)}
    assert booked == {(LAST, "2026-11")}


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Lets the machine believe that it is elsewhere."""

    def believe(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield believe
    monkeypatch.undo()
    time.tzset()


def eaten(town: LittleTown, elder_id: UUID, *, jump: timedelta) -> dict[str, object]:
    """A lunch of eleven, paid and eaten, the clock jumping between; what is booked."""
    town.at(EIGHT)
    order = order_lunch(town, elder_id)
    town.at(ELEVEN + jump)
    pay_all(town, order)
    town.at(ELEVEN - jump)
    hand_over(town, order)
    [kept] = [one for one in rows(town, Order) if one.id == order.id]
    grants = [one for one in rows(town, Grant) if one.order_id == order.id]
    books = [one for one in rows(town, Entry) if one.order_id == order.id]
    return {
        "order": (kept.serve_on, kept.state, kept.grade),
        "grants": sorted((one.subsidy, one.fen, one.service_on) for one in grants),
        "books": sorted((one.kind, one.service_on, one.period) for one in books),
    }


@pytest.mark.proves("F79")
def test_orders_and_money_do_not_know_the_machines_zone_nor_its_jumps(
    town: LittleTown, zone: Callable[[str], None]
) -> None:
    zone("UTC")
    at_home = eaten(town, entitled(town), jump=timedelta(0))
    zone("Pacific/Kiritimati")  # where it is tomorrow already
    assert datetime.now().astimezone().utcoffset() == timedelta(hours=14)

    assert eaten(town, entitled(town), jump=5 * MINUTE) == at_home
    assert at_home["grants"]
