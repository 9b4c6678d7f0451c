"""A week's menu as it is edited and read, and what was changed after publishing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.catalogue.dishes import Dish, dishes_of, list_dishes
from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.catalogue.week_menus import WeekMenu, find_week, monday_of
from dispatch.kitchens.menu_changing import sittings_of_week
from dispatch.kitchens.reach import is_own, seen_kitchen
from dispatch.log.events import Event
from dispatch.orders.orders import Order, OrderState
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class DishRow:
    id: UUID
    name: str
    ingredients: list[str]
    allergens: list[str]
    diet_tags: list[str]
    texture_level: int


@dataclass(frozen=True, kw_only=True)
class WeekMeal:
    """One set meal of one serving, with the dishes on it."""

    id: UUID
    code: str
    name: str
    price_fen: int
    dish_ids: list[UUID]
    allergens: list[str]
    diet_tags: list[str]
    texture_level: int
    orders: int


@dataclass(frozen=True, kw_only=True)
class WeekServing:
    sitting_id: UUID
    serve_on: date
    serving: str
    capacity: int
    sold: int
    fixed: bool  # cooked or over: nothing can be changed
    meals: list[WeekMeal]


@dataclass(frozen=True, kw_only=True)
class MenuChange:
    """A change after publishing, as its stations were told."""

    at: datetime
    serve_on: date
    serving: str
    code: str
    was: str
    now: str
    reason: str
    orders: int
    clashes: int


@dataclass(frozen=True, kw_only=True)
class WeekSheet:
    """A kitchen's week. `own`: the reader may edit it."""

    kitchen_id: UUID
    kitchen: str
    own: bool
    starts_on: date
    published_at: datetime | None
    servings: list[WeekServing]
    dishes: list[DishRow]
    changes: list[MenuChange]


def show_week(uow: UnitOfWork, on: date, kitchen_id: UUID | None) -> WeekSheet:
    """The week that a day lies in. Raises: NotFound."""
    kitchen = seen_kitchen(uow, kitchen_id)
    week = find_week(uow.session, kitchen.id, on)
    sittings = sittings_of_week(uow, kitchen.id, on)
    return WeekSheet(
        kitchen_id=kitchen.id,
        kitchen=kitchen.name,
        own=is_own(uow, kitchen),
        starts_on=monday_of(on),
        published_at=week.published_at if week else None,
        servings=_servings(uow.session, sittings),
        dishes=[show_dish(dish) for dish in list_dishes(uow.session, kitchen.id)],
        changes=list_changes(uow, kitchen.id, monday_of(on), monday_of(on)),
    )


def show_dish(dish: Dish) -> DishRow:
    return DishRow(
        id=dish.id,
        name=dish.name,
        ingredients=dish.ingredients,
        allergens=dish.allergens,
        diet_tags=dish.diet_tags,
        texture_level=dish.texture_level,
    )


def list_changes(
    uow: UnitOfWork, kitchen_id: UUID, first: date, last: date
) -> list[MenuChange]:
    """What was changed after publishing in the weeks from one Monday to another.

    A station reads what concerns its own orders; others read each change once.
    """
    events = uow.session.exec(
        select(Event)
        .join(WeekMenu, col(WeekMenu.id) == Event.subject_id)
        .where(WeekMenu.kitchen_id == kitchen_id, Event.kind == "menu.changed")
        .where(col(WeekMenu.starts_on).between(first, last))
        .order_by(col(Event.at).desc(), col(Event.number))
    )
    own, told = str(uow.actor.station_id), dict[str, MenuChange]()
    for event in events:
        facts = event.facts
        if uow.actor.station_id is None or facts["station_id"] == own:
            told.setdefault(facts["change"], _change(event))
    return list(told.values())


def _change(event: Event) -> MenuChange:
    facts = event.facts
    return MenuChange(
        at=event.at,
        serve_on=date.fromisoformat(facts["serve_on"]),
        serving=facts["serving"],
        code=facts["code"],
        was=facts["was"],
        now=facts["now"],
        reason=facts["reason"],
        orders=facts["orders"],
        clashes=facts["clashes"],
    )


def _servings(session: Session, sittings: Sequence[Sitting]) -> list[WeekServing]:
    items = session.exec(
        select(MenuItem)
        .where(col(MenuItem.sitting_id).in_([one.id for one in sittings]))
        .order_by(col(MenuItem.code))
    ).all()
    plates = dishes_of(session, [item.id for item in items])
    orders = _orders(session, [item.id for item in items])
    return [
        WeekServing(
            sitting_id=one.id,
            serve_on=one.serve_on,
            serving=one.serving.value,
            capacity=one.capacity,
            sold=one.sold,
            fixed=one.cooked is not None or one.closed_at is not None,
            meals=[
                _meal(item, plates[item.id], orders.get(item.id, 0))
                for item in items
                if item.sitting_id == one.id
            ],
        )
        for one in sittings
    ]


def _meal(item: MenuItem, dishes: Sequence[Dish], orders: int) -> WeekMeal:
    return WeekMeal(
        id=item.id,
        code=item.code,
        name=item.name,
        price_fen=item.price_fen,
        dish_ids=[dish.id for dish in dishes],
        allergens=item.allergens,
        diet_tags=item.diet_tags,
        texture_level=item.texture_level,
        orders=orders,
    )


def _orders(session: Session, item_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.exec(
        select(Order.menu_item_id, func.count())
        .where(col(Order.menu_item_id).in_(item_ids))
        .where(Order.state != OrderState.CANCELLED)
        .group_by(col(Order.menu_item_id))
    )
    return {item_id: int(number) for item_id, number in rows if item_id is not None}
