"""Rules as the office sees them: versions in turn, drafts, and what a draft changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, select

from dispatch.access.accounts import titles_of
from dispatch.clock import town_day
from dispatch.errors import Refusal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.months.periods import PeriodState, list_periods
from dispatch.subsidy.policy_files import policy_of
from dispatch.subsidy.publishing import DRAFT_NAME, check_draft, reigns_in_force
from dispatch.subsidy.rule_changes import RuleChange, changes_of, lines_of
from dispatch.subsidy.rule_drafts import RuleDraft, get_draft, list_drafts
from dispatch.subsidy.rule_versions import (
    RulePublication,
    Rules,
    file_rules,
    list_reigns,
    rules_of,
)
from dispatch.subsidy.strict import BadFile, Fault
from dispatch.subsidy.timeline import Reign, in_turn
from dispatch.subsidy.windows import month_of

_MONTHS_BACK: Final = 12


@dataclass(frozen=True)
class RuleVersionRow:
    """One version; `state` is ended, holds or to_come. No makers: it was a file."""

    id: str
    title: str
    doc_no: str
    from_on: date
    until_on: date | None
    state: str
    subsidies: list[str]
    cases: int
    made_by: str | None = None
    approved_by: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True)
class RuleDraftRow:
    """One draft; `own` is whether the reader put it forward."""

    id: UUID
    version: str
    title: str
    from_on: date
    until_on: date | None
    state: str
    note: str
    why: str
    own: bool
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class RulesPage:
    """Every version, the newest first, and every draft; months to look back over."""

    versions: list[RuleVersionRow]
    drafts: list[RuleDraftRow]
    months: list[str]
    closed: list[str]


@dataclass(frozen=True)
class GoldenRow:
    id: str
    why: str


@dataclass(frozen=True)
class RuleDraftPage:
    """A draft with its golden cases, which all come out, and what it changes beside
    the version that holds on its first day without it."""

    draft: RuleDraftRow
    beside: str
    cases: list[GoldenRow]
    changes: list[RuleChange]
    diff: list[str]


@dataclass(frozen=True)
class CheckedWords:
    """What is wrong with words; nothing, where they could be put forward."""

    faults: list[Fault]
    refused: str
    version: str
    title: str
    cases: int


def show_rules_page(uow: UnitOfWork) -> RulesPage:
    session, today = uow.session, town_day(uow.now)
    kept = {one.version_id: one for one in session.exec(select(RulePublication))}
    drafts = list_drafts(session)
    people = [by for one in drafts for by in (one.made_by, one.decided_by)]
    people += [by for one in kept.values() for by in (one.made_by, one.approved_by)]
    titles = titles_of(session, people)
    reigns = in_turn(reigns_in_force(session))
    months = list_periods(session)
    return RulesPage(
        versions=[
            _version(_rules(session, one), one, _state(one, today), kept, titles)
            for one in reversed(reigns)
        ],
        drafts=[_draft(uow, one, titles) for one in drafts],
        months=_months_back(today),
        closed=[one.month for one in months if one.state is PeriodState.CLOSED],
    )


def show_draft(uow: UnitOfWork, draft_id: UUID) -> RuleDraftPage:
    """Raises: NoSuchDraft."""
    draft = get_draft(uow.session, draft_id)
    policy = policy_of(draft.words, DRAFT_NAME)
    beside = rules_beside(uow.session, draft)
    titles = titles_of(uow.session, [draft.made_by, draft.decided_by])
    return RuleDraftPage(
        draft=_draft(uow, draft, titles),
        beside=beside.policy.version.id,
        cases=[GoldenRow(one.id, one.why) for one in policy.golden],
        changes=list(changes_of(beside.policy, policy)),
        diff=lines_of(beside.words, draft.words),
    )


def show_words(uow: UnitOfWork, version_id: str) -> str:
    """The words of a version in force, word for word.

    Raises: NoSuchVersion.
    """
    named = (one for one in reigns_in_force(uow.session) if one.id == version_id)
    if reign := next(named, None):
        return _rules(uow.session, reign).words
    return rules_of(uow.session, version_id).words


def check_words(uow: UnitOfWork, words: str) -> CheckedWords:
    """Look words through as `put_forward` does; nothing is kept and nothing refused."""
    try:
        rules = check_draft(uow.session, words)
    except BadFile as bad:
        return CheckedWords(list(bad.faults), "", "", "", 0)
    except Refusal as refusal:
        return CheckedWords([], str(refusal), "", "", 0)
    version = rules.policy.version
    return CheckedWords([], "", version.id, version.title, len(rules.policy.golden))


def rules_beside(session: Session, draft: RuleDraft) -> Rules:
    """The version that holds, or would hold, on the draft's first day without it."""
    others = [one for one in reigns_in_force(session) if one.id != draft.version_id]
    begun = [one for one in in_turn(others) if one.from_on <= draft.from_on]
    if not begun:
        return Rules(policy_of(draft.words, DRAFT_NAME), draft.words)
    return _rules(session, begun[-1])


def _rules(session: Session, reign: Reign) -> Rules:
    if list_reigns(session):
        return rules_of(session, reign.id)
    return next(one for one in file_rules() if one.policy.version.id == reign.id)


def _state(reign: Reign, today: date) -> str:
    if reign.holds_on(today):
        return "holds"
    return "to_come" if reign.from_on > today else "ended"


def _version(
    rules: Rules,
    reign: Reign,
    state: str,
    kept: Mapping[str, RulePublication],
    titles: Mapping[UUID | None, str],
) -> RuleVersionRow:
    policy, published = rules.policy, kept.get(reign.id)
    return RuleVersionRow(
        id=reign.id,
        title=policy.version.title,
        doc_no=policy.version.doc_no or "",
        from_on=reign.from_on,
        until_on=reign.until_on,
        state=state,
        subsidies=[rule.title for rule in policy.subsidy],
        cases=len(policy.golden),
        made_by=titles.get(published.made_by) if published else None,
        approved_by=titles.get(published.approved_by) if published else None,
        published_at=published.published_at if published else None,
    )


def _draft(
    uow: UnitOfWork, draft: RuleDraft, titles: Mapping[UUID | None, str]
) -> RuleDraftRow:
    return RuleDraftRow(
        id=draft.id,
        version=draft.version_id,
        title=draft.title,
        from_on=draft.from_on,
        until_on=draft.until_on,
        state=draft.state.value,
        note=draft.note,
        why=draft.why,
        own=draft.made_by == uow.actor.account_id,
        made_by=titles.get(draft.made_by, ""),
        made_at=draft.made_at,
        decided_by=titles.get(draft.decided_by),
        decided_at=draft.decided_at,
    )


def _months_back(today: date) -> list[str]:
    """This month and those before it, the newest first."""
    months, first = [], today.replace(day=1)
    for _ in range(_MONTHS_BACK):
        months.append(month_of(first))
        first = (first - timedelta(days=1)).replace(day=1)
    return months
