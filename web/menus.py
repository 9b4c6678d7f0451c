"""Week menus over HTTP: dishes, meals, copied, published, changed with a reason."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.clock import town_day
from dispatch.kitchens.dish_book import retire_dish, write_dish
from dispatch.kitchens.menu_changing import (
    drop_meal,
    publish_week,
    put_meal,
    set_capacity,
)
from dispatch.kitchens.menu_copying import copy_week
from dispatch.kitchens.menu_showing import DishRow, WeekSheet, show_dish, show_week
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Orderer, Staff, Station
from web.schemas.kitchen import (
    CapacityForm,
    CopyForm,
    DishForm,
    DropForm,
    MealForm,
    WeekForm,
)
from web.schemas.shapes import Day
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/menus", route_class=StrictRoute, tags=["menus"])


@router.get("/week", response_model=WeekSheet)
def get_week(
    caller: Staff, on: Day | None = None, kitchen_id: UUID | None = None
) -> Answer:
    def show(uow: UnitOfWork) -> WeekSheet:
        return show_week(uow, on or town_day(uow.now), kitchen_id)

    return Answer(caller.read(show))


@router.post("/meals")
def post_meal(form: MealForm, caller: Orderer) -> Answer:
    """Put a meal on a menu, or another in its place."""

    def do(uow: UnitOfWork) -> dict[str, UUID]:
        return {"id": put_meal(uow, form.to_draft(), form.reason).id}

    return Answer(caller.change(do))


@router.post("/meals/{item_id}/drop")
def post_drop(item_id: UUID, form: DropForm, caller: Orderer) -> Answer:
    caller.change(lambda uow: drop_meal(uow, item_id, form.reason))
    return Answer({"id": item_id})


@router.post("/sittings/{sitting_id}/capacity")
def post_capacity(sitting_id: UUID, form: CapacityForm, caller: Orderer) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, int]:
        sitting = set_capacity(uow, sitting_id, form.capacity, form.reason)
        return {"capacity": sitting.capacity}

    return Answer(caller.change(do))


@router.post("/copy")
def post_copy(form: CopyForm, caller: Station) -> Answer:
    """Fill a week with what another had; what stands in it stays."""

    def do(uow: UnitOfWork) -> dict[str, int]:
        return {"meals": copy_week(uow, form.kitchen_id, form.from_on, form.on)}

    return Answer(caller.change(do))


@router.post("/publish")
def post_publish(form: WeekForm, caller: Station) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        week = publish_week(uow, form.kitchen_id, form.on)
        return {"published_at": week.published_at}

    return Answer(caller.change(do))


@router.post("/dishes", response_model=DishRow)
def post_dish(form: DishForm, caller: Station) -> Answer:
    def do(uow: UnitOfWork) -> DishRow:
        dish = write_dish(
            uow,
            form.kitchen_id,
            form.to_draft(),
            dish_id=form.dish_id,
            reason=form.reason,
        )
        return show_dish(dish)

    return Answer(caller.change(do))


@router.post("/dishes/{dish_id}/retire")
def post_retire(dish_id: UUID, caller: Station) -> Answer:
    caller.change(lambda uow: retire_dish(uow, dish_id))
    return Answer({"id": dish_id})
