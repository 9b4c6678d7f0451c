"""Recall: from a batch to the boxes to the persons, in the order of calling them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case
from sqlmodel import col, or_, select

from dispatch.access.scope import scoped
from dispatch.catalogue.dishes import Dish, MenuDish
from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.errors import NotFound
from dispatch.kitchens.batches import Batch, MealBox
from dispatch.kitchens.reach import is_own, kitchens_in_reach
from dispatch.log.audit import write_down
from dispatch.orders.orders import Order, OrderState
from dispatch.people.elders import Contact, Elder, Household, Living
from dispatch.people.places import Kitchen, Station
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

_LOOK_BACK: Final = timedelta(days=14)
_MOST_FOUND: Final = 60


@dataclass(frozen=True, kw_only=True)
class BatchFound:
    """A batch that somebody looks for."""

    id: UUID
    number: str
    serve_on: date
    serving: str
    dish: str
    portions: int
    cooked_at: datetime | None
    eat_by_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None


@dataclass(frozen=True, kw_only=True)
class Eater:
    """Somebody who has a box of a batch, without their name."""

    call: int  # in which turn they are called, from 1 on
    batch: str
    order_id: UUID
    order_number: str
    seal: str | None
    channel: str
    state: str
    handed_at: datetime | None
    elder_id: UUID
    sex: str
    born_on: date
    alone: bool
    weak: bool
    station: str
    station_phone: str
    community: str
    building: str


@dataclass(frozen=True, kw_only=True)
class RecallLine(Eater):
    """The same with whom to call."""

    name: str
    phone: str
    contact: str
    contact_phone: str


@dataclass(frozen=True, kw_only=True)
class RecallSheet:
    """Who has eaten of a batch, or may still: to be called in this order."""

    batch: BatchFound
    printed_at: datetime
    not_eaten: int
    eaten: int
    lines: list[RecallLine]


def list_eaters(uow: UnitOfWork, batch_ids: Sequence[UUID]) -> list[Eater]:
    """Batch → boxes → persons, in one query.

    First who has not eaten yet, for they can be stopped; then the weakest, those who
    live alone, and the oldest. The kitchen's own people see everybody whom their
    kitchen fed, others those within their reach.
    """
    rows = uow.session.exec(_eaters(uow, batch_ids))
    return [
        Eater(
            call=turn,
            batch=batch,
            order_id=order.id,
            order_number=order.number,
            seal=box.seal,
            channel=order.channel.value,
            state=order.state.value,
            handed_at=order.ended_at if order.state is OrderState.DONE else None,
            elder_id=elder.id,
            sex=elder.sex,
            born_on=elder.born_on,
            alone=elder.living is Living.ALONE,
            weak=bool(elder.swallowing_level or elder.dementia)
            or elder.ability_level >= 2,
            station=station.name,
            station_phone=station.phone,
            community=home.community,
            building=home.building,
        )
        for turn, (batch, box, order, elder, home, station) in enumerate(rows, start=1)
    ]


def _eaters(uow: UnitOfWork, batch_ids: Sequence[UUID]) -> Any:
    weak = or_(
        col(Elder.swallowing_level) > 0, col(Elder.dementia), Elder.ability_level >= 2
    )
    query: Any = (
        select(Batch.number, MealBox, Order, Elder, Household, Station)  # type: ignore[call-overload]
        .join(MealBox, col(MealBox.batch_id) == Batch.id)
        .join(Order, col(Order.id) == MealBox.order_id)
        .join(Kitchen, col(Kitchen.id) == Batch.kitchen_id)
        .join(Elder, col(Elder.id) == Order.elder_id)
        .join(Household, col(Household.id) == Order.household_id)
        .join(Station, col(Station.id) == Order.station_id)
        .where(col(Batch.id).in_(batch_ids), Order.state != OrderState.CANCELLED)
        .order_by(
            case((col(Order.state) == OrderState.DONE, 1), else_=0),
            case((weak, 0), else_=1),
            case((col(Elder.living) == Living.ALONE, 0), else_=1),
            col(Elder.born_on),
            col(Order.id),
        )
    )
    if not _all_are_theirs(uow, batch_ids):
        mine = scoped(uow.actor, Order).with_only_columns(col(Order.id))
        query = query.where(col(Order.id).in_(mine))
    return query


def _all_are_theirs(uow: UnitOfWork, batch_ids: Sequence[UUID]) -> bool:
    """The actor works in the kitchen of these batches."""
    if uow.actor.station_id is None:
        return False
    station = uow.session.get_one(Station, uow.actor.station_id)
    kitchen = uow.session.get_one(Kitchen, station.kitchen_id)
    batches = [uow.session.get_one(Batch, one) for one in batch_ids]
    return is_own(uow, kitchen) and all(b.kitchen_id == kitchen.id for b in batches)


def find_batches(uow: UnitOfWork, q: str) -> list[BatchFound]:
    """The last fortnight's batches by number, day, dish, ingredient or seal.

    Without words the newest. A batch is found by anything that was in it.
    """
    since = uow.now - _LOOK_BACK
    rows = uow.session.exec(
        select(Batch, MenuItem, Sitting)
        .join(MenuItem, col(MenuItem.id) == Batch.menu_item_id)
        .join(Sitting, col(Sitting.id) == Batch.sitting_id)
        .where(col(Batch.kitchen_id).in_(kitchens_in_reach(uow)))
        .where(col(Batch.started_at) >= since)
        .order_by(col(Batch.started_at).desc(), col(Batch.number))
    ).all()
    wanted = q.strip().upper()
    sealed = _batches_sealed(uow, wanted) if wanted else set()
    parts = _parts_of(uow, [item.id for _, item, _ in rows]) if wanted else {}
    found = [
        _found(batch, item, sitting)
        for batch, item, sitting in rows
        if not wanted
        or batch.id in sealed
        or wanted in _told_of(batch, item, sitting, parts)
    ]
    return found[:_MOST_FOUND]


def show_batch(uow: UnitOfWork, batch_id: UUID) -> BatchFound:
    """Raises: NotFound, also for a kitchen out of reach."""
    row = uow.session.exec(
        select(Batch, MenuItem, Sitting)
        .join(MenuItem, col(MenuItem.id) == Batch.menu_item_id)
        .join(Sitting, col(Sitting.id) == Batch.sitting_id)
        .where(Batch.id == batch_id)
        .where(col(Batch.kitchen_id).in_(kitchens_in_reach(uow)))
    ).first()
    if row is None:
        raise NotFound("没有找到这一批次。")
    return _found(*row)


def recall(uow: UnitOfWork, batch_id: UUID, reason: str) -> RecallSheet:
    """Everybody to call, with their numbers; each opened number is written down.

    Raises:
        NotFound
    """
    batch = show_batch(uow, batch_id)
    eaters = list_eaters(uow, [batch.id])
    kept = unseal(uow.session, [one.elder_id for one in eaters], ["name", "phone"])
    for one in eaters:
        write_down(
            uow, "recall", "elder", one.elder_id, fields=["name", "phone", "contacts"],
            purpose=f"{batch.number} {reason}"[:200],
        )  # fmt: skip
    nearest = _nearest(uow, [one.elder_id for one in eaters])
    phones = unseal(uow.session, [one.id for one in nearest.values()], ["phone"])
    lines = [
        _line(one, kept.get(one.elder_id, {}), nearest.get(one.elder_id), phones)
        for one in eaters
    ]
    eaten = sum(one.handed_at is not None for one in eaters)
    return RecallSheet(
        batch=batch,
        printed_at=uow.now,
        not_eaten=len(eaters) - eaten,
        eaten=eaten,
        lines=lines,
    )


def _nearest(uow: UnitOfWork, elder_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Per elder whom to call first beside them."""
    query = select(Contact).where(col(Contact.elder_id).in_(elder_ids))
    rows = uow.session.exec(query.order_by(col(Contact.rank).desc(), col(Contact.id)))
    return {one.elder_id: one for one in rows}


