"""Single figures, each by its query's id: coverage and the sums of the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from dispatch.access.scope import scoped
from dispatch.clock import read_clock, town_day, town_moment
from dispatch.errors import NotFound
from dispatch.kitchens.batches import MealBox
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder
from dispatch.reports.circle import near_a_point
from dispatch.reports.queries import QUERIES
from dispatch.reports.rosters import (
    Register,
    Roster,
    entitled_on,
    is_signed,
    signed_ids,
    signed_on,
)
from dispatch.reports.served import (
    IS_BROUGHT,
    IS_DONE,
    Carried,
    Served,
    count_carried,
    count_served,
)
from dispatch.reports.spans import Span, span_of
from dispatch.reports.sums import Sums, total_of
from dispatch.reports.tables import Kind, percent, ratio
from dispatch.store.unit_of_work import SYSTEM, Actor
from dispatch.subsidy.rule_versions import rules_on

_OLD: Final = 80
_UNSEEN: Final = timedelta(days=7)


class NoSuchFigure(NotFound):
    """没有这个指标。"""

    code = "no_such_figure"


@dataclass(frozen=True)
class Figure:
    """One figure with everything that is needed to count it again.

    `whole` is None for what is not divided; `denominator` the version of the list that
    it was divided by. `value` is what a cell of that kind holds. `left_out`: how many
    stand in neither part nor whole because nobody knows when they were.
    """

    query: str
    period: str
    as_of: date
    part: int
    whole: int | None = None
    kind: Kind = Kind.COUNT
    denominator: str = ""
    left_out: int = 0

    @property
    def words(self) -> str:
        return QUERIES[self.query]

    @property
    def value(self) -> int | None:
        if self.whole is None:
            return self.part
        dividing = percent if self.kind is Kind.PERCENT else ratio
        return dividing(self.part, self.whole)


@dataclass(frozen=True)
class Looking:
    """Where figures are counted: whose part of the district, which days, as of when."""

    session: Session
    actor: Actor
    span: Span
    as_of: date
    today: date
    register: Register

    def before(self) -> "Looking":
        """The same look at the period before."""
        span = self.span.before()
        as_of = span.as_of(self.today)
        return replace(self, span=span, as_of=as_of)

    @cached_property
    def sums(self) -> Sums:
        return total_of(self.session, self.actor, self.span)

    @cached_property
    def signed(self) -> Roster:
        return signed_on(self.session, self.actor, self.as_of)

    @cached_property
    def entitled(self) -> Roster:
        policy = rules_on(self.session, self.as_of).policy
        return entitled_on(self.register, policy, self.as_of)

    @cached_property
    def served(self) -> Served:
        """What was done and for whom."""
        born = _born_until(self.as_of)
        signed = is_signed(self.actor, self.as_of)
        return count_served(self.session, self.done, signed, col(Elder.born_on) <= born)

    @cached_property
    def carried(self) -> Carried:
        """The meals that were brought."""
        return count_carried(self.session, self.done)

    def done(self, *what: Any) -> Any:
        """For queries: services that were done on these days."""
        reach: Any = scoped(self.actor, Order)
        return (
            reach.with_only_columns(*what)
            .select_from(Order)
            .where(
                IS_DONE,
                col(Order.serve_on).between(self.span.first_on, self.as_of),
            )
        )

    def count(self, query: Any) -> int:
        return int(self.session.execute(query).scalar_one() or 0)


def looking(session: Session, actor: Actor, period: str) -> Looking:
    """Raises: BadPeriod."""
    span, today = span_of(period), town_day(read_clock(session))
    register = Register(session, actor)
    return Looking(session, actor, span, span.as_of(today), today, register)


def figure(
    session: Session, query_id: str, period: str, actor: Actor = SYSTEM
) -> Figure:
    """One figure of a period.

    Raises:
        NoSuchFigure, BadPeriod
    """
    if query_id not in FIGURES:
        raise NoSuchFigure
    return count_figure(looking(session, actor, period), query_id)


def count_figure(look: Looking, query_id: str) -> Figure:
    """The same where somebody looks at several."""
    part, whole, kind, denominator = FIGURES[query_id](look)
    left_out = _LEFT_OUT[query_id](look) if query_id in _LEFT_OUT else 0
    days = (look.span.words, look.as_of)
    return Figure(query_id, *days, part, whole, kind, denominator, left_out)


_Counted = tuple[int, int | None, Kind, str]


def _sum(name: str, kind: Kind = Kind.COUNT) -> Callable[[Looking], _Counted]:
    return lambda look: (getattr(look.sums, name), None, kind, "")


def _signed_rate(look: Looking) -> _Counted:
    part = look.signed.count_in(look.entitled)
    return part, len(look.entitled), Kind.PERCENT, look.entitled.version


def _coverage(look: Looking) -> _Counted:
    served = look.served.signed_persons
    return served, len(look.signed), Kind.PERCENT, look.signed.version


def _per_person(look: Looking) -> _Counted:
    one = look.served
    return one.signed_services, one.signed_persons, Kind.RATIO, look.signed.version


def _share_80(look: Looking) -> _Counted:
    return look.served.old_persons, look.served.persons, Kind.PERCENT, ""


def _born_until(on: date) -> date:
    """Who was born by then is eighty or more on that day."""
    born = date(on.year - _OLD, on.month, min(on.day, 28))
    return born + timedelta(days=on.day - born.day)


def _on_time(look: Looking) -> _Counted:
    return look.carried.in_time, look.carried.timed, Kind.PERCENT, ""


def _hot(look: Looking) -> _Counted:
    return look.carried.hot, look.carried.timed_boxes, Kind.PERCENT, ""


def _on_time_by_end(look: Looking) -> _Counted:
    return _by_end(look, look.done(*_until(col(Order.window_until_at))))


def _hot_by_end(look: Looking) -> _Counted:
    boxes = look.done(*_until(col(MealBox.eat_by_at)))
    return _by_end(look, boxes.join(MealBox, col(MealBox.order_id) == col(Order.id)))


def _until(limit: Any) -> tuple[Any, Any]:
    """To count: what was handed over by then, and all of it."""
    return func.count(case((col(Order.ended_at) <= limit, 1))), func.count()


def _by_end(look: Looking, query: Any) -> _Counted:
    """As figures were counted before: typed-in times among them."""
    carried = query.where(IS_BROUGHT, col(Order.ended_at).is_not(None))
    in_time, every = look.session.execute(carried).one()
    return int(in_time), int(every), Kind.PERCENT, ""


def _unseen(look: Looking) -> _Counted:
    """As people stand today: when somebody was last seen is kept of the last time."""
    since = town_moment(look.today, 0) - _UNSEEN + timedelta(days=1)
    signed = signed_ids(look.actor, look.as_of)
    unseen = select(func.count()).where(
        col(Elder.id).in_(signed),
        col(Elder.last_seen_at).is_(None) | (col(Elder.last_seen_at) < since),
    )
    return look.count(unseen), len(look.signed), Kind.PERCENT, look.signed.version


def _circle(look: Looking) -> _Counted:
    near, located = near_a_point(look.session, look.register.homes, look.as_of)
    return near, located, Kind.PERCENT, ""


FIGURES: Final[dict[str, Callable[[Looking], _Counted]]] = {
    "ledger.orders/1": _sum("orders"),
    "ledger.persons/1": _sum("persons"),
    "ledger.person_days/1": _sum("person_days"),
    "ledger.granted_persons/1": _sum("granted_persons"),
    "ledger.granted_days/1": _sum("granted_days"),
    "ledger.price/1": _sum("price_fen", Kind.FEN),
    "ledger.subsidy/1": _sum("subsidy_fen", Kind.FEN),
    "ledger.coupon/1": _sum("coupon_fen", Kind.FEN),
    "ledger.external/1": _sum("external_fen", Kind.FEN),
    "ledger.self/1": _sum("self_fen", Kind.FEN),
    "ledger.borne/1": _sum("borne_fen", Kind.FEN),
    "orders.done/1": lambda look: (*(look.served.services, None, Kind.COUNT, ""),),
    "orders.persons/1": lambda look: (*(look.served.persons, None, Kind.COUNT, ""),),
    "people.entitled/1": lambda look: (
        *(len(look.entitled), None, Kind.COUNT, look.entitled.version),
    ),
    "people.signed/1": lambda look: (
        *(len(look.signed), None, Kind.COUNT, look.signed.version),
    ),
    "cover.signed_rate/1": _signed_rate,
    "cover.coverage/1": _coverage,
    "cover.per_person/1": _per_person,
    "cover.share_80/1": _share_80,
    "cover.on_time/1": _on_time_by_end,
    "cover.on_time/2": _on_time,
    "cover.hot/1": _hot_by_end,
    "cover.hot/2": _hot,
    "cover.unseen_7/1": _unseen,
    "cover.circle/1": _circle,
}
_LEFT_OUT: Final[dict[str, Callable[[Looking], int]]] = {
    "cover.on_time/2": lambda look: look.carried.meals - look.carried.timed,
    "cover.hot/2": lambda look: look.carried.boxes - look.carried.timed_boxes,
}
