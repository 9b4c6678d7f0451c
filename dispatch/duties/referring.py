"""Referring: a need is raised, taken on by somebody named, and ended with a word."""

from dataclasses import asdict, dataclass, replace
from typing import Final
from uuid import UUID

from sqlmodel import select

from dispatch.access.scope import get_scoped
from dispatch.duties.referrals import (
    LASTS,
    OPEN_STATES,
    Need,
    Referral,
    ReferralMoved,
    ReferralState,
    Urgency,
)
from dispatch.errors import BadInput, NotAllowed
from dispatch.log.events import record
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder
from dispatch.store.columns import Json
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

_ON_A_VISIT: Final = "上门时提出"
_MAY: Final = frozenset({"station", "dispatcher", "street", "district"})


class NotThatVisit(BadInput):
    """这张订单不是这位老人的，转介没有保存。请重新选择。"""

    code = "not_that_visit"


class WordsMissing(BadInput):
    """请写明情况，没有保存。"""

    code = "words_missing"


@dataclass(frozen=True)
class ReferralDraft:
    """What somebody saw or heard; `order_id` names the visit on which they did."""

    elder_id: UUID
    need: Need
    urgency: Urgency
    words: str
    order_id: UUID | None = None


def raise_referral(
    uow: UnitOfWork, draft: ReferralDraft, *, key: str | None
) -> Referral:
    """Raise a need; its urgency gives it a deadline.

    Raises:
        NotFound: no such elder or order within reach.
        NotAllowed: not a person of the staff.
        NotThatVisit, WordsMissing: nothing was kept.
        KeyMissing, KeyReused
    """
    _must_be_staff(uow)
    if made := claim(uow, key, "referral", asdict(draft)):
        return uow.session.get_one(Referral, made)
    elder = get_scoped(uow, Elder, draft.elder_id)
    _must_be_theirs(uow, draft)
    raised = _raise(uow, elder, replace(draft, words=_words(draft.words)))
    keep_result(uow, key or "", raised.id)
    return raised


def raise_on_visit(uow: UnitOfWork, order: Order, detail: Json) -> Referral | None:
    """What a helper's phone says at the end of a visit: one referral per visit.

    The caller holds the order. A need that nobody understands is left to the words,
    which the event keeps: a phone is never refused.
    """
    told = detail.get("need")
    if not isinstance(told, dict):
        return None
    try:
        need, urgency = Need(str(told.get("kind"))), Urgency(str(told.get("urgency")))
    except ValueError:
        return None
    known = select(Referral.id).where(Referral.order_id == order.id)
    if uow.session.exec(known).first() is not None:
        return None
    words = str(detail.get("words") or "").strip()[:300] or _ON_A_VISIT
    elder = uow.session.get_one(Elder, order.elder_id)
    return _raise(uow, elder, ReferralDraft(elder.id, need, urgency, words, order.id))


def accept_referral(uow: UnitOfWork, referral_id: UUID, by_whom: str) -> Referral:
    """Somebody takes it on: an office, a duty, a doctor's practice; by its name.

    Raises:
        NotFound, NotAllowed, WordsMissing
        ReferralMoved: somebody has it, or it has ended.
    """
    told = _words(by_whom)[:40]
    referral = _hold(uow, referral_id, ReferralState.OPEN)
    referral.state = ReferralState.ACCEPTED
    referral.accepted_by, referral.accepted_at = told, uow.now
    uow.session.add(referral)
    _tell(uow, referral)
    return referral


def end_referral(
    uow: UnitOfWork, referral_id: UUID, outcome: str, *, refused: bool = False
) -> Referral:
    """End it by saying what became of it; only a person can.

    Raises:
        NotFound, NotAllowed, WordsMissing
        ReferralMoved: it has ended already.
    """
    told = _words(outcome)
    referral = _hold(uow, referral_id, *OPEN_STATES)
    referral.state = ReferralState.REFUSED if refused else ReferralState.DONE
    referral.outcome = told
    referral.ended_by, referral.ended_at = uow.actor.account_id, uow.now
    uow.session.add(referral)
    _tell(uow, referral)
    return referral


def _raise(uow: UnitOfWork, elder: Elder, draft: ReferralDraft) -> Referral:
    raised = Referral(
        elder_id=elder.id,
        station_id=elder.station_id,
        street_code=elder.street_code,
        order_id=draft.order_id,
        need=draft.need,
        urgency=draft.urgency,
        words=draft.words,
        state=ReferralState.OPEN,
        raised_by=uow.actor.account_id,
        raised_at=uow.now,
        due_at=uow.now + LASTS[draft.urgency],
    )
    uow.session.add(raised)
    uow.session.flush()
    _tell(uow, raised)
    return raised


def _must_be_theirs(uow: UnitOfWork, draft: ReferralDraft) -> None:
    if draft.order_id is None:
        return
    if get_scoped(uow, Order, draft.order_id).elder_id != draft.elder_id:
        raise NotThatVisit


def _hold(uow: UnitOfWork, referral_id: UUID, *states: ReferralState) -> Referral:
    _must_be_staff(uow)
    referral = get_scoped(uow, Referral, referral_id, lock=True)
    if referral.state not in states:
        raise ReferralMoved(was=referral.state)
    return referral


def _must_be_staff(uow: UnitOfWork) -> None:
    if uow.actor.role not in _MAY or uow.actor.account_id is None:
        raise NotAllowed


def _words(words: str) -> str:
    told = words.strip()
    if len(told) < 2:
        raise WordsMissing
    return told[:300]


def _tell(uow: UnitOfWork, referral: Referral) -> None:
    """The feed hears of it; the words stay in the referral."""
    uow.session.flush()
    record(
        uow,
        f"referral.{referral.state.value}",
        "referral",
        referral.id,
        facts={"need": referral.need.value, "urgency": referral.urgency.value},
        station_id=referral.station_id,
        street_code=referral.street_code,
    )
