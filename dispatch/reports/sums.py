"""Sums of some months by whatever is asked: station, street, service, kind of person.

人次 (`orders`), 人数 (`persons`, each counted once) and 人日 (`person_days`) are three
different counts, none of which can be had by adding up another table's rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Integer, Select, case, cast, func, select
from sqlalchemy.dialects.postgresql import BIT
from sqlmodel import Session, col

from dispatch.access.scope import scoped
from dispatch.reports.month_sums import MonthGrant, MonthSum
from dispatch.reports.spans import Span
from dispatch.store.unit_of_work import Actor
from dispatch.subsidy.elder_rules import NATIONAL_COUPON
from dispatch.subsidy.ledger_accounts import AccountKind

_BITS: Final = 31
_FEN: Final = ("price_fen", "self_fen", "borne_fen", "other_fen")
_NAMES: Final = (
    *("orders", "persons", "person_days", "granted_persons", "granted_days"),
    *_FEN,
)
Group = tuple[str, ...]


@dataclass(frozen=True)
class Sums:
    """Counts and fen of one group. The price is all the other fen together."""

    orders: int = 0
    persons: int = 0
    person_days: int = 0
    granted_persons: int = 0
    granted_days: int = 0
    price_fen: int = 0
    self_fen: int = 0
    borne_fen: int = 0
    other_fen: int = 0
    grants: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def coupon_fen(self) -> int:
        return self._of(lambda kind, payer: payer == NATIONAL_COUPON)

    @property
    def external_fen(self) -> int:
        """What an insurance or the like pays, before any subsidy."""
        return self._of(lambda kind, _: kind == AccountKind.EXTERNAL)

    @property
    def subsidy_fen(self) -> int:
        """What the district's payers owe: everything but coupon and insurance."""
        return sum(self.grants.values()) - self.coupon_fen - self.external_fen

    def _of(self, wanted: Any) -> int:
        return sum(fen for key, fen in self.grants.items() if wanted(*key))


def sums_by(
    session: Session,
    actor: Actor,
    span: Span,
    by: Sequence[str] = (),
    only: Mapping[str, Any] | None = None,
) -> dict[Group, Sums]:
    """The sums of each group within the actor's reach, by the groups' order.

    Args:
        by: columns that `MonthSum` and `MonthGrant` share.
        only: values that some of those columns must have; a list: any of these.
    """
    counts = _counts(session, actor, span, by, only or {})
    grants = _grants(session, actor, span, by, only or {})
    return {
        group: Sums(grants=grants.get(group, {}), **counts.get(group, {}))
        for group in sorted(counts.keys() | grants.keys())
    }


def total_of(
    session: Session, actor: Actor, span: Span, only: Mapping[str, Any] | None = None
) -> Sums:
    """The sums of everything within reach; persons and days counted once."""
    return sums_by(session, actor, span, (), only).get((), Sums())


def _counts(
    session: Session,
    actor: Actor,
    span: Span,
    by: Sequence[str],
    only: Mapping[str, Any],
) -> dict[Group, dict[str, int]]:
    """First per elder and month of service, where days can be laid together."""
    kept = scoped(actor, MonthSum).where(
        span.holds(col(MonthSum.period)), *_are(MonthSum, only)
    )
    month = kept.subquery()
    groups = [month.c[name] for name in by]
    person = (
        select(
            *groups,
            month.c.elder_id,
            func.sum(month.c.orders).label("orders"),
            _days_together(session, month.c.days).label("days"),
            _days_together(session, month.c.granted_days).label("granted"),
            *(func.sum(month.c[name]).label(name) for name in _FEN),
        )
        .group_by(*groups, month.c.elder_id, month.c.service_month)
        .subquery()
    )
    mine = [person.c[name] for name in by]
    query: Select[Any] = select(
        *mine,
        func.sum(person.c.orders),
        _persons(person.c.elder_id, person.c.days),
        func.sum(person.c.days),
        _persons(person.c.elder_id, person.c.granted),
        func.sum(person.c.granted),
        *(func.sum(person.c[name]) for name in _FEN),
    ).group_by(*mine)
    return {
        tuple(str(one) for one in row[: len(by)]): {
            name: int(value) for name, value in zip(_NAMES, row[len(by) :], strict=True)
        }
        for row in session.execute(query)
        if row[len(by)] is not None
    }


def _grants(
    session: Session,
    actor: Actor,
    span: Span,
    by: Sequence[str],
    only: Mapping[str, Any],
) -> dict[Group, dict[tuple[str, str], int]]:
    kept = scoped(actor, MonthGrant).where(
        span.holds(col(MonthGrant.period)), *_are(MonthGrant, only)
    )
    month = kept.subquery()
    groups = [*(month.c[name] for name in by), month.c.kind, month.c.payer]
    query = select(*groups, func.sum(month.c.fen)).group_by(*groups)
    found: dict[Group, dict[tuple[str, str], int]] = {}
    for *group, kind, payer, fen in session.execute(query):
        sums = found.setdefault(tuple(str(one) for one in group), {})
        sums[str(kind), str(payer)] = int(fen)
    return found


def _are(
    model: type[MonthSum] | type[MonthGrant], only: Mapping[str, Any]
) -> list[Any]:
    return [
        getattr(model, name).in_(value)
        if isinstance(value, list)
        else getattr(model, name) == value
        for name, value in only.items()
    ]


def _persons(elder: Any, days: Any) -> Any:
    return func.count(case((days > 0, elder)).distinct())


def _days_together(session: Session, days: Any) -> Any:
    """How many days of a month stand in any of these rows."""
    if session.get_bind().dialect.name == "postgresql":
        return func.bit_count(cast(func.bit_or(days), BIT(32)))
    parts = [func.max(days.op(">>")(bit).op("&")(1)) for bit in range(_BITS)]
    return cast(sum(parts[1:], start=parts[0]), Integer)
