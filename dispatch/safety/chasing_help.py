"""Chasing calls for urgent help: who does not answer is passed over, nobody waits.

Each open call carries the moment at which silence becomes a task (`act_at`). The sweep
asks one indexed question; whoever owns the call is told of whatever did not happen.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.people.offers import OfferState
from dispatch.safety.help_calls import HelpCall, find_call, find_standing
from dispatch.safety.helping import put_ask
from dispatch.safety.notifying import tell_of_help
from dispatch.safety.noting_help import end_ask, tell_help
from dispatch.safety.ranking import rank
from dispatch.store.unit_of_work import UnitOfWork

LOOKS_AGAIN: Final = timedelta(minutes=2)  # nobody could be asked: somebody may be free
REMINDS: Final = timedelta(minutes=10)


def list_help_due(uow: UnitOfWork) -> list[UUID]:
    """The calls for which something must happen now, the longest first."""
    query = select(HelpCall.id).where(col(HelpCall.act_at) <= uow.now)
    return list(
        uow.session.exec(query.order_by(col(HelpCall.act_at), col(HelpCall.id)))
    )


def act_on_help(uow: UnitOfWork, call_id: UUID) -> bool:
    """Do what silence makes necessary; the sweep calls it.

    Returns:
        whether anything was; somebody may have been quicker.
    """
    call = find_call(uow.session, call_id)
    if call is None or call.act_at is None or call.act_at > uow.now:
        return False
    if call.helper_id is not None:
        _remind(uow, call)
        return True
    ask = find_standing(uow.session, call.id)
    if ask is not None:
        end_ask(uow, call, ask, OfferState.EXPIRED)
        words = "【六助】助急：被问的人 60 秒内没有答复，正在问下一位。"
    else:
        words = "【六助】助急：还没有选人，正在按顺序询问。"
    tell_of_help(uow, call, words)
    ask_best(uow, call)
    return True


def ask_best(uow: UnitOfWork, call: HelpCall) -> None:
    """Ask the best of those who were not asked yet; the caller holds the call.

    Nobody without the skill is asked unasked by a person: the owner hears that a person
    must decide, and it is looked again soon.
    """
    ready = [one for one in rank(uow, call) if one.able and one.asked is None]
    if ready:
        put_ask(uow, call, ready[0])
        return
    call.act_at = uow.now + LOOKS_AGAIN
    uow.session.add(call)
    tell_help(uow, call, "help.nobody")
    tell_of_help(uow, call, "【六助】助急：没有可以再问的人，请立即人工处理或转 120。")


def _remind(uow: UnitOfWork, call: HelpCall) -> None:
    """Somebody went, and nothing was heard of it since."""
    there = call.on_scene_at is not None
    call.act_at = uow.now + REMINDS
    uow.session.add(call)
    tell_help(uow, call, "help.silent")
    what = "到场后一直没有办结" if there else "过了预计时间还没有到场"
    tell_of_help(uow, call, f"【六助】助急：{what}，请联系前往的人。")
