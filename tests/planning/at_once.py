"""A station on whose board orders are wanted at once, and what came of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import Session, select

from dispatch.log.events import Event
from dispatch.orders.orders import Order
from dispatch.planning.on_demand import telling
from dispatch.planning.on_demand.minding import Minder
from dispatch.planning.on_demand.standby import standby_of
from dispatch.planning.plans import Stop, StopOrder, StopState
from dispatch.store.unit_of_work import picture
from tests.little_town import ELEVEN, LittleTown
from tests.planning.lunch_wave import (
    order_visit,
    wave_of,
)

MINUTE = timedelta(minutes=1)


def a_visit(town: LittleTown, elder_id: UUID | None = None, **about: Any) -> UUID:
    """A visit that is wanted at once, within the hour."""
    about.setdefault("window", (ELEVEN, ELEVEN + timedelta(hours=1)))
    return order_visit(town, elder_id, ready_at=ELEVEN, **about)


def leave(town: LittleTown) -> int:
    return Minder(town.engine).look()


def look_twice(town: LittleTown, minder: Minder | None = None) -> None:
    minder = minder or Minder(town.engine)
    minder.look()
    minder.look()


def statements_of(town: LittleTown, deed: Any) -> list[str]:
    """What was said to the database meanwhile."""
    said: list[str] = []

    def note(*about: Any) -> None:
        said.append(about[2])

    event.listen(town.engine, "before_cursor_execute", note)
    try:
        deed()
    finally:
        event.remove(town.engine, "before_cursor_execute", note)
    return said


def leave_early(town: LittleTown, order_id: UUID) -> None:
    """Somebody leaves now, whatever the window says."""
    with Session(town.engine) as session:
        order = session.get_one(Order, order_id)
        order.window_from_at = order.ready_at = town_now(town)
        session.add(order)
        session.commit()
    assert leave(town) == 1


def town_now(town: LittleTown) -> Any:
    with picture(town.engine) as seen:
        return seen.now


def alarms(town: LittleTown) -> list[Event]:
    with Session(town.engine) as session:
        query = select(Event).where(Event.kind == telling.UNTAKEN)
        return list(session.exec(query))


def events_of(town: LittleTown, subject_id: UUID) -> list[Event]:
    with Session(town.engine) as session:
        return list(session.exec(select(Event).where(Event.subject_id == subject_id)))


def free_at(town: LittleTown, helper_id: UUID) -> Any:
    with picture(town.engine) as seen:
        (found,) = standby_of(seen.session, wave_of(town), seen.now, {helper_id})
    return found.duty.free[0]


def orders_at(town: LittleTown, stop: Stop) -> set[UUID]:
    with Session(town.engine) as session:
        query = select(StopOrder.order_id).where(StopOrder.stop_id == stop.id)
        return set(session.exec(query))


def set_stop(town: LittleTown, stop: Stop, state: StopState, **about: Any) -> None:
    with Session(town.engine) as session:
        kept = session.get_one(Stop, stop.id)
        kept.state = state
        for name, value in about.items():
            setattr(kept, name, value)
        session.commit()
