"""Asking: every open case belongs to a named person, who says within a minute so.

Whoever is asked and does not answer is passed over for the next; after everybody was
asked once the circle begins again, more slowly. Deadlines are rows: the sweep asks.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.accounts import Account, Role
from dispatch.safety.cases import Case, CaseKind, get_case
from dispatch.safety.duty import Alarm, CaseDuty, find_duty, list_to_ask, turn_of
from dispatch.safety.notifying import tell_others, tell_owner
from dispatch.safety.noting import add_step, tell_case
from dispatch.safety.reaching import cases_in_reach
from dispatch.store.unit_of_work import UnitOfWork

PATIENCE: Final = timedelta(seconds=60)
_SLOWLY: Final = timedelta(minutes=5)  # once everybody was asked
_IN_THE_OFFICE: Final = {
    CaseKind.CONDITION: timedelta(minutes=30),
    CaseKind.ALLEGATION: timedelta(hours=12),
}
# EEMUA 191 has it for people before alarms: not more than ten in ten minutes.
BUDGET: Final = 10
BUDGET_WITHIN: Final = timedelta(minutes=10)
_AMBER: Final = frozenset(
    {CaseKind.OVERDUE, CaseKind.ALONE, CaseKind.CONDITION, CaseKind.ALLEGATION}
)
_IN_GROUPS: Final = frozenset({CaseKind.OVERDUE, CaseKind.ALONE})


def ask_first(uow: UnitOfWork, case: Case) -> None:
    """Give a new case its owner. Where there is no account at all, its words stay."""
    people = list_to_ask(uow.session, case, uow.now)
    if not people:
        return
    alarm = _group_of(uow, case)
    at = 0 if alarm else _with_room(uow.session, people, uow.now, case)
    person = people[at]
    joined = alarm is not None
    alarm = alarm or _ring(uow, case, person)
    duty = CaseDuty(
        case_id=case.id,
        account_id=alarm.account_id,
        alarm_id=alarm.id,
        asked=at + 1,
        first_asked_at=uow.now,
        asked_at=uow.now,
        again_at=uow.now + _patience(case),
    )
    owner = uow.session.get_one(Account, alarm.account_id)
    case.owner = owner.title[:40]
    uow.session.add_all([duty, case])
    uow.session.flush()
    if not joined and alarm.loud:
        tell_owner(uow, case, owner, again=False)
    desk = [one for one in people if one.role is Role.STATION and one.id != owner.id]
    tell_others(uow, case, desk[:1])


def ask_next(uow: UnitOfWork, case: Case) -> None:
    """Whoever has it did not act: the next person is asked. The case's row is held."""
    duty = find_duty(uow.session, case.id)
    people = list_to_ask(uow.session, case, uow.now)
    if duty is None or not people:
        return
    others = [one for one in people if one.id != duty.account_id] or people
    person = others[(duty.asked - 1) % len(others)]
    round_over = duty.asked >= len(people)
    alarm = _lately_to(uow, case, person)
    rung = alarm or _ring(uow, case, person)
    duty.account_id, duty.asked_at, duty.taken_at = person.id, uow.now, None
    duty.alarm_id = rung.id
    duty.asked += 1
    duty.again_at = uow.now + (_SLOWLY if round_over else _patience(case))
    case.owner = person.title[:40]
    uow.session.add_all([duty, case])
    uow.session.flush()
    if alarm is None and rung.loud:
        tell_owner(uow, case, person, again=True)


def take(uow: UnitOfWork, case: Case) -> None:
    """Whoever acts has it from now on. The case's row is held.

    With it they take what rang with it and nobody has taken yet, as far as they may
    see it.
    """
    me, duty = uow.actor.account_id, find_duty(uow.session, case.id)
    if me is None:
        return
    person = uow.session.get_one(Account, me)
    case.owner = person.title[:40]
    uow.session.add(case)
    if duty is None or (duty.account_id == me and duty.taken_at):
        return
    for other in _rang_with(uow, duty):
        theirs = find_duty(uow.session, other.id)
        if theirs is not None and theirs.again_at and not theirs.taken_at:
            give(uow, other, theirs, person)
    give(uow, case, duty, person)


