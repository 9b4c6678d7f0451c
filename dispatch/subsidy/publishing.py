"""Publishing rules: one person puts a file forward, another one lets it hold.

A file must make sense, give what its own golden cases say, follow the versions before
it without sharing a day or leaving one out, and not reach back to days that were
granted by other rules: what is owed for those is corrected, line by line.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, select

from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.log.events import record
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.golden import hold_golden
from dispatch.subsidy.ledger import Entry, EntryKind
from dispatch.subsidy.policy_files import place_of, policy_of
from dispatch.subsidy.rule_drafts import DraftState, RuleDraft, get_draft
from dispatch.subsidy.rule_versions import (
    RulePublication,
    Rules,
    RuleVersion,
    adopt,
    file_rules,
    forget_reigns,
    list_reigns,
    same_meaning,
)
from dispatch.subsidy.strict import BadFile, Fault
from dispatch.subsidy.timeline import Reign, clashes
from dispatch.subsidy.windows import month_of

DRAFT_NAME: Final = "draft"  # what a refusal calls the words that were sent
_ONE_AT_A_TIME: Final = 8  # the number of our advisory lock


class NoGoldenCases(BadInput):
    """草案里没有样例，没有收下。请在文件里写上 [[golden]] 样例，发布前要逐条算对。"""

    code = "no_golden_cases"


class VersionTaken(Conflict):
    """这个版本号已经用过，没有保存。请换一个版本号。"""

    code = "version_taken"


class DraftOpen(Conflict):
    """这个版本已有一份待审的草案，没有保存。请先撤回或退回那一份。"""

    code = "draft_open"


class DraftDecided(Conflict):
    """这份草案已经处理过了，没有保存。请刷新页面。"""

    code = "draft_decided"


class OwnDraft(NotAllowed):
    """自己提交的草案要由另一位同事审核，没有保存。"""

    code = "own_draft"


class NotOwnDraft(NotAllowed):
    """草案只能由提交人撤回，没有保存。不同意请退回并写明理由。"""

    code = "not_own_draft"


class DaysGranted(Conflict):
    """生效日起已有按现行规则入账的补贴，不能追溯，没有发布。
    请把生效日改到这之后，以前的差额在月结更正里办理。"""

    code = "days_granted"


def put_forward(uow: UnitOfWork, words: str, note: str, *, key: str | None) -> UUID:
    """Hand in a rule file for another person to decide about.

    Raises:
        BadFile: it makes no sense, fails a golden case, or does not fit in time.
        NoGoldenCases, VersionTaken, DraftOpen, KeyMissing, KeyReused
    """
    if made := claim(uow, key, "rule_draft", {"words": words, "note": note}):
        return made
    _one_at_a_time(uow.session)
    rules = check_draft(uow.session, words)
    version = rules.policy.version
    open_one = select(RuleDraft.id).where(
        RuleDraft.version_id == version.id, RuleDraft.state == DraftState.OPEN
    )
    if uow.session.exec(open_one).first():
        raise DraftOpen
    draft = RuleDraft(
        version_id=version.id,
        title=version.title or version.id,
        from_on=version.effective_from,
        until_on=version.effective_to,
        sha256=rules.sha256,
        words=words,
        note=note,
        made_by=_somebody(uow),
        made_at=uow.now,
    )
    uow.session.add(draft)
    uow.session.flush()
    keep_result(uow, key or "", draft.id)
    _tell(uow, "rules.put_forward", draft)
    return draft.id


def check_draft(session: Session, words: str) -> Rules:
    """The rules that these words say, if they could be published.

    Raises:
        BadFile, NoGoldenCases, VersionTaken
    """
    policy = policy_of(words, DRAFT_NAME)
    hold_golden(policy, words, DRAFT_NAME)
    if not policy.golden:
        raise NoGoldenCases
    rules = Rules(policy, words)
    kept = session.get(RuleVersion, policy.version.id)
    is_published = session.get(RulePublication, policy.version.id) is not None
    if is_published or (kept is not None and not same_meaning(kept, rules)):
        raise VersionTaken
    _check_time(session, rules)
    return rules


def publish(uow: UnitOfWork, draft_id: UUID, seen: Mapping[str, Any]) -> None:
    """Let a draft hold from its first day on; the second person does it.

    Args:
        seen: what that person had before them of who changes, kept with the draft.

    Raises:
        NoSuchDraft, DraftDecided, OwnDraft, DaysGranted
        BadFile, NoGoldenCases, VersionTaken: it fitted once and does not any more.
    """
    _one_at_a_time(uow.session)
    draft = _held(uow, draft_id)
    approved_by = _somebody(uow)
    if draft.made_by == approved_by:
        raise OwnDraft
    rules = check_draft(uow.session, draft.words)
    if _is_granted(uow.session, draft.from_on, draft.version_id):
        raise DaysGranted
    if not list_reigns(uow.session):
        _carry_over(uow, draft.version_id)
    _keep(uow, rules, draft_id=draft.id, made_by=draft.made_by, approved_by=approved_by)
    draft.seen = dict(seen)
    _decide(uow, draft, DraftState.PUBLISHED)


def return_draft(uow: UnitOfWork, draft_id: UUID, why: str) -> None:
    """Send a draft back to its maker, with the reason.

    Raises: NoSuchDraft, DraftDecided, OwnDraft
    """
    draft = _held(uow, draft_id)
    if draft.made_by == _somebody(uow):
        raise OwnDraft
    draft.why = why
    _decide(uow, draft, DraftState.RETURNED)


def withdraw(uow: UnitOfWork, draft_id: UUID) -> None:
    """Take one's own draft back.

    Raises: NoSuchDraft, DraftDecided, NotOwnDraft
    """
    draft = _held(uow, draft_id)
    if draft.made_by != _somebody(uow):
        raise NotOwnDraft
    _decide(uow, draft, DraftState.WITHDRAWN)


def reigns_in_force(session: Session) -> list[Reign]:
    """The published versions; the files, while the district has published none."""
    return list_reigns(session) or [rules.reign for rules in file_rules()]


def _check_time(session: Session, rules: Rules) -> None:
    """Raises: BadFile, where it overlaps another version or leaves a gap."""
    own = rules.reign
    others = [one for one in reigns_in_force(session) if one.id != own.id]
    for _, problem, remedy in clashes([*others, own]):
        place = place_of(rules.words, ("version", "effective_from"))
        raise BadFile(DRAFT_NAME, [Fault(place, problem, remedy)])


def _is_granted(session: Session, from_on: date, version_id: str) -> bool:
    """Services from this day on were settled by another version."""
    query = select(Entry.id).where(
        Entry.period >= month_of(from_on),
        Entry.service_on >= from_on,
        Entry.kind == EntryKind.SERVICE,
        Entry.rule_version != version_id,
    )
    return session.exec(query.limit(1)).first() is not None


def _carry_over(uow: UnitOfWork, besides: str) -> None:
    """What held as a file goes on holding: the first publication takes it over."""
    for rules in file_rules():
        if rules.policy.version.id != besides:
            _keep(uow, rules)


def _keep(uow: UnitOfWork, rules: Rules, **people: UUID) -> None:
    reign = rules.reign
    kept = RulePublication(
        version_id=adopt(uow, rules),
        from_on=reign.from_on,
        until_on=reign.until_on,
        supersedes=reign.supersedes,
        published_at=uow.now,
        **people,
    )
    uow.session.add(kept)
    uow.session.flush()
    forget_reigns(uow.session)


def _one_at_a_time(session: Session) -> None:
    """Two publications are looked at one after the other; SQLite has one writer."""
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME))).one()


def _held(uow: UnitOfWork, draft_id: UUID) -> RuleDraft:
    draft = get_draft(uow.session, draft_id, lock=True)
    if draft.state is not DraftState.OPEN:
        raise DraftDecided
    return draft


def _somebody(uow: UnitOfWork) -> UUID:
    """Raises: NotAllowed, for what no person does."""
    if uow.actor.account_id is None:
        raise NotAllowed
    return uow.actor.account_id


def _decide(uow: UnitOfWork, draft: RuleDraft, state: DraftState) -> None:
    draft.state = state
    draft.decided_by = uow.actor.account_id
    draft.decided_at = uow.now
    uow.session.add(draft)
    uow.session.flush()
    _tell(uow, f"rules.{state.value}", draft)


def _tell(uow: UnitOfWork, kind: str, draft: RuleDraft) -> None:
    told = {"version": draft.version_id, "from_on": draft.from_on.isoformat()}
    record(uow, kind, "rule_draft", draft.id, facts=told | {"why": draft.why})
