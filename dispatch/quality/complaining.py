"""Complaining: a ticket is entered, linked to its order, answered, and judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import TOWN
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.field.evidence import Evidence, find_evidence
from dispatch.orders.orders import Order, OrderState, tell_order
from dispatch.orders.showing import label_helpers
from dispatch.people.elders import Elder
from dispatch.people.places import Station
from dispatch.people.vault import seal
from dispatch.quality.complaints import (
    Complaint,
    ComplaintFrom,
    ComplaintOutcome,
    ComplaintState,
)
from dispatch.quality.drawing_calls import ask_about
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import FoundBy
from dispatch.subsidy.anomalies.concluding import MAY_CONCLUDE
from dispatch.subsidy.anomalies.finding import BY_PEOPLE, AnomalyRule, Finding
from dispatch.subsidy.anomalies.screening import keep
from dispatch.words import say

SAID, ANSWER = "said", "answer"  # fields of the vault
ANSWER_WITHIN: Final = timedelta(days=7)
_LONGEST: Final = 500


class TicketKnown(Conflict):
    """这张工单已经登记过，没有重复保存。"""

    code = "ticket_known"


class ComplaintMovedOn(Conflict):
    """这件投诉的状态已经变化，没有保存。请刷新后查看。"""

    code = "complaint_moved_on"


class ComplaintWordsMissing(BadInput):
    """请写明内容（2 至 500 字），没有保存。"""

    code = "complaint_words_missing"


@dataclass(frozen=True)
class ComplaintDraft:
    """A ticket as it came; the order by its number, where it is known."""

    source: ComplaintFrom
    ticket_no: str
    got_on: date
    words: str
    station_id: UUID | None = None
    street_code: str | None = None
    elder_id: UUID | None = None
    order_number: str | None = None
    due_on: date | None = None


def note_complaint(uow: UnitOfWork, draft: ComplaintDraft) -> Complaint:
    """Enter a ticket; the elder of a linked order is asked about it.

    Raises:
        TicketKnown, NotFound, ComplaintWordsMissing
        BadInput: nobody's: neither point, order, elder nor street is named.
    """
    words = _spoken(draft.words)
    known = select(Complaint.id).where(
        Complaint.source == draft.source, Complaint.ticket_no == draft.ticket_no
    )
    if uow.session.exec(known).first():
        raise TicketKnown
    complaint = Complaint(
        source=draft.source,
        ticket_no=draft.ticket_no,
        got_on=draft.got_on,
        due_on=max(draft.due_on or draft.got_on + ANSWER_WITHIN, draft.got_on),
        street_code="",
        made_at=uow.now,
    )
    _place(uow, complaint, draft)
    uow.session.add(complaint)
    uow.session.flush()
    seal(uow.session, complaint.id, {SAID: words})
    return complaint


def link(uow: UnitOfWork, complaint_id: UUID, order_number: str) -> Complaint:
    """Say which order it is about; its elder is called back.

    Raises:
        NotFound, ComplaintMovedOn
    """
    complaint = get_scoped(uow, Complaint, complaint_id, lock=True)
    if complaint.state is ComplaintState.CLOSED:
        raise ComplaintMovedOn
    _link(uow, complaint, order_number)
    uow.session.add(complaint)
    uow.session.flush()
    return complaint


def answer(uow: UnitOfWork, complaint_id: UUID, words: str) -> Complaint:
    """Answer who complained; once.

    Raises:
        NotFound, ComplaintMovedOn, ComplaintWordsMissing
    """
    complaint = get_scoped(uow, Complaint, complaint_id, lock=True)
    if complaint.state is not ComplaintState.OPEN:
        raise ComplaintMovedOn
    seal(uow.session, complaint.id, {ANSWER: _spoken(words)})
    complaint.state = ComplaintState.ANSWERED
    complaint.answered_at, complaint.answered_by = uow.now, uow.actor.account_id
    uow.session.add(complaint)
    uow.session.flush()
    return complaint


def close(uow: UnitOfWork, complaint_id: UUID, outcome: ComplaintOutcome) -> Complaint:
    """Say whether it was so. What is upheld counts against who did it, and they may
    reply and appeal as against any finding.

    Raises:
        NotFound, NotAllowed
        ComplaintMovedOn: not answered yet, or closed.
    """
    if uow.actor.role not in MAY_CONCLUDE:
        raise NotAllowed
    complaint = get_scoped(uow, Complaint, complaint_id, lock=True)
    if complaint.state is not ComplaintState.ANSWERED:
        raise ComplaintMovedOn
    complaint.state, complaint.outcome = ComplaintState.CLOSED, outcome
    complaint.closed_at, complaint.closed_by = uow.now, uow.actor.account_id
    uow.session.add(complaint)
    uow.session.flush()
    if outcome is not ComplaintOutcome.UNFOUNDED and complaint.station_id is not None:
        found = _finding(complaint, complaint.station_id, outcome)
        keep(uow, [found], BY_PEOPLE, FoundBy.COMPLAINT)
    return complaint


def draft_answers(session: Session, complaints: Sequence[Complaint]) -> dict[UUID, str]:
    """By complaint an answer with what the books know of its order, to be read before
    it is sent; two queries.
    """
    query = (
        select(Order, Evidence)
        .outerjoin(
            Evidence, (col(Evidence.order_id) == Order.id) & col(Evidence.counts)
        )
        .where(col(Order.id).in_([one.order_id for one in complaints if one.order_id]))
    )
    known: dict[UUID | None, tuple[Order, Evidence | None]]
    known = {order.id: (order, proof) for order, proof in session.exec(query)}
    proofs = [proof for _, proof in known.values() if proof is not None]
    names = label_helpers(session, {one.helper_id for one in proofs if one.helper_id})
    first, last = say("complaint", "received"), say("complaint", "sorry")
    return {
        one.id: first
        + (_told(names, *known[one.order_id]) if one.order_id else "")
        + last
        for one in complaints
    }


def _told(names: Mapping[UUID, str], order: Order, proof: Evidence | None) -> str:
    day = f"{order.serve_on:%m-%d}{say('channel', order.channel.value)}"
    if proof is None or order.state is not OrderState.DONE:
        return f"{day}：{say('event', f'order.{order.state.value}')}。"
    who = names[proof.helper_id] if proof.helper_id is not None else ""
    at = f"{proof.at.astimezone(TOWN):%H:%M}"
    return f"{day}：{at} {who} {say('grade', proof.grade)}。"


def _place(uow: UnitOfWork, complaint: Complaint, draft: ComplaintDraft) -> None:
    """Whose it is: of the order, the elder, the point, or the street alone."""
    if draft.order_number:
        _link(uow, complaint, draft.order_number)
    elif draft.elder_id is not None:
        elder = get_scoped(uow, Elder, draft.elder_id)
        complaint.elder_id = elder.id
        complaint.station_id, complaint.street_code = (
            elder.station_id,
            elder.street_code,
        )
    elif draft.station_id is not None:
        station = get_scoped(uow, Station, draft.station_id)
        complaint.station_id = station.id
        complaint.street_code = station.street_code
    else:
        complaint.street_code = uow.actor.street_code or draft.street_code or ""
    if not complaint.street_code:
        raise BadInput("请写明街道、站点、老人或订单中的一项，没有保存。")


def _link(uow: UnitOfWork, complaint: Complaint, order_number: str) -> None:
    number = select(Order.id).where(Order.number == order_number.strip().upper())
    order_id = uow.session.exec(number).first()
    order = get_scoped(uow, Order, order_id or UUID(int=0), lock=True)
    proof = find_evidence(uow.session, order.id)
    complaint.order_id, complaint.elder_id = order.id, order.elder_id
    complaint.station_id = order.station_id
    complaint.street_code = order.street_code
    complaint.helper_id = proof.helper_id if proof else None
    ask_about(uow, order, complaint.helper_id)
    tell_order(uow, order, "order.complained")


def _finding(
    complaint: Complaint, station_id: UUID, outcome: ComplaintOutcome
) -> Finding:
    return Finding(
        rule=AnomalyRule.COMPLAINT,
        about=str(complaint.id),
        station_id=station_id,
        street_code=complaint.street_code,
        service_on=complaint.got_on,
        reason=outcome.value,
        measured={"ticket_no": complaint.ticket_no},
        order_id=complaint.order_id,
        elder_id=complaint.elder_id,
        helper_id=complaint.helper_id,
    )


def _spoken(words: str) -> str:
    said = words.strip()
    if not 2 <= len(said) <= _LONGEST:
        raise ComplaintWordsMissing
    return said
