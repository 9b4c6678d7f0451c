"""What an order was proven by, for whoever judges it: when, how, and the hashes of it.

No name, no place and no picture. A hash tells whether a phone's record or a picture
that somebody shows is the one that was kept. An auditor may open a picture for a
reason; the look stands in the audit with it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.scope import scoped
from dispatch.catalogue.services import Service
from dispatch.errors import NotFound
from dispatch.field.events import FieldEvent
from dispatch.field.evidence import Evidence, list_evidence
from dispatch.field.photographing import find_whole, look_at
from dispatch.field.photos import list_photos
from dispatch.log.audit import write_down
from dispatch.orders.orders import Order, get_order
from dispatch.people.labels import label_elders
from dispatch.people.places import get_station
from dispatch.quality.draws import WITHOUT_FRAME, AuditDraw, DrawOf
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import Entry


@dataclass(frozen=True, kw_only=True)
class ProofLine:
    """One proof. What no phone recorded has no `kind`, no `trust` and no `hash`."""

    at: datetime
    received_at: datetime | None
    origin: str
    kind: str
    grade: str
    counts: bool
    trust: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class PictureLine:
    """A picture by the hash of what the phone sent: what is kept and opened is without
    its metadata and has another; `gone`: its days are over, that there was one stays.
    """

    id: UUID
    kind: str
    at: datetime
    sha256: str
    gone: bool


@dataclass(frozen=True, kw_only=True)
class ProofSheet:
    """An order, when it was promised for, and all of its proofs, first to last."""

    order_number: str
    elder_label: str
    on: date
    station: str
    service: str
    window_from_at: datetime
    window_until_at: datetime
    proofs: list[ProofLine]
    pictures: list[PictureLine]


def proofs_of_line(uow: UnitOfWork, order_id: UUID) -> ProofSheet:
    """The proofs behind an order that is booked, within reach; the look is kept.

    Raises: NotFound
    """
    return _sheet(uow, _booked(uow, order_id))


def proofs_of_drawn(uow: UnitOfWork, draw_id: UUID, number: str) -> ProofSheet:
    """The proofs of an order that a random audit within reach has drawn, and no other;
    the look is kept.

    Raises: NotFound
    """
    within = scoped(uow.actor, AuditDraw).where(AuditDraw.id == draw_id)
    draw = uow.session.exec(within.options(WITHOUT_FRAME)).first()
    if draw is None:
        raise NotFound
    drawn = {item for item, *_ in draw.sample or []}
    if draw.kind is not DrawOf.ORDERS or number not in drawn:
        raise NotFound("这一单没有被抽中。")
    return _sheet(
        uow, uow.session.exec(select(Order).where(Order.number == number)).one()
    )


def open_as_proof(uow: UnitOfWork, photo_id: UUID, why: str) -> tuple[str, bytes]:
    """A picture of an order that is booked, for a reason that the audit keeps.

    Raises: NotFound
    """
    photo = find_whole(uow.session, photo_id)
    order = _booked(uow, photo.order_id)
    said = f"order {order.number} {why}"[:200]
    return look_at(uow, photo, order, said)


def _booked(uow: UnitOfWork, order_id: UUID) -> Order:
    booked = scoped(uow.actor, Entry).where(Entry.order_id == order_id).limit(1)
    if uow.session.exec(booked).first() is None:
        raise NotFound
    return get_order(uow.session, order_id)


def _sheet(uow: UnitOfWork, order: Order) -> ProofSheet:
    session, said = uow.session, f"order {order.number}"
    write_down(uow, "show_proofs", "elder", order.elder_id, purpose=said)
    return ProofSheet(
        order_number=order.number,
        elder_label=label_elders(uow, [order.elder_id])[order.elder_id],
        on=order.serve_on,
        station=get_station(session, order.station_id).name,
        service=session.get_one(Service, order.service).name,
        window_from_at=order.window_from_at,
        window_until_at=order.window_until_at,
        proofs=_proofs(session, order),
        pictures=[
            PictureLine(
                id=one.id,
                kind=one.kind.value,
                at=one.whole_at or one.begun_at,
                sha256=one.sha256,
                gone=one.forgotten_at is not None,
            )
            for one in list_photos(session, [order.id])
        ],
    )


def _proofs(session: Session, order: Order) -> list[ProofLine]:
    proofs = list_evidence(session, order.id)
    told = [one.field_event_id for one in proofs if one.field_event_id]
    query = select(FieldEvent).where(col(FieldEvent.id).in_(told))
    events = {event.id: event for event in session.exec(query)} if told else {}
    return [
        _line(one, events[one.field_event_id] if one.field_event_id else None)
        for one in proofs
    ]


def _line(proof: Evidence, event: FieldEvent | None) -> ProofLine:
    return ProofLine(
        at=proof.at,
        received_at=event.received_at if event else None,
        origin=proof.origin.value,
        kind=event.kind.value if event else "",
        grade=proof.grade,
        counts=proof.counts,
        trust=event.trust.value if event else "",
        hash=event.hash if event else "",
    )
