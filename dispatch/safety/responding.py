"""Responding to a call for urgent help: yes or no, on the way, on the scene, closed.

A helper who was asked answers on their phone. Saying no costs nothing. A phone that had
no line for a while says how long ago a step was done; the steps keep their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.access.day_passes import lasts_until
from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.log.audit import write_down
from dispatch.orders.orders import Order, get_order, tell_order
from dispatch.people.offers import OfferState
from dispatch.planning.holding import hold_helpers
from dispatch.safety.chasing_help import ask_best
from dispatch.safety.help_calls import (
    WHAT,
    WHERE,
    WHO,
    HelpAsk,
    HelpCall,
    HelpOutcome,
    find_call,
    find_standing,
    list_away,
)
from dispatch.safety.helping import HelpIsOver, NotToBeAsked, end_call
from dispatch.safety.notifying import tell_of_help
from dispatch.safety.noting_help import end_ask, tell_help
from dispatch.store.unit_of_work import UnitOfWork

# After the time at which they were expected; then the owner hears of it.
ARRIVES_WITHIN: Final = timedelta(minutes=5)
ENDS_WITHIN: Final = timedelta(minutes=30)
_LONGEST_AGO: Final = timedelta(hours=2)


class AskIsOver(Conflict):
    """这次询问已经结束，改问别人了。谢谢，不用去了。"""

    code = "ask_is_over"


class NotThatStep(BadInput):
    """现在不能这样报告，请刷新后再看。没有保存。"""

    code = "not_that_step"


def answer_ask(uow: UnitOfWork, ask_id: UUID, *, accepts: bool) -> HelpCall:
    """What the helper who was asked says; saying it again changes nothing.

    Raises:
        NotFound: not theirs.
        AskIsOver: too late; somebody else is asked.
        NotToBeAsked: they are at another call.
    """
    ask = get_scoped(uow, HelpAsk, ask_id)
    call = find_call(uow.session, ask.call_id)  # not theirs to see yet
    if call is None:
        raise NotFound
    ask = get_scoped(uow, HelpAsk, ask_id, lock=True)
    wanted = OfferState.ACCEPTED if accepts else OfferState.DECLINED
    if ask.state is wanted:
        return call
    if ask.state is not OfferState.OPEN or call.closed_at is not None:
        raise AskIsOver
    if not accepts:
        end_ask(uow, call, ask, wanted)
        ask_best(uow, call)
        return call
    put_off = _hold_put_off(uow, ask)  # orders before helpers, as everywhere
    hold_helpers(uow.session, [ask.helper_id])  # two calls may ask the same person
    if list_away(uow.session, [ask.helper_id]):
        raise NotToBeAsked
    _accept(uow, call, ask, put_off)
    return call


def report_step(
    uow: UnitOfWork,
    call_id: UUID,
    step: str,
    *,
    outcome: HelpOutcome | None = None,
    words: str = "",
    ago_seconds: int = 0,
) -> HelpCall:
    """How far the helper is: on_way, on_scene, closed with an outcome, or cannot.

    Args:
        ago_seconds: how long ago it was, where the phone could not say so at once.

    Raises:
        NotFound: nobody's call, or another helper's.
        HelpIsOver, NotThatStep
    """
    call = get_scoped(uow, HelpCall, call_id, lock=True)
    if call.closed_at is not None:
        raise HelpIsOver
    at = uow.now - min(timedelta(seconds=ago_seconds), _LONGEST_AGO)
    if step == "closed" and outcome is not None:
        end_call(uow, call, outcome, words)
    elif step == "cannot" and call.on_scene_at is None:
        _give_back(uow, call)
    elif step == "on_way":
        _set_out(uow, call, at)
    elif step == "on_scene":
        _arrive(uow, call, at)
    else:
        raise NotThatStep
    return call


@dataclass(frozen=True)
class _PutOff:
    """Somebody who is reached later because of the call."""

    order: Order
    seconds: int
    spoilt: bool


def _hold_put_off(uow: UnitOfWork, ask: HelpAsk) -> list[_PutOff]:
    late = [e for e in ask.effect["later"] if e["late_seconds"] or e["spoilt"]]
    return [
        _PutOff(
            get_order(uow.session, UUID(one["order_id"]), lock=True),
            int(one["seconds"]),
            bool(one["spoilt"]),
        )
        for one in sorted(late, key=lambda e: str(e["order_id"]))
    ]


def _accept(
    uow: UnitOfWork, call: HelpCall, ask: HelpAsk, put_off: Sequence[_PutOff]
) -> None:
    """They go; the rest of their round is later by what they were told."""
    waited = uow.now - ask.asked_at
    call.helper_id, call.accepted_at = ask.helper_id, uow.now
    call.expected_at = _moment(ask, "arrives_at", waited)
    call.free_at = _moment(ask, "free_at", waited)
    call.back_at = _moment(ask, "back_at", waited)
    call.act_at = (call.expected_at or uow.now) + ARRIVES_WITHIN
    uow.session.add(call)
    lasts_until(uow, (call.free_at or call.act_at) + ENDS_WITHIN)
    end_ask(uow, call, ask, OfferState.ACCEPTED)
    write_down(uow, "help_shown", "help_call", call.id, fields=[WHO, WHAT, WHERE])
    for one in put_off:
        about = {"seconds": one.seconds, "helper_id": ask.helper_id}
        tell_order(uow, one.order, "order.put_off", **about)
    if put_off:
        spoilt = sum(one.spoilt for one in put_off)
        tell_of_help(uow, call, _side_effects(len(put_off), spoilt))


def _side_effects(late: int, spoilt: int) -> str:
    more = f"其中 {spoilt} 份会过食用期限，请交接或补餐。" if spoilt else "请留意。"
    return f"【六助】接下助急的助老员后面有 {late} 位会晚到，{more}"


def _moment(ask: HelpAsk, name: str, later: timedelta) -> datetime | None:
    said = ask.effect[name]
    return datetime.fromisoformat(said) + later if said else None


def _set_out(uow: UnitOfWork, call: HelpCall, at: datetime) -> None:
    if call.on_way_at is None and call.on_scene_at is None:
        call.on_way_at = max(at, call.accepted_at or at)
        uow.session.add(call)
        tell_help(uow, call, "help.on_way", at=call.on_way_at.isoformat())


def _arrive(uow: UnitOfWork, call: HelpCall, at: datetime) -> None:
    """What was expected moves with the moment of arrival."""
    if call.on_scene_at is not None:
        return
    call.on_scene_at = max(at, call.on_way_at or call.accepted_at or at)
    moved = call.on_scene_at - (call.expected_at or call.on_scene_at)
    call.free_at = call.free_at + moved if call.free_at else None
    call.back_at = call.back_at + moved if call.back_at else None
    call.act_at = (call.free_at or uow.now) + ENDS_WITHIN
    uow.session.add(call)
    tell_help(uow, call, "help.on_scene", at=call.on_scene_at.isoformat())


def _give_back(uow: UnitOfWork, call: HelpCall) -> None:
    """They cannot go after all; the next is asked at once, and the owner is told."""
    ask = find_standing(uow.session, call.id)
    call.helper_id = call.accepted_at = call.on_way_at = None
    call.expected_at = call.free_at = call.back_at = None
    uow.session.add(call)
    if ask is not None:
        end_ask(uow, call, ask, OfferState.DECLINED)
    tell_of_help(uow, call, "【六助】接下助急的人去不了了，正在问下一位。")
    ask_best(uow, call)
