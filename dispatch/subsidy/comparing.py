"""Who changes: what a set of rules gives and takes, by person, reason and station."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.masking import mask_name
from dispatch.people.elders import Elder
from dispatch.people.places import Station
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.outcomes import Outcome
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.replaying import Replayed, Tell, nobody, replay
from dispatch.subsidy.usage import live_entries

_MOST_SHOWN = 200


@dataclass(frozen=True)
class ChangeReason:
    """Why sums differ: a subsidy that is `gained`, `lost`, `more` or `less`.

    `because` is the refusal of the new rules, or the category by which they grant;
    `gone` where the new rules know no such subsidy.
    """

    subsidy: str
    what: str
    because: str
    persons: int
    orders: int
    fen: int


@dataclass(frozen=True)
class PersonChange:
    """One elder's months under both rules; the name is masked."""

    elder_id: UUID
    label: str
    number: str
    orders: int
    old_fen: int
    new_fen: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class StationChange:
    station_id: UUID
    name: str
    persons: int
    old_fen: int
    new_fen: int


@dataclass(frozen=True)
class RuleComparison:
    """Sums of all services looked at. `granted_fen` is what the books hold of them:
    where it is not `old_fen`, facts or evidence became known later, or money is held.
    """

    periods: tuple[str, ...]
    orders: int
    persons: int
    granted_fen: int
    old_fen: int
    new_fen: int
    gain_fen: int
    lose_fen: int
    gaining: int
    losing: int
    reasons: tuple[ChangeReason, ...]
    people: tuple[PersonChange, ...]
    stations: tuple[StationChange, ...]


def who_changes(
    uow: UnitOfWork,
    old: Policy | None,
    new: Policy,
    periods: Sequence[str],
    *,
    tell: Tell = nobody,
) -> RuleComparison:
    """Past months under other rules; nothing is written.

    Args:
        old: None: the versions by which the months were posted.
        periods: months as YYYY-MM, at least one.
        tell: hears how many elders are through, of how many.
    """
    sums = _Sums()
    for one in replay(uow, new, periods, old, tell=tell):
        sums.add(one)
    return RuleComparison(
        periods=tuple(sorted(periods)),
        orders=sums.orders,
        persons=len(sums.people),
        granted_fen=_granted_fen(uow, periods),
        old_fen=sum(each.old_fen for each in sums.people.values()),
        new_fen=sum(each.new_fen for each in sums.people.values()),
        gain_fen=sum(each.fen for each in sums.people.values() if each.fen > 0),
        lose_fen=-sum(each.fen for each in sums.people.values() if each.fen < 0),
        gaining=sum(each.fen > 0 for each in sums.people.values()),
        losing=sum(each.fen < 0 for each in sums.people.values()),
        reasons=_reasons(sums),
        people=_people(uow.session, sums),
        stations=_stations(uow.session, sums.stations),
    )


@dataclass
class _Both:
    """Fen on both sides, and the persons whose fen differ."""

    orders: int = 0
    old_fen: int = 0
    new_fen: int = 0
    changed: set[UUID] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def fen(self) -> int:
        return self.new_fen - self.old_fen


class _Sums:
    def __init__(self) -> None:
        self.orders = 0
        self.people: dict[UUID, _Both] = defaultdict(_Both)
        self.stations: dict[UUID, _Both] = defaultdict(_Both)
        self.reasons: dict[tuple[str, str, str], _Both] = defaultdict(_Both)

    def add(self, one: Replayed) -> None:
        self.orders += 1
        old, new = _by_subsidy(one.old), _by_subsidy(one.new)
        for both in (self.people[one.elder_id], self.stations[one.station_id]):
            both.old_fen += sum(old.values())
            both.new_fen += sum(new.values())
        for subsidy in old.keys() | new.keys():
            before, after = old.get(subsidy, 0), new.get(subsidy, 0)
            if before != after:
                what = _what(before, after)
                why = (subsidy, what, _because(one.new, subsidy))
                self._note(one, why, after - before)

    def _note(self, one: Replayed, why: tuple[str, str, str], fen: int) -> None:
        self.people[one.elder_id].orders += 1
        self.people[one.elder_id].reasons[":".join(why)] += 1
        self.stations[one.station_id].changed.add(one.elder_id)
        told = self.reasons[why]
        told.orders += 1
        told.new_fen += fen
        told.changed.add(one.elder_id)


def _by_subsidy(outcome: Outcome) -> dict[str, int]:
    return {line.subsidy: line.fen for line in outcome.lines}


def _what(before: int, after: int) -> str:
    if not before:
        return "gained"
    if not after:
        return "lost"
    return "more" if after > before else "less"


def _because(new: Outcome, subsidy: str) -> str:
    """The category by which the new rules grant, or why they do not."""
    granted = (line.category for line in new.lines if line.subsidy == subsidy)
    refused = (one.because for one in new.refused if one.subsidy == subsidy)
    return next(granted, None) or next(refused, "gone")


def _reasons(sums: _Sums) -> tuple[ChangeReason, ...]:
    """The largest sums first."""
    found = [
        ChangeReason(
            *why, persons=len(told.changed), orders=told.orders, fen=told.new_fen
        )
        for why, told in sums.reasons.items()
    ]
    return tuple(sorted(found, key=lambda one: (-abs(one.fen), one.subsidy, one.what)))


def _people(session: Session, sums: _Sums) -> tuple[PersonChange, ...]:
    """Those whose sums change most; the sums above are of everybody."""
    changed = [(elder, both) for elder, both in sums.people.items() if both.orders]
    changed.sort(key=lambda each: (-abs(each[1].fen), str(each[0])))
    shown = changed[:_MOST_SHOWN]
    names = unseal(session, [elder for elder, _ in shown], ["name"])
    query = select(Elder.id, Elder.number).where(
        col(Elder.id).in_([elder for elder, _ in shown])
    )
    numbers = dict(session.exec(query).all())
    return tuple(
        PersonChange(
            elder_id=elder,
            label=mask_name(names.get(elder, {}).get("name", "")),
            number=numbers[elder],
            orders=both.orders,
            old_fen=both.old_fen,
            new_fen=both.new_fen,
            reasons=tuple(why for why, _ in both.reasons.most_common(3)),
        )
        for elder, both in shown
    )


def _stations(
    session: Session, sums: Mapping[UUID, _Both]
) -> tuple[StationChange, ...]:
    names = _names(session, sums)
    found = [
        StationChange(one, names[one], len(both.changed), both.old_fen, both.new_fen)
        for one, both in sums.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.name, str(one.station_id))))


def _names(session: Session, stations: Iterable[UUID]) -> dict[UUID, str]:
    query = select(Station.id, Station.name).where(col(Station.id).in_(stations))
    return dict(session.exec(query).all())


def _granted_fen(uow: UnitOfWork, periods: Sequence[str]) -> int:
    """What the books hold of these services."""
    total = 0
    for period in periods:
        kept = live_entries(uow.actor, period)
        query = select(func.sum(Grant.fen)).join(kept, kept.c.id == col(Grant.entry_id))
        total += int(uow.session.exec(query).one() or 0)
    return total
