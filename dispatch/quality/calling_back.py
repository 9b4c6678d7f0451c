"""Calling back: the elder is asked, and a contradiction opens the order again."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.errors import BadInput, Conflict
from dispatch.field.earning import settle_done
from dispatch.orders.orders import DISPUTED, Order, OrderState, get_order, move_order
from dispatch.orders.showing import label_helpers
from dispatch.people.places import Station
from dispatch.people.showing import shown_name
from dispatch.people.vault import seal, unseal
from dispatch.quality.call_backs import CONTRADICTIONS, SPOKEN, Answer, CallBack
from dispatch.store.paging import AT_ONCE, page_of
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import FoundBy
from dispatch.subsidy.anomalies.finding import BY_PEOPLE, AnomalyRule, Finding
from dispatch.subsidy.anomalies.screening import keep
from dispatch.subsidy.granting import withdraw
from dispatch.timebank.minting import mint

SAID: Final = "said"
_MOST_TRIES: Final = 3


class AlreadyCalled(Conflict):
    """这一条回访已经有人记录，没有重复保存。请刷新后查看。"""

    code = "already_called"


class NotSatisfiable(BadInput):
    """没有问到老人，不能打满意度，没有保存。"""

    code = "not_satisfiable"


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """One call to make, or that was made."""

    id: UUID
    order_id: UUID
    elder_id: UUID
    number: str
    elder_name: str
    station: str
    service: str
    channel: str
    service_on: date
    helper: str
    why: str
    until_on: date
    tries: int
    answer: str | None
    content: int | None
    words: str | None


@dataclass(frozen=True)
class CallPage:
    """A part of the calls, and how many there are."""

    total: int
    calls: list[CallRow]


def list_calls(
    uow: UnitOfWork, *, answered: bool = False, limit: int = AT_ONCE, offset: int = 0
) -> CallPage:
    """Within reach: those to make, the nearest deadline first; or those made."""
    query = scoped(uow.actor, CallBack).where(
        col(CallBack.answer).is_not(None)
        if answered
        else col(CallBack.answer).is_(None)
    )
    by = col(CallBack.answered_at).desc() if answered else col(CallBack.until_on)
    order = (by, col(CallBack.id))
    total, calls = page_of(uow.session, query, *order, limit=limit, offset=offset)
    return CallPage(total, _show(uow, calls))


def note_answer(
    uow: UnitOfWork,
    call_id: UUID,
    answer: Answer,
    content: int | None = None,
    words: str = "",
) -> CallBack:
    """Write down what was said. What contradicts the proof holds the money; what was
    never received is open again until a person has decided.

    Nobody answered: it is tried again, three times in all.

    Raises:
        NotFound, AlreadyCalled, NotSatisfiable
    """
    seen = get_scoped(uow, CallBack, call_id)
    order = get_order(uow.session, seen.order_id, lock=True)
    call = get_scoped(uow, CallBack, call_id, lock=True)
    if call.answer is not None:
        raise AlreadyCalled
    if content is not None and answer not in SPOKEN:
        raise NotSatisfiable
    call.tries += 1
    if answer is not Answer.NOT_REACHED or call.tries >= _MOST_TRIES:
        call.answer, call.content = answer, content
        call.answered_at, call.answered_by = uow.now, uow.actor.account_id
    uow.session.add(call)
    if words.strip():
        seal(uow.session, call.id, {SAID: words.strip()})
    uow.session.flush()
    if answer in CONTRADICTIONS:
        _contradict(uow, order, call, answer)
    return call


def _contradict(uow: UnitOfWork, order: Order, call: CallBack, answer: Answer) -> None:
    found = Finding(
        rule=AnomalyRule.CALL_BACK,
        about=str(call.id),
        station_id=order.station_id,
        street_code=order.street_code,
        service_on=order.serve_on,
        reason=answer.value,
        measured={"call_back": str(call.id)},
        order_id=order.id,
        elder_id=order.elder_id,
        helper_id=call.helper_id,
    )
    keep(uow, [found], BY_PEOPLE, FoundBy.CALL_BACK)
    if order.state is not OrderState.DONE:
        return
    if answer is Answer.NOT_RECEIVED:
        withdraw(uow, order, "回访不符，重新核实")
        move_order(uow, order, OrderState.FAILED, reason=DISPUTED)
        mint(uow, order)
    else:
        settle_done(uow, order)


def _show(uow: UnitOfWork, calls: Any) -> list[CallRow]:
    session = uow.session
    ids = [one.order_id for one in calls]
    query: Any = (
        select(Order, Station.name)
        .join(Station, col(Station.id) == Order.station_id)
        .where(col(Order.id).in_(ids))
    )
    orders = {order.id: (order, station) for order, station in session.exec(query)}
    names = unseal(session, [one.elder_id for one in calls], ["name"])
    helpers = label_helpers(session, {one.helper_id for one in calls if one.helper_id})
    words = unseal(session, [one.id for one in calls], [SAID])
    return [
        CallRow(
            id=one.id,
            order_id=one.order_id,
            elder_id=one.elder_id,
            number=orders[one.order_id][0].number,
            elder_name=shown_name(uow.actor, names[one.elder_id].get("name", "？")),
            station=orders[one.order_id][1],
            service=orders[one.order_id][0].service,
            channel=orders[one.order_id][0].channel.value,
            service_on=one.service_on,
            helper=helpers.get(one.helper_id, "") if one.helper_id else "",
            why=one.why.value,
            until_on=one.until_on,
            tries=one.tries,
            answer=one.answer.value if one.answer else None,
            content=one.content,
            words=words[one.id].get(SAID),
        )
        for one in calls
    ]
