"""Errands: an order with all that the plan must know of it, as a task of routing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, select

from dispatch.catalogue.services import SameSex, Service
from dispatch.catalogue.sittings import Sitting
from dispatch.clock import town_seconds
from dispatch.kitchens.batches import MealBox, boxes_of
from dispatch.orders.orders import Order
from dispatch.people.elder_facts import NO_HISTORY, History, histories_of
from dispatch.people.elders import Elder, Household
from dispatch.people.places import Kitchen
from dispatch.planning.rules import (
    BOX_AT_DOOR_SECONDS,
    BOX_AT_KITCHEN_SECONDS,
    LEFT_OUT_PENALTY,
    PAPER_SKILL,
    SEX_SKILL,
    tier_of,
    way_up_seconds,
)
from dispatch.planning.spots import Buildings, Spot, kitchen_spot
from routing import Halt, Task

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Errand:
    """One order, whom it is for, where it comes from, and until when it is eaten."""

    order: Order
    elder: Elder
    household: Household
    service: Service
    sitting: Sitting | None = None
    kitchen: Kitchen | None = None
    history: History = NO_HISTORY
    eat_by_at: datetime | None = None


def list_errands(session: Session, orders: Sequence[Order]) -> list[Errand]:
    """The errands of these orders, in their order, in eight queries."""
    elders = _rows(session, Elder, "id", (o.elder_id for o in orders))
    doors = _rows(session, Household, "id", (o.household_id for o in orders))
    services = _rows(session, Service, "code", (o.service for o in orders))
    sittings = _rows(session, Sitting, "id", (o.sitting_id for o in orders))
    kitchens = _rows(session, Kitchen, "id", (o.kitchen_id for o in orders))
    histories = histories_of(session, {order.elder_id for order in orders})
    boxes = boxes_of(session, [o.id for o in orders if o.sitting_id is not None])
    return [
        Errand(
            order,
            elders[order.elder_id],
            doors[order.household_id],
            services[order.service],
            sitting := sittings.get(order.sitting_id),
            kitchens.get(order.kitchen_id),
            histories[order.elder_id],
            _eat_by(sitting, boxes.get(order.id)),
        )
        for order in orders
    ]


def _eat_by(sitting: Sitting | None, box: MealBox | None) -> datetime | None:
    clocks = [each.eat_by_at for each in (sitting, box) if each is not None]
    return min(clocks, default=None)


def _rows(
    session: Session, kind: type[Row], key: str, wanted: Iterable[UUID | str | None]
) -> dict[UUID | str | None, Row]:
    column: Any = getattr(kind, key)
    ids = {each for each in wanted if each is not None}
    found = session.exec(select(kind).where(column.in_(ids))) if ids else ()
    return {getattr(row, key): row for row in found}


def needs_of(errand: Errand) -> frozenset[str]:
    """The skills that an errand asks of whoever comes."""
    needs = {*errand.service.skills}
    if not errand.household.signal:
        needs.add(PAPER_SKILL)
    if errand.service.same_sex is SameSex.ONLY:
        needs.add(SEX_SKILL[errand.elder.sex])
    return frozenset(needs)


def task_of(errand: Errand, buildings: Buildings, on: date) -> Task:
    """The errand as a task named by its order's id.

    Raises:
        BadProblem: its window is empty, such as a meal that is ready only after the
            last moment at which it may be eaten.
    """
    order, service = errand.order, errand.service
    return Task(
        id=str(order.id),
        **_halts(errand, buildings.spot_of(errand.household), on),
        tier=tier_of(order, errand.elder, errand.history, service),
        penalty=LEFT_OUT_PENALTY[order.channel],
        needs=needs_of(errand),
        people=service.people,
    )


def _halts(errand: Errand, door: Spot, on: date) -> dict[str, Any]:
    order, sitting, kitchen = errand.order, errand.sitting, errand.kitchen
    first = town_seconds(order.window_from_at, on)
    last = town_seconds(order.window_until_at, on)
    way_up = way_up_seconds(errand.household)
    if sitting is None or kitchen is None or errand.eat_by_at is None:
        minutes = errand.service.minutes
        return {"visit": Halt(door.id, ((first, last),), way_up + 60 * minutes)}
    ready = town_seconds(sitting.ready_at, on)
    last = min(last, town_seconds(errand.eat_by_at, on))
    place = kitchen_spot(kitchen).id
    return {
        "pickup": Halt(place, ((ready, last),), BOX_AT_KITCHEN_SECONDS),
        "dropoff": Halt(door.id, ((first, last),), way_up + BOX_AT_DOOR_SECONDS),
        "load": (1,),
        "max_ride_seconds": sitting.hot_seconds,
    }