def _line(
    one: Eater,
    kept: dict[str, str],
    contact: Contact | None,
    phones: dict[UUID, dict[str, str]],
) -> RecallLine:
    return RecallLine(
        **vars(one),
        name=kept.get("name", "？"),
        phone=kept.get("phone", ""),
        contact=contact.relation if contact else "",
        contact_phone=phones[contact.id].get("phone", "") if contact else "",
    )


def _found(batch: Batch, item: MenuItem, sitting: Sitting) -> BatchFound:
    return BatchFound(
        id=batch.id,
        number=batch.number,
        serve_on=sitting.serve_on,
        serving=sitting.serving.value,
        dish=f"{item.code} {item.name}",
        portions=batch.portions,
        cooked_at=batch.cooked_at,
        eat_by_at=batch.eat_by_at,
        withdrawn_at=batch.withdrawn_at,
        withdrawn_why=batch.withdrawn_why,
    )


def _told_of(
    batch: Batch, item: MenuItem, sitting: Sitting, parts: dict[UUID, list[str]]
) -> str:
    words = [batch.number, sitting.serve_on.isoformat(), item.name, *item.ingredients]
    return " ".join([*words, *parts.get(item.id, [])]).upper()


def _parts_of(uow: UnitOfWork, menu_item_ids: list[UUID]) -> dict[UUID, list[str]]:
    rows = uow.session.exec(
        select(MenuDish.menu_item_id, Dish.name, Dish.ingredients)
        .join(Dish, col(Dish.id) == MenuDish.dish_id)
        .where(col(MenuDish.menu_item_id).in_(menu_item_ids))
    )
    found: dict[UUID, list[str]] = {}
    for menu_item_id, name, ingredients in rows:
        found.setdefault(menu_item_id, []).extend([name, *ingredients])
    return found


def _batches_sealed(uow: UnitOfWork, seal: str) -> set[UUID]:
    query = select(MealBox.batch_id).where(MealBox.seal == seal)
    return set(uow.session.exec(query))
