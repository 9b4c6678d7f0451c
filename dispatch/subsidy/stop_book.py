"""The book of who stopped (停发追回台账): the event, the stop, what was too much since.

What was granted for days after the event counts as too much, up to the day on which
the elder was back or the next event happened. What came back of it are corrections that
a person has decided; nothing here asks anything of a family.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.people.elders import Elder
from dispatch.people.life_events import LifeEvent, LifeKind
from dispatch.store.unit_of_work import Actor
from dispatch.subsidy.allowance_stops import AllowanceStop, days_late
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.months.corrections import (
    Correction,
    CorrectionKind,
    CorrectionState,
)

STOP_WORDS: Final[Mapping[LifeKind, str]] = {
    LifeKind.DIED: "死亡",
    LifeKind.MOVED_OUT: "迁出",
    LifeKind.INSTITUTION: "入住机构",
    LifeKind.UNREACHABLE: "失联",
}
_ENDS: Final = and_(
    col(LifeEvent.kind).in_(list(STOP_WORDS)), col(LifeEvent.undone_at).is_(None)
)
_AT_ONCE: Final = 500


@dataclass
class Stopped:
    """One event that ends entitlements, and what came of it.

    `stop` is None where the rules stop nothing for such an event. `undecided` counts
    corrections that nobody has decided yet, `hands` are who decided the others.
    """

    event: LifeEvent
    number: str
    stop: AllowanceStop | None
    checked_by: str
    days_late: int = 0
    too_much_fen: int = 0
    deducted_fen: int = 0
    recovered_fen: int = 0
    undecided: int = 0
    hands: list[str] = field(default_factory=list)

    @property
    def stops_from(self) -> str:
        """The first month without allowance; empty where nothing stops."""
        return f"{self.stop.stops_on:%Y-%m}" if self.stop else ""

    @property
    def found_on(self) -> str:
        """The day on which it became known, and by how much that was too late."""
        late = f"（迟报 {self.days_late} 天）" if self.days_late else ""
        return f"{town_day(self.event.made_at)}{late}"

    @property
    def handled(self) -> str:
        """What was decided, in words; empty where nothing was too much."""
        told = [
            words
            for words, fen in (
                ("扣回", self.deducted_fen),
                ("追回", self.recovered_fen),
            )
            if fen
        ]
        if self.undecided:
            told.append(f"待决定 {self.undecided} 笔")
        return "、".join(told)


def list_stopped(
    session: Session, actor: Actor, since: datetime, before: datetime
) -> list[Stopped]:
    """What became known in that time, within the actor's reach, by day and number."""
    reach = scoped(actor, Elder).subquery()
    query = (
        select(LifeEvent, reach.c.number)
        .join(reach, reach.c.id == col(LifeEvent.elder_id))
        .where(_ENDS)
        .where(col(LifeEvent.made_at) >= since, col(LifeEvent.made_at) < before)
        .order_by(col(LifeEvent.happened_on), reach.c.number, col(LifeEvent.id))
    )
    found = [(event, str(number)) for event, number in session.exec(query).all()]
    stops = _stops_of(session, [event.id for event, _ in found])
    titles = titles_of(
        session,
        [event.made_by for event, _ in found]
        + [stop.verified_by for stop in stops.values()],
    )
    book = [
        Stopped(
            event,
            number,
            stop,
            _checked_by(event, stop, titles),
            days_late(session, stop) if stop else 0,
        )
        for event, number in found
        for stop in [stops.get(event.id)]
    ]
    for start in range(0, len(book), _AT_ONCE):
        _add_money(session, book[start : start + _AT_ONCE])
    return book


def _stops_of(session: Session, events: Sequence[UUID]) -> dict[UUID, AllowanceStop]:
    found: dict[UUID, AllowanceStop] = {}
    for start in range(0, len(events), _AT_ONCE):
        query = select(AllowanceStop).where(
            col(AllowanceStop.life_event_id).in_(events[start : start + _AT_ONCE]),
            col(AllowanceStop.lifted_at).is_(None),
        )
        found |= {stop.life_event_id: stop for stop in session.exec(query)}
    return found


def _checked_by(
    event: LifeEvent, stop: AllowanceStop | None, titles: Mapping[UUID | None, str]
) -> str:
    """Who looked into it; where nobody has to, who wrote it down."""
    if stop is None or stop.verify_until_on is None:
        return titles.get(event.made_by, "")
    if stop.verified_by is None:
        return f"待核实（{stop.verify_until_on} 前）"
    return titles.get(stop.verified_by, "")


def _add_money(session: Session, book: Sequence[Stopped]) -> None:
    listed: dict[UUID | None, Stopped] = {one.event.id: one for one in book}
    befell = _events_of(session, {one.event.elder_id for one in book})
    for elder_id, on, fen in _granted(session, list(befell)):
        if stopped := listed.get(_ended_by(befell[elder_id], on)):
            stopped.too_much_fen += int(fen)
    decided: list[tuple[Stopped, UUID | None]] = []
    for kept, on in _corrections(session, list(befell)):
        if stopped := listed.get(_ended_by(befell[kept.elder_id], on)):
            _add_correction(stopped, kept)
            decided.append((stopped, kept.decided_by))
    titles = titles_of(session, [by for _, by in decided])
    for one, by in decided:
        name = titles.get(by, "")
        if name and name not in one.hands:
            one.hands.append(name)


def _events_of(
    session: Session, elders: Collection[UUID]
) -> dict[UUID, list[LifeEvent]]:
    """All that befell them, whenever it became known: no sum is in two books."""
    query = select(LifeEvent).where(_ENDS, col(LifeEvent.elder_id).in_(elders))
    found: dict[UUID, list[LifeEvent]] = defaultdict(list)
    for event in session.exec(query.order_by(col(LifeEvent.id))):
        found[event.elder_id].append(event)
    return found


def _granted(session: Session, elders: Sequence[UUID]) -> Sequence[Any]:
    query = (
        select(col(Grant.elder_id), col(Grant.service_on), func.sum(col(Grant.fen)))
        .where(col(Grant.elder_id).in_(elders), col(Grant.reversed_by).is_(None))
        .group_by(col(Grant.elder_id), col(Grant.service_on))
    )
    return session.execute(query).all()


def _corrections(
    session: Session, elders: Sequence[UUID]
) -> Sequence[tuple[Correction, date]]:
    """What is asked back, or was decided to be, with the day of its service."""
    query = (
        select(Correction, col(Entry.service_on))
        .join(Entry, col(Entry.id) == col(Correction.entry_id))
        .where(col(Correction.elder_id).in_(elders))
        .where(Correction.kind != CorrectionKind.BACK_PAY)
        .where(Correction.state != CorrectionState.REJECTED)
        .order_by(col(Correction.decided_at), col(Correction.id))
    )
    return session.exec(query).all()


def _add_correction(one: Stopped, kept: Correction) -> None:
    if kept.state is CorrectionState.OPEN:
        one.undecided += 1
    elif kept.kind is CorrectionKind.DEDUCT:
        one.deducted_fen += kept.fen
    else:
        one.recovered_fen += kept.fen


def _ended_by(events: Sequence[LifeEvent], on: date) -> UUID | None:
    """The last event before that day, unless they were back on it."""
    before = [one for one in events if one.happened_on < on]
    if not before:
        return None
    last = max(before, key=lambda one: one.happened_on)
    return None if last.ended_on is not None and last.ended_on <= on else last.id
