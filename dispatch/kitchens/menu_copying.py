"""Copying: next week is served what was served in this one."""

from datetime import date, timedelta
from uuid import UUID

from dispatch.catalogue.dishes import MenuDish, dishes_of
from dispatch.catalogue.sittings import MenuItem, Sitting, list_menu
from dispatch.catalogue.week_menus import find_week, monday_of
from dispatch.errors import BadInput
from dispatch.kitchens.menu_changing import sittings_of_week
from dispatch.kitchens.menu_rules import MenuLocked, begin_week
from dispatch.kitchens.reach import own_kitchen
from dispatch.store.unit_of_work import UnitOfWork


def copy_week(uow: UnitOfWork, kitchen_id: UUID, from_on: date, to_on: date) -> int:
    """Serve in the week of `to_on` what was served in that of `from_on`.

    What is there already stays. Doing it again changes nothing.

    Returns:
        how many meals were put.

    Raises:
        NotFound, NotYourKitchen
        MenuLocked: the week is published.
        BadInput: the same week, or one that is over.
    """
    own_kitchen(uow, kitchen_id)
    days = monday_of(to_on) - monday_of(from_on)
    if not days or to_on < from_on:
        raise BadInput("只能复制到以后的一周，没有保存。")
    week = find_week(uow.session, kitchen_id, to_on, lock=True)
    if week is not None and week.published_at is not None:
        raise MenuLocked
    there = {
        (s.serve_on, s.serving): s for s in sittings_of_week(uow, kitchen_id, to_on)
    }
    put = 0
    for model in sittings_of_week(uow, kitchen_id, from_on):
        target = there.get((model.serve_on + days, model.serving))
        put += _copy(uow, model, target or _begin(uow, model, days))
    return put


def _begin(uow: UnitOfWork, model: Sitting, days: timedelta) -> Sitting:
    """The same serving some weeks later; clocks here know no summer time."""
    moments = {
        name: getattr(model, name) + days
        for name in (
            *("cut_off_at", "ready_at", "door_from_at"),
            *("door_until_at", "eat_by_at"),
        )
    }
    made = Sitting(
        kitchen_id=model.kitchen_id,
        serve_on=model.serve_on + days,
        serving=model.serving,
        capacity=model.capacity,
        hot_seconds=model.hot_seconds,
        spare_planned=model.spare_planned,
        **moments,
    )
    uow.session.add(made)
    uow.session.flush()
    begin_week(uow, made)
    return made


def _copy(uow: UnitOfWork, model: Sitting, target: Sitting) -> int:
    if target.cut_off_at <= uow.now or list_menu(uow.session, target.id):
        return 0
    items = list_menu(uow.session, model.id)
    plates = dishes_of(uow.session, [item.id for item in items])
    for item in items:
        told = item.model_dump(exclude={"id", "sitting_id"})
        copy = MenuItem(sitting_id=target.id, **told)
        uow.session.add(copy)
        uow.session.flush()
        for seq, dish in enumerate(plates[item.id], start=1):
            uow.session.add(MenuDish(menu_item_id=copy.id, dish_id=dish.id, seq=seq))
    uow.session.flush()
    return len(items)