def give(uow: UnitOfWork, case: Case, duty: CaseDuty, person: Account) -> None:
    """The case is this person's, until the end of their turn. Its row is held."""
    turn = turn_of(uow.session, person.id, case.street_code, uow.now)
    duty.account_id, duty.taken_at = person.id, uow.now
    duty.again_at = turn.ends_at if turn else None
    case.owner = person.title[:40]
    uow.session.add_all([duty, case])
    uow.session.flush()


def let_rest(uow: UnitOfWork, case: Case) -> None:
    """A closed case asks nobody any more."""
    duty = find_duty(uow.session, case.id)
    if duty is not None:
        duty.again_at = None
        uow.session.add(duty)


def list_unanswered(uow: UnitOfWork) -> list[UUID]:
    """The cases for which somebody else must be asked now, the longest first."""
    query = select(CaseDuty.case_id).where(col(CaseDuty.again_at) <= uow.now)
    return list(
        uow.session.exec(query.order_by(col(CaseDuty.again_at), col(CaseDuty.case_id)))
    )


def ask_again(uow: UnitOfWork, case_id: UUID) -> bool:
    """Ask the next person; the sweep calls it.

    Returns:
        whether somebody was asked; the case may have been taken meanwhile.
    """
    case = get_case(uow.session, case_id, lock=True)
    duty = find_duty(uow.session, case_id)
    if case.closed_at is not None or duty is None or duty.again_at is None:
        return False
    if duty.again_at > uow.now:
        return False
    add_step(uow, case, "turn_over" if duty.taken_at else "not_taken", case.owner)
    ask_next(uow, case)
    tell_case(uow, case, "case.asked")
    return True


def _patience(case: Case) -> timedelta:
    return _IN_THE_OFFICE.get(case.kind, PATIENCE)


def _group_of(uow: UnitOfWork, case: Case) -> Alarm | None:
    """The alarm that rang already for the same silent helper."""
    if case.kind not in _IN_GROUPS or case.helper_id is None:
        return None
    query = (
        select(Alarm)
        .where(Alarm.helper_id == case.helper_id, Alarm.rating == "amber")
        .where(Alarm.street_code == case.street_code)
        .where(Alarm.rung_at > uow.now - BUDGET_WITHIN)
        .order_by(col(Alarm.rung_at).desc(), col(Alarm.id))
    )
    return uow.session.exec(query).first()


def _lately_to(uow: UnitOfWork, case: Case, person: Account) -> Alarm | None:
    """The alarm by which this person heard of the same helper a moment ago."""
    if case.kind not in _IN_GROUPS or case.helper_id is None:
        return None
    query = select(Alarm).where(
        Alarm.account_id == person.id,
        Alarm.helper_id == case.helper_id,
        col(Alarm.rung_at) > uow.now - BUDGET_WITHIN,
    )
    return uow.session.exec(query.order_by(col(Alarm.rung_at).desc())).first()


def _rang_with(uow: UnitOfWork, duty: CaseDuty) -> list[Case]:
    """The other cases of the same ring within reach that wait for somebody, held.

    Whoever holds one of them just now acts on it, so it is left to them: two who take
    cases of one ring never wait for each other.
    """
    if duty.alarm_id is None:
        return []
    query = (
        cases_in_reach(uow.actor)
        .join(CaseDuty, col(CaseDuty.case_id) == Case.id)
        .where(CaseDuty.alarm_id == duty.alarm_id, CaseDuty.case_id != duty.case_id)
        .where(col(CaseDuty.taken_at).is_(None), col(CaseDuty.again_at).is_not(None))
        .where(col(Case.closed_at).is_(None))
        .order_by(col(Case.id))
        .with_for_update(of=Case, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(uow.session.exec(query))


def _ring(uow: UnitOfWork, case: Case, person: Account) -> Alarm:
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


def _with_room(
    session: Session, people: list[Account], now: datetime, case: Case
) -> int:
    """The first who was not rung too often lately; a calm day asks the first."""
    if case.kind is CaseKind.ALLEGATION:
        return 0
    for number, person in enumerate(people):
        if _rung_lately(session, person.id, now) < BUDGET:
            return number
    return 0


def _rung_lately(session: Session, account_id: UUID, now: datetime) -> int:
    query = select(func.count()).where(
        Alarm.account_id == account_id,
        col(Alarm.loud),
        col(Alarm.rung_at) > now - BUDGET_WITHIN,
    )
    return int(session.exec(query).one())
