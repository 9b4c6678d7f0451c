"""From a figure down to its lines: order, rule, category, window, grade, evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, tuple_
from sqlmodel import Session, col, select

from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.people.labels import label_elders
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.rule_versions import title_of
from dispatch.subsidy.usage import live_entries

_MOST = 500
_COUNTED = 1000  # nobody turns so many pages; counting on would read the whole month


@dataclass(frozen=True)
class LineFilter:
    """Which lines of a month; None means all. `category` is the kind of person."""

    station_id: UUID | None = None
    channel: str | None = None
    category: str | None = None
    service: str | None = None

    @property
    def words(self) -> str:
        """Which they are, for the audit."""
        chosen = {name: value for name, value in vars(self).items() if value}
        return " ".join(f"{name}={value}" for name, value in chosen.items()) or "all"


@dataclass(frozen=True)
class GrantedLine:
    """One granted sum, and everything that stands behind it.

    `category` is the kind of person under which the rule granted it, `person` the one
    by which the month's figures count the elder that day.
    """

    order_id: UUID
    order_number: str
    on: date
    elder_label: str
    subsidy: str
    name: str
    fen: int
    category: str
    person: str
    window: str
    rule_version: str
    grade: str
    evidence: str
    evidence_id: UUID
    entry_id: UUID


@dataclass(frozen=True)
class LineKey:
    """Where a line stands in the order of all: the next page begins after it."""

    on: date
    entry_id: UUID
    subsidy: str


@dataclass(frozen=True)
class LinesPage:
    """A page of lines by day. `total` is how many there are in all.

    Where `many`, there are more than `total`, and nobody counted on; `next` is None on
    the last page.
    """

    total: int
    many: bool
    lines: tuple[GrantedLine, ...]
    next: LineKey | None


def lines_of(
    uow: UnitOfWork,
    period: str,
    which: LineFilter = LineFilter(),
    *,
    limit: int = 100,
    after: LineKey | None = None,
) -> LinesPage:
    """A page of lines by day, those of an entry together; names masked, for an auditor
    replaced.

    Any page costs the same, in a city's month too: none is counted off before it.
    """
    session, limit = uow.session, min(limit, _MOST)
    kept = live_entries(uow.actor, period)
    of_month = kept.c.id == col(Grant.entry_id)
    lines = select(Grant, Order.number, kept.c.category).join(kept, of_month)
    lines = lines.join(Order, col(Order.id) == col(Grant.order_id)).where(
        *(
            kept.c[name] == value
            for name in ("station_id", "channel", "category", "service")
            if (value := getattr(which, name)) is not None
        )
    )
    order = (kept.c.service_on, kept.c.id, col(Grant.subsidy))
    # In order, too: otherwise PostgreSQL lays a whole month out to count a thousand.
    first = lines.with_only_columns(col(Grant.id)).order_by(*order)
    counting = first.limit(_COUNTED + 1).subquery()
    total = session.exec(select(func.count()).select_from(counting)).one()
    page = lines.order_by(*order).limit(limit + 1)
    if after is not None:
        day = tuple_(kept.c.service_on, kept.c.id) >= (after.on, after.entry_id)
        here = kept.c.id == after.entry_id
        seen = and_(here, col(Grant.subsidy) <= after.subsidy)
        page = page.where(day, ~seen)
    found = session.exec(page).all()
    shown = found[:limit]
    return LinesPage(
        total=min(total, _COUNTED),
        many=total > _COUNTED,
        lines=_lines(uow, shown),
        next=_key(shown[-1][0]) if len(found) > limit else None,
    )


def _key(last: Grant) -> LineKey:
    return LineKey(last.service_on, last.entry_id, last.subsidy)


def _lines(
    uow: UnitOfWork, found: Sequence[tuple[Grant, str, str]]
) -> tuple[GrantedLine, ...]:
    session = uow.session
    proofs = _proofs(session, {grant.evidence_id for grant, *_ in found})
    labels = label_elders(uow, {grant.elder_id for grant, *_ in found})
    return tuple(
        _line(
            grant,
            number,
            person,
            proofs[grant.evidence_id],
            labels[grant.elder_id],
            title_of(session, grant.rule_version, grant.subsidy),
        )
        for grant, number, person in found
    )


def _proofs(session: Session, ids: set[UUID]) -> dict[UUID, Evidence]:
    query = select(Evidence).where(col(Evidence.id).in_(ids))
    return {proof.id: proof for proof in session.exec(query)}


def _line(
    grant: Grant, number: str, person: str, evidence: Evidence, label: str, name: str
) -> GrantedLine:
    return GrantedLine(
        order_id=grant.order_id,
        order_number=number,
        on=grant.service_on,
        elder_label=label,
        subsidy=grant.subsidy,
        name=name,
        fen=grant.fen,
        category=grant.category,
        person=person,
        window=grant.window_key,
        rule_version=grant.rule_version,
        grade=grant.grade,
        evidence=evidence.origin.value,
        evidence_id=evidence.id,
        entry_id=grant.entry_id,
    )
