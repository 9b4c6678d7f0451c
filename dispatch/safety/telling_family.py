"""Telling a family of a case, as the elder chose beforehand; the ladder is apart."""

from typing import Final

from dispatch.clock import TOWN
from dispatch.people.family import Told, list_told
from dispatch.people.vault import unseal
from dispatch.safety.cases import Case
from dispatch.safety.notifying import tell_kin, whom_to_call
from dispatch.safety.told import OF_ONE_ELDER, SAID_PLAINLY
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

_WHEN_OPEN: Final = frozenset({Told.AT_ONCE})
_WHEN_OVER: Final = frozenset({Told.AT_ONCE, Told.WHEN_OVER})


def tell_family(uow: UnitOfWork, case: Case) -> None:
    """A short message to every contact whom the elder wants told now; the rest calls.

    What a doctor or the police would have to say is never put into a message.
    """
    if case.elder_id is None or case.kind not in OF_ONE_ELDER:
        return
    wanted = _WHEN_OVER if case.closed_at else _WHEN_OPEN
    contacts = list_told(uow.session, case.elder_id, wanted)
    reached = unseal(uow.session, contacts, ["phone"])
    words = _words(uow, case) if contacts else ""
    for contact_id in contacts:
        if reached[contact_id]:
            tell_kin(uow, case, contact_id, words)


def _words(uow: UnitOfWork, case: Case) -> str:
    where = whom_to_call(uow, case)
    at = case.happened_at.astimezone(TOWN).strftime("%H:%M")
    what = f"您家老人{at}{say('case', case.kind.value)}"
    if case.outcome is None:
        return f"【六助】{what}，驿站正在处理。有事请打 {where}。"
    if case.outcome in SAID_PLAINLY:
        return (
            f"【六助】{what}，已经办结：{say('outcome', case.outcome.value)}。{where}"
        )
    return f"【六助】{what}，请现在打电话给 {where}。"
