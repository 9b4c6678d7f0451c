"""Climbing the ladder: people step, deadlines pass, and only a person closes."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.clock import clock_speed
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.orders.orders import (
    ENDED_STATES,
    Order,
    OrderState,
    get_order,
    move_order,
    tell_order,
)
from dispatch.people.elders import get_elder, mark_seen
from dispatch.safety.asking import ask_first, ask_next, let_rest, take
from dispatch.safety.cases import (
    LET_GO,
    OUTCOMES,
    Case,
    CaseKind,
    CaseOutcome,
    CaseRung,
    Rung,
    get_case,
    list_rungs,
    standing_rung,
)
from dispatch.safety.duty import find_duty
from dispatch.safety.ladders import MINUTES
from dispatch.safety.notifying import tell_contact
from dispatch.safety.noting import add_step, tell_case
from dispatch.safety.reaching import get_in_reach
from dispatch.safety.telling_family import tell_family
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork

HOLD: Final = timedelta(minutes=15)
_OWN_TIME: Final = timedelta(minutes=1)
_MAY_CLOSE: Final = frozenset({"station", "dispatcher", "street", "district"})
# What a person may report of a rung: it is theirs, it holds for now, or go on.
MINE: Final = frozenset({"acknowledged", LET_GO})
HOLDING: Final = frozenset({"reached", "sent", "handed_on"})
GOING_ON: Final = frozenset({"no_reply", "not_reached", "not_there", "refused"})


class CaseIsClosed(Conflict):
    """这个安全事件已经办结，没有保存。请刷新后查看。"""

    code = "case_is_closed"


class UnknownStep(BadInput):
    """没有这一步或这种结果，没有保存。请重新选择。"""

    code = "unknown_step"


class OutcomeMissing(BadInput):
    """办结必须选择对应的结果，没有保存。"""

    code = "outcome_missing"


class OnlyAPersonCloses(NotAllowed):
    """安全事件只能由值班人员办结。"""

    code = "only_a_person_closes"


def step(
    uow: UnitOfWork, case_id: UUID, rung: int | str, outcome: str, words: str
) -> Case:
    """Write down what somebody did on a rung; go on when nobody was reached there.

    Args:
        rung: its number on this case's ladder, or its kind.
        outcome: acknowledged (it is mine; whoever says so first on a rung has its whole
            time from then), let_go (it is mine, and whoever waits at
            the door may go), reached, sent or handed_on (holds for a quarter of an
            hour), no_reply, not_reached, not_there or refused (go on).

    Raises:
        NotFound, CaseIsClosed, UnknownStep
    """
    case, _ = _hold(uow, case_id)
    ladder = list_rungs(uow.session, case.id)
    where = [each for each in ladder if rung in (each.seq, each.rung.value)]
    if not where or outcome not in MINE | HOLDING | GOING_ON:
        raise UnknownStep
    row = next((each for each in where if each.done_at is None), where[-1])
    add_step(uow, case, outcome, words, rung=row.rung)
    take(uow, case)
    if outcome in MINE:
        if row.acknowledged_by is None and row is standing_rung(ladder):
            given = uow.now + _time_to_act(uow, row.rung)
            row.deadline_at = case.deadline_at = max(case.deadline_at, given)
        row.acknowledged_by = uow.actor.account_id
    elif outcome in HOLDING:
        row.outcome = outcome
        if row is standing_rung(ladder):
            row.deadline_at = case.deadline_at = uow.now + HOLD
    else:
        _leave(uow, case, row, ladder, outcome)
    uow.session.add_all([case, row])
    uow.session.flush()
    tell_case(uow, case, "case.step", step=row.rung.value, outcome=outcome)
    return case


def close_case(uow: UnitOfWork, case_id: UUID, outcome: str, words: str) -> Case:
    """End a case by saying what became of the elder; the order is decided with it.

    Raises:
        NotFound, CaseIsClosed
        OutcomeMissing: no outcome, or none that fits this kind of case.
        OnlyAPersonCloses: a process, or the helper who stood at the door.
    """
    if uow.actor.account_id is None or uow.actor.role not in _MAY_CLOSE:
        raise OnlyAPersonCloses
    if outcome not in {each.value for each in CaseOutcome}:
        raise OutcomeMissing
    case, order = _hold(uow, case_id)
    if CaseOutcome(outcome) not in OUTCOMES[case.kind]:
        raise OutcomeMissing
    case.outcome = CaseOutcome(outcome)
    case.closed_by, case.closed_at = uow.actor.account_id, uow.now
    uow.session.add(case)
    add_step(uow, case, outcome, words)
    let_rest(uow, case)
    if case.outcome is CaseOutcome.SEEN_WELL and case.elder_id is not None:
        elder = get_elder(uow.session, case.elder_id)
        mark_seen(elder, uow.now, by="safety_case")
        uow.session.add(elder)
    if order is not None:
        _decide(uow, case, order)
        tell_order(uow, order, "order.case_closed", case_id=case.id, outcome=outcome)
    tell_case(uow, case, "case.closed", outcome=outcome)
    tell_family(uow, case)
    return case


def list_late(uow: UnitOfWork) -> list[UUID]:
    """The open cases whose deadline has passed, the longest overdue first."""
    late = select(Case.id).where(
        col(Case.closed_at).is_(None), Case.deadline_at <= uow.now
    )
    return list(uow.session.exec(late.order_by(col(Case.deadline_at), col(Case.id))))


def climb(uow: UnitOfWork, case_id: UUID) -> bool:
    """Move a case whose deadline has passed to its next rung.

    The sweep calls it; a screen that is off misses nothing. The last rung stands
    and is missed again and again until a person closes the case.

    Returns:
        whether it was moved; somebody else may have been quicker.
    """
    case = get_case(uow.session, case_id)
    if case.order_id is not None:
        get_order(uow.session, case.order_id, lock=True)
    case = get_case(uow.session, case_id, lock=True)
    if case.closed_at is not None or case.deadline_at > uow.now:
        return False
    ladder = list_rungs(uow.session, case.id)
    row = standing_rung(ladder)
    add_step(uow, case, "missed", rung=row.rung)
    _leave(uow, case, row, ladder, "missed")
    uow.session.add_all([case, row])
    uow.session.flush()
    _pass_on(uow, case)
    tell_case(uow, case, "case.climbed", missed=row.rung.value)
    fail_point("case.climbed")
    return True


def _leave(
    uow: UnitOfWork, case: Case, row: CaseRung, ladder: list[CaseRung], outcome: str
) -> None:
    """This rung is over; the next one that is open stands, from now on."""
    stood = standing_rung(ladder)
    last = row is ladder[-1]
    row.outcome = outcome
    row.done_at = None if last else uow.now
    upper = standing_rung(ladder)
    if upper is stood and not last:
        return
    case.rung = upper.rung
    case.deadline_at = uow.now + _time_to_act(uow, upper.rung)
    deadline = uow.now
    for rung in ladder[ladder.index(upper) :]:
        if rung.done_at is None:
            deadline += _time_to_act(uow, rung.rung)
            rung.deadline_at = deadline
            uow.session.add(rung)
    tell_contact(uow, case, upper)


def _time_to_act(uow: UnitOfWork, rung: Rung) -> timedelta:
    """A rung's minutes; a person before a clock that runs fast, as the demo's does,
    has a minute of their own time all the same.
    """
    given = timedelta(minutes=MINUTES[rung])
    if uow.actor.account_id is None:
        return given
    return max(given, _OWN_TIME * clock_speed(uow.session))


def _pass_on(uow: UnitOfWork, case: Case) -> None:
    """Who had taken it and let the time pass is not the only one to know of it.

    What nobody has taken is passed on by the minute anyway (`asking.ask_again`), and
    what never had an owner, because there was no account, may find one now.
    """
    duty = find_duty(uow.session, case.id)
    if duty is None:
        ask_first(uow, case)
    elif duty.taken_at is not None:
        ask_next(uow, case)


def _decide(uow: UnitOfWork, case: Case, order: Order) -> None:
    """What becomes of the order. Where somebody is well, only a door that stayed
    closed ends it: somebody is still to come.
    """
    well = case.outcome is CaseOutcome.SEEN_WELL
    if order.state in ENDED_STATES or (well and case.kind is not CaseKind.NO_ANSWER):
        return
    outcome = case.outcome.value if case.outcome and not well else "no_answer"
    move_order(uow, order, OrderState.FAILED, reason=outcome, case_id=case.id)


def _hold(uow: UnitOfWork, case_id: UUID) -> tuple[Case, Order | None]:
    """The case within the actor's reach, held after its order."""
    case, order = get_in_reach(uow, case_id), None
    if case.order_id is not None:
        order = get_order(uow.session, case.order_id, lock=True)
    case = get_case(uow.session, case_id, lock=True)
    if case.closed_at is not None:
        raise CaseIsClosed
    return case, order
