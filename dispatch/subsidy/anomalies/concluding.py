"""Concluding: the station is heard, a person decides, another one hears the appeal.

No rule decides about anybody. Until a person has confirmed a finding its money waits;
what is confirmed is not granted, what is cleared is granted at once.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlmodel import select

from dispatch.access.accounts import Account
from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.field.earning import settle_done
from dispatch.field.evidence import find_evidence
from dispatch.log.audit import write_down
from dispatch.orders.orders import (
    DISPUTED,
    NOT_RECEIVED,
    Order,
    OrderState,
    get_order,
    move_order,
    tell_order,
)
from dispatch.people.vault import seal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import Anomaly, AnomalyState
from dispatch.subsidy.anomalies.finding import AnomalyRule, Level

REPLIED, VERDICT, APPEAL, FINAL = "replied", "verdict", "appeal", "final"  # vault
APPEAL_WITHIN: Final = timedelta(days=31)
MAY_CONCLUDE: Final = frozenset({"street", "district"})
_LONGEST: Final = 500


class Verdict(StrEnum):
    CLEARED = "cleared"
    CONFIRMED = "confirmed"


class AnomalyMovedOn(Conflict):
    """这条疑点的状态已经变化，没有保存。请刷新后查看。"""

    code = "anomaly_moved_on"


class NotYetHeard(Conflict):
    """驿站还没有说明，说明期限也没有到，现在不能下这个结论。请等驿站说明，没有保存。"""

    code = "not_yet_heard"


class AnotherOfficerNeeded(NotAllowed):
    """复议要由另一个人决定：原认定人和申请人都不能自己复议。"""

    code = "another_officer_needed"


class WordsMissing(BadInput):
    """请写明理由（2 至 500 字），没有保存。"""

    code = "words_missing"


def reply(uow: UnitOfWork, anomaly_id: UUID, words: str) -> Anomaly:
    """The station's own side; said once, while nobody has decided.

    Raises:
        NotFound, NotAllowed, AnomalyMovedOn, WordsMissing
    """
    if uow.actor.role != "station":
        raise NotAllowed
    anomaly = _hold(uow, anomaly_id)
    if not may_reply(anomaly):
        raise AnomalyMovedOn
    _say(uow, anomaly, REPLIED, words)
    anomaly.replied_at, anomaly.replied_by = uow.now, uow.actor.account_id
    return _keep(uow, anomaly)


def conclude(
    uow: UnitOfWork, anomaly_id: UUID, verdict: Verdict, words: str
) -> Anomaly:
    """A person's conclusion with its reason; the money follows it at once.

    Raises:
        NotFound, NotAllowed, AnomalyMovedOn, WordsMissing
        NotYetHeard: before the station has replied or let its time pass nobody
            confirms, nor clears what by the rules is not due at all.
    """
    if uow.actor.role not in MAY_CONCLUDE:
        raise NotAllowed
    anomaly = _hold(uow, anomaly_id)
    if anomaly.state is not AnomalyState.OPEN:
        raise AnomalyMovedOn
    if not may_conclude(uow, anomaly, verdict):
        raise NotYetHeard
    _say(uow, anomaly, VERDICT, words)
    anomaly.concluded_at, anomaly.concluded_by = uow.now, uow.actor.account_id
    return _rule(uow, anomaly, verdict, "conclude")


def clear_answered(
    uow: UnitOfWork, order_id: UUID, rule: AnomalyRule, words: str
) -> None:
    """A second person has found otherwise what this rule doubted: it is cleared.

    The caller holds the order's row, has checked who decides, and settles it after.
    """
    query = select(Anomaly).where(
        Anomaly.order_id == order_id,
        Anomaly.rule == rule,
        Anomaly.state == AnomalyState.OPEN,
    )
    for anomaly in uow.session.exec(query.with_for_update()).all():
        _say(uow, anomaly, VERDICT, words)
        anomaly.concluded_at, anomaly.concluded_by = uow.now, uow.actor.account_id
        anomaly.state, anomaly.holds = AnomalyState.CLEARED, False
        _keep(uow, anomaly)


def appeal(uow: UnitOfWork, anomaly_id: UUID, words: str) -> Anomaly:
    """Against a confirmed finding: by the station, or the helper it is about; once.

    Raises:
        NotFound, NotAllowed, AnomalyMovedOn, WordsMissing
    """
    if uow.actor.role not in {"station", "helper"} or uow.actor.pass_id is not None:
        raise NotAllowed
    anomaly = _hold(uow, anomaly_id)
    if not may_appeal(uow, anomaly):
        raise AnomalyMovedOn
    _say(uow, anomaly, APPEAL, words)
    anomaly.appealed_at, anomaly.appealed_by = uow.now, uow.actor.account_id
    anomaly.state = AnomalyState.APPEALED
    return _keep(uow, anomaly)


def decide_appeal(
    uow: UnitOfWork, anomaly_id: UUID, verdict: Verdict, words: str
) -> Anomaly:
    """The last word, by another person than the one who concluded.

    Raises:
        NotFound, NotAllowed, AnotherOfficerNeeded, AnomalyMovedOn, WordsMissing
    """
    if uow.actor.role not in MAY_CONCLUDE:
        raise NotAllowed
    anomaly = _hold(uow, anomaly_id)
    if anomaly.state is not AnomalyState.APPEALED:
        raise AnomalyMovedOn
    if not is_another(uow, anomaly):
        raise AnotherOfficerNeeded
    _say(uow, anomaly, FINAL, words)
    anomaly.decided_at, anomaly.decided_by = uow.now, uow.actor.account_id
    return _rule(uow, anomaly, verdict, "decide")


def may_conclude(uow: UnitOfWork, anomaly: Anomaly, verdict: Verdict) -> bool:
    """A mere doubt may be cleared at once; everything else waits for the station."""
    heard = anomaly.replied_at is not None or uow.now >= anomaly.reply_until_at
    return heard or (verdict is Verdict.CLEARED and anomaly.level is not Level.BLOCK)


def may_reply(anomaly: Anomaly) -> bool:
    return anomaly.state is AnomalyState.OPEN and anomaly.replied_at is None


def may_appeal(uow: UnitOfWork, anomaly: Anomaly) -> bool:
    """It was confirmed within a month, and nobody appealed before."""
    concluded_at = anomaly.concluded_at
    return (
        anomaly.state is AnomalyState.CONFIRMED
        and anomaly.appealed_at is None
        and concluded_at is not None
        and uow.now <= concluded_at + APPEAL_WITHIN
    )


def is_another(uow: UnitOfWork, anomaly: Anomaly) -> bool:
    """Who asks is neither who concluded nor who appealed, nor whom it is about."""
    account_id = uow.actor.account_id
    if account_id in (None, anomaly.concluded_by, anomaly.appealed_by):
        return False
    own = select(Account.helper_id).where(Account.id == account_id)
    helper_id = uow.session.exec(own).first()
    return helper_id is None or helper_id != anomaly.helper_id


def _hold(uow: UnitOfWork, anomaly_id: UUID) -> Anomaly:
    """The anomaly within reach, with its order's row held before its own."""
    seen = get_scoped(uow, Anomaly, anomaly_id)
    if seen.order_id is not None:
        get_order(uow.session, seen.order_id, lock=True)
    return get_scoped(uow, Anomaly, anomaly_id, lock=True)


