"""Who is on duty on a day, and what they may do then.

A paper that has run out, a missing consent, leave and heat are all asked here, so
that whoever plans cannot forget one of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.catalogue.heat import HeatWarning, find_heat
from dispatch.catalogue.skills import certified_skills
from dispatch.clock import town_moment
from dispatch.people.certificates import Certificate, PaperKind, list_papers
from dispatch.people.guardians import Guardian, list_guardians
from dispatch.people.helpers import Helper, HelperKind, Shift
from dispatch.people.leaves import Stretch, list_absences, without
from dispatch.people.limits import HelperLimits, list_limits


class Bar(StrEnum):
    """Why somebody is not sent out on a day, although they have a shift."""

    SUSPENDED = "suspended"
    INSURANCE = "insurance"  # none that holds
    GUARDIAN = "guardian"  # under age, and nobody consents
    HEAT = "heat"  # volunteers stay at home


@dataclass(frozen=True)
class Rest:
    """A break: so many seconds, taken whole between two moments."""

    from_at: datetime
    until_at: datetime
    seconds: int


@dataclass(frozen=True)
class OnDuty:
    """One stretch of duty, less leave, with what its helper may do on that day."""

    id: str
    helper: Helper
    limits: HelperLimits
    starts_at: datetime
    ends_at: datetime
    skills: frozenset[str]
    work_seconds: int
    rest: Rest | None = None


@dataclass(frozen=True)
class Papers:
    """What is on file of some helpers, read once."""

    of: dict[UUID, list[Certificate]]
    guardians: dict[UUID, Guardian]
    certified: frozenset[str]

    def skills_on(self, helper: Helper, on: date) -> frozenset[str]:
        """The skills that count on a day: certified ones only with a paper."""
        shown = {
            paper.skill
            for paper in self.of.get(helper.id, ())
            if paper.kind is PaperKind.CERTIFICATE and paper.holds_on(on)
        }
        return frozenset(s for s in helper.skills if s not in self.certified) | (
            frozenset(s for s in shown if s is not None)
        )

    def bars_on(self, helper: Helper, on: date) -> list[Bar]:
        """What keeps them at home on a day, the weightiest first."""
        insured = any(
            paper.kind is PaperKind.INSURANCE and paper.holds_on(on)
            for paper in self.of.get(helper.id, ())
        )
        guardian = self.guardians.get(helper.id)
        consent = guardian is not None and guardian.consents_on(on)
        found = {
            Bar.SUSPENDED: helper.suspended,
            Bar.INSURANCE: helper.must_be_insured and not insured,
            Bar.GUARDIAN: helper.is_minor_on(on) and not consent,
        }
        return [bar for bar, holds in found.items() if holds]


def read_papers(session: Session, helpers: Iterable[Helper]) -> Papers:
    """The papers of some helpers, in three queries."""
    ids = {helper.id for helper in helpers}
    return Papers(
        list_papers(session, ids),
        list_guardians(session, ids),
        certified_skills(session),
    )


def list_on_duty(session: Session, street_code: str, works_on: date) -> list[OnDuty]:
    """Whoever of a street may be sent out on a day, by the start of their duty.

    Who is suspended, uninsured, without a guardian's consent or kept at home by the
    heat is left out; so is what lies in somebody's leave.
    """
    query = (
        select(Helper, Shift)
        .join(Shift, col(Shift.helper_id) == Helper.id)
        .where(Helper.street_code == street_code, Shift.works_on == works_on)
        .where(~col(Helper.suspended))
        .order_by(col(Shift.starts_at), col(Helper.id))
    )
    rows = [(helper, shift) for helper, shift in session.exec(query)]
    if not rows:
        return []
    papers = read_papers(session, (helper for helper, _ in rows))
    heat = find_heat(session, street_code, works_on)
    fit = [row for row in rows if _may_go(row[0], papers, heat, works_on)]
    return _on_duty(session, fit, papers, heat)


def _may_go(helper: Helper, papers: Papers, heat: HeatWarning | None, on: date) -> bool:
    stays = heat is not None and heat.volunteers_stay
    at_home = stays and helper.kind is HelperKind.VOLUNTEER
    return not at_home and not papers.bars_on(helper, on)


def _on_duty(
    session: Session,
    rows: Sequence[tuple[Helper, Shift]],
    papers: Papers,
    heat: HeatWarning | None,
) -> list[OnDuty]:
    ids = {helper.id for helper, _ in rows}
    if not ids:
        return []
    during = min(s.starts_at for _, s in rows), max(s.ends_at for _, s in rows)
    away = list_absences(session, ids, during)
    limits = list_limits(session, ids)
    rests = list(_midday(heat))
    found = []
    for helper, shift in rows:
        whole = OnDuty(
            id=f"shift {shift.id}",
            helper=helper,
            limits=limits[helper.id],
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            skills=papers.skills_on(helper, shift.works_on),
            work_seconds=work_seconds(helper, limits[helper.id], heat),
            rest=_rest(shift),
        )
        gone = [*away.get(helper.id, ()), *rests]
        parts = without((shift.starts_at, shift.ends_at), gone)
        found += [_part(whole, *part, number) for number, part in enumerate(parts)]
    return found


def _midday(heat: HeatWarning | None) -> Iterator[Stretch]:
    """The hours of a warning's day in which nobody is out."""
    if heat and heat.rest_from is not None and heat.rest_until is not None:
        yield (
            town_moment(heat.warns_on, heat.rest_from),
            town_moment(heat.warns_on, heat.rest_until),
        )


def work_seconds(helper: Helper, limits: HelperLimits, heat: HeatWarning | None) -> int:
    """The most that a helper works on a day, in heat less."""
    if heat is None:
        return helper.max_work_seconds
    bounds = (helper.max_work_seconds, heat.most_seconds, limits.heat_seconds)
    return min(bound for bound in bounds if bound is not None)


def _part(whole: OnDuty, starts_at: datetime, ends_at: datetime, number: int) -> OnDuty:
    """What leave and heat have left of a shift; the first part keeps its name."""
    name = f"{whole.id} part {number + 1}" if number else whole.id
    return replace(whole, id=name, starts_at=starts_at, ends_at=ends_at)


def _rest(shift: Shift) -> Rest | None:
    if shift.break_from_at is None or shift.break_until_at is None:
        return None
    return Rest(shift.break_from_at, shift.break_until_at, shift.break_seconds)
