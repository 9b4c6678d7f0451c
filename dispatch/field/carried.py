"""What a helper carries and for whom: orders read once with all around them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from dispatch.access.masking import called
from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.field.evidence import Evidence
from dispatch.kitchens.batches import boxes_of
from dispatch.kitchens.returns import held_by_elders
from dispatch.orders.orders import ENDED_STATES, Order
from dispatch.people.elders import Elder, Household
from dispatch.people.places import Kitchen
from dispatch.people.vault import unseal
from dispatch.safety.waiting import Wait, read_waits

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Door:
    """What is written beside one door, in plain text."""

    door: str | None
    note: str | None


@dataclass(frozen=True)
class Carried:
    """One order as its helper sees it; the label is a title, never a full name."""

    order: Order
    elder: Elder
    household: Household
    label: str
    dish: str | None
    kitchen: str
    ready_at: datetime | None
    eat_by_at: datetime | None
    seal: str | None
    boxes_back: int
    service_name: str
    minutes: int
    people: int
    wait: Wait | None  # at a door that stayed closed
    served_by: UUID | None

    @property
    def unanswered(self) -> bool:
        """The door stayed closed, and nobody knows yet what became of them."""
        open_ = self.wait is not None and self.wait.open
        return open_ and self.order.state not in ENDED_STATES

    @property
    def diet_words(self) -> list[str]:
        """What must be known of the box at the door."""
        return [*self.elder.diet_tags, *(f"忌{one}" for one in self.elder.allergies)]


def read_carried(session: Session, order_ids: Collection[UUID]) -> dict[UUID, Carried]:
    """These orders by id, in a stated number of queries."""
    orders = _rows(session, Order, order_ids)
    elders = _rows(session, Elder, {o.elder_id for o in orders.values()})
    households = _rows(session, Household, {o.household_id for o in orders.values()})
    dishes = _rows(session, MenuItem, {o.menu_item_id for o in orders.values()})
    sittings = _rows(session, Sitting, {o.sitting_id for o in orders.values()})
    kitchens = _rows(session, Kitchen, {o.kitchen_id for o in orders.values()})
    services = {each.code: each for each in session.exec(select(Service))}
    names = unseal(session, sorted(elders), ["name"])
    waits = read_waits(session, orders)
    boxes = boxes_of(session, orders)
    held = held_by_elders(session, elders)
    served = _served_by(session, orders)
    found = {}
    for order in orders.values():
        elder = elders[order.elder_id]
        dish = dishes.get(order.menu_item_id) if order.menu_item_id else None
        sitting = sittings.get(order.sitting_id) if order.sitting_id else None
        kitchen = kitchens.get(order.kitchen_id) if order.kitchen_id else None
        box = boxes.get(order.id)
        clocks = [each.eat_by_at for each in (sitting, box) if each is not None]
        found[order.id] = Carried(
            order=order,
            elder=elder,
            household=households[order.household_id],
            label=called(names[elder.id].get("name", "？"), elder.sex),
            dish=dish.name if dish else None,
            kitchen=kitchen.name if kitchen else "",
            ready_at=sitting.ready_at if sitting else None,
            eat_by_at=min(clocks, default=None),
            seal=box.seal if box else None,
            boxes_back=held[elder.id],
            service_name=services[order.service].name,
            minutes=services[order.service].minutes,
            people=services[order.service].people,
            wait=waits.get(order.id),
            served_by=served.get(order.id),
        )
    return found


def _rows(
    session: Session, model: type[Row], ids: Collection[UUID | None]
) -> dict[UUID, Row]:
    id_ = model.id  # type: ignore[attr-defined]
    query = select(model).where(id_.in_([one for one in ids if one is not None]))
    return {row.id: row for row in session.exec(query)}  # type: ignore[attr-defined]


def _served_by(session: Session, order_ids: Collection[UUID]) -> dict[UUID, UUID]:
    query = select(Evidence.order_id, Evidence.helper_id).where(
        col(Evidence.order_id).in_(order_ids), Evidence.counts
    )
    return {order_id: who for order_id, who in session.exec(query) if who is not None}
