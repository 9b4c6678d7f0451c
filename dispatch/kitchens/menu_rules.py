"""Who may change a menu, until when, and who must not be put at risk by it."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.catalogue.week_menus import WeekMenu, find_week, monday_of
from dispatch.errors import BadInput, Conflict
from dispatch.kitchens.reach import own_kitchen, seen_kitchen, stations_fed_by
from dispatch.log.events import record
from dispatch.orders.diet import clashes, swallows
from dispatch.orders.orders import Order, OrderState
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork

_SHORTEST_REASON = 2


class MenuLocked(Conflict):
    """这一周的食谱已经公布，改动要说明原因，没有保存。"""

    code = "menu_locked"


class AlreadyCooked(Conflict):
    """这一餐已经截单备餐，食谱不能再改，没有保存。"""

    code = "already_cooked"


class EatersAtRisk(Conflict):
    """已订这份餐的老人中，有人对它过敏或吞咽不安全，没有保存。请先为他们改订。"""

    code = "eaters_at_risk"


class BelowSold(Conflict):
    """已订份数超过这个上限，没有保存。"""

    code = "below_sold"


class UnfitDishes(BadInput):
    """每份餐至少选一道本厨房在用的菜，没有保存。"""

    code = "unfit_dishes"


def allow_change(uow: UnitOfWork, sitting: Sitting, reason: str | None) -> None:
    """Let the menu of a held sitting be changed now by this person.

    Before it is published the kitchen's own people do as they like; after that it
    takes a reason, and the coordinator may do it, too.

    Raises:
        NotFound, NotYourKitchen, MenuLocked, AlreadyCooked
    """
    if uow.actor.role == "dispatcher":
        seen_kitchen(uow, sitting.kitchen_id)
    else:
        own_kitchen(uow, sitting.kitchen_id)
    if sitting.cooked is not None or sitting.closed_at is not None:
        raise AlreadyCooked
    week = find_week(uow.session, sitting.kitchen_id, sitting.serve_on)
    locked = week is not None and week.published_at is not None
    if locked and len((reason or "").strip()) < _SHORTEST_REASON:
        raise MenuLocked


def eaters_of(session: Session, item_id: UUID) -> list[tuple[Order, Elder]]:
    """Who has ordered this meal, as placed."""
    rows = session.exec(
        select(Order, Elder)
        .join(Elder, col(Elder.id) == Order.elder_id)
        .where(Order.menu_item_id == item_id, Order.state != OrderState.CANCELLED)
        .order_by(col(Order.placed_at), col(Order.id))
    )
    return list(rows)


def refuse_danger(eaters: Sequence[tuple[Order, Elder]], item: MenuItem) -> None:
    """Nobody's ordered meal becomes one that they choke on or are allergic to.

    Raises:
        EatersAtRisk
    """
    holds = {*item.allergens, *item.ingredients}
    danger = [
        order.number
        for order, elder in eaters
        if not swallows(elder, item) or holds & set(elder.allergies)
    ]
    if danger:
        raise EatersAtRisk(orders=danger[:20])


def begin_week(uow: UnitOfWork, sitting: Sitting) -> WeekMenu:
    """The week's menu row, held; made when this is the first thing in it."""
    week = find_week(uow.session, sitting.kitchen_id, sitting.serve_on, lock=True)
    if week is None:
        week = WeekMenu(
            kitchen_id=sitting.kitchen_id, starts_on=monday_of(sitting.serve_on)
        )
        uow.session.add(week)
        uow.session.flush()
    return week


def tell_change(
    uow: UnitOfWork, sitting: Sitting, item: MenuItem, was: str, reason: str | None
) -> None:
    """Tell each station that eats here what is served instead, if it was published."""
    week = begin_week(uow, sitting)
    if week.published_at is None:
        return
    change, eaters = uuid4(), eaters_of(uow.session, item.id)
    for station in stations_fed_by(uow, sitting.kitchen_id):
        mine = [(o, e) for o, e in eaters if o.station_id == station.id]
        record(
            uow,
            "menu.changed",
            "week_menu",
            week.id,
            facts={
                "change": str(change),
                "station_id": str(station.id),
                "serve_on": sitting.serve_on.isoformat(),
                "serving": sitting.serving.value,
                "code": item.code,
                "was": was,
                "now": item.name,
                "reason": (reason or "").strip(),
                "orders": len(mine),
                "clashes": sum(bool(clashes(elder, item)) for _, elder in mine),
            },
            station_id=station.id,
            street_code=station.street_code,
        )
