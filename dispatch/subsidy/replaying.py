"""What-if: the services of past months once more, under other rules. Nothing is kept.

Both sides see the same people, the same prices and the same evidence, so that only
the rules make a difference. The old side are the versions by which the money was
posted; the new side is taken as if it had held all the time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.catalogue.calendar import kinds_of
from dispatch.orders.orders import Order
from dispatch.people.elder_facts import SINCE_EVER, histories_of
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import person_of, service_of
from dispatch.subsidy.elder_rules import Grade
from dispatch.subsidy.externals import list_externals
from dispatch.subsidy.granting_rules import grant_order
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.outcomes import Outcome
from dispatch.subsidy.persons import Person
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.rule_versions import rules_of
from dispatch.subsidy.tally import Granted, Tally
from dispatch.subsidy.usage import live_entries
from dispatch.subsidy.windows import Moment

_PART = 500  # elders at a time
Tell = Callable[[int, int], None]
_A_WEEK = timedelta(days=7)  # a window may begin before the first month


def nobody(_looked_at: int, _to_look_at: int) -> None:
    """Nobody waits to hear of it."""


@dataclass(frozen=True)
class Replayed:
    """One service under both rules."""

    elder_id: UUID
    station_id: UUID
    old: Outcome
    new: Outcome


def replay(
    uow: UnitOfWork,
    new: Policy,
    periods: Sequence[str],
    old: Policy | None = None,
    *,
    tell: Tell = nobody,
) -> Iterator[Replayed]:
    """Every settled service of these months within the actor's reach, by elder and day.

    Args:
        old: one version for all; None: the version that each was posted by.
        tell: hears how many elders are through, of how many.
    """
    as_if = _as_if_held(new)
    wanted = _elders(uow, periods)
    for start in range(0, len(wanted), _PART):
        tell(start, len(wanted))
        part = wanted[start : start + _PART]
        rows = _rows(uow, part, periods)
        known = _Known(uow.session, part, rows)
        for row in rows:
            yield known.ask(row, old or _posted_by(uow.session, row), as_if)


@dataclass(frozen=True)
class _Row:
    order: Order
    grade: Grade
    version: str
    station_id: UUID
    first: date  # of all the months


def _elders(uow: UnitOfWork, periods: Sequence[str]) -> list[UUID]:
    found: set[UUID] = set()
    for period in periods:
        kept = live_entries(uow.actor, period)
        found.update(uow.session.exec(select(kept.c.elder_id).distinct()))
    return sorted(found)


def _rows(
    uow: UnitOfWork, elders: Sequence[UUID], periods: Sequence[str]
) -> list[_Row]:
    """Services of these elders as they were settled, by elder, then in time."""
    first = date.fromisoformat(f"{min(periods)}-01")
    rows: list[tuple[tuple[UUID, date, datetime, str], _Row]] = []
    for period in periods:
        kept = live_entries(uow.actor, period)
        query = (
            select(Order, kept.c.grade, kept.c.rule_version, kept.c.station_id)
            .join(kept, kept.c.order_id == col(Order.id))
            .where(kept.c.elder_id.in_(elders))
            .add_columns(kept.c.made_at)
        )
        for order, grade, version, station, made_at in uow.session.execute(query):
            key = (order.elder_id, order.serve_on, made_at, order.number)
            rows.append((key, _Row(order, grade, version, station, first)))
    rows.sort(key=lambda each: each[0])
    return [row for _, row in rows]


def _posted_by(session: Session, row: _Row) -> Policy:
    return rules_of(session, row.version).policy


def _as_if_held(policy: Policy) -> Policy:
    days = {"effective_from": SINCE_EVER, "effective_to": None}
    version = policy.version.model_copy(update=days)
    return policy.model_copy(update={"version": version})


class _Known:
    """What is known of some elders, and what each was granted so far on both sides."""

    def __init__(
        self, session: Session, elder_ids: Sequence[UUID], rows: Sequence[_Row]
    ) -> None:
        query = select(Elder).where(col(Elder.id).in_(elder_ids))
        self._elders = {one.id: one for one in session.exec(query)}
        self._histories = histories_of(session, elder_ids)
        self._before = _granted_before(session, elder_ids, rows[0].first)
        self._external = list_externals(session, [row.order.id for row in rows])
        self._kinds = kinds_of(session, {row.order.serve_on for row in rows})
        self._tallies: dict[tuple[UUID, bool], Tally] = {}
        self._persons: dict[tuple[UUID, date | None], Person] = {}

    def ask(self, row: _Row, old: Policy, new: Policy) -> Replayed:
        order = row.order
        external = self._external.get(order.id)
        service = service_of(order, row.grade, external.fen if external else 0)
        worked = self._kinds[order.serve_on].is_worked
        service = replace(service, workday=worked)
        person = self._person(order.elder_id, order.serve_on)
        before = self._tally(order.elder_id, old)
        after = self._tally(order.elder_id, new)
        return Replayed(
            elder_id=order.elder_id,
            station_id=row.station_id,
            old=grant_order(old, person, before, service),
            new=grant_order(new, person, after, service),
        )

    def _person(self, elder_id: UUID, on: date) -> Person:
        """Who has no dated fact is the same person on every day."""
        history = self._histories[elder_id]
        key = (elder_id, on if history.facts or history.agreements else None)
        if key not in self._persons:
            self._persons[key] = person_of(self._elders[elder_id], history, on)
        return self._persons[key]

    def _tally(self, elder_id: UUID, policy: Policy) -> Tally:
        key = (elder_id, policy.version.effective_from == SINCE_EVER)
        if key not in self._tallies:
            starts = policy.district.week_starts
            earlier = self._before.get(elder_id, ())
            self._tallies[key] = Tally(earlier, week_starts=starts)
        return self._tallies[key]


def _granted_before(
    session: Session, elder_ids: Sequence[UUID], first: date
) -> dict[UUID, list[Granted]]:
    """What the books granted in the week before the first day: windows reach back."""
    query = select(Grant).where(
        col(Grant.elder_id).in_(elder_ids),
        col(Grant.service_on).between(first - _A_WEEK, first - timedelta(days=1)),
        col(Grant.reversed_by).is_(None),
    )
    found: dict[UUID, list[Granted]] = {}
    for one in session.exec(query):
        moment = Moment(one.service_on, one.meal, str(one.order_id))
        granted = Granted(one.subsidy, moment, one.fen, one.units)
        found.setdefault(one.elder_id, []).append(granted)
    return found
