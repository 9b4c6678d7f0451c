"""The register of cases (挂账销号): a month's account of what was opened and closed.

What is still open at a month's end stands on the next month's page, until a person
has struck it off with an outcome: carried + opened = closed + still open.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import scoped
from dispatch.clock import town_moment
from dispatch.safety.asking import PATIENCE
from dispatch.safety.case_file import CaseRow, show_cases
from dispatch.safety.cases import Case, CaseOutcome, CaseStep
from dispatch.safety.climbing import GOING_ON, HOLDING, MINE
from dispatch.safety.duty import Alarm, CaseDuty
from dispatch.safety.reaching import cases_in_reach
from dispatch.safety.ringing import BUDGET_WITHIN
from dispatch.store.unit_of_work import UnitOfWork

_TAKING = MINE | HOLDING | GOING_ON | {one.value for one in CaseOutcome}


@dataclass(frozen=True, kw_only=True)
class Load:
    """The alarms of one person in a month, and how many one could bear."""

    account_id: UUID
    name: str
    alarms: int
    red: int
    silent: int
    worst_ten_minutes: int


@dataclass(frozen=True, kw_only=True)
class CaseBook:
    """One month. `carried + opened == closed + still_open`."""

    month: date
    carried: int
    opened: int
    closed: int
    still_open: int
    by_kind: dict[str, int]
    by_outcome: dict[str, int]
    taken_in_time: int
    asked: int
    false_alarms: int
    cases: list[CaseRow]
    loads: list[Load]


def show_book(uow: UnitOfWork, month: date) -> CaseBook:
    """The register of a month within reach, what is open first.

    Args:
        month: any day of it.
    """
    first, after = _bounds(month)
    query = (
        cases_in_reach(uow.actor)
        .where(Case.opened_at < after)
        .where(col(Case.closed_at).is_(None) | (col(Case.closed_at) >= first))
        .order_by(col(Case.closed_at).is_not(None), col(Case.opened_at), col(Case.id))
    )
    cases = list(uow.session.exec(query))
    carried = [one for one in cases if one.opened_at < first]
    closed = [one for one in cases if one.closed_at and one.closed_at < after]
    asked, in_time = _answered(uow, [one.id for one in cases])
    return CaseBook(
        month=month.replace(day=1),
        carried=len(carried),
        opened=len(cases) - len(carried),
        closed=len(closed),
        still_open=len(cases) - len(closed),
        by_kind=dict(Counter(one.kind.value for one in cases)),
        by_outcome=dict(Counter(one.outcome.value for one in closed if one.outcome)),
        taken_in_time=in_time,
        asked=asked,
        false_alarms=sum(one.outcome is CaseOutcome.SEEN_WELL for one in closed),
        cases=show_cases(uow, cases),
        loads=_loads(uow, first, after),
    )


def _bounds(month: date) -> tuple[datetime, datetime]:
    first = month.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return town_moment(first, 0), town_moment(after, 0)


def _answered(uow: UnitOfWork, case_ids: list[UUID]) -> tuple[int, int]:
    """How many had an owner, and how many of them were taken in the first minute."""
    asked = in_time = 0
    for start in range(0, len(case_ids), 500):
        answers = first_answers(uow.session, case_ids[start : start + 500])
        asked += len(answers)
        in_time += sum(one is not None and one <= PATIENCE for one in answers.values())
    return asked, in_time


def first_answers(
    session: Session, case_ids: Sequence[UUID]
) -> dict[UUID, timedelta | None]:
    """Per case that had an owner how long it was until somebody took it up.

    Whoever let a deadline pass is asked again, so that the owner's own row tells of
    the last time only: the first deed of a person tells of the first.
    """
    deeds = (
        select(CaseStep.case_id, func.min(CaseStep.at))
        .where(col(CaseStep.case_id).in_(case_ids))
        .where(col(CaseStep.account_id).is_not(None))
        .where(col(CaseStep.outcome).in_(_TAKING))
        .group_by(col(CaseStep.case_id))
    )
    first = dict(session.exec(deeds).all())
    query = select(CaseDuty).where(col(CaseDuty.case_id).in_(case_ids))
    found = {}
    for duty in session.exec(query):
        taken = [at for at in (first.get(duty.case_id), duty.taken_at) if at]
        found[duty.case_id] = min(taken) - duty.first_asked_at if taken else None
    return found


def _loads(uow: UnitOfWork, first: datetime, after: datetime) -> list[Load]:
    query = scoped(uow.actor, Alarm).where(
        Alarm.rung_at >= first, col(Alarm.rung_at) < after
    )
    alarms = list(uow.session.exec(query.order_by(col(Alarm.rung_at))))
    names = titles_of(uow.session, (one.account_id for one in alarms))
    of: dict[UUID, list[Alarm]] = {}
    for one in alarms:
        of.setdefault(one.account_id, []).append(one)
    loads = [
        Load(
            account_id=account_id,
            name=names[account_id],
            alarms=sum(one.loud for one in theirs),
            red=sum(one.rating == "red" for one in theirs),
            silent=sum(not one.loud for one in theirs),
            worst_ten_minutes=worst([one.rung_at for one in theirs if one.loud]),
        )
        for account_id, theirs in of.items()
    ]
    return sorted(loads, key=lambda load: (-load.alarms, load.name))


def worst(moments: list[datetime]) -> int:
    """The most of these moments, in order, within any ten minutes."""
    most, start = 0, 0
    for end, moment in enumerate(moments):
        while moment - moments[start] >= BUDGET_WITHIN:
            start += 1
        most = max(most, end - start + 1)
    return most
