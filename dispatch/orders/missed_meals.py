"""Standing meals that did not become orders: today's and tomorrow's, each with why.

The night tries most of them again; whoever opens the day sees what it could not order
while there is time to do something.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.clock import town_day
from dispatch.orders.orders import Order, OrderState
from dispatch.orders.refusals import ElderLeft, ElderPaused, PastCutOff, TextureClash
from dispatch.orders.standing_plans import Outcome, StandingDay, StandingPlan
from dispatch.people.elders import Elder, still_here
from dispatch.people.places import Station
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

_AHEAD: Final = timedelta(days=1)
_IN_ORDER: Final = list(Serving)
# No order by hand changes these: what is wrong stands in the elder's file.
_OF_THE_FILE: Final = frozenset({ElderPaused.code, ElderLeft.code, TextureClash.code})


@dataclass(frozen=True, kw_only=True)
class MissedMeal:
    """One meal that a standing plan speaks of; `why` is the refusal's code.

    `orderable`: a person may order what no plan could. Else the kitchen does not serve
    it, or the reason stands in the elder's file.
    """

    elder_id: UUID
    number: str
    name: str
    on: date
    serving: str
    channel: str
    why: str
    orderable: bool


def list_missed(uow: UnitOfWork) -> list[MissedMeal]:
    """Within reach, what can be ordered first; a serving that is over is left out."""
    today = town_day(uow.now)
    query: Any = (
        scoped(uow.actor, Elder)
        .join(StandingDay, col(StandingDay.elder_id) == Elder.id)
        .join(StandingPlan, col(StandingPlan.id) == StandingDay.plan_id)
        .join(Station, col(Station.id) == Elder.station_id)
        .outerjoin(Sitting, _its_sitting())
        .where(col(StandingDay.serve_on).between(today, today + _AHEAD))
        .where(_was_missed(), _is_planned(), still_here(today))
        .where(~_has_order(), col(Sitting.closed_at).is_(None))
        .add_columns(StandingDay, col(StandingPlan.channel), col(Sitting.id))
    )
    found = uow.session.execute(query).all()
    names = unseal(uow.session, {elder.id for elder, *_ in found}, ["name"])
    return _sorted(
        MissedMeal(
            elder_id=elder.id,
            number=elder.number,
            name=shown_name(uow.actor, names[elder.id].get("name", "")),
            on=day.serve_on,
            serving=day.serving.value,
            channel=channel.value,
            why=day.why,
            orderable=sitting_id is not None and day.why not in _OF_THE_FILE,
        )
        for elder, day, channel, sitting_id in found
    )


def _its_sitting() -> ColumnElement[bool]:
    return and_(
        col(Sitting.kitchen_id) == Station.kitchen_id,
        col(Sitting.serve_on) == StandingDay.serve_on,
        col(Sitting.serving) == StandingDay.serving,
    )


def _was_missed() -> ColumnElement[bool]:
    """Also what came too late: the night does not try that again, a person may."""
    return or_(
        col(StandingDay.outcome) == Outcome.MISSED,
        and_(
            col(StandingDay.outcome) == Outcome.SETTLED,
            col(StandingDay.why) == PastCutOff.code,
        ),
    )


def _is_planned() -> ColumnElement[bool]:
    """The plan still speaks of that day."""
    until = col(StandingPlan.until_on)
    return and_(
        col(StandingPlan.ended_at).is_(None),
        or_(until.is_(None), until >= StandingDay.serve_on),
    )


def _has_order() -> ColumnElement[bool]:
    """Somebody ordered it by hand."""
    order = select(Order.id).where(
        col(Order.elder_id) == StandingDay.elder_id,
        col(Order.serve_on) == StandingDay.serve_on,
        col(Order.serving) == StandingDay.serving,
        col(Order.is_meal),
        col(Order.state) != OrderState.CANCELLED,
    )
    return order.exists()


def _sorted(meals: Iterable[MissedMeal]) -> list[MissedMeal]:
    return sorted(
        meals,
        key=lambda one: (
            not one.orderable,
            one.on,
            _IN_ORDER.index(Serving(one.serving)),
            one.number,
        ),
    )
