"""What a phone's history says about one order: a fold that no arrival order changes.

The picture is computed from all accepted events at once, so it does not matter in
which order, in which batches or how often they came.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.field.events import FieldEvent, FieldKind, phone_order
from dispatch.store.columns import Json

HANDING: Final = frozenset(
    {
        FieldKind.HANDED_OVER,
        FieldKind.LEFT_BY_AGREEMENT,
        FieldKind.CONTACTLESS,
        FieldKind.VISIT_ENDED,
    }
)
_BEGINNING: Final = frozenset(
    {FieldKind.PICKED_UP, FieldKind.NO_ANSWER, FieldKind.VISIT_BEGUN}
)
# The box itself is gone or spoilt: nobody else can carry it.
LOST_REASONS: Final = frozenset(
    {"spilled", "lost", "wrong_box", "damaged", "past_eat_by"}
)
REPLANNED: Final = "replanned"


@dataclass(frozen=True)
class Told:
    """One accepted event, as far as the order's fate depends on it."""

    id: UUID
    device_id: str
    place: tuple[str, str, int, str]
    kind: FieldKind
    received_at: datetime
    detail: Json
    round_id: UUID | None = None  # whose stop it was said at
    in_force: bool = True  # the round stood in the plan in force; else only facts act


@dataclass(frozen=True)
class Picture:
    """What all events together say.

    Attributes:
        proofs: handings and ended visits, the one that counts first.
        failure: an outcome word when it certainly cannot be handed over any more.
        returned: events that give the order back to the plan.
        unanswered: closed doors, first to last.
    """

    begun: bool = False
    proofs: tuple[UUID, ...] = ()
    failure: str | None = None
    returned: tuple[UUID, ...] = ()
    unanswered: tuple[UUID, ...] = ()


def told(event: FieldEvent, flags: Collection[str], round_id: UUID | None) -> Told:
    """A kept event as the fold reads it, with the round of its stop."""
    return Told(
        id=event.id,
        device_id=event.device_id,
        place=phone_order(event),
        kind=event.kind,
        received_at=event.received_at,
        detail=event.detail,
        round_id=round_id,
        in_force=REPLANNED not in flags,
    )


def look(
    events: Sequence[Told],
    *,
    is_visit: bool = False,
    standing: UUID | None = None,
    left: Collection[UUID] = (),
) -> Picture:
    """Fold the events of one order.

    Who gives it back has begun nothing of it for the next helper, even if their
    beginning is heard last.

    Args:
        standing: the event that counts already; its phone is not overruled by
            another one that is heard later.
        left: rounds that gave the order back before these events; with one of two
            people the other one's too.
    """
    ordered = sorted(events, key=lambda event: event.place)
    returned = [e for e in ordered if _returns(e) and e.round_id not in left]
    gone = {*left, *(event.round_id for event in returned)}
    return Picture(
        begun=any(_begins(e, is_visit) and e.round_id not in gone for e in ordered),
        proofs=_proofs([e for e in ordered if e.kind in HANDING], standing),
        failure=next((why for e in ordered if (why := _failure(e))), None),
        returned=tuple(e.id for e in returned),
        unanswered=tuple(e.id for e in ordered if e.kind is FieldKind.NO_ANSWER),
    )


def _begins(event: Told, is_visit: bool) -> bool:
    if event.kind is FieldKind.ARRIVED:
        return is_visit and event.in_force
    return event.kind in _BEGINNING and event.in_force


def _proofs(handings: Sequence[Told], standing: UUID | None) -> tuple[UUID, ...]:
    """First the phone that stands, or was heard first; within a phone its order."""
    if not handings:
        return ()
    stands = [event.device_id for event in handings if event.id == standing]
    heard = min(handings, key=lambda event: (event.received_at, event.device_id))
    first = stands[0] if stands else heard.device_id
    ranked = sorted(handings, key=lambda event: (event.device_id != first, event.place))
    return tuple(event.id for event in ranked)


def _failure(event: Told) -> str | None:
    if event.kind is FieldKind.REFUSED:
        return "refused"
    if event.kind is FieldKind.CANNOT and event.in_force:
        reason = event.detail.get("reason")
        return str(reason) if reason in LOST_REASONS else None
    return None


def _returns(event: Told) -> bool:
    return event.kind is FieldKind.CANNOT and event.in_force and not _failure(event)
