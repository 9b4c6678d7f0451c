"""Week menus: made of dishes, published, changed only with a reason that is told."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from dispatch.access.accounts import Role
from dispatch.catalogue.dishes import Dish, plate_of
from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.errors import BadInput, Refusal
from dispatch.kitchens.dish_book import DishDraft, DishNamed, retire_dish, write_dish
from dispatch.kitchens.menu_changing import (
    ItemOrdered,
    MealDraft,
    WeekNotReady,
    drop_meal,
    publish_week,
    put_meal,
    set_capacity,
)
from dispatch.kitchens.menu_copying import copy_week
from dispatch.kitchens.menu_rules import (
    AlreadyCooked,
    BelowSold,
    EatersAtRisk,
    MenuLocked,
    UnfitDishes,
)
from dispatch.kitchens.reach import NotYourKitchen
from dispatch.log.events import Event, Outbox
from dispatch.orders.ordering import Override, place_order
from dispatch.orders.refusals import DietClash, NotYoursToSetAside, TextureClash
from dispatch.orders.sitting_close import cook
from dispatch.store.unit_of_work import SYSTEM
from tests.kitchens.stove import do, order
from tests.little_town import LAT, STREET, TODAY, LittleTown


def dish(town: LittleTown, name: str, **about: Any) -> Dish:
    made: Dish = do(town, write_dish, town.kitchen_id, DishDraft(name, **about))
    return made


def meal(town: LittleTown, *dishes: Dish, code: str = "A", **about: Any) -> MealDraft:
    ids = tuple(one.id for one in dishes)
    return MealDraft(town.sitting_id, code, ids, about.pop("price_fen", 1500), **about)


def test_a_meal_is_as_safe_as_the_least_safe_of_its_dishes() -> None:
    kitchen = uuid4()
    soft = Dish(
        kitchen_id=kitchen, name="蒸蛋", ingredients=["鸡蛋"], allergens=["鸡蛋"],
        diet_tags=["soft", "halal"], texture_level=4,
    )  # fmt: skip
    hard = Dish(
        kitchen_id=kitchen, name="花生米", ingredients=["花生"], allergens=["花生"],
        diet_tags=["halal"], texture_level=7,
    )  # fmt: skip
    plate = plate_of([soft, hard])
    assert (plate.name, plate.texture_level) == ("蒸蛋 花生米", 7)
    assert plate.allergens == plate.ingredients == ["花生", "鸡蛋"]
    assert plate.diet_tags == ["halal"]


def test_an_allergy_to_an_ingredient_clashes_and_only_people_set_it_aside(
    town: LittleTown,
) -> None:
    mango = dish(town, "芒果布丁", ingredients=("芒果",), texture_level=4)
    do(town, put_meal, meal(town, mango))
    elder_id = town.add_elder(allergies=["芒果"])
    with pytest.raises(DietClash):
        order(town, elder_id)

    draft = town.lunch(elder_id, override=Override("diet", "医生同意"))
    with pytest.raises(NotYoursToSetAside):
        do(town, place_order, draft, key="x", actor=SYSTEM)
    made = order(town, elder_id, override=Override("diet", "医生同意"))
    assert made.diet_override == "医生同意"
    with pytest.raises(TextureClash):
        order(
            town,
            town.add_elder(swallowing_level=3),
            override=Override("diet", "家属要求"),
        )


def test_after_publishing_a_change_takes_a_reason_and_every_station_hears_of_it(
    town: LittleTown,
) -> None:
    second = _second_station(town)
    fish, egg = dish(town, "清蒸鱼"), dish(town, "番茄炒蛋")
    item = do(town, put_meal, meal(town, fish))
    order(town)
    do(town, publish_week, town.kitchen_id, TODAY)
    assert _told(town, "menu.published") == {town.station_id, second}

    with pytest.raises(MenuLocked):
        do(town, put_meal, meal(town, egg))
    do(town, put_meal, meal(town, fish))  # the same again is no change
    assert _told(town, "menu.changed") == set()
    do(town, put_meal, meal(town, egg), "鱼没有到货", actor=town.dispatcher)

    assert _told(town, "menu.changed") == {town.station_id, second}
    with Session(town.engine) as session:
        facts = [
            one.facts
            for one in session.exec(select(Event).where(Event.kind == "menu.changed"))
        ]
        assert session.get_one(MenuItem, item.id).name == "番茄炒蛋"
    assert {one["orders"] for one in facts} == {0, 1}
    assert {(one["was"], one["now"], one["reason"]) for one in facts} == {
        ("清蒸鱼", "番茄炒蛋", "鱼没有到货")
    }


def test_no_change_puts_somebody_at_risk_who_has_ordered(town: LittleTown) -> None:
    rice, nuts = (
        dish(town, "软饭", texture_level=4),
        dish(town, "果仁", texture_level=7),
    )
    do(town, put_meal, meal(town, rice))
    order(town, town.add_elder(swallowing_level=5))

    for dishes in ([nuts], [rice, nuts]):
        with pytest.raises(EatersAtRisk):
            do(town, put_meal, meal(town, *dishes))
        with Session(town.engine) as session:
            assert session.get_one(MenuItem, town.dish_id).name == "软饭"
    with pytest.raises(EatersAtRisk):
        do(
            town, write_dish, town.kitchen_id, DishDraft("软饭", texture_level=7),
            dish_id=rice.id,
        )  # fmt: skip


def test_a_dish_made_otherwise_changes_every_coming_meal(town: LittleTown) -> None:
    soup = dish(town, "菜汤")
    do(town, put_meal, meal(town, soup))
    draft = DishDraft("菜汤", ingredients=("虾皮",), allergens=("虾",))
    do(town, write_dish, town.kitchen_id, draft, dish_id=soup.id)

    with pytest.raises(DietClash):
        order(town, town.add_elder(allergies=["虾"]))


def test_what_cannot_be_put_on_a_menu_changes_nothing(town: LittleTown) -> None:
    rice = dish(town, "米饭")
    old = dish(town, "旧菜")
    do(town, retire_dish, old.id)
    made = order(town)
    other = town.add_account(
        "z", Role.STATION, station_id=_second_station(town, far=True)
    )
    empty = MealDraft(town.sitting_id, "B", (), 1500)
    cases: list[tuple[Any, tuple[Any, ...], type[Refusal]]] = [
        (put_meal, (empty,), UnfitDishes),
        (put_meal, (meal(town, old),), UnfitDishes),
        (drop_meal, (made.menu_item_id,), ItemOrdered),
        (set_capacity, (town.sitting_id, 0), BelowSold),
        (write_dish, (town.kitchen_id, DishDraft("米饭")), DishNamed),
        (write_dish, (town.kitchen_id, DishDraft("  ")), BadInput),
        (publish_week, (town.kitchen_id, date(2026, 12, 1)), WeekNotReady),
    ]
    for deed, arguments, refusal in cases:
        with pytest.raises(refusal):
            do(town, deed, *arguments)
    with pytest.raises(NotYourKitchen):
        do(town, put_meal, meal(town, rice), actor=other)
    do(town, cook, town.sitting_id)
    with pytest.raises(AlreadyCooked):
        do(town, put_meal, meal(town, rice))


def test_last_week_is_copied_once_and_fills_what_is_empty(town: LittleTown) -> None:
    rice = dish(town, "米饭")
    do(town, put_meal, meal(town, rice, price_fen=1200))
    week = timedelta(days=7)

    assert do(town, copy_week, town.kitchen_id, TODAY, TODAY + week) == 1
    assert do(town, copy_week, town.kitchen_id, TODAY, TODAY + week) == 0
    with pytest.raises(BadInput):
        do(town, copy_week, town.kitchen_id, TODAY, TODAY)

    with Session(town.engine) as session:
        first, second = session.exec(
            select(Sitting).order_by(col(Sitting.serve_on))
        ).all()
        [copied] = session.exec(
            select(MenuItem).where(MenuItem.sitting_id == second.id)
        ).all()
    assert second.eat_by_at - first.eat_by_at == week
    assert (copied.name, copied.price_fen, copied.code) == ("米饭", 1200, "A")
    do(town, drop_meal, copied.id)
    assert do(town, copy_week, town.kitchen_id, TODAY, TODAY + week) == 1


def _second_station(town: LittleTown, *, far: bool = False) -> UUID:
    """Another one that eats from the town's kitchen, there or elsewhere."""
    made = town.station(uuid4(), f"s{uuid4().hex[:6]}", STREET)
    if far:
        made.lat = LAT + 0.01
    with Session(town.engine, expire_on_commit=False) as session:
        session.add(made)
        session.commit()
    return made.id


def _told(town: LittleTown, kind: str) -> set[UUID | None]:
    with Session(town.engine) as session:
        query = select(Outbox.station_id).where(Outbox.kind == kind)
        return set(session.exec(query))
