"""Returnable boxes that are out: with whom, since when, and what came back today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.scope import scoped
from dispatch.clock import town_day, town_moment
from dispatch.kitchens.batches import MealBox
from dispatch.kitchens.returns import (
    BoxReturn,
    Step,
    held_by_elders,
    held_by_helpers,
)
from dispatch.orders.orders import Order, OrderState
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.staffing.showing import name_of
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ElderBoxes:
    """Boxes that an elder still has; `last_on`: the last meal that came in one."""

    elder_id: UUID
    number: str
    name: str
    boxes: int
    last_on: date


@dataclass(frozen=True, kw_only=True)
class HelperBoxes:
    """Empty boxes that a helper took back and has not handed in."""

    helper_id: UUID
    name: str
    boxes: int


@dataclass(frozen=True, kw_only=True)
class BoxesOut:
    """The boxes of a station's elders and helpers; those who hold longest first."""

    elders: list[ElderBoxes]
    helpers: list[HelperBoxes]
    taken_today: int
    handed_today: int


def show_boxes(uow: UnitOfWork) -> BoxesOut:
    """What is out within reach, in a stated number of queries."""
    session = uow.session
    elders = _had_boxes(uow)
    helpers = session.exec(scoped(uow.actor, Helper)).all()
    held = held_by_elders(session, list(elders))
    carried = held_by_helpers(session, [one.id for one in helpers])
    out = [one for one in elders if held[one]]
    carry = [one for one in helpers if carried[one.id]]
    names = unseal(session, [*out, *(one.id for one in carry)], ["name"])
    rows = [
        ElderBoxes(
            elder_id=one,
            number=elders[one][0].number,
            name=shown_name(uow.actor, names[one].get("name", "")),
            boxes=held[one],
            last_on=elders[one][1],
        )
        for one in out
    ]
    today = town_day(uow.now)
    return BoxesOut(
        elders=sorted(rows, key=lambda row: (row.last_on, row.number)),
        helpers=[
            HelperBoxes(
                helper_id=one.id,
                name=name_of(one, names[one.id], today),
                boxes=carried[one.id],
            )
            for one in carry
        ],
        taken_today=_count(session, today, Step.TAKEN_BACK, elders),
        handed_today=_count(
            session, today, Step.HANDED_IN, [one.id for one in helpers]
        ),
    )


def _had_boxes(uow: UnitOfWork) -> dict[UUID, tuple[Elder, date]]:
    """Whoever ever had a returnable box, and the day of the last one."""
    mine = scoped(uow.actor, Elder).with_only_columns(col(Elder.id))
    query = (
        select(Order.elder_id, func.max(Order.serve_on))
        .join(MealBox, col(MealBox.order_id) == Order.id)
        .where(col(MealBox.returnable), Order.state == OrderState.DONE)
        .where(col(Order.elder_id).in_(mine))
        .group_by(col(Order.elder_id))
    )
    last = dict(uow.session.exec(query).all())
    elders = uow.session.exec(select(Elder).where(col(Elder.id).in_(list(last))))
    return {elder.id: (elder, last[elder.id]) for elder in elders}


def _count(session: Session, on: date, step: Step, whose: Collection[UUID]) -> int:
    of = BoxReturn.elder_id if step is Step.TAKEN_BACK else BoxReturn.helper_id
    query = select(func.sum(BoxReturn.boxes)).where(
        BoxReturn.step == step,
        BoxReturn.at >= town_moment(on, 0),
        BoxReturn.at < town_moment(on, 24 * 3600),
        col(of).in_(list(whose)),
    )
    return int(session.exec(query).one() or 0)
