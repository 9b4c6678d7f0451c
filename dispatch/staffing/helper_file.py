"""One helper's file: papers, hours, limits, area, and who comes to whom."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.masking import called, mask_phone
from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.people.areas import list_areas
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Helper, Shift
from dispatch.people.leaves import Leave
from dispatch.people.limits import HelperLimits, list_limits
from dispatch.people.on_duty import read_papers
from dispatch.people.pairings import Pairing
from dispatch.people.vault import unseal
from dispatch.people.week_patterns import AHEAD, WeekPattern, list_patterns
from dispatch.staffing.showing import (
    HelperLine,
    PaperRow,
    lines_of,
    name_of,
    paper_row,
)
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class LimitsRow:
    """What a helper offers at most; None is no own limit."""

    max_work_seconds: int
    most_floors: int | None
    most_stops: int | None
    four_weeks_seconds: int | None
    heat_seconds: int | None
    rest_seconds: int | None


@dataclass(frozen=True, kw_only=True)
class PatternRow:
    weekday: int
    begins: int
    ends: int
    break_from: int | None
    break_until: int | None
    break_seconds: int
    off_on_holidays: bool


@dataclass(frozen=True, kw_only=True)
class ShiftRow:
    works_on: date
    starts_at: datetime
    ends_at: datetime
    by_hand: bool


@dataclass(frozen=True, kw_only=True)
class LeaveRow:
    id: UUID
    kind: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """One agreement; its reason is sealed and stands in no list."""

    id: UUID
    elder_id: UUID
    elder_label: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class HelperFile:
    """One helper's file."""

    line: HelperLine
    phone: str
    mode: str
    capacity: int
    paper: bool
    must_be_insured: bool
    minor: bool
    guardian: str | None
    papers: list[PaperRow]
    week: list[PatternRow]
    shifts: list[ShiftRow]
    leaves: list[LeaveRow]
    limits: LimitsRow
    communities: list[str]
    known_communities: list[str]
    pairs: list[PairRow]


def show_helper(uow: UnitOfWork, helper_id: UUID) -> HelperFile:
    """One helper's file. Raises: NotFound."""
    helper = get_scoped(uow, Helper, helper_id)
    session, today = uow.session, town_day(uow.now)
    kept = unseal(session, [helper.id], ["name", "phone"])[helper.id]
    papers = read_papers(session, [helper])
    names = {helper.id: name_of(helper, kept, today)}
    guardian = papers.guardians.get(helper.id)
    consents = guardian is not None and guardian.consents_on(today)
    return HelperFile(
        line=lines_of(uow, [helper], papers, names)[0],
        phone=mask_phone(kept.get("phone", "")),
        mode=helper.mode.value,
        capacity=helper.capacity,
        paper=helper.paper,
        must_be_insured=helper.must_be_insured,
        minor=helper.is_minor_on(today),
        guardian=guardian.relation if guardian and consents else None,
        papers=[paper_row(each, today) for each in papers.of[helper.id]],
        week=[
            _pattern(each)
            for each in list_patterns(session, helper.id)
            if each.until_on is None
        ],
        shifts=_shifts(session, helper.id, today),
        leaves=_leaves(session, helper.id, uow.now),
        limits=_limits(helper, list_limits(session, [helper.id])[helper.id]),
        communities=sorted(list_areas(session, [helper.id]).get(helper.id, ())),
        known_communities=_communities(session, helper.street_code),
        pairs=_pairs(session, helper.id),
    )


def _pattern(each: WeekPattern) -> PatternRow:
    return PatternRow(
        weekday=each.weekday,
        begins=each.begins,
        ends=each.ends,
        break_from=each.break_from,
        break_until=each.break_until,
        break_seconds=each.break_seconds,
        off_on_holidays=each.off_on_holidays,
    )


def _shifts(session: Session, helper_id: UUID, today: date) -> list[ShiftRow]:
    query = (
        select(Shift)
        .where(Shift.helper_id == helper_id, Shift.works_on >= today)
        .where(Shift.works_on < today + AHEAD)
        .order_by(col(Shift.starts_at))
    )
    return [
        ShiftRow(
            works_on=each.works_on,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            by_hand=each.pattern_id is None,
        )
        for each in session.exec(query)
    ]


def _leaves(session: Session, helper_id: UUID, now: datetime) -> list[LeaveRow]:
    query = (
        select(Leave)
        .where(Leave.helper_id == helper_id, Leave.until_at > now)
        .where(~col(Leave.called_off))
        .order_by(col(Leave.from_at))
    )
    return [
        LeaveRow(
            id=each.id,
            kind=each.kind.value,
            from_at=each.from_at,
            until_at=each.until_at,
        )
        for each in session.exec(query)
    ]


def _communities(session: Session, street_code: str) -> list[str]:
    query = select(Household.community).where(
        Household.street_code == street_code, Household.community != ""
    )
    return sorted(session.exec(query.distinct()))


def _pairs(session: Session, helper_id: UUID) -> list[PairRow]:
    query = (
        select(Pairing, Elder)
        .join(Elder, col(Elder.id) == Pairing.elder_id)
        .where(Pairing.helper_id == helper_id, col(Pairing.ended_at).is_(None))
        .order_by(col(Pairing.kind), col(Elder.number))
    )
    rows = session.exec(query).all()
    names = unseal(session, [elder.id for _, elder in rows], ["name"])
    return [
        PairRow(
            id=pair.id,
            elder_id=elder.id,
            elder_label=called(names[elder.id].get("name", "？"), elder.sex),
            kind=pair.kind.value,
        )
        for pair, elder in rows
    ]


def _limits(helper: Helper, limits: HelperLimits) -> LimitsRow:
    return LimitsRow(
        max_work_seconds=helper.max_work_seconds,
        most_floors=limits.most_floors,
        most_stops=limits.most_stops,
        four_weeks_seconds=limits.four_weeks_seconds,
        heat_seconds=limits.heat_seconds,
        rest_seconds=limits.rest_seconds,
    )
