"""What was done in some days and for whom: counted in one reading of the orders.

A city's month has three hundred thousand orders. Each share of the coverage report asks
for another count of them; they are counted together, once.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, literal, null, select, union_all
from sqlmodel import Session, col

from dispatch.catalogue.services import Service
from dispatch.field.evidence import Evidence
from dispatch.field.honest_times import is_honest
from dispatch.kitchens.batches import MealBox
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elders import Elder


def _said(value: Any, column: Any) -> Any:
    """A value in the words of the statement: an index that holds such rows alone is
    then used on SQLite, too.
    """
    return literal(value, type_=column.type, literal_execute=True)


IS_DONE: Final[Any] = col(Order.state) == _said(OrderState.DONE, Order.state)
IS_BROUGHT: Final[Any] = col(Order.channel) == _said(Channel.DELIVERY, Order.channel)


@dataclass(frozen=True)
class Served:
    """Services and the persons they were for, each person counted once.

    `signed` of those on the roster, `old` of those born in time; `mix` has services and
    persons by kind of help, most services first.
    """

    mix: tuple[tuple[str, int, int], ...]
    services: int
    persons: int
    signed_services: int
    signed_persons: int
    old_persons: int


@dataclass(frozen=True)
class Carried:
    """Meals that were brought; `boxes` are those whose batch is known.

    `timed` were handed over at a moment that a phone or the counter kept itself.
    """

    meals: int
    timed: int
    in_time: int
    boxes: int
    timed_boxes: int
    hot: int


def count_served(session: Session, done: Any, signed: Any, old: Any) -> Served:
    """What was done, by one reading of it.

    Args:
        done: the services that were done, a query whose columns are still open.
        signed: of an elder, whether they stand on the roster.
        old: of an elder, whether they were born in time.
    """
    who, what, many = col(Order.elder_id), col(Order.service), func.count()
    counted = done(who.label("elder_id"), what.label("service"), many.label("services"))
    row = counted.group_by(who, what).subquery()
    person = (
        select(
            row.c.elder_id,
            col(Service.assist),
            func.sum(row.c.services).label("services"),
        )
        .join(Service, col(Service.code) == row.c.service)
        .group_by(row.c.elder_id, col(Service.assist))
        .cte("person")
    )
    each = (
        select(person.c.elder_id, func.sum(person.c.services).label("services"))
        .group_by(person.c.elder_id)
        .subquery()
    )
    whole: Any = select(
        null().label("assist"),
        func.sum(each.c.services),
        func.count(),
        func.sum(case((signed, each.c.services), else_=0)),
        func.count(case((signed, 1))),
        func.count(case((old, 1))),
    ).join(Elder, col(Elder.id) == each.c.elder_id)
    mix: Any = select(
        person.c.assist,
        func.sum(person.c.services),
        func.count(),
        *(literal(0), literal(0), literal(0)),
    ).group_by(person.c.assist)
    totals, kinds = [0] * 5, []
    for assist, *told in session.execute(union_all(whole, mix)):
        counts = [int(each or 0) for each in told]
        if assist is None:
            totals = counts
        else:
            kinds.append((str(assist), counts[0], counts[1]))
    kinds.sort(key=lambda one: (-one[1], one[0]))
    return Served(tuple(kinds), *totals)


def count_carried(session: Session, done: Any) -> Carried:
    """The meals among it that were brought to a door, and which of them in time."""
    honest = is_honest()
    boxed: ColumnElement[bool] = col(MealBox.order_id).is_not(None)
    until, eat_by = col(Order.window_until_at), col(MealBox.eat_by_at)
    at = col(Evidence.at)
    query = (
        done(
            func.count(),
            *(
                func.count(case((is_so, 1)))
                for is_so in (
                    honest,
                    honest & (at <= until),
                    boxed,
                    honest & boxed,
                    honest & (at <= eat_by),
                )
            ),
        )
        .outerjoin(
            Evidence, (col(Evidence.order_id) == col(Order.id)) & col(Evidence.counts)
        )
        .outerjoin(MealBox, col(MealBox.order_id) == col(Order.id))
        .where(IS_BROUGHT)
    )
    return Carried(*(int(each) for each in session.execute(query).one()))
