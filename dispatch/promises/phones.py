"""Promise 9: the phone works offline and tells the time honestly."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.field.events import FieldEvent, FieldFlag, Trust, Unread
from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.promises.checking import Look, Premises

_AT_ONCE: Final = 1_000
_LIVE: Final = timedelta(seconds=60)
_CLOCKS_DIFFER: Final = timedelta(minutes=3)  # live ones: a minute, and two of doubt
_HONEST: Final = frozenset({Trust.ONLINE, Trust.CORRECTED})
_TIME_MOVED: Final = frozenset({"clock_moved", "clamped"})


def check_phones(premises: Premises, look: Look) -> None:
    """What a phone said is kept as it said it; a time that was moved is flagged, and
    no proof of a doubtful time counts as one in time.
    """
    session = premises.session
    flags: dict[UUID, set[str]] = defaultdict(set)
    for flag in session.exec(select(FieldFlag)):
        flags[flag.field_event_id].add(flag.word)
    for boot in _boots(session):
        for event in boot:
            _check_time(event, flags[event.id], look)
        for event, word in _broken_links(boot):
            look.expect(
                word in flags[event.id], f"event {event.id} is not flagged: {word}"
            )
    _check_proofs(session, look)
    for scrap in session.exec(select(Unread)):
        kept = hashlib.sha256(scrap.raw.encode()).hexdigest()
        look.expect(kept == scrap.sha256, f"unread {scrap.id} is not as it came")


def _boots(session: Session) -> Iterator[list[FieldEvent]]:
    """What each phone said from one start of it to the next; a year is never held."""
    by_phone = (col(FieldEvent.device_id), col(FieldEvent.boot_id))
    query = select(FieldEvent).order_by(*by_phone, col(FieldEvent.seq))
    events = session.exec(query.execution_options(yield_per=_AT_ONCE))
    for _, boot in groupby(events, key=lambda each: (each.device_id, each.boot_id)):
        yield [*boot]


def _check_time(event: FieldEvent, flags: set[str], look: Look) -> None:
    name = f"event {event.id}"
    said = datetime.fromtimestamp(event.wall_ms / 1000, UTC)
    look.expect(event.raw_at == said, f"{name} said {said}, kept is {event.raw_at}")
    ago = event.received_at - event.corrected_at
    look.expect(ago >= timedelta(0), f"{name} was received before it happened")
    if event.trust is Trust.ONLINE:
        look.expect(ago <= _LIVE, f"{name} is called live, {ago} after it happened")
        off = abs(event.raw_at - event.corrected_at)
        look.expect(off <= _CLOCKS_DIFFER, f"{name} is called live, {off} off")
    if event.trust is Trust.BACK_FILLED:
        look.expect(bool(flags & _TIME_MOVED), f"{name} is back-dated without a flag")


def _broken_links(boot: list[FieldEvent]) -> Iterator[tuple[FieldEvent, str]]:
    """What does not hang together with its known neighbour on the same phone."""
    places: dict[int, list[FieldEvent]] = {}
    for event in boot:
        places.setdefault(event.seq, []).append(event)
    for seq, here in places.items():
        before = {each.hash for each in places.get(seq - 1, [])}
        for event in here:
            if len(here) > 1:
                yield event, "seq_reused"
            if before and event.prev_hash not in before:
                yield event, "chain_broken" if event.prev_hash else "no_chain"


def _check_proofs(session: Session, look: Look) -> None:
    proofs = (
        select(Evidence, FieldEvent.trust)
        .join(FieldEvent, col(FieldEvent.id) == Evidence.field_event_id)
        .where(Evidence.origin == EvidenceFrom.PHONE)
        .where(col(FieldEvent.trust).not_in(_HONEST))
    )
    for proof, trust in session.exec(proofs):
        if "found_on_appeal" in proof.basis:
            continue
        look.expect(
            proof.grade != "A" and not proof.basis.get("on_time"),
            f"proof {proof.id} is graded {proof.grade} by a time that is {trust}",
        )