def _say(uow: UnitOfWork, anomaly: Anomaly, field: str, words: str) -> None:
    said = words.strip()
    if not 2 <= len(said) <= _LONGEST:
        raise WordsMissing
    seal(uow.session, anomaly.id, {field: said})


def _rule(uow: UnitOfWork, anomaly: Anomaly, verdict: Verdict, deed: str) -> Anomaly:
    """Bring the order's money to what was decided."""
    cleared = verdict is Verdict.CLEARED
    anomaly.state = AnomalyState(verdict.value)
    anomaly.holds = not cleared and anomaly.order_id is not None
    _keep(uow, anomaly)
    write_down(uow, f"anomaly_{deed}", "anomaly", anomaly.id, purpose=verdict.value)
    if anomaly.order_id is None:
        return anomaly
    order = get_order(uow.session, anomaly.order_id, lock=True)
    kind = "order.money_freed" if cleared else "order.money_denied"
    tell_order(uow, order, kind, rule=anomaly.rule.value)
    if anomaly.rule is AnomalyRule.CALL_BACK:
        _end_dispute(uow, order, cleared=cleared)
    settle_done(uow, order)
    return anomaly


def _end_dispute(uow: UnitOfWork, order: Order, *, cleared: bool) -> None:
    """What was reopened is done after all, by its own proof, or was never received."""
    if order.state is not OrderState.FAILED:
        return
    if order.reason not in {DISPUTED, NOT_RECEIVED}:
        return
    proof = find_evidence(uow.session, order.id)
    if cleared and proof is not None:
        move_order(uow, order, OrderState.DONE, grade=proof.grade)
    elif not cleared:
        order.reason = NOT_RECEIVED
        uow.session.add(order)
        tell_order(uow, order, "order.not_received")


def _keep(uow: UnitOfWork, anomaly: Anomaly) -> Anomaly:
    uow.session.add(anomaly)
    uow.session.flush()
    return anomaly
