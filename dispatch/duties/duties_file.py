"""An elder's duties on their file: how each stands, what counted, what was before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from dispatch.access.accounts import titles_of
from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.duties.care_plans import list_care_plans
from dispatch.duties.encounters import Encounter
from dispatch.duties.gathering import Looked, look_back, pauses_of
from dispatch.duties.periods import Period, Span, span_before
from dispatch.duties.showing import DutyElder, show_rows
from dispatch.duties.standing import Standing
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork

_PERIODS: Final = {Period.WEEK: 8, Period.MONTH: 6, Period.QUARTER: 4, Period.YEAR: 2}


@dataclass(frozen=True, kw_only=True)
class Credit:
    """One thing that was credited. `grade`: of its evidence, where there is any."""

    on: date
    at: datetime
    what: str
    way: str
    minutes: int
    grade: str | None


@dataclass(frozen=True, kw_only=True)
class PastPeriod:
    """How a period ended. `excused`: in a pause, and held against nobody."""

    first_on: date
    until_on: date
    needed: int
    got: int
    met: bool
    excused: bool
    credits: list[Credit]


@dataclass(frozen=True, kw_only=True)
class DutyStory:
    """One duty: what counts for the present period, and the ones before, last first."""

    duty: str
    period: str
    credits: list[Credit]
    past: list[PastPeriod]


@dataclass(frozen=True, kw_only=True)
class CarePlanRow:
    """Agreed minutes a month; `made_by` is the title of whoever wrote it down."""

    minutes_a_month: int
    from_on: date
    until_on: date | None
    words: str
    made_by: str | None


@dataclass(frozen=True, kw_only=True)
class DutiesFile:
    """Both clocks, all duties, and the care plans of an elder."""

    on: date
    last_seen_at: datetime | None
    last_visit_at: datetime | None
    row: DutyElder
    stories: list[DutyStory]
    care_plans: list[CarePlanRow]


def show_duties_file(uow: UnitOfWork, elder_id: UUID) -> DutiesFile:
    """Everything that is owed to one elder today, and how it went before.

    Raises:
        NotFound: no such elder within reach.
        BadFile: a rule file does not make sense.
    """
    elder = get_scoped(uow, Elder, elder_id)
    today = town_day(uow.now)
    looked = look_back(uow.session, elder, [today])[today]
    spans = {one.duty: _spans_before(one) for one in looked.standings}
    ends = {span.until_on for each in spans.values() for span in each}
    then = look_back(uow.session, elder, ends)
    paused = pauses_of(uow.session, [elder.id])[elder.id]
    [row] = show_rows(uow, [looked], today)
    return DutiesFile(
        on=today,
        last_seen_at=elder.last_seen_at,
        last_visit_at=elder.last_visit_at,
        row=row,
        stories=[
            DutyStory(
                duty=one.duty,
                period=one.held.rule.period.value,
                credits=_credits(one.credits),
                past=_past(one.duty, spans[one.duty], then, paused),
            )
            for one in sorted(looked.standings, key=lambda s: s.order_of_work)
        ],
        care_plans=_care_plans(uow, elder.id),
    )


def _spans_before(standing: Standing) -> list[Span]:
    """The periods before this one for which we answer; none of a rhythm."""
    period, found, span = standing.held.rule.period, [], standing.span
    for _ in range(_PERIODS.get(period, 0)):
        span = span_before(period, span)
        if span.first_on < standing.held.since:
            break
        found.append(span)
    return found


def _past(
    duty: str,
    spans: Iterable[Span],
    then: Mapping[date, Looked],
    paused: Iterable[Span],
) -> list[PastPeriod]:
    """A period in which it was not owed yet, or by other rules, is left out."""
    pauses = list(paused)
    found = []
    for span in spans:
        stood = {one.duty: one for one in then[span.until_on].standings}.get(duty)
        if stood is None or stood.span != span:
            continue
        found.append(
            PastPeriod(
                first_on=span.first_on,
                until_on=span.until_on,
                needed=stood.needed,
                got=stood.got,
                met=stood.got >= stood.needed,
                excused=any(pause.holds(span.until_on) for pause in pauses),
                credits=_credits(stood.credits),
            )
        )
    return found


def _credits(encounters: Iterable[Encounter]) -> list[Credit]:
    return [
        Credit(
            on=each.on,
            at=each.at,
            what=each.what,
            way=each.way.value,
            minutes=each.minutes,
            grade=each.grade,
        )
        for each in encounters
    ]


def _care_plans(uow: UnitOfWork, elder_id: UUID) -> list[CarePlanRow]:
    """The last agreed first."""
    plans = list_care_plans(uow.session, [elder_id]).get(elder_id, [])
    titles = titles_of(uow.session, (plan.made_by for plan in plans))
    return [
        CarePlanRow(
            minutes_a_month=plan.minutes_a_month,
            from_on=plan.from_on,
            until_on=plan.until_on,
            words=plan.words,
            made_by=titles.get(plan.made_by),
        )
        for plan in reversed(plans)
    ]
