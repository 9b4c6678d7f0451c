"""The rule versions that this district has used, each kept word for word."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import Conflict, NotFound
from dispatch.store.columns import Instant
from dispatch.store.engine import insert_of
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.dated_files import files_in
from dispatch.subsidy.payers import Payer
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.policy_files import DEMO_POLICY, place_of, policy_of
from dispatch.subsidy.strict import BadFile, Fault
from dispatch.subsidy.timeline import Reign, clashes, in_turn

_KNOWN_REIGNS: Final = "reigns of the rules"
_KEPT_WORDS: Final = "kept words of the rules"


class RulesChanged(Conflict):
    """规则文件与已采用的同名版本不一致，没有发放。请恢复原文件，或另立新版本。"""

    code = "rules_changed"


class NoSuchVersion(NotFound):
    """没有这个规则版本。"""

    code = "no_such_version"


class RuleVersion(SQLModel, table=True):
    """One version as it was when the first entry was posted by it, or published."""

    __tablename__ = "rule_version"

    id: str = Field(primary_key=True, max_length=64)
    sha256: str = Field(max_length=64)
    words: str
    adopted_at: datetime = Field(sa_type=Instant)


class RulePublication(SQLModel, table=True):
    """A version in force by publication; never changed, and never taken back.

    `draft_id` is None for a file that held before the district began to publish here.
    """

    __tablename__ = "rule_publication"
    __table_args__ = (
        CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="publication_forward"
        ),
        CheckConstraint(
            "(draft_id IS NULL) = (made_by IS NULL)"
            " AND (draft_id IS NULL) = (approved_by IS NULL)",
            name="published_by_people",
        ),
        CheckConstraint("made_by <> approved_by", name="published_by_two"),
    )

    version_id: str = Field(
        primary_key=True, foreign_key="rule_version.id", max_length=64
    )
    draft_id: UUID | None = Field(
        default=None, foreign_key="rule_draft.id", unique=True
    )
    from_on: date = Field(unique=True)
    until_on: date | None = None
    supersedes: str | None = Field(default=None, max_length=64)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")
    published_at: datetime = Field(sa_type=Instant)

    @property
    def reign(self) -> Reign:
        return Reign(self.version_id, self.from_on, self.until_on, self.supersedes)


@dataclass(frozen=True)
class Rules:
    """A version in force, with the words of its file."""

    policy: Policy
    words: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.words.encode()).hexdigest()

    @property
    def reign(self) -> Reign:
        version = self.policy.version
        first, last = version.effective_from, version.effective_to
        return Reign(version.id, first, last, version.supersedes)


def rules_on(session: Session, on: date) -> Rules:
    """The rules for a service date: the published version that holds.

    Where the district has published none here, the rule files hold. Where no version
    holds, the newest one is given, which then refuses everything as `no_rule`.

    Raises:
        BadFile: a file does not make sense, or does not fit the others in time.
    """
    reigns = _reigns(session)
    return rules_of(session, _holding(reigns, on)) if reigns else file_rules_on(on)


def rules_of(session: Session, version_id: str) -> Rules:
    """A version with the words that were kept of it.

    Raises:
        NoSuchVersion: it was never used nor published.
    """
    kept = session.get(RuleVersion, version_id)
    if kept is None:
        raise NoSuchVersion(version=version_id)
    # The session forgets a row that nobody holds: a page asks for each of its lines.
    session.info.setdefault(_KEPT_WORDS, {})[version_id] = kept
    return _rules(kept.words, version_id)


def title_of(session: Session, version_id: str, subsidy: str) -> str:
    """What a subsidy is called in the version that granted it."""
    policy = rules_of(session, version_id).policy
    titles = {rule.id: rule.title for rule in policy.subsidy}
    return titles.get(subsidy, subsidy)


def list_reigns(session: Session) -> list[Reign]:
    """Every published version in turn; empty where the rule files hold."""
    return list(_reigns(session))


def forget_reigns(session: Session) -> None:
    """Let this transaction see what it has just published."""
    session.info.pop(_KNOWN_REIGNS, None)


def _reigns(session: Session) -> Sequence[Reign]:
    """Asked once in a transaction: a page needs the rules for each of its rows."""
    transaction, known = session.info.get(_KNOWN_REIGNS, (None, ()))
    if transaction is None or transaction is not session.get_transaction():
        kept = session.exec(
            select(RulePublication).order_by(col(RulePublication.from_on))
        )
        known = in_turn(one.reign for one in kept)
        session.info[_KNOWN_REIGNS] = (session.get_transaction(), known)
    found: Sequence[Reign] = known
    return found


def _holding(reigns: Sequence[Reign], on: date) -> str:
    """The version of a day; the newest one where none holds."""
    return next((one.id for one in reigns if one.holds_on(on)), reigns[-1].id)


def file_rules_on(on: date) -> Rules:
    """The rules for a service date by the files in `rules` under the home folder;
    where there are none, those of the demo district.

    Raises:
        BadFile: a file does not make sense, or does not fit the others in time.
    """
    versions = file_rules()
    reigns = in_turn(rules.reign for rules in versions)
    holding = _holding(reigns, on)
    return next(one for one in versions if one.policy.version.id == holding)


def file_rules() -> list[Rules]:
    """Every version that stands in a file, by its first day.

    Raises:
        BadFile: a file does not make sense, or does not fit the others in time.
    """
    files = files_in("rules", DEMO_POLICY, _rules)
    names = {id(rules): path for path, rules in files}
    found = [rules for _, rules in files]
    found.sort(key=lambda rules: rules.policy.version.effective_from)
    by_id = {rules.policy.version.id: rules for rules in found}
    for reign, problem, remedy in clashes(rules.reign for rules in found):
        late = by_id[reign.id]
        place = place_of(late.words, ("version", "effective_from"))
        fault = Fault(place, problem, remedy)
        raise BadFile(str(names[id(late)]), [fault])
    return found


@lru_cache(maxsize=64)
def _rules(words: str, name: str) -> Rules:
    return Rules(policy_of(words, name), words)


def adopt(uow: UnitOfWork, rules: Rules) -> str:
    """Keep the words of a version on its first use, and give its id.

    Raises:
        RulesChanged: the version was used before with rules that say otherwise.
    """
    version = rules.policy.version.id
    kept = uow.session.get(RuleVersion, version)
    if kept is None:
        insert = insert_of(uow.session)(RuleVersion).values(
            id=version, sha256=rules.sha256, words=rules.words, adopted_at=uow.now
        )
        uow.session.execute(insert.on_conflict_do_nothing())
        _keep_payers(uow, rules.policy)
        kept = uow.session.get_one(RuleVersion, version)
    if kept.words != rules.words and not same_meaning(kept, rules):
        raise RulesChanged(version=version)
    return version


def _keep_payers(uow: UnitOfWork, policy: Policy) -> None:
    """Know the payers that a version names; who was named before stays as it was."""
    for payer, named in policy.payer.items():
        insert = insert_of(uow.session)(Payer).values(
            id=payer, name=named.name, source=named.source
        )
        uow.session.execute(insert.on_conflict_do_nothing())


def same_meaning(kept: RuleVersion, rules: Rules) -> bool:
    """Other comments, other golden cases: the rules themselves are the same."""
    try:
        policy = _rules(kept.words, kept.id).policy
    except BadFile:
        return False
    return _bare(policy) == _bare(rules.policy)


def _bare(policy: Policy) -> Policy:
    return policy.model_copy(update={"golden": ()})
