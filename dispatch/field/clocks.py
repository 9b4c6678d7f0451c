"""The two clocks of an elder, kept apart: *last seen* and *paid visit*."""

from datetime import datetime

from dispatch.field.events import FieldKind
from dispatch.field.grading import Graded, Place
from dispatch.people.elders import Elder, mark_seen
from dispatch.store.columns import Json

PAID_VISIT = "VISIT_HOME"


def move_clocks(
    elder: Elder, service: str, graded: Graded, detail: Json, at: datetime
) -> None:
    """Move what this proof moves.

    The person seen, or heard through the door, moves *last seen*. Only a visit as
    long as its rule moves the *paid visit*. A bag on the handle moves neither, nor
    does a phone that was elsewhere.
    """
    kind = FieldKind(graded.basis["how"])
    if graded.basis["place"] == Place.ELSEWHERE.value and graded.grade >= "D":
        return
    if kind is FieldKind.VISIT_ENDED:
        mark_seen(elder, at, by="visit")
        if service == PAID_VISIT and "too_short" not in graded.flags:
            mark_visited(elder, at)
    elif _met(kind, detail):
        mark_seen(elder, at, by="door")


def mark_visited(elder: Elder, at: datetime) -> None:
    """Move the clock of the *paid visit*; it never goes back."""
    if elder.last_visit_at is None or at > elder.last_visit_at:
        elder.last_visit_at = at


def _met(kind: FieldKind, detail: Json) -> bool:
    if kind is FieldKind.HANDED_OVER:
        return detail.get("to") == "self"
    return kind is FieldKind.CONTACTLESS and detail.get("sign") in {"heard", "seen"}
