"""What a merged history does to an order: its state, its evidence, its alarms.

Each time the whole known history of the order is folded and the order is brought to
what it says, so that late and repeated events end in the same state.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.field.clocks import move_clocks
from dispatch.field.deciding import LOST_REASONS, Picture, look, told
from dispatch.field.earning import settle_done
from dispatch.field.events import (
    FieldEvent,
    FieldKind,
    flag,
    flags_of,
    list_of_order,
)
from dispatch.field.evidence import (
    Evidence,
    EvidenceFrom,
    find_evidence,
    first_proof,
)
from dispatch.field.grading import WRONG_BOX
from dispatch.field.partners import part, read_pairs, tell_partner
from dispatch.field.proving import Whole, grade_event, prove, read_whole
from dispatch.orders.orders import (
    DISPUTED,
    NOT_RECEIVED,
    Channel,
    Order,
    OrderCannotMove,
    OrderState,
    move_order,
    tell_order,
)
from dispatch.orders.sitting_close import leave_spare
from dispatch.planning.joining import touch_wave
from dispatch.planning.plans import Stop, StopOrder
from dispatch.safety.cases import CaseKind
from dispatch.safety.opening import note_on_case, open_case
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork

_REPLACEABLE: Final = frozenset({EvidenceFrom.PAPER, EvidenceFrom.COORDINATOR})
_SAID_AT_THE_DOOR: Final = LOST_REASONS | {"refused"}
GIVEN_BACK: Final[Json] = {
    "why": "助老员报告无法完成，等待重新排线。",
    "candidates": [],
    "relaxation": None,
}


@dataclass(frozen=True)
class Deed:
    """One order with its whole history, and which of its events are new."""

    uow: UnitOfWork
    order: Order
    whole: Whole
    history: dict[UUID, FieldEvent]
    news: frozenset[UUID]


def act_on_order(uow: UnitOfWork, order: Order, news: Collection[UUID]) -> None:
    """Bring an order to what the phones say of it. The caller holds its row."""
    round_of, left = _rounds_by_stop(uow.session, order.id)
    history = list_of_order(uow.session, order.id, list(round_of))
    whole = read_whole(uow.session, order)
    deed = Deed(uow, order, whole, {e.id: e for e in history}, frozenset(news))
    standing = find_evidence(uow.session, order.id)
    flags = flags_of(uow.session, [event.id for event in history])
    picture = look(
        [told(e, flags[e.id], round_of.get(e.stop_id)) for e in history],
        is_visit=order.channel is Channel.VISIT,
        standing=standing.field_event_id if standing else None,
        left=left,
    )
    if picture.begun and order.state is OrderState.PLANNED:
        _move(deed, OrderState.UNDER_WAY, _latest(deed))
    _raise_alarms(deed, picture)
    if picture.proofs and _finish(deed, picture, standing):
        pass  # what else was said of it undoes nothing
    elif picture.failure:
        _fail(deed, picture.failure)
    else:
        _give_back(deed, picture)
    uow.session.add(whole.elder)


def _rounds_by_stop(
    session: Session, order_id: UUID
) -> tuple[dict[UUID | None, UUID], frozenset[UUID]]:
    """The round of each stop that it ever had; the rounds that gave it back."""
    query = (
        select(Stop.id, Stop.round_id, StopOrder.given_back_at)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .where(StopOrder.order_id == order_id)
    )
    rows = session.exec(query).all()
    left = frozenset(round_id for _, round_id, given_back_at in rows if given_back_at)
    return {stop_id: round_id for stop_id, round_id, _ in rows}, left


def _finish(deed: Deed, picture: Picture, standing: Evidence | None) -> bool:
    """Keep every proof; let the first one count and end the order by it.

    Returns:
        False while one of two people has not said so yet.
    """
    proofs: dict[UUID, Evidence] = {}
    for event_id in picture.proofs:
        event = deed.history[event_id]
        graded = grade_event(
            deed.uow.session, deed.whole, event, list(deed.history.values())
        )
        proofs[event_id] = prove(deed.uow, deed.order, event, graded)
        elder, service = deed.whole.elder, deed.order.service
        move_clocks(elder, service, graded, event.detail, event.corrected_at)
        fresh = flag(deed.uow.session, event_id, graded.flags, deed.uow.now)
        if WRONG_BOX in fresh:
            _tell_of(deed, event, "order.wrong_box")
    people = deed.whole.service.people
    pairs = read_pairs(deed.uow.session, deed.order.id) if people > 1 else []
    first = first_proof([*proofs.values()], people, pairs)
    if first is None:
        return False
    if _may_count(deed.order, first, standing):
        _let_count(deed, first, standing)
    _flag_the_rest(deed, picture)
    return True


def _may_count(order: Order, first: Evidence, standing: Evidence | None) -> bool:
    if order.state in {OrderState.CANCELLED, OrderState.HELD, OrderState.BLOCKED}:
        return False
    if order.state is OrderState.FAILED and order.reason in {DISPUTED, NOT_RECEIVED}:
        return False  # a person decides, no phone
    if standing is None or standing.field_event_id is not None:
        return True
    return standing.origin in _REPLACEABLE and first.grade < standing.grade


def _let_count(deed: Deed, first: Evidence, standing: Evidence | None) -> None:
    """Make this the proof that counts, and the order done by its grade."""
    uow, order = deed.uow, deed.order
    if standing is not None and standing.id != first.id:
        standing.counts = False
        uow.session.add(standing)
        uow.session.flush()
    first.counts = True
    uow.session.add(first)
    uow.session.flush()
    event = deed.history[first.field_event_id] if first.field_event_id else None
    if order.state is not OrderState.DONE:
        if event is not None:
            leave_spare(uow, order)
            _move(deed, OrderState.DONE, event, grade=first.grade)
    elif order.grade != first.grade:
        order.grade = first.grade
        uow.session.add(order)
        tell_order(uow, order, "order.regraded", evidence_id=first.id)
    settle_done(uow, order)


def _flag_the_rest(deed: Deed, picture: Picture) -> None:
    """Say what a person should look at: a second delivery, one after a cancel."""
    counting = find_evidence(deed.uow.session, deed.order.id)
    for event_id in picture.proofs:
        event = deed.history[event_id]
        if counting is not None and counting.field_event_id == event_id:
            continue
        word_ = _why_it_does_not_count(deed, event, counting)
        if word_ and flag(deed.uow.session, event_id, [word_], deed.uow.now):
            _tell_of(deed, event, f"order.{word_}")


def _tell_of(deed: Deed, event: FieldEvent, kind: str) -> None:
    """Something that a person should look at was said at the door."""
    at, who = event.corrected_at.isoformat(), event.helper_id
    tell_order(deed.uow, deed.order, kind, helper_id=who, happened_at=at)


def _why_it_does_not_count(
    deed: Deed, event: FieldEvent, counting: Evidence | None
) -> str | None:
    if counting is not None:
        other = counting.helper_id != event.helper_id
        pair = deed.whole.service.people > 1 and other
        return None if pair else "second_delivery"
    if deed.order.state is OrderState.CANCELLED:
        return "delivered_after_cancel"
    return "delivered_while_stopped"


def _fail(deed: Deed, reason: str) -> None:
    order = deed.order
    if order.state is OrderState.FAILED:
        if order.reason in _SAID_AT_THE_DOOR:
            order.reason = reason  # the phone's own order decides between two
        return
    ends = [FieldKind.REFUSED, FieldKind.CANNOT]
    event = next((e for e in deed.history.values() if e.kind in ends), None)
    if event is not None:
        _move(deed, OrderState.FAILED, event, reason=reason)


def _give_back(deed: Deed, picture: Picture) -> None:
    """An order that its helper cannot do goes back to the plan, once."""
    for event_id in picture.returned:
        if event_id not in deed.news:
            continue
        event = deed.history[event_id]
        if _move(deed, OrderState.UNASSIGNED, event, why=_word(event.detail)):
            deed.order.plan_version, deed.order.explanation = None, GIVEN_BACK
            tell_partner(deed.uow, deed.order, event.helper_id, "order.partner_left")
            part(deed.uow, deed.order)
            touch_wave(deed.uow, deed.order)


def _raise_alarms(deed: Deed, picture: Picture) -> None:
    """A closed door opens a case at once, whatever came of it later."""
    for event_id in picture.unanswered:
        if event_id not in deed.news:
            continue
        event = deed.history[event_id]
        open_case(
            deed.uow,
            deed.order,
            CaseKind.NO_ANSWER,
            event.corrected_at,
            event.helper_id,
        )
    for event_id in picture.proofs:
        note_on_case(deed.uow, deed.order, deed.history[event_id].kind.value)


def _move(
    deed: Deed,
    state: OrderState,
    event: FieldEvent,
    *,
    reason: str | None = None,
    grade: str | None = None,
    why: str | None = None,
) -> bool:
    """Take the step if the order's life has it; a fact that comes too late is kept."""
    try:
        move_order(
            deed.uow,
            deed.order,
            state,
            reason=reason,
            grade=grade,
            helper_id=event.helper_id,
            field_event_id=event.id,
            happened_at=event.corrected_at.isoformat(),
            trust=event.trust.value,
            why=why,
        )
    except OrderCannotMove:
        return False
    return True


def _latest(deed: Deed) -> FieldEvent:
    return max(
        deed.history.values(), key=lambda event: (event.id in deed.news, event.seq)
    )


def _word(detail: dict[str, object]) -> str | None:
    reason = detail.get("reason")
    fits = isinstance(reason, str) and reason.isascii() and reason.isidentifier()
    return str(reason)[:40] if fits else None
