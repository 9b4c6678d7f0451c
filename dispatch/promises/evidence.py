"""Promise 2: no delivery without evidence."""

from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.field.events import FieldEvent, Verdict
from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.log.events import Event
from dispatch.orders.orders import Order, OrderState
from dispatch.promises.checking import Look, Premises

_FROM_A_PHONE: Final = frozenset({EvidenceFrom.PHONE})


def check_evidence(premises: Premises, look: Look) -> None:
    """Each done order has one proof that counts, with its grade, from a person."""
    session = premises.session
    proofs: dict[UUID, list[Evidence]] = {}
    for proof in session.exec(select(Evidence).where(Evidence.counts)):
        proofs.setdefault(proof.order_id, []).append(proof)
    events = {event.id: event for event in session.exec(select(FieldEvent))}
    for order in session.exec(select(Order)):
        mine = proofs.get(order.id, [])
        if order.state is not OrderState.DONE:
            look.expect(
                not mine, f"order {order.number} is {order.state.value} with a proof"
            )
            continue
        look.expect(
            len(mine) == 1, f"order {order.number} is done with {len(mine)} proofs"
        )
        for proof in mine:
            _check_proof(order, proof, events, look)
    _check_nobody_but_people(premises, look)


def _check_proof(
    order: Order, proof: Evidence, events: dict[UUID, FieldEvent], look: Look
) -> None:
    name = f"order {order.number}"
    look.expect(
        proof.grade == order.grade,
        f"{name} says grade {order.grade}, its proof {proof.grade}",
    )
    if proof.origin in _FROM_A_PHONE:
        event = events.get(proof.field_event_id) if proof.field_event_id else None
        look.expect(event is not None, f"{name}: the proof names no field event")
        if event is not None:
            look.expect(
                event.verdict is Verdict.ACCEPTED
                and event.order_id in (order.id, None),
                f"{name}: its field event is not an accepted one of this order",
            )
    else:
        look.expect(
            proof.account_id is not None, f"{name}: nobody stands behind its proof"
        )
    if proof.origin is EvidenceFrom.COORDINATOR:
        look.expect(bool(proof.basis.get("reason")), f"{name}: entered without reason")
        look.expect(proof.grade == "E", f"{name}: entered by hand, not grade E")
    if proof.origin is EvidenceFrom.PAPER:
        look.expect(proof.grade in "DE", f"{name}: from paper, above grade D")


def _check_nobody_but_people(premises: Premises, look: Look) -> None:
    """No timer and no nightly job ever delivered anything."""
    done = select(Event).where(
        Event.subject == "order", col(Event.kind) == "order.done"
    )
    for event in premises.session.exec(done):
        look.expect(
            event.role != "system", f"order {event.subject_id} was done by the system"
        )
