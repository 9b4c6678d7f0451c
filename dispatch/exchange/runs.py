"""Runs: each sheet that was brought in, who did it, what was found and what it made.

Faults are kept as addresses and sentences, never with what a cell holds. The file
itself lies sealed in the vault while somebody may still need it, and no longer.
"""

import base64
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index, update
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.access.scope import scoped
from dispatch.errors import Conflict, NotFound
from dispatch.people.vault import erase, seal, unseal
from dispatch.store.columns import Instant, Json, facts, word
from dispatch.store.unit_of_work import UnitOfWork

_FILE: Final = "sheet"
FILE_DAYS: Final = 7


class FileGone(NotFound):
    """这份文件已过保存期（7 天），请重新上传。"""

    code = "file_gone"


class RunEnded(Conflict):
    """这次导入已经结束，没有再写入。请刷新后查看。"""

    code = "run_ended"


class RunState(StrEnum):
    TRIED = "tried"  # looked through; nothing is written
    CONFIRMED = "confirmed"  # the good rows are written
    DROPPED = "dropped"  # somebody decided against it


class ImportRun(SQLModel, table=True):
    """One sheet, looked through and perhaps written."""

    __tablename__ = "import_run"
    __table_args__ = (
        Index("imports_by_time", "made_at"),
        Index("imports_by_content", "sha256", "kind"),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_when"
        ),
        CheckConstraint(
            "row_count = creates + updates + sames + faulty", name="rows_add_up"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: str = Field(max_length=16)
    state: RunState = Field(default=RunState.TRIED, sa_type=word(RunState))
    file_name: str = Field(max_length=120)
    sheet_name: str = Field(max_length=60)
    source: str = Field(default="", max_length=40)  # a registry, where one sent it
    sha256: str = Field(max_length=64)
    header_row: int = Field(ge=1)
    mapping: Json = Field(sa_column=Column(facts(), nullable=False))
    titles: list[str] = Field(sa_column=Column(facts(), nullable=False))
    verdicts: list[list[Any]] = Field(sa_column=Column(facts(), nullable=False))
    findings: list[Json] = Field(sa_column=Column(facts(), nullable=False))
    signature: str = Field(max_length=64)  # of what confirming would do
    row_count: int = Field(ge=0)
    creates: int = Field(ge=0)
    updates: int = Field(ge=0)
    sames: int = Field(ge=0)
    faulty: int = Field(ge=0)
    gone: int = Field(default=0, ge=0)  # on file, not in a whole roster
    again_of: UUID | None = Field(default=None, foreign_key="import_run.id")
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    street_code: str | None = Field(default=None, foreign_key="street.code")
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    made_at: datetime = Field(sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_by: UUID | None = Field(default=None, foreign_key="account.id")
    file_until_at: datetime | None = Field(default=None, sa_type=Instant)


def get_run(uow: UnitOfWork, run_id: UUID, *, lock: bool = False) -> ImportRun:
    """One run within reach.

    Raises:
        NotFound
    """
    query = scoped(uow.actor, ImportRun).where(ImportRun.id == run_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    if run := uow.session.exec(query).first():
        return run
    raise NotFound("没有找到这次导入。")


def list_runs(uow: UnitOfWork, *, limit: int = 50) -> list[ImportRun]:
    """Runs within reach, the last first."""
    query = scoped(uow.actor, ImportRun)
    latest = (col(ImportRun.made_at).desc(), col(ImportRun.id))
    return list(uow.session.exec(query.order_by(*latest).limit(limit)))


def find_confirmed(uow: UnitOfWork, kind: str, sha256: str) -> ImportRun | None:
    """The first run within reach that wrote this very file."""
    query = scoped(uow.actor, ImportRun).where(
        ImportRun.kind == kind,
        ImportRun.sha256 == sha256,
        ImportRun.state == RunState.CONFIRMED,
    )
    return uow.session.exec(query.order_by(col(ImportRun.made_at))).first()


def keep_file(session: Session, run: ImportRun, content: bytes) -> None:
    """Seal a run's file away until it is needed no more."""
    seal(session, run.id, {_FILE: base64.b64encode(content).decode()})
    run.file_until_at = run.made_at + timedelta(days=FILE_DAYS)


def open_file(session: Session, run: ImportRun) -> bytes:
    """A run's file as it was sent.

    Raises:
        FileGone
    """
    kept = unseal(session, [run.id], [_FILE])[run.id].get(_FILE)
    if kept is None:
        raise FileGone
    return base64.b64decode(kept)


def forget_files(uow: UnitOfWork) -> int:
    """Throw away the files that nobody has needed for a week.

    Returns:
        how many.
    """
    query = select(ImportRun.id).where(col(ImportRun.file_until_at) <= uow.now)
    old = uow.session.exec(query).all()
    for run_id in old:
        forget_file(uow.session, run_id)
    return len(old)


def forget_file(session: Session, run_id: UUID) -> None:
    """Throw a run's file away; what was found in it stays."""
    erase(session, run_id)
    session.exec(
        update(ImportRun).where(col(ImportRun.id) == run_id).values(file_until_at=None)
    )
