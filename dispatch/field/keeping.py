"""Keeping what a phone sent: as a row with its verdict, or as it came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from dispatch.access.day_passes import DayPass
from dispatch.field.authority import Ground, beyond_pass, why_not
from dispatch.field.batches import Batch, PhoneEvent, Scrap, scrap_of
from dispatch.field.bathing import bath_flag
from dispatch.field.deciding import REPLANNED
from dispatch.field.events import FieldEvent, Trust, Unread, Verdict, flag
from dispatch.field.merging import HONEST, Anchor, Link, Sync, chain_flags, time_of
from dispatch.orders.orders import Order
from dispatch.people.helpers import Helper
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Answer:
    """What became of one event: accepted, duplicate, or quarantined for a reason."""

    id: str
    result: str
    reason: str | None = None
    trust: str | None = None
    grade: str | None = None


@dataclass(frozen=True)
class Merge:
    """One batch being merged; all rows that it may change are held."""

    uow: UnitOfWork
    helper: Helper
    batch: Batch
    sync: Sync
    ground: Ground
    orders: Mapping[UUID, Order]
    day_pass: DayPass | None = None


def keep_events(
    now: Merge, events: Sequence[PhoneEvent]
) -> tuple[dict[str, Answer], list[tuple[PhoneEvent, FieldEvent]]]:
    """Keep what is new, in the phone's order.

    Returns:
        the answers by event id, and the new events with their rows.
    """
    known = _known(now.uow.session, [event.id for event in events])
    answers: dict[str, Answer] = {}
    fresh: dict[UUID, tuple[PhoneEvent, FieldEvent]] = {}
    for event in sorted(events, key=lambda e: (e.boot_id, e.seq, str(e.id))):
        if event.id in fresh:
            continue
        row = known.get(event.id) or _insert(now, event)
        if row is None or row.helper_id != now.helper.id:
            scrap = scrap_of(event.model_dump(mode="json"))
            answers[str(event.id)] = keep_scrap(now, scrap, "id_taken")
            continue
        result = row.verdict.value if event.id not in known else "duplicate"
        answers[str(event.id)] = Answer(str(event.id), result, row.why, row.trust.value)
        if event.id not in known:
            fresh[event.id] = event, row
    _check_chain(now, [row for _, row in fresh.values()])
    return answers, list(fresh.values())


def keep_scrap(now: Merge, scrap: Scrap, why: str) -> Answer:
    """Keep what is no event of this helper, once, for a person to look at."""
    session = now.uow.session
    query = select(Unread).where(
        Unread.helper_id == now.helper.id, Unread.sha256 == scrap.sha256
    )
    if session.exec(query).first():
        return Answer(scrap.id, "duplicate", why)
    session.add(
        Unread(
            helper_id=now.helper.id,
            sha256=scrap.sha256,
            raw=scrap.raw,
            why=why,
            received_at=now.sync.received_at,
        )
    )
    session.flush()
    return Answer(scrap.id, "quarantined", why)


def _insert(now: Merge, event: PhoneEvent) -> FieldEvent | None:
    """None when another phone has used this id at this very moment."""
    row, flags = _row(now, event)
    try:
        with now.uow.session.begin_nested():
            now.uow.session.add(row)
            now.uow.session.flush()
    except IntegrityError:
        return None
    flag(now.uow.session, row.id, flags, now.uow.now)
    return row


def _row(now: Merge, event: PhoneEvent) -> tuple[FieldEvent, list[str]]:
    tenure = now.ground.tenure_of(event)
    timed = time_of(
        event,
        now.sync,
        earliest=tenure.published_at if tenure else None,
        boot_offset=_boot_offset(now, event.boot_id),
        anchor=_anchor(now, event),
    )
    why = why_not(now.ground, event, now.helper.id, timed.corrected_at)
    why = why or beyond_pass(now.day_pass, tenure, timed.corrected_at)
    position = event.pos.model_dump(mode="json") if event.pos else {}
    said: dict[str, Any] = event.model_dump(exclude={"pos", "photo_sha256"})
    flags = list(timed.flags)
    if why is None and tenure and not tenure.in_force:
        flags.append(REPLANNED)
    order = now.orders.get(event.order_id) if event.order_id else None
    if order and (word := bath_flag(order.service, event.kind, event.detail)):
        flags.append(word)
    row = FieldEvent(
        **said,
        **position,
        photo_sha256=list(event.photo_sha256),
        device_id=now.batch.device_id,
        helper_id=now.helper.id,
        raw_at=timed.raw_at,
        corrected_at=timed.corrected_at,
        received_at=now.sync.received_at,
        trust=timed.trust,
        verdict=Verdict.QUARANTINED if why else Verdict.ACCEPTED,
        why=why,
    )
    return row, flags


def _boot_offset(now: Merge, boot_id: str) -> timedelta | None:
    """What live events of a boot that is over have told about its clock."""
    if now.sync.boot_id in (None, boot_id):
        return None
    live = select(FieldEvent).where(
        FieldEvent.device_id == now.batch.device_id,
        FieldEvent.boot_id == boot_id,
        col(FieldEvent.trust).in_(HONEST),
    )
    seen = now.uow.session.exec(live.order_by(col(FieldEvent.seq).desc())).first()
    return seen.corrected_at - seen.raw_at if seen else None


def _anchor(now: Merge, event: PhoneEvent) -> Anchor | None:
    """The last event of this boot before this one that was received live."""
    live = select(FieldEvent).where(
        FieldEvent.device_id == now.batch.device_id,
        FieldEvent.boot_id == event.boot_id,
        FieldEvent.trust == Trust.ONLINE,
        FieldEvent.mono_ms <= event.mono_ms,
    )
    seen = now.uow.session.exec(live.order_by(col(FieldEvent.mono_ms).desc())).first()
    return Anchor(seen.mono_ms, seen.corrected_at) if seen else None


def _check_chain(now: Merge, fresh: Iterable[FieldEvent]) -> None:
    """Flag what does not hang together with its neighbours, new or known."""
    boots = {row.boot_id for row in fresh}
    if not boots:
        return
    query = select(FieldEvent).where(
        FieldEvent.device_id == now.batch.device_id, col(FieldEvent.boot_id).in_(boots)
    )
    rows = {row.id: row for row in now.uow.session.exec(query)}
    links = (
        Link(row.id, row.boot_id, row.seq, row.hash, row.prev_hash)
        for row in rows.values()
    )
    for event_id, words in chain_flags(links).items():
        flag(now.uow.session, event_id, words, now.uow.now)


def _known(session: Session, ids: Sequence[UUID]) -> dict[UUID, FieldEvent]:
    query = select(FieldEvent).where(col(FieldEvent.id).in_(ids))
    return {row.id: row for row in session.exec(query)}
