"""Ringing: whom an alarm rings, what joins one that rang, how much one can bear.

EEMUA 191 has it for people before alarms: about one in ten minutes on a calm day, and
not more than ten in the worst ten minutes.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.accounts import Account
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.duty import Alarm, CaseDuty, list_on_duty
from dispatch.store.unit_of_work import UnitOfWork

BUDGET: Final = 10
BUDGET_WITHIN: Final = timedelta(minutes=10)
SHARED_WITHIN: Final = timedelta(hours=8)  # a turn of duty
_AMBER: Final = frozenset(
    {CaseKind.OVERDUE, CaseKind.ALONE, CaseKind.CONDITION, CaseKind.ALLEGATION}
)
_IN_GROUPS: Final = frozenset({CaseKind.OVERDUE, CaseKind.ALONE})


def first_to_ring(
    session: Session, case: Case, people: list[Account], now: datetime
) -> Account:
    """Of those on duty whoever was rung least in the last ten minutes, and then hours.

    So the alarms of a street are shared by all on duty. Among equals the order of
    asking decides. Only when everybody on duty has had their ten is somebody else.
    """
    if case.kind is CaseKind.ALLEGATION:
        return people[0]
    on_duty = list_on_duty(session, case, now)
    rung = {
        one.id: (
            _rung_lately(session, one.id, now),
            _rung_lately(session, one.id, now, SHARED_WITHIN),
        )
        for one in on_duty
    }
    calmest = min(on_duty, key=lambda one: rung[one.id], default=None)
    if calmest is not None and rung[calmest.id][0] < BUDGET:
        return calmest
    with_room = (p for p in people if _rung_lately(session, p.id, now) < BUDGET)
    return next(with_room, people[0])


def ring(uow: UnitOfWork, case: Case, person: Account) -> Alarm:
    """Write the ring down; it is silent where it may wait and the budget is spent."""
    amber = case.kind in _AMBER
    spent = _rung_lately(uow.session, person.id, uow.now) >= BUDGET
    alarm = Alarm(
        street_code=case.street_code,
        helper_id=case.helper_id,
        account_id=person.id,
        rating="amber" if amber else "red",
        loud=not (amber and spent),
        rung_at=uow.now,
    )
    uow.session.add(alarm)
    uow.session.flush()
    return alarm


def group_of(uow: UnitOfWork, case: Case) -> Alarm | None:
    """The alarm that rang already for the same silent helper.

    It is the same for ten minutes, and for as long as somebody has a case of it in
    hand: they are looking for that helper now.
    """
    if case.kind not in _IN_GROUPS or case.helper_id is None:
        return None
    query = (
        select(Alarm)
        .where(Alarm.helper_id == case.helper_id, Alarm.rating == "amber")
        .where(Alarm.street_code == case.street_code)
        .order_by(col(Alarm.rung_at).desc(), col(Alarm.id))
    )
    alarm = uow.session.exec(query.limit(1)).first()
    if alarm is None or alarm.rung_at > uow.now - BUDGET_WITHIN:
        return alarm
    return alarm if hold_of(uow.session, alarm) else None


def hold_of(session: Session, alarm: Alarm) -> CaseDuty | None:
    """Whoever has taken a case of this alarm that is still open: one such case."""
    query = (
        select(CaseDuty)
        .join(Case, col(Case.id) == CaseDuty.case_id)
        .where(CaseDuty.alarm_id == alarm.id, col(Case.closed_at).is_(None))
        .where(col(CaseDuty.taken_at).is_not(None))
        .order_by(col(CaseDuty.taken_at).desc(), col(CaseDuty.case_id))
    )
    return session.exec(query.limit(1)).first()


def lately_to(uow: UnitOfWork, case: Case, person: Account) -> Alarm | None:
    """The alarm by which this person heard of the same helper a moment ago."""
    if case.kind not in _IN_GROUPS or case.helper_id is None:
        return None
    query = select(Alarm).where(
        Alarm.account_id == person.id,
        Alarm.helper_id == case.helper_id,
        col(Alarm.rung_at) > uow.now - BUDGET_WITHIN,
    )
    return uow.session.exec(query.order_by(col(Alarm.rung_at).desc())).first()


def _rung_lately(
    session: Session,
    account_id: UUID,
    now: datetime,
    within: timedelta = BUDGET_WITHIN,
) -> int:
    query = select(func.count()).where(
        Alarm.account_id == account_id,
        col(Alarm.loud),
        col(Alarm.rung_at) > now - within,
    )
    return int(session.exec(query).one())
