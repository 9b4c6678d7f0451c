"""Out of reach (长期联系不上): after so many months a suspension is proposed.

How many months stands in the rule file of subsidies (`[lifecycle] unreachable`).
Nothing ends by itself: a person looks into it and decides, and decides again when the
elder turns up.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, func, or_, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.duties.outreach import Outreach, SpokeWith
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.people.pauses import Pause, PauseReason
from dispatch.people.proposals import (
    Proposal,
    ProposalKind,
    ProposalState,
    propose,
)
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ages import months_between
from dispatch.subsidy.rule_versions import rules_on

SUSPEND: Final = "长期联系不上，拟暂停补贴资格"
RESTORE: Final = "重新联系上，拟恢复补贴资格"
_LOOK_INTO: Final = timedelta(days=30)
# Who is known to be somewhere else is not out of reach.
_ELSEWHERE: Final = (PauseReason.HOSPITAL, PauseReason.INSTITUTION, PauseReason.AWAY)


def propose_suspensions(uow: UnitOfWork, elders: Sequence[Elder], on: date) -> int:
    """Propose what the silence, or the return, of these elders asks for; each once.

    Returns:
        how many were looked at closely: nobody on most days, at no cost.
    """
    rule = rules_on(uow.session, on).policy.lifecycle.unreachable
    if rule is None:
        return 0
    most = rule.suspend_after_months
    silent = {elder.id: elder for elder in elders if _is_silent(elder, on, most)}
    back = [
        elder
        for elder in elders
        if elder.entitlement_suspended and not _unseen_for(elder, on, most)
    ]
    if silent:
        elsewhere = _elsewhere(uow, silent, on)
        contacts = _contacts(uow, silent)
        for elder_id, elder in silent.items():
            last_on = max(contacts.get(elder_id, date.min), _seen_on(elder))
            if elder_id not in elsewhere and months_between(last_on, on) >= most:
                _propose(uow, elder_id, last_on, on, suspended=True)
    waiting = _suspended_by_us(uow, {elder.id for elder in back})
    for elder in back:
        if elder.id in waiting:
            _propose(uow, elder.id, _seen_on(elder), on, suspended=False)
    return len(silent) + len(back)


def _is_silent(elder: Elder, on: date, most: int) -> bool:
    return not elder.entitlement_suspended and _unseen_for(elder, on, most)


def _unseen_for(elder: Elder, on: date, months: int) -> bool:
    """Met once, and not for so long. Whom we never met stands on the duties' list."""
    known = elder.last_seen_at is not None
    return known and months_between(_seen_on(elder), on) >= months


def _seen_on(elder: Elder) -> date:
    return town_day(elder.last_seen_at or elder.made_at)


def _contacts(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, date]:
    """The last day on which somebody was reached for them, or something handed over."""
    spoken = (
        select(Outreach.elder_id, func.max(Outreach.at))
        .where(col(Outreach.elder_id).in_(ids))
        .where(Outreach.spoke_with != SpokeWith.NOBODY)
        .group_by(col(Outreach.elder_id))
    )
    handed = (
        select(Order.elder_id, func.max(Evidence.at))
        .join(Order, col(Order.id) == Evidence.order_id)
        .where(col(Order.elder_id).in_(ids), Evidence.counts)
        .group_by(col(Order.elder_id))
    )
    found: dict[UUID, date] = {}
    for query in (spoken, handed):
        for elder_id, at in uow.session.exec(query):
            found[elder_id] = max(found.get(elder_id, date.min), town_day(at))
    return found


def _elsewhere(uow: UnitOfWork, ids: Collection[UUID], on: date) -> set[UUID]:
    query = (
        select(Pause.elder_id)
        .where(col(Pause.elder_id).in_(ids), col(Pause.reason).in_(_ELSEWHERE))
        .where(Pause.from_on <= on)
        .where(or_(col(Pause.until_on).is_(None), col(Pause.until_on) >= on))
        .where(or_(col(Pause.resumed_on).is_(None), col(Pause.resumed_on) > on))
    )
    return set(uow.session.exec(query))


def _suspended_by_us(uow: UnitOfWork, ids: Collection[UUID]) -> set[UUID]:
    """Whose suspension was for their silence, and of whose return nobody spoke since.

    Who is suspended for anything else does not get it back by being met.
    """
    if not ids:
        return set()
    query = (
        select(Proposal)
        .where(col(Proposal.elder_id).in_(ids), Proposal.kind == ProposalKind.FACT)
        .order_by(col(Proposal.made_at), col(Proposal.id))
    )
    waiting: dict[UUID | None, bool] = {}
    for one in uow.session.exec(query):
        if one.source == RESTORE:
            waiting[one.elder_id] = False
        elif one.state is ProposalState.ACCEPTED and _suspends(one):
            waiting[one.elder_id] = one.source == SUSPEND
    return {id_ for id_ in ids if waiting.get(id_)}


def _suspends(one: Proposal) -> bool:
    value = one.facts.get("value", {})
    return one.facts.get("kind") == FactKind.SUSPENDED.value and bool(
        value.get("entitlement_suspended")
    )


def _propose(
    uow: UnitOfWork, elder_id: UUID, happened_on: date, on: date, *, suspended: bool
) -> None:
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    value = {"entitlement_suspended": suspended}
    propose(
        uow,
        ProposalKind.FACT,
        elder,
        happened_on,
        source=SUSPEND if suspended else RESTORE,
        facts={"kind": FactKind.SUSPENDED.value, "value": value},
        due_on=on + _LOOK_INTO,
    )
