"""The book of dishes of one kitchen: written, mended, retired."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from dispatch.catalogue.dishes import Dish, get_dish
from dispatch.errors import BadInput, Conflict
from dispatch.kitchens.menu_changing import serve_again
from dispatch.kitchens.reach import own_kitchen
from dispatch.store.unit_of_work import UnitOfWork


class DishNamed(Conflict):
    """已经有同名的菜，没有保存。"""

    code = "dish_named"


@dataclass(frozen=True)
class DishDraft:
    """What a dish is. `texture_level` by IDDSI, 7 regular … 3 liquidised."""

    name: str
    ingredients: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    diet_tags: tuple[str, ...] = ()
    texture_level: int = 7


def write_dish(
    uow: UnitOfWork,
    kitchen_id: UUID,
    draft: DishDraft,
    *,
    dish_id: UUID | None = None,
    reason: str | None = None,
) -> Dish:
    """A new dish, or another recipe of a known one; coming meals follow it.

    Raises:
        NotFound, NotYourKitchen, DishNamed
        MenuLocked, EatersAtRisk: a coming meal must not change like this.
    """
    own_kitchen(uow, kitchen_id)
    if not draft.name.strip():
        raise BadInput("请填写菜名，没有保存。")
    if dish_id is None:
        dish = Dish(kitchen_id=kitchen_id, name=draft.name.strip())
    else:
        dish = get_dish(uow.session, dish_id)
        own_kitchen(uow, dish.kitchen_id)
    dish.name = draft.name.strip()
    dish.ingredients = _words(draft.ingredients)
    dish.allergens = _words(draft.allergens)
    dish.diet_tags = _words(draft.diet_tags)
    dish.texture_level, dish.retired_at = draft.texture_level, None
    try:
        with uow.session.begin_nested():
            uow.session.add(dish)
            uow.session.flush()
    except IntegrityError as twin:
        raise DishNamed from twin
    if dish_id is not None:
        serve_again(uow, dish, reason)
    return dish


def retire_dish(uow: UnitOfWork, dish_id: UUID) -> Dish:
    """It is put on no new menu; what is on a menu stays there.

    Raises:
        NotFound, NotYourKitchen
    """
    dish = get_dish(uow.session, dish_id)
    own_kitchen(uow, dish.kitchen_id)
    if dish.retired_at is None:
        dish.retired_at = uow.now
        uow.session.add(dish)
    return dish


def _words(said: tuple[str, ...]) -> list[str]:
    return sorted({word.strip() for word in said if word.strip()})
