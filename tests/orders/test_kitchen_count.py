"""The kitchen's count ties, whatever happens to the orders."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from dispatch.catalogue.sittings import Serving, Sitting, SoldOut
from dispatch.counter.payments import PayMethod
from dispatch.counter.serving import (
    Collector,
    Handing,
    Identity,
    NotAtTheCounter,
    NotRegisteredToCollect,
    NotYetReady,
    PastEatBy,
    serve,
    walk_in,
)
from dispatch.orders.cancelling import cancel_order, locate_household, undo_cancel
from dispatch.orders.kitchen_sheet import KitchenCount, count_portions, sheet_of
from dispatch.orders.ordering import OrderDraft, place_order
from dispatch.orders.orders import Channel, Order, OrderState, list_of_sitting
from dispatch.orders.refusals import (
    AlreadyOrdered,
    NotServed,
    PastCutOff,
    UndoTooLate,
)
from dispatch.orders.sitting_close import close_sitting, cook
from dispatch.people.elders import Datum, Elder
from dispatch.people.housing import OutsideDistrict
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, unit_of_work
from dispatch.sweep import sweep
from tests.crossing import until_somebody_waits
from tests.little_town import EIGHT, ELEVEN, LAT, LON, NOON, LittleTown

AT_TABLE = {"service": "MEAL_DINEIN", "channel": Channel.DINE_IN}
TO_FETCH = {"service": "MEAL_PICKUP", "channel": Channel.PICKUP}
BY_OTHERS = {"service": "MEAL_PICKUP", "channel": Channel.PROXY}


def _do(town: LittleTown, deed: object, *args: object, **kw: object) -> Order:
    def run(uow: UnitOfWork) -> Order:
        return deed(uow, *args, **kw)  # type: ignore[operator, no-any-return]

    return in_one_transaction(town.engine, run, actor=town.staff)


def _order(town: LittleTown, **about: object) -> Order:
    draft: OrderDraft = town.lunch(town.add_elder(), **about)
    return _do(town, place_order, draft, key=uuid4().hex)


def _count(town: LittleTown) -> KitchenCount:
    with Session(town.engine) as session:
        sitting = session.get_one(Sitting, town.sitting_id)
        return count_portions(sitting, list_of_sitting(session, town.sitting_id))


def test_a_whole_lunch_ties_at_every_step(town: LittleTown) -> None:
    dine, absent, fetch, proxy, carried, changed = (
        _order(town, **kind)
        for kind in (AT_TABLE, AT_TABLE, TO_FETCH, BY_OTHERS, {}, TO_FETCH)
    )
    town.add_contact(proxy.elder_id, may_collect=True)
    town.at(ELEVEN)
    _do(town, cook, town.sitting_id)
    assert _count(town) == KitchenCount(9, 0, 0, 0, 0, 0, 3, 6)

    _do(town, serve, dine.id, Handing(Identity.CARD))
    _do(town, serve, fetch.id, Handing(Identity.STAFF_VISUAL))
    by_proxy = Handing(Identity.QR, Collector.REGISTERED_PROXY)
    _do(town, serve, proxy.id, by_proxy)
    _do(town, cancel_order, changed.id, "family")
    guest = town.lunch(town.add_elder(), **AT_TABLE)
    _do(town, walk_in, guest, Identity.CARD, None, key="w1")
    assert _count(town).ties

    _do(town, close_sitting, town.sitting_id)
    count = _count(town)
    assert count == KitchenCount(9, 0, 1, 1, 2, 1, 4, 0)
    assert count.ties
    with Session(town.engine) as session:
        states = {o.id: (o.state.value, o.reason) for o in session.exec(select(Order))}
    assert states[absent.id] == ("failed", "no_show")
    assert states[carried.id] == ("failed", "not_carried")


def test_cooking_and_closing_again_change_nothing(town: LittleTown) -> None:
    _order(town, **AT_TABLE)
    town.at(NOON)
    for deed in (cook, cook, close_sitting, close_sitting):
        _do(town, deed, town.sitting_id)

    assert _count(town) == KitchenCount(4, 0, 0, 0, 0, 1, 3, 0)


def test_walk_ins_stop_when_the_spare_portions_are_gone(town: LittleTown) -> None:
    town.at(ELEVEN)
    _do(town, cook, town.sitting_id)
    for _ in range(3):
        guest = town.lunch(town.add_elder(), **AT_TABLE)
        _do(town, walk_in, guest, Identity.CARD, None, key=uuid4().hex)

    guest = town.lunch(town.add_elder(), **AT_TABLE)
    with pytest.raises(SoldOut):
        _do(town, walk_in, guest, Identity.CARD, None, key=uuid4().hex)
    assert _count(town) == KitchenCount(3, 0, 0, 0, 3, 0, 0, 0)


def test_a_walk_in_pays_and_eats_in_one_step(town: LittleTown) -> None:
    town.at(ELEVEN)
    guest = town.lunch(town.add_elder(hukou_in_district=False), **AT_TABLE)
    paid = (PayMethod.CASH, 1500 - 500)  # the age subsidy of the demo rules is 5 yuan

    order = _do(town, walk_in, guest, Identity.CARD, paid, key="w1")
    again = _do(town, walk_in, guest, Identity.CARD, paid, key="w1")

    assert again.id == order.id
    assert (order.state, order.grade, order.is_paid) == (OrderState.DONE, "A", True)


@pytest.mark.parametrize(
    ("collector", "grade"), [(Collector.SELF, "A"), (Collector.OTHER, "C")]
)
def test_who_takes_the_meal_decides_the_grade(
    town: LittleTown, collector: Collector, grade: str
) -> None:
    order = _order(town, **TO_FETCH)
    town.at(ELEVEN)

    done = _do(town, serve, order.id, Handing(Identity.CARD, collector))
    again = _do(town, serve, order.id, Handing(Identity.CARD, Collector.OTHER))

    assert (done.grade, again.grade) == (grade, grade)
    with Session(town.engine) as session:
        seen = session.get_one(Elder, order.elder_id).last_seen_at
    assert (seen is not None) is (collector is Collector.SELF)


def test_the_counter_keeps_its_hours_and_its_rules(town: LittleTown) -> None:
    order, carried = _order(town, **BY_OTHERS), _order(town)
    with pytest.raises(NotYetReady):
        _do(town, serve, order.id, Handing(Identity.CARD))
    town.at(ELEVEN)
    with pytest.raises(NotAtTheCounter):
        _do(town, serve, carried.id, Handing(Identity.CARD))
    by_proxy = Handing(Identity.CARD, Collector.REGISTERED_PROXY)
    with pytest.raises(NotRegisteredToCollect):
        _do(town, serve, order.id, by_proxy)
    town.at(NOON + timedelta(hours=3))
    with pytest.raises(PastEatBy):
        _do(town, serve, order.id, Handing(Identity.CARD))


def test_a_cancellation_can_be_taken_back_for_ten_minutes(town: LittleTown) -> None:
    order = _order(town)
    _do(town, cancel_order, order.id, "hospital")
    town.at(EIGHT + timedelta(minutes=9))
    assert _do(town, undo_cancel, order.id).state is OrderState.WAITING

    _do(town, cancel_order, order.id, "hospital")
    town.at(EIGHT + timedelta(minutes=30))
    with pytest.raises(UndoTooLate):
        _do(town, undo_cancel, order.id)


def test_a_cancellation_stays_when_its_portion_or_its_place_is_taken(
    town: LittleTown,
) -> None:
    first, second = _order(town, **AT_TABLE), _order(town, **AT_TABLE)
    _do(town, cancel_order, first.id, "family")
    again = town.lunch(first.elder_id, **AT_TABLE)
    _do(town, place_order, again, key="again")
    with pytest.raises(AlreadyOrdered):
        _do(town, undo_cancel, first.id)

    town.at(ELEVEN)
    _do(town, cook, town.sitting_id)
    _do(town, cancel_order, second.id, "family")
    for n in range(4):  # three spare ones, and the one that came back
        guest = town.lunch(town.add_elder(), **AT_TABLE)
        _do(town, walk_in, guest, Identity.CARD, None, key=f"w{n}")
    with pytest.raises(SoldOut):
        _do(town, undo_cancel, second.id)
    assert _count(town).ties


def test_a_door_found_on_the_map_frees_its_orders(town: LittleTown) -> None:
    order = _order_without_place(town)
    with pytest.raises(OutsideDistrict):
        _do(town, locate_household, order, 31.2, 121.5, Datum.WGS84)

    _do(town, locate_household, order, LAT, LON, Datum.WGS84)

    with Session(town.engine) as session:
        assert session.get_one(Order, order).state is OrderState.WAITING


def _order_without_place(town: LittleTown) -> UUID:
    draft = town.lunch(town.add_elder(lat=None, lon=None))
    return _do(town, place_order, draft, key="x").id


def test_the_sheet_says_what_to_cook_and_what_to_stick_on(town: LittleTown) -> None:
    town.add_elder()
    draft = town.lunch(town.add_elder("欧阳小英", diet_tags=["低盐"]))
    _do(town, place_order, draft, key="x")

    with Session(town.engine) as session:
        sheet = sheet_of(session, town.sitting_id)

    assert sheet.by_dish == [
        {"code": "A", "name": "红烧豆腐套餐", "count": 1, "diets": {"低盐": 1}}
    ]
    assert [(x.elder_label, x.diet_tags) for x in sheet.labels] == [
        ("欧阳奶奶", ["低盐"])
    ]


@pytest.mark.parametrize("end", [cook, close_sitting])
def test_an_order_that_crosses_the_count_is_in_it_or_refused(
    town: LittleTown, end: Callable[[UnitOfWork, UUID], object]
) -> None:
    """Nobody is taken on after the kitchen has counted without them."""
    _order(town)
    draft = town.lunch(town.add_elder())

    with ThreadPoolExecutor(1) as one:
        with unit_of_work(town.engine) as uow:
            end(uow, town.sitting_id)
            late = one.submit(_do, town, place_order, draft, key="late")
            until_somebody_waits(town.engine)
        with pytest.raises((PastCutOff, NotServed)):
            late.result()

    count = _count(town)
    assert count.cooked == 4
    assert count.ties


def test_a_sitting_that_cannot_be_closed_keeps_no_other_open(town: LittleTown) -> None:
    """The spare portions of one are full; the other, later one is closed anyway."""
    _order(town)
    dinner = uuid4()
    with Session(town.engine) as session:
        lunch = session.get_one(Sitting, town.sitting_id)
        lunch.cooked = lunch.spare = 100_000
        other = lunch.model_dump() | {"id": dinner, "serving": Serving.DINNER}
        other["eat_by_at"] = lunch.eat_by_at + timedelta(minutes=1)
        session.add(Sitting(**other | {"spare": 0}))
        session.commit()
    town.at(NOON + timedelta(hours=6))

    sweep(town.engine, None)

    with Session(town.engine) as session:
        assert session.get_one(Sitting, town.sitting_id).closed_at is None
        assert session.get_one(Sitting, dinner).closed_at is not None
