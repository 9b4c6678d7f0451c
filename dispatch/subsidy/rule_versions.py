"""The rule versions that this district has used, each kept word for word."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from sqlmodel import Field, SQLModel

from dispatch.errors import Conflict
from dispatch.settings import settings
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import insert_of
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.policy_files import DEMO_POLICY, read_policy


class RulesChanged(Conflict):
    """规则文件与已采用的同名版本不一致，没有发放。请恢复原文件，或另立新版本。"""

    code = "rules_changed"


class RuleVersion(SQLModel, table=True):
    """One version as it was when the first entry was posted by it."""

    __tablename__ = "rule_version"

    id: str = Field(primary_key=True, max_length=64)
    sha256: str = Field(max_length=64)
    words: str
    adopted_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class Rules:
    """A version in force, with the words of its file."""

    policy: Policy
    words: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.words.encode()).hexdigest()


def rules_on(on: date) -> Rules:
    """The rules for a service date.

    They are the files in `rules` under the home folder; where there are none, the
    rules of the demo district. Where no version holds, the newest one is given, which
    then refuses everything as `no_rule`.

    Raises:
        BadFile: a file does not make sense.
    """
    folder = settings().home / "rules"
    paths = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    versions = [_read(path, path.stat().st_mtime_ns) for path in paths or [DEMO_POLICY]]
    versions.sort(key=lambda rules: rules.policy.version.effective_from)
    holding = [rules for rules in versions if rules.policy.version.holds_on(on)]
    return (holding or versions)[-1]


@lru_cache(maxsize=32)
def _read(path: Path, _changed_at: int) -> Rules:
    return Rules(read_policy(path), path.read_text(encoding="utf-8"))


def adopt(uow: UnitOfWork, rules: Rules) -> str:
    """Keep the words of a version on its first use, and give its id.

    Raises:
        RulesChanged: the version was used before with other words.
    """
    version = rules.policy.version.id
    kept = uow.session.get(RuleVersion, version)
    if kept is None:
        insert = insert_of(uow.session)(RuleVersion).values(
            id=version, sha256=rules.sha256, words=rules.words, adopted_at=uow.now
        )
        uow.session.execute(insert.on_conflict_do_nothing())
        kept = uow.session.get_one(RuleVersion, version)
    if kept.sha256 != rules.sha256:
        raise RulesChanged(version=version)
    return version
