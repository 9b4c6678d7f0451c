"""Appealing: somebody names what a proof got wrong; a second person decides."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, select

from dispatch.access.accounts import Account
from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, Conflict, NotAllowed, NotFound
from dispatch.field.acting import act_on_order
from dispatch.field.appeals import OF_MEALS, OF_VISITS, Claim, GradeAppeal
from dispatch.field.events import FieldEvent
from dispatch.field.evidence import Evidence
from dispatch.log.audit import write_down
from dispatch.orders.orders import Channel, Order, get_order, tell_order
from dispatch.people.vault import seal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.concluding import clear_answered
from dispatch.subsidy.anomalies.finding import AnomalyRule

OPEN_FOR: Final = timedelta(days=31)
_DOUBTED_BY: Final = {
    Claim.PLACE: AnomalyRule.ELSEWHERE,
    Claim.LASTED: AnomalyRule.SHORT,
}
_MAY_ASK: Final = frozenset({"station", "dispatcher", "street", "district", "helper"})
MAY_DECIDE: Final = frozenset({"dispatcher", "street", "district"})


class NotToAppeal(BadInput):
    """这份凭证不能这样申诉：不是手机记录、超过 31 天，或申诉事项不符。没有保存。"""

    code = "not_to_appeal"


class AppealIsOpen(Conflict):
    """这份凭证已有一件申诉在等复核，没有重复提交。"""

    code = "appeal_is_open"


class AppealIsDecided(Conflict):
    """这件申诉已经复核过，没有保存。请刷新后查看。"""

    code = "appeal_is_decided"


class SecondPersonNeeded(NotAllowed):
    """申诉要由另一个人复核：提出的人和上门的人都不能自己决定。"""

    code = "second_person_needed"


@dataclass(frozen=True)
class AppealDraft:
    """What somebody says the proof got wrong, and how they know."""

    evidence_id: UUID
    claim: Claim
    words: str
    minutes: int | None = None  # of the visit, where that is the claim


def ask_again(uow: UnitOfWork, draft: AppealDraft) -> GradeAppeal:
    """Appeal against the grade of a phone's proof: the staff, or whoever gave it.

    Raises:
        NotFound: no such proof within reach; of a helper, not their own.
        NotAllowed: neither of the staff nor a helper.
        NotToAppeal, AppealIsOpen: nothing was kept.
    """
    if uow.actor.role not in _MAY_ASK or uow.actor.account_id is None:
        raise NotAllowed
    proof = uow.session.get(Evidence, draft.evidence_id)
    if proof is None:
        raise NotFound
    order = _order_of(uow, proof)
    fits = OF_VISITS if order.channel is Channel.VISIT else OF_MEALS
    late = proof.at < uow.now - OPEN_FOR
    timed = (draft.claim is Claim.LASTED) == (draft.minutes is not None)
    if proof.field_event_id is None or late or draft.claim not in fits or not timed:
        raise NotToAppeal
    if _find_open(uow.session, proof.field_event_id):
        raise AppealIsOpen
    appeal = GradeAppeal(
        field_event_id=proof.field_event_id,
        order_id=order.id,
        station_id=order.station_id,
        street_code=order.street_code,
        claim=draft.claim,
        minutes=draft.minutes,
        asked_by=uow.actor.account_id,
        asked_at=uow.now,
    )
    uow.session.add(appeal)
    uow.session.flush()
    seal(uow.session, appeal.id, {"message": draft.words.strip()})
    tell_order(uow, order, "order.appealed", claim=draft.claim.value)
    return appeal


def _order_of(uow: UnitOfWork, proof: Evidence) -> Order:
    """The proof's order, held. Raises: NotFound."""
    if uow.actor.role != "helper":
        return get_scoped(uow, Order, proof.order_id, lock=True)
    if uow.actor.helper_id is None or proof.helper_id != uow.actor.helper_id:
        raise NotFound
    return get_order(uow.session, proof.order_id, lock=True)


def decide_appeal(uow: UnitOfWork, appeal_id: UUID, *, upheld: bool) -> GradeAppeal:
    """Find whether it is so; the grade, and the money with it, are computed again.

    Raises:
        NotFound: no such appeal within reach.
        SecondPersonNeeded: the one who asked, or who was at the door, or a station.
        AppealIsDecided
    """
    seen = get_scoped(uow, GradeAppeal, appeal_id)
    order = get_order(uow.session, seen.order_id, lock=True)
    appeal = get_scoped(uow, GradeAppeal, appeal_id, lock=True)
    if appeal.upheld is not None:
        raise AppealIsDecided
    _need_second_person(uow, appeal)
    appeal.upheld = upheld
    appeal.decided_by, appeal.decided_at = uow.actor.account_id, uow.now
    uow.session.add(appeal)
    uow.session.flush()
    answer = "upheld" if upheld else "turned_down"
    write_down(uow, f"appeal_{answer}", "order", order.id, purpose=appeal.claim.value)
    tell_order(uow, order, f"order.appeal_{answer}", claim=appeal.claim.value)
    if upheld:
        if rule := _DOUBTED_BY.get(appeal.claim):
            clear_answered(uow, order.id, rule, "凭证申诉经复核属实")
        act_on_order(uow, order, ())
    return appeal


def _find_open(session: Session, field_event_id: UUID) -> UUID | None:
    query = select(GradeAppeal.id).where(
        GradeAppeal.field_event_id == field_event_id,
        GradeAppeal.upheld == None,  # noqa: E711 - SQL's own null
    )
    return session.exec(query).first()


def _need_second_person(uow: UnitOfWork, appeal: GradeAppeal) -> None:
    account_id = uow.actor.account_id
    if uow.actor.role not in MAY_DECIDE or account_id in (None, appeal.asked_by):
        raise SecondPersonNeeded
    account = uow.session.get_one(Account, account_id)
    event = uow.session.get_one(FieldEvent, appeal.field_event_id)
    if account.helper_id == event.helper_id:
        raise SecondPersonNeeded
