"""Money that its own rules would not give (AN02, AN03, AN16): granted, looked at anew.

Granting refuses these by itself. What is found here came otherwise: by a fact that was
told later, by rows brought in from elsewhere, or by a fault of ours.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.orders.orders import Order
from dispatch.people.elder_facts import histories_of
from dispatch.people.elders import Elder
from dispatch.subsidy.anomalies.finding import AnomalyRule, Finding, Threshold
from dispatch.subsidy.billing import person_of
from dispatch.subsidy.elder_rules import Caps, ElderRule, Quota
from dispatch.subsidy.facts import FactsOn
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.windows import Moment, Span, key_of

_A_WEEK: Final = timedelta(days=7)
_SOME: Final = 500


@dataclass(frozen=True)
class Paid:
    """A grant that stands, with what its order cost."""

    order_id: UUID
    elder_id: UUID
    station_id: UUID
    subsidy: str
    fen: int
    units: int
    window_key: str
    service_on: date
    meal: str | None
    granted_at: datetime
    street_code: str
    price_fen: int
    fee_fen: int


_COLUMNS: Final[tuple[Any, ...]] = (
    *(Grant.order_id, Grant.elder_id, Grant.station_id, Grant.subsidy, Grant.fen),
    *(Grant.units, Grant.window_key, Grant.service_on, Grant.meal, Grant.granted_at),
    *(Order.street_code, Order.price_fen, Order.fee_fen),
)


def list_paid(session: Session, day: date) -> list[Paid]:
    """The grants of a day that stand."""
    query = _query().where(Order.serve_on == day)
    return [Paid(*row) for row in session.exec(query)]


def paid_around(
    session: Session, policy: Policy, elder_ids: Collection[UUID], day: date
) -> Iterator[Paid]:
    """What was granted around a day to those of these elders who may have too much.

    Windows and sums are first counted by the database: of a city's day hardly anybody
    is left whose grants are looked at one by one.
    """
    wanted = sorted(elder_ids)
    for start in range(0, len(wanted), _SOME):
        around = _around(wanted[start : start + _SOME], day)
        many = _many(session, policy, around)
        query = _query().where(*around, col(Grant.elder_id).in_(sorted(many)))
        if many:
            yield from (Paid(*row) for row in session.exec(query))


def _around(elder_ids: Sequence[UUID], day: date) -> tuple[Any, ...]:
    """Live grants of these elders in the month and the weeks around a day."""
    first = day.replace(day=1)
    until = (first + timedelta(days=31)).replace(day=1) + _A_WEEK
    return (
        col(Grant.elder_id).in_(elder_ids),
        col(Grant.service_on).between(first - _A_WEEK, until),
        col(Grant.reversed_by).is_(None),
    )


def _many(session: Session, policy: Policy, around: tuple[Any, ...]) -> set[UUID]:
    """Who has two orders in a window that takes one, or more than some cap allows."""
    once = [rule.id for rule in policy.subsidy if rule.once]
    twice_ = (
        select(Grant.elder_id)
        .where(*around, col(Grant.subsidy).in_(once))
        .group_by(col(Grant.elder_id), col(Grant.window_key))
        .having(func.count(func.distinct(Grant.order_id)) > 1)
    )
    sums = (Grant.elder_id, Grant.subsidy, func.sum(Grant.units), func.sum(Grant.fen))
    columns: tuple[Any, ...] = sums
    query: Any = (
        select(*columns)
        .where(*around)
        .group_by(col(Grant.elder_id), col(Grant.subsidy))
    )
    caps = {rule.id: rule.caps for rule in policy.subsidy}
    found = set(session.exec(twice_))
    for elder_id, subsidy, units, fen in session.exec(query):
        counts, fens = _least(caps.get(subsidy))
        if units > counts or fen > fens:
            found.add(elder_id)
    return found


def _least(caps: Caps | None) -> tuple[float, float]:
    """The smallest cap on counts and on fen; what has none may be endless."""
    if caps is None:
        return math.inf, math.inf
    counts, fens = caps.counts().values(), caps.fens().values()
    return min(counts, default=math.inf), min(fens, default=math.inf)


def _query() -> Any:
    return (
        select(*_COLUMNS)
        .join(Order, col(Order.id) == Grant.order_id)
        .where(col(Grant.reversed_by).is_(None))
        .order_by(col(Grant.service_on), col(Grant.granted_at), col(Grant.id))
    )


def twice(policy: Policy, paid: Iterable[Paid], day: date) -> Iterator[Finding]:
    """AN02: a window that takes one grant has two, or a cap is passed.

    The first grant of a window stands; those of the day that came too many are found.

    Args:
        paid: what the elders were granted around the day, first to last.
    """
    rules = {rule.id: rule for rule in policy.subsidy}
    first: dict[tuple[UUID, str], Paid] = {}
    used: dict[tuple[UUID, str, str], int] = defaultdict(int)
    for one in paid:
        rule = rules.get(one.subsidy)
        if rule is None:
            continue
        once = policy.once_key(rule.id, one.window_key)
        before = first.setdefault((one.elder_id, once), one) if once else one
        over = [] if before is one else ["window"]
        over += _over(policy, rule, one, used)
        if one.service_on == day and over:
            said = {"window": one.window_key, "subsidy": one.subsidy, "fen": one.fen}
            other = before.order_id if before.order_id != one.order_id else None
            yield _about(one, AnomalyRule.TWICE, over[0], said, other)


def _over(
    policy: Policy, rule: ElderRule, one: Paid, used: dict[tuple[UUID, str, str], int]
) -> list[str]:
    """Which caps this grant passes; it is counted on the way."""
    at = Moment(one.service_on, one.meal, str(one.order_id))
    over = []
    for kind, caps, amount in (
        ("count", rule.caps.counts(), one.units),
        ("fen", rule.caps.fens(), one.fen),
    ):
        for span, cap in caps.items():
            key = _key(policy, rule, span, at)
            used[one.elder_id, kind, key] += amount
            if used[one.elder_id, kind, key] > cap:
                over.append(f"cap_{span}_{kind}")
    return over


def _key(policy: Policy, rule: ElderRule, span: Span, at: Moment) -> str:
    return f"{rule.id}/{key_of(span, at, policy.district.week_starts)}"


def excluded(
    session: Session, policy: Policy, paid: Sequence[Paid], day: date
) -> Iterator[Finding]:
    """AN03: by what is known today of that day, this person must not get it."""
    if not policy.exclude:
        return
    facts = _facts(session, policy, {one.elder_id for one in paid}, day)
    quotas = {rule.id for rule in policy.subsidy if isinstance(rule, Quota)}
    bought = {one.order_id for one in paid if one.subsidy in quotas}
    for one in paid:
        known = facts[one.elder_id]
        asked = {**known, "quota_used_for_same_order": one.order_id in bought}
        for rule in policy.exclude:
            if one.subsidy in rule.blocks and rule.condition.holds(asked):
                said = {"subsidy": one.subsidy, "fen": one.fen, "because": rule.reason}
                yield _about(one, AnomalyRule.EXCLUDED, "excluded", said)
                break


def _facts(
    session: Session, policy: Policy, elder_ids: Collection[UUID], day: date
) -> dict[UUID, Mapping[str, object]]:
    histories, found = histories_of(session, elder_ids), {}
    wanted = sorted(elder_ids)
    for start in range(0, len(wanted), _SOME):
        part = select(Elder).where(col(Elder.id).in_(wanted[start : start + _SOME]))
        for elder in session.exec(part):
            person = person_of(elder, histories[elder.id], day)
            found[elder.id] = FactsOn(policy, person, day).values
    return found


def overspent(
    policy: Policy, paid: Sequence[Paid], _told: Threshold
) -> Iterator[Finding]:
    """AN16: more than was spent, or less was spent than the rule asks for."""
    rules = {rule.id: rule for rule in policy.subsidy}
    total: dict[UUID, int] = defaultdict(int)
    for one in paid:
        total[one.order_id] += one.fen
    for one in paid:
        rule, cost = rules.get(one.subsidy), one.price_fen + one.fee_fen
        said = {"subsidy": one.subsidy, "fen": total[one.order_id], "cost_fen": cost}
        if total[one.order_id] > cost:
            yield _about(one, AnomalyRule.OVERSPENT, "over_cost", said)
        elif rule and rule.min_spend and not rule.min_spend.met_by(one.price_fen):
            yield _about(one, AnomalyRule.OVERSPENT, "min_spend", said)


def _about(
    one: Paid,
    rule: AnomalyRule,
    reason: str,
    measured: Mapping[str, object],
    other: UUID | None = None,
) -> Finding:
    return Finding(
        rule=rule,
        about=str(one.order_id),
        station_id=one.station_id,
        street_code=one.street_code,
        service_on=one.service_on,
        reason=reason,
        measured=dict(measured),
        order_id=one.order_id,
        other_order_id=other,
        elder_id=one.elder_id,
    )
