"""From a figure down to its lines: order, rule, category, window, grade, evidence."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.masking import mask_name
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.rule_versions import rules_on
from dispatch.subsidy.usage import live_entries

_MOST = 500


@dataclass(frozen=True)
class LineFilter:
    """Which lines of a month; None means all. `category` is the kind of person."""

    station_id: UUID | None = None
    channel: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class GrantedLine:
    """One granted sum, and everything that stands behind it."""

    order_id: UUID
    order_number: str
    on: date
    elder_label: str
    subsidy: str
    name: str
    fen: int
    category: str
    window: str
    rule_version: str
    grade: str
    evidence: str
    evidence_id: UUID
    entry_id: UUID


def lines_of(
    uow: UnitOfWork,
    period: str,
    which: LineFilter = LineFilter(),
    *,
    limit: int = 100,
    offset: int = 0,
) -> tuple[int, list[GrantedLine]]:
    """How many lines there are, and a page of them by day and order; names masked."""
    kept = live_entries(uow.actor, period)
    query = (
        select(Grant, Order.number, Evidence)
        .join(kept, kept.c.id == col(Grant.entry_id))
        .join(Order, col(Order.id) == col(Grant.order_id))
        .join(Evidence, col(Evidence.id) == col(Grant.evidence_id))
        .where(col(Grant.reversed_by).is_(None))
    )
    for name in ("station_id", "channel", "category"):
        if (value := getattr(which, name)) is not None:
            query = query.where(kept.c[name] == value)
    total = uow.session.exec(select(func.count()).select_from(query.subquery())).one()
    order = (col(Grant.service_on), Order.number, col(Grant.subsidy))
    page = query.order_by(*order).limit(min(limit, _MOST)).offset(offset)
    found = uow.session.exec(page).all()
    labels = _labels(uow.session, {grant.elder_id for grant, _, _ in found})
    return total, [
        _line(grant, number, evidence, labels) for grant, number, evidence in found
    ]


def _labels(session: Session, elders: set[UUID]) -> dict[UUID, str]:
    names = unseal(session, elders, ["name"])
    return {elder: mask_name(names.get(elder, {}).get("name", "")) for elder in elders}


def _line(
    grant: Grant, number: str, evidence: Evidence, labels: dict[UUID, str]
) -> GrantedLine:
    return GrantedLine(
        order_id=grant.order_id,
        order_number=number,
        on=grant.service_on,
        elder_label=labels[grant.elder_id],
        subsidy=grant.subsidy,
        name=_name(grant),
        fen=grant.fen,
        category=grant.category,
        window=grant.window_key,
        rule_version=grant.rule_version,
        grade=grant.grade,
        evidence=evidence.origin.value,
        evidence_id=evidence.id,
        entry_id=grant.entry_id,
    )


def _name(grant: Grant) -> str:
    """What the rule is called in the version that gave the line, if it is at hand."""
    policy = rules_on(grant.service_on).policy
    titles = {rule.id: rule.title for rule in policy.subsidy}
    return titles.get(grant.subsidy, grant.subsidy)
