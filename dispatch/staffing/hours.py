"""Hours of helpers: the week's pattern, single shifts, leave."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, NotFound
from dispatch.people.helpers import Helper, Shift
from dispatch.people.leaves import Leave, LeaveKind
from dispatch.people.week_patterns import (
    AHEAD,
    WeekPattern,
    lay_out_shifts,
    list_patterns,
    take_back_shifts,
)
from dispatch.staffing.rounds import plan_anew
from dispatch.staffing.telling import tell_helper
from dispatch.store.unit_of_work import UnitOfWork

_LONGEST_LEAVE = timedelta(days=366)


class HoursMixedUp(BadInput):
    """班次的时间不对：开始要早于结束，休息要在班内。没有保存。"""

    code = "hours_mixed_up"


class LeaveMixedUp(BadInput):
    """请假的时间不对：开始要早于结束，不超过一年。没有保存。"""

    code = "leave_mixed_up"


@dataclass(frozen=True, kw_only=True)
class PatternDraft:
    """One stretch of duty each week; seconds after midnight, weekday 7 is 调休."""

    weekday: int
    begins: int
    ends: int
    break_from: int | None = None
    break_until: int | None = None
    break_seconds: int = 0
    off_on_holidays: bool = False


def set_week(uow: UnitOfWork, helper_id: UUID, week: list[PatternDraft]) -> int:
    """Let this be a helper's week from tomorrow on; today's shifts stand.

    What was laid out by the former pattern is taken back from tomorrow on, and the
    new one is laid out; shifts put in by hand stay.

    Returns:
        how many shifts stand in the days ahead.

    Raises:
        NotFound: no such helper within reach.
        HoursMixedUp: nothing was kept.
    """
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    for draft in week:
        _must_be_hours(draft)
    first = town_day(uow.now) + timedelta(days=1)
    for old in list_patterns(uow.session, helper.id):
        if old.until_on is not None and old.until_on < first:
            continue
        take_back_shifts(uow.session, old, first)
        if old.from_on >= first:
            uow.session.delete(old)
        else:
            old.until_on = first - timedelta(days=1)
            uow.session.add(old)
    uow.session.flush()
    uow.session.add_all(
        WeekPattern(id=uuid4(), helper_id=helper.id, from_on=first, **asdict(draft))
        for draft in week
    )
    uow.session.flush()
    lay_out_shifts(uow.session, town_day(uow.now))
    tell_helper(uow, helper, "helper.week_set")
    return _count_ahead(uow.session, helper.id, first)


def add_shift(
    uow: UnitOfWork, helper_id: UUID, starts_at: datetime, ends_at: datetime
) -> Shift:
    """One more stretch of duty, by hand.

    Raises:
        NotFound: no such helper within reach.
        HoursMixedUp: nothing was kept.
    """
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    if not timedelta(0) < ends_at - starts_at <= timedelta(hours=16):
        raise HoursMixedUp
    shift = Shift(
        id=uuid4(),
        helper_id=helper.id,
        works_on=town_day(starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    uow.session.add(shift)
    uow.session.flush()
    tell_helper(uow, helper, "helper.shift_added")
    return shift


def take_leave(
    uow: UnitOfWork,
    helper_id: UUID,
    kind: LeaveKind,
    from_at: datetime,
    until_at: datetime,
) -> Leave:
    """A helper is away; whatever they have before them then is planned anew.

    Raises:
        NotFound: no such helper within reach.
        LeaveMixedUp: nothing was kept.
    """
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    if not timedelta(0) < until_at - from_at <= _LONGEST_LEAVE:
        raise LeaveMixedUp
    leave = Leave(
        id=uuid4(), helper_id=helper.id, kind=kind, from_at=from_at, until_at=until_at
    )
    uow.session.add(leave)
    uow.session.flush()
    tell_helper(uow, helper, "helper.on_leave")
    plan_anew(uow, helper.id)
    return leave


def call_off_leave(uow: UnitOfWork, leave_id: UUID) -> Leave:
    """They are there after all. Raises: NotFound."""
    leave = uow.session.get(Leave, leave_id, with_for_update=True)
    if leave is None:
        raise NotFound("没有找到这次请假。")
    helper = get_scoped(uow, Helper, leave.helper_id)
    leave.called_off = True
    uow.session.add(leave)
    tell_helper(uow, helper, "helper.leave_called_off")
    return leave


def _must_be_hours(draft: PatternDraft) -> None:
    breaks = (draft.break_from, draft.break_until)
    if not 0 <= draft.weekday <= 7 or not 0 <= draft.begins < draft.ends <= 108_000:
        raise HoursMixedUp
    if breaks == (None, None) and draft.break_seconds == 0:
        return
    begin, end = breaks
    if begin is None or end is None or draft.break_seconds < 60:
        raise HoursMixedUp
    inside = draft.begins <= begin and end <= draft.ends
    if not inside or end - begin < draft.break_seconds:
        raise HoursMixedUp


def _count_ahead(session: Session, helper_id: UUID, first: date) -> int:
    query = select(Shift.id).where(
        Shift.helper_id == helper_id,
        Shift.works_on >= first,
        Shift.works_on < first + AHEAD,
    )
    return len(session.exec(query).all())
