"""What was backed up, tried and brought back: one row each, in wall time."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, word


class RunKind(StrEnum):
    BACKUP = "backup"
    DRILL = "drill"  # brought back into a scratch place and checked there
    RESTORE = "restore"  # brought back for good: written into what came back


class BackupRun(SQLModel, table=True):
    """One run. Its words name files, promises and errors, never a person."""

    __tablename__ = "backup_run"
    __table_args__ = (
        Index("runs_by_time", "kind", "ended_at"),
        CheckConstraint("bytes >= 0", name="some_bytes"),
        CheckConstraint("lost_seconds >= 0", name="lost_forward"),
        CheckConstraint("ended_at >= began_at", name="ends_later"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: RunKind = Field(sa_type=word(RunKind))
    name: str = Field(max_length=40)  # of the backup; empty when there was none
    began_at: datetime = Field(sa_type=Instant)
    ended_at: datetime = Field(sa_type=Instant)
    passed: bool
    bytes: int = Field(default=0, sa_type=BigInteger)
    lost_seconds: int | None = None  # of what was there and did not come back
    words: str = Field(default="", max_length=400)


def find_last(
    session: Session, kind: RunKind, *, passed: bool | None = None
) -> BackupRun | None:
    """The run that ended last; only those that went well, or not, if asked."""
    query = select(BackupRun).where(BackupRun.kind == kind)
    if passed is not None:
        query = query.where(BackupRun.passed == passed)
    return session.exec(query.order_by(col(BackupRun.ended_at).desc()).limit(1)).first()
