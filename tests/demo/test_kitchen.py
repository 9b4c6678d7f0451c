"""The demo's kitchens: who ate of a batch is one query, and two who fell ill a case."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.access.accounts import actor_of
from dispatch.catalogue.sittings import MenuItem, Serving
from dispatch.clock import set_clock
from dispatch.counter.serving import Handing, Identity, serve
from dispatch.demo.district import District, draw_district, keep_district
from dispatch.demo.sizes import SMALL
from dispatch.demo.streets import door_points, streets_for
from dispatch.demo.wishes import MealWish, draw_wishes
from dispatch.kitchens.cooking import BatchDraft, Cooked, finish_batch, start_batch
from dispatch.kitchens.recalling import list_eaters, recall
from dispatch.orders.diet import suits
from dispatch.orders.ordering import OrderDraft, place_order
from dispatch.orders.orders import COUNTER_CHANNELS, Channel
from dispatch.safety.cases import CaseKind
from dispatch.safety.climbing import close_case
from dispatch.safety.falling_ill import report_illness
from dispatch.safety.illness import Symptom
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction, picture
from tests.web.counting import counted

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def small() -> District:
    return draw_district(SMALL, 7, DAY, door_points(streets_for(SMALL, 7, None)))


@pytest.fixture
def lunch(small: District, engine: Engine) -> "Lunch":
    with Session(engine) as session:
        keep_district(session, small)
        set_clock(session, small.begins_at, speed=0)
        session.commit()
    return Lunch(engine, small)


class Lunch:
    """The first kitchen's lunch of the made-up day."""

    def __init__(self, engine: Engine, district: District) -> None:
        self.engine = engine
        self.point = district.places.points[0]
        staff = {one.station_id: one for one in district.accounts if one.station_id}
        self.staff: Actor = actor_of(staff[self.point.station.id])
        self.sitting = next(
            one
            for one in district.sittings
            if (one.kitchen_id, one.serve_on, one.serving)
            == (self.point.kitchen.id, DAY, Serving.LUNCH)
        )
        self.menu = {
            one.code: one for one in district.menus if one.sitting_id == self.sitting.id
        }
        wishes = draw_wishes(district)[self.point.station.id].meals
        self.wishes = [one for one in wishes if one.serving is Serving.LUNCH]

    def do(self, deed: Any, *args: Any, **kw: Any) -> Any:
        def run(uow: UnitOfWork) -> Any:
            return deed(uow, *args, **kw)

        return in_one_transaction(self.engine, run, actor=self.staff)

    def at(self, moment: Any) -> None:
        with Session(self.engine) as session:
            set_clock(session, moment, speed=0)
            session.commit()

    def draft(self, wish: MealWish, item: MenuItem) -> OrderDraft:
        return OrderDraft(
            elder_id=wish.person.elder.id,
            service=wish.service,
            channel=wish.channel,
            serve_on=DAY,
            serving=Serving.LUNCH,
            menu_item_id=item.id,
        )


def test_the_plates_say_what_the_menu_says(small: District) -> None:
    for item in small.menus:
        assert item.ingredients
        assert set(item.allergens) <= set(item.ingredients)
    names = [(one.kitchen_id, one.name) for one in small.plates.dishes]
    assert len(set(names)) == len(names)


def test_a_recall_and_two_who_fell_ill_on_the_demo(lunch: Lunch) -> None:
    dish = lunch.menu["A"]
    placed: dict[UUID, Channel] = {}
    for wish in [w for w in lunch.wishes if suits(w.person.elder, dish)][:12]:
        made = lunch.do(place_order, lunch.draft(wish, dish), key=uuid4().hex)
        placed[made.id] = made.channel
    lunch.at(lunch.sitting.ready_at)
    batch = lunch.do(start_batch, BatchDraft(dish.id), key=uuid4().hex)
    batch = lunch.do(finish_batch, batch.id, Cooked(tenths=850, grams=125))
    served = [one for one, channel in placed.items() if channel in COUNTER_CHANNELS]
    for order_id in served:
        lunch.do(serve, order_id, Handing(Identity.CARD))

    with picture(lunch.engine, lunch.staff) as seen, counted(lunch.engine) as asked:
        eaters = list_eaters(seen, [batch.id])
    sheet = lunch.do(recall, batch.id, "演练")

    assert len([one for one in asked if "meal_box" in one]) == 1
    assert {one.order_id for one in eaters} == set(placed)
    assert (sheet.eaten, sheet.not_eaten) == (len(served), len(placed) - len(served))
    assert [line.call for line in sheet.lines] == list(range(1, len(placed) + 1))
    assert all(line.name != "？" and line.phone for line in sheet.lines)

    ate = [one.elder_id for one in eaters if one.order_id in served][:2]
    lunch.at(lunch.sitting.ready_at + timedelta(hours=5))
    ill_at = lunch.sitting.ready_at + timedelta(hours=3)
    cases = [
        lunch.do(report_illness, elder, ill_at, [Symptom.DIARRHOEA], key=uuid4().hex)
        for elder in ate
    ]

    assert cases[0] == []
    [case] = cases[1]
    assert case.kind is CaseKind.BATCH_ILLNESS
    closed = lunch.do(close_case, case.id, "seen_well", "均已好转")
    assert closed.closed_by == lunch.staff.account_id
