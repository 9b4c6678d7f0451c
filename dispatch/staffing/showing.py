"""Helpers as staff see them: papers that run out soon first, then by the sound."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.people.certificates import Certificate
from dispatch.people.elders import age_on
from dispatch.people.finding import fits, spellings
from dispatch.people.guardians import HIDDEN_BELOW
from dispatch.people.helpers import Helper, Shift
from dispatch.people.leaves import Leave
from dispatch.people.on_duty import Papers, read_papers
from dispatch.people.places import Station
from dispatch.people.vault import unseal
from dispatch.people.week_patterns import AHEAD
from dispatch.store.unit_of_work import UnitOfWork

SOON: Final = timedelta(days=30)
_A_CHILD: Final = "未成年志愿者"


@dataclass(frozen=True, kw_only=True)
class PaperRow:
    """One paper; `days_left` is negative once it has run out."""

    id: UUID
    kind: str
    skill: str | None
    issuer: str
    from_on: date
    until_on: date
    days_left: int


@dataclass(frozen=True, kw_only=True)
class HelperLine:
    """One line of the list: what they may do today, and what keeps them from it."""

    id: UUID
    name: str
    kind: str
    station: str
    suspended: bool
    bars: list[str]
    skills: list[str]
    lapsed: list[str]
    soon: list[PaperRow]
    next_from_at: datetime | None
    next_until_at: datetime | None
    away_until_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class HelperList:
    """The helpers within reach; how many have a paper that runs out soon."""

    total: int
    soon: int
    helpers: list[HelperLine]


def list_helpers(
    uow: UnitOfWork, *, q: str = "", limit: int, offset: int
) -> HelperList:
    """Helpers within reach, in few queries whatever their number."""
    helpers = uow.session.exec(scoped(uow.actor, Helper)).all()
    kept = unseal(uow.session, [helper.id for helper in helpers], ["name"])
    today = town_day(uow.now)
    names = {each.id: name_of(each, kept[each.id], today) for each in helpers}
    found = [h for h in helpers if fits(q, name=names[h.id], card="", number="")]
    papers = read_papers(uow.session, found)
    soon = {h.id: _soon(papers, h, today) for h in found}
    found.sort(key=lambda h: _order(soon[h.id], names[h.id], h.id))
    part = found[offset : offset + limit]
    return HelperList(
        total=len(found),
        soon=sum(bool(rows) for rows in soon.values()),
        helpers=lines_of(uow, part, papers, names),
    )


def name_of(helper: Helper, kept: dict[str, str], today: date) -> str:
    """A child stands in no list by name."""
    if helper.born_on and age_on(helper.born_on, today) < HIDDEN_BELOW:
        return _A_CHILD
    return kept.get("name", "？")


def _soon(papers: Papers, helper: Helper, today: date) -> list[Certificate]:
    """What runs out within a month, or has, and nothing else holds in its place."""
    found = []
    for paper in papers.of[helper.id]:
        later = any(
            (other.kind, other.skill) == (paper.kind, paper.skill)
            and other.last_on > paper.last_on
            for other in papers.of[helper.id]
        )
        if not later and paper.last_on <= today + SOON:
            found.append(paper)
    return found


def _order(soon: Sequence[Certificate], name: str, id_: UUID) -> tuple[date, str, str]:
    first = min((paper.last_on for paper in soon), default=date.max)
    return first, spellings(name)[0], str(id_)


def lines_of(
    uow: UnitOfWork, helpers: Sequence[Helper], papers: Papers, names: dict[UUID, str]
) -> list[HelperLine]:
    today = town_day(uow.now)
    ids = [helper.id for helper in helpers]
    stations = {each.id: each.name for each in uow.session.exec(select(Station))}
    shifts = _next_shifts(uow.session, ids, uow.now)
    away = _away(uow.session, ids, uow.now)
    found = []
    for helper in helpers:
        able = papers.skills_on(helper, today)
        shift = shifts.get(helper.id)
        found.append(
            HelperLine(
                id=helper.id,
                name=names[helper.id],
                kind=helper.kind.value,
                station=stations[helper.station_id],
                suspended=helper.suspended,
                bars=[bar.value for bar in papers.bars_on(helper, today)],
                skills=sorted(able),
                lapsed=sorted(set(helper.skills) - able),
                soon=[paper_row(each, today) for each in _soon(papers, helper, today)],
                next_from_at=shift.starts_at if shift else None,
                next_until_at=shift.ends_at if shift else None,
                away_until_at=away.get(helper.id),
            )
        )
    return found


def paper_row(paper: Certificate, today: date) -> PaperRow:
    return PaperRow(
        id=paper.id,
        kind=paper.kind.value,
        skill=paper.skill,
        issuer=paper.issuer,
        from_on=paper.from_on,
        until_on=paper.last_on,
        days_left=(paper.last_on - today).days,
    )


def _next_shifts(
    session: Session, ids: Iterable[UUID], now: datetime
) -> dict[UUID, Shift]:
    query = (
        select(Shift)
        .where(col(Shift.helper_id).in_(list(ids)), Shift.ends_at > now)
        .where(Shift.starts_at < now + AHEAD)
        .order_by(col(Shift.starts_at).desc())
    )
    return {shift.helper_id: shift for shift in session.exec(query)}


def _away(session: Session, ids: Iterable[UUID], now: datetime) -> dict[UUID, datetime]:
    query = (
        select(Leave)
        .where(col(Leave.helper_id).in_(list(ids)), ~col(Leave.called_off))
        .where(Leave.from_at <= now, Leave.until_at > now)
        .order_by(col(Leave.until_at))
    )
    return {leave.helper_id: leave.until_at for leave in session.exec(query)}
