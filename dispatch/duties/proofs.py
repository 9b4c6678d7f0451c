"""What a proof says of an elder: met or not, how long, and is it a paid visit."""

from dispatch.clock import town_day
from dispatch.duties.encounters import Encounter, Way
from dispatch.field.clocks import PAID_VISIT
from dispatch.field.events import FieldKind
from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.field.grading import Place
from dispatch.orders.orders import Channel, Order

_HEARD = frozenset({"heard", "seen"})


def encounter_of(order: Order, proof: Evidence) -> Encounter:
    """The encounter behind a proof. A bag on the handle met nobody."""
    basis = proof.basis
    elsewhere = basis.get("place") == Place.ELSEWHERE.value and proof.grade >= "D"
    lasted = int(basis.get("lasted_seconds") or 0)
    ended = basis.get("how") == FieldKind.VISIT_ENDED.value and not elsewhere
    long_enough = lasted >= int(basis.get("least_seconds") or 1)
    return Encounter(
        id=str(proof.id),
        at=proof.at,
        on=town_day(proof.at),
        what=order.service,
        way=_way(order, proof),
        minutes=lasted // 60,
        grade=proof.grade,
        seen=not elsewhere and _met(proof),
        paid=ended and long_enough and order.service == PAID_VISIT,
    )


def _way(order: Order, proof: Evidence) -> Way:
    if proof.origin is EvidenceFrom.COUNTER:
        return Way.COUNTER
    return Way.HOME if order.channel is Channel.VISIT else Way.DOOR


def _met(proof: Evidence) -> bool:
    """The person was seen, or heard through the door."""
    basis = proof.basis
    if proof.origin is EvidenceFrom.COUNTER:
        return basis.get("collector") == "self"
    if proof.origin is EvidenceFrom.PAPER:
        return basis.get("to") == "self"
    match basis.get("how"):
        case FieldKind.VISIT_ENDED.value:
            return True
        case FieldKind.HANDED_OVER.value:
            return basis.get("to") == "self"
        case FieldKind.CONTACTLESS.value:
            return basis.get("sign") in _HEARD
    return False
