"""Asking: every open case belongs to a named person, who says within a minute so.

Whoever is asked and does not answer is passed over for the next; after everybody was
asked once the circle begins again, more slowly. Deadlines are rows: the sweep asks.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.accounts import Account, Role
from dispatch.safety.cases import Case, CaseKind, get_case
from dispatch.safety.duty import Alarm, CaseDuty, find_duty, list_to_ask, turn_of
from dispatch.safety.notifying import tell_joined, tell_others, tell_owner
from dispatch.safety.noting import add_step, tell_case
from dispatch.safety.reaching import cases_in_reach
from dispatch.safety.ringing import (
    first_to_ring,
    group_of,
    hold_of,
    lately_to,
    ring,
)
from dispatch.store.unit_of_work import UnitOfWork

PATIENCE: Final = timedelta(seconds=60)
_SLOWLY: Final = timedelta(minutes=5)  # once everybody was asked
_IN_THE_OFFICE: Final = {
    CaseKind.CONDITION: timedelta(minutes=30),
    CaseKind.ALLEGATION: timedelta(hours=12),
}


def ask_first(uow: UnitOfWork, case: Case) -> None:
    """Give a case its first owner.

    Where there is no account at all its words stay, and climbing asks again.
    """
    people = list_to_ask(uow.session, case, uow.now)
    if not people:
        return
    joined, held = _joined(uow, case, people)
    alarm = joined or ring(uow, case, first_to_ring(uow.session, case, people, uow.now))
    owner = uow.session.get_one(Account, held.account_id if held else alarm.account_id)
    duty = CaseDuty(
        case_id=case.id,
        account_id=owner.id,
        first_id=owner.id,
        alarm_id=alarm.id,
        first_asked_at=uow.now,
        asked_at=uow.now,
        taken_at=uow.now if held else None,
        again_at=held.again_at if held else uow.now + _patience(case),
    )
    case.owner = owner.title[:40]
    uow.session.add_all([duty, case])
    uow.session.flush()
    if joined is None and alarm.loud:
        tell_owner(uow, case, owner, again=False)
    elif alarm.rung_at < uow.now:
        tell_joined(uow, case, owner)
    desk = [one for one in people if one.role is Role.STATION and one.id != owner.id]
    tell_others(uow, case, desk[:1])


def ask_next(uow: UnitOfWork, case: Case) -> bool:
    """Whoever has it did not act: the next person is asked. The case's row is held.

    Returns:
        whether somebody was asked; where there is nobody it is tried again later.
    """
    duty = find_duty(uow.session, case.id)
    people = list_to_ask(uow.session, case, uow.now)
    if duty is None:
        return False
    if not people:
        duty.again_at = uow.now + _SLOWLY
        uow.session.add(duty)
        return False
    person = _after(duty, people)
    round_over = duty.asked >= len(people)
    alarm = lately_to(uow, case, person)
    rung = alarm or ring(uow, case, person)
    duty.account_id, duty.asked_at, duty.taken_at = person.id, uow.now, None
    duty.alarm_id = rung.id
    duty.asked += 1
    duty.again_at = uow.now + (_SLOWLY if round_over else _patience(case))
    case.owner = person.title[:40]
    uow.session.add_all([duty, case])
    uow.session.flush()
    if alarm is None and rung.loud:
        tell_owner(uow, case, person, again=True)
    return True


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
    duty.first_id, duty.asked = person.id, 1  # the next circle begins from here
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
    if duty is None or duty.again_at is None or duty.again_at > uow.now:
        return False
    if case.closed_at is not None:
        let_rest(uow, case)
        return False
    why, who = "turn_over" if duty.taken_at else "not_taken", case.owner
    if not ask_next(uow, case):
        return False
    add_step(uow, case, why, who)
    tell_case(uow, case, "case.asked")
    return True


def _patience(case: Case) -> timedelta:
    return _IN_THE_OFFICE.get(case.kind, PATIENCE)


def _joined(
    uow: UnitOfWork, case: Case, people: list[Account]
) -> tuple[Alarm | None, CaseDuty | None]:
    """The ring that the case joins, if those who heard it may see this case, too, and
    what they have of it in hand.
    """
    alarm = group_of(uow, case)
    held = hold_of(uow.session, alarm) if alarm else None
    owner_id = held.account_id if held else alarm.account_id if alarm else None
    if owner_id not in {one.id for one in people}:
        return None, None
    return alarm, held


def _after(duty: CaseDuty, people: list[Account]) -> Account:
    """The next of the circle that began with whoever was asked first."""
    circle = sorted(people, key=lambda one: one.id != duty.first_id)
    at = duty.asked % len(circle)
    rest = [*circle[at:], *circle[:at]]
    return next((one for one in rest if one.id != duty.account_id), rest[0])


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
