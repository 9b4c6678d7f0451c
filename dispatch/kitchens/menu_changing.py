"""Week menus: meals are put on them, published, and changed with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, delete, select

from dispatch.catalogue.dishes import Dish, MenuDish, dishes_of, plate_of
from dispatch.catalogue.sittings import MenuItem, Sitting, get_sitting, list_menu
from dispatch.catalogue.week_menus import WeekMenu, monday_of
from dispatch.errors import Conflict, NotFound
from dispatch.kitchens.batches import Batch
from dispatch.kitchens.menu_rules import (
    AlreadyCooked,
    BelowSold,
    UnfitDishes,
    allow_change,
    begin_week,
    eaters_of,
    refuse_danger,
    tell_change,
)
from dispatch.kitchens.reach import own_kitchen, seen_kitchen, stations_fed_by
from dispatch.log.events import record
from dispatch.orders.orders import Order
from dispatch.store.unit_of_work import UnitOfWork


class ItemOrdered(Conflict):
    """已经有人订过这份餐，不能撤下，没有保存。可以换成别的菜。"""

    code = "item_ordered"


class WeekNotReady(Conflict):
    """这一周还有餐次没有菜，没有公布。请先补齐。"""

    code = "week_not_ready"


@dataclass(frozen=True)
class MealDraft:
    """One set meal of one sitting, by its dishes. Without a name they name it."""

    sitting_id: UUID
    code: str
    dish_ids: tuple[UUID, ...]
    price_fen: int
    name: str | None = None


def put_meal(uow: UnitOfWork, draft: MealDraft, reason: str | None = None) -> MenuItem:
    """Put a meal on a menu, or make another of the one that has this code.

    What it is for whom follows from its dishes. Saying the same again changes nothing.

    Raises:
        NotFound, NotYourKitchen, MenuLocked, AlreadyCooked, UnfitDishes, EatersAtRisk
    """
    sitting = get_sitting(uow.session, draft.sitting_id, lock=True)
    seen_kitchen(uow, sitting.kitchen_id)
    dishes = _dishes(uow, sitting, draft.dish_ids)
    menu = {item.code: item for item in list_menu(uow.session, sitting.id)}
    item = menu.get(draft.code) or MenuItem(
        sitting_id=sitting.id, code=draft.code, name="", price_fen=0
    )
    name = draft.name or plate_of(dishes).name
    if _said(uow, item) == (name, draft.price_fen, dishes):
        return item
    allow_change(uow, sitting, reason)
    was = item.name
    if _serve(uow, item, dishes, draft):
        tell_change(uow, sitting, item, was, reason)
    return item


def drop_meal(uow: UnitOfWork, item_id: UUID, reason: str | None = None) -> None:
    """Take a meal off a menu; one that somebody ordered stays or becomes another.

    Raises:
        NotFound, NotYourKitchen, MenuLocked, AlreadyCooked, ItemOrdered
    """
    item = uow.session.get(MenuItem, item_id)
    if item is None:
        raise NotFound("没有找到这份餐。")
    sitting = get_sitting(uow.session, item.sitting_id, lock=True)
    allow_change(uow, sitting, reason)
    if uow.session.exec(select(Order.id).where(Order.menu_item_id == item.id)).first():
        raise ItemOrdered
    if uow.session.exec(select(Batch.id).where(Batch.menu_item_id == item.id)).first():
        raise AlreadyCooked
    was, item.name = item.name, ""
    tell_change(uow, sitting, item, was, reason)
    uow.session.expire(item)
    uow.session.exec(delete(MenuDish).where(col(MenuDish.menu_item_id) == item_id))
    uow.session.exec(delete(MenuItem).where(col(MenuItem.id) == item_id))


def set_capacity(
    uow: UnitOfWork, sitting_id: UUID, capacity: int, reason: str | None = None
) -> Sitting:
    """How many portions a kitchen can cook for one serving.

    Raises:
        NotFound, NotYourKitchen, MenuLocked, AlreadyCooked, BelowSold
    """
    sitting = get_sitting(uow.session, sitting_id, lock=True)
    uow.session.refresh(sitting)
    allow_change(uow, sitting, reason)
    if capacity < sitting.sold:
        raise BelowSold(sold=sitting.sold)
    sitting.capacity = capacity
    uow.session.add(sitting)
    uow.session.flush()
    return sitting


def publish_week(uow: UnitOfWork, kitchen_id: UUID, on: date) -> WeekMenu:
    """From now on the week's menu is what elders were told. A second tap does nothing.

    Raises:
        NotFound, NotYourKitchen
        WeekNotReady: there is nothing, or a serving without a meal.
    """
    own_kitchen(uow, kitchen_id)
    sittings = sittings_of_week(uow, kitchen_id, on)
    if not sittings or not all(list_menu(uow.session, one.id) for one in sittings):
        raise WeekNotReady
    week = begin_week(uow, sittings[0])
    if week.published_at is None:
        week.published_at, week.published_by = uow.now, uow.actor.account_id
        uow.session.add(week)
        for station in stations_fed_by(uow, kitchen_id):
            record(
                uow,
                "menu.published",
                "week_menu",
                week.id,
                facts={"starts_on": week.starts_on.isoformat()},
                station_id=station.id,
                street_code=station.street_code,
            )
    return week


def serve_again(uow: UnitOfWork, dish: Dish, reason: str | None) -> int:
    """A dish is made otherwise: every coming meal with it is what it is now.

    Returns:
        how many meals that changed.

    Raises:
        MenuLocked, EatersAtRisk
    """
    coming = uow.session.exec(
        select(MenuItem, Sitting)
        .join(MenuDish, col(MenuDish.menu_item_id) == MenuItem.id)
        .join(Sitting, col(Sitting.id) == MenuItem.sitting_id)
        .where(MenuDish.dish_id == dish.id, col(Sitting.cooked).is_(None))
        .where(col(Sitting.cut_off_at) > uow.now)
        .order_by(col(Sitting.id), col(MenuItem.code))
    ).all()
    changed = 0
    for item, sitting in coming:
        get_sitting(uow.session, sitting.id, lock=True)
        allow_change(uow, sitting, reason)
        dishes = dishes_of(uow.session, [item.id])[item.id]
        draft = MealDraft(
            sitting.id,
            item.code,
            tuple(d.id for d in dishes),
            item.price_fen,
            item.name,
        )
        was = item.name
        if _serve(uow, item, dishes, draft):
            tell_change(uow, sitting, item, was, reason)
            changed += 1
    return changed


def _said(uow: UnitOfWork, item: MenuItem) -> tuple[str, int, list[Dish]]:
    return item.name, item.price_fen, dishes_of(uow.session, [item.id])[item.id]


def _serve(
    uow: UnitOfWork, item: MenuItem, dishes: list[Dish], draft: MealDraft
) -> bool:
    """Make a meal what its dishes are; false where that is what it was."""
    plate = plate_of(dishes)
    before = item.model_dump()
    item.name = draft.name or plate.name
    item.price_fen = draft.price_fen
    item.ingredients, item.allergens = plate.ingredients, plate.allergens
    item.diet_tags, item.texture_level = plate.diet_tags, plate.texture_level
    refuse_danger(eaters_of(uow.session, item.id), item)
    uow.session.add(item)
    uow.session.flush()
    uow.session.exec(delete(MenuDish).where(col(MenuDish.menu_item_id) == item.id))
    for seq, dish in enumerate(dishes, start=1):
        uow.session.add(MenuDish(menu_item_id=item.id, dish_id=dish.id, seq=seq))
    uow.session.flush()
    return before != item.model_dump()


def _dishes(uow: UnitOfWork, sitting: Sitting, ids: Iterable[UUID]) -> list[Dish]:
    wanted = list(dict.fromkeys(ids))
    rows = uow.session.exec(
        select(Dish).where(
            col(Dish.id).in_(wanted),
            Dish.kitchen_id == sitting.kitchen_id,
            col(Dish.retired_at).is_(None),
        )
    )
    found = {dish.id: dish for dish in rows}
    if not wanted or len(found) != len(wanted):
        raise UnfitDishes
    return [found[one] for one in wanted]


def sittings_of_week(uow: UnitOfWork, kitchen_id: UUID, on: date) -> list[Sitting]:
    """What a kitchen serves from Monday to Sunday of a day's week, in time."""
    monday = monday_of(on)
    query = select(Sitting).where(
        Sitting.kitchen_id == kitchen_id,
        col(Sitting.serve_on).between(monday, monday + timedelta(days=6)),
    )
    return list(uow.session.exec(query.order_by(col(Sitting.ready_at))))
