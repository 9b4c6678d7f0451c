"""Who looked at what: every unmasked look at a person is written down."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Column
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.clock import wall_now
from dispatch.store.columns import Instant, facts
from dispatch.store.unit_of_work import UnitOfWork


class Audit(SQLModel, table=True):
    """One look or one act, with the names of the fields shown, never their values."""

    __tablename__ = "audit"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    action: str = Field(max_length=24)
    object_kind: str = Field(max_length=24)
    object_id: UUID = Field(index=True)
    fields: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    purpose: str = Field(default="", max_length=200)
    role: str = Field(max_length=16)
    account_id: UUID | None = Field(default=None, index=True)
    at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(default_factory=wall_now, sa_type=Instant)


class AuditWaiting(SQLModel, table=True):
    """A row of the audit that the timers have not yet linked to its chain."""

    __tablename__ = "audit_waiting"

    audit_id: UUID = Field(primary_key=True)


def write_down(
    uow: UnitOfWork,
    action: str,
    object_kind: str,
    object_id: UUID,
    *,
    fields: list[str] | None = None,
    purpose: str = "",
) -> None:
    """Note in the audit who did what to whom, and why."""
    written = Audit(
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        fields=fields or [],
        purpose=purpose,
        role=uow.actor.role,
        account_id=uow.actor.account_id,
        at=uow.now,
    )
    uow.session.add_all([written, AuditWaiting(audit_id=written.id)])


def list_looks(session: Session, object_id: UUID, action: str) -> list[Audit]:
    """Who did this to a thing, the newest first."""
    query = select(Audit).where(Audit.object_id == object_id, Audit.action == action)
    return list(session.exec(query.order_by(col(Audit.at).desc(), col(Audit.id))))
