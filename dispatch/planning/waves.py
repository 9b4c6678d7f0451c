"""Waves: one serving of one street, planned together; and who asked for a plan."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.catalogue.sittings import Serving
from dispatch.errors import NotFound
from dispatch.store.columns import Instant, Json, facts, narrow, word


class Wave(SQLModel, table=True):
    """波次. `orders_version` rises with every change of its orders, `plan_version`
    with every published plan (0: none yet); `shown_version` is the one in force.
    `planned_orders_version` is the state of the orders that it has answered.
    """

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("street_code", "serve_on", "serving", name="one_wave"),
        CheckConstraint("plan_version >= 0 AND shown_version >= 0", name="versions"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    serve_on: date = Field(index=True)
    serving: Serving = Field(sa_type=word(Serving))
    plan_at: datetime = Field(sa_type=Instant)  # the latest cut-off of its kitchens
    departs_at: datetime = Field(sa_type=Instant)  # the first kitchen or door needs us
    ends_at: datetime = Field(sa_type=Instant, index=True)
    orders_version: int = 0
    planned_orders_version: int = 0
    plan_version: int = 0
    shown_version: int = 0


class AskState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Leased(SQLModel):
    """A row at which one process at a time is at work. Lease times are wall time."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    state: AskState = Field(sa_type=word(AskState))
    attempt: int = 0
    fence: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=Instant)


class PlanRequest(Leased, table=True):
    """Somebody wants a plan: a leased, fenced row.

    At most one request of a wave is waiting; while it runs, another may wait.
    """

    __tablename__ = "plan_request"
    __table_args__ = (
        narrow("one_waits", "wave_id", where="state = 'queued'", unique=True),
        Index("plan_requests_by_state", "state"),
        CheckConstraint("attempt BETWEEN 0 AND 100", name="attempts"),
    )

    wave_id: UUID = Field(foreign_key="wave.id", index=True)
    asked_at: datetime = Field(sa_type=Instant)  # product time
    queued_at: datetime = Field(sa_type=Instant)  # wall time of the asking
    hinted_at: datetime | None = Field(default=None, sa_type=Instant)  # wall time
    hints: int = Field(default=0, ge=0)  # how often a worker was told
    base_version: int = 0
    orders_version: int = 0
    why: str = Field(default="", max_length=40)
    error: str | None = Field(default=None, max_length=200)
    figures: Json | None = Field(default=None, sa_column=Column(facts()))


def get_wave(session: Session, wave_id: UUID, *, lock: bool = False) -> Wave:
    """Raises: NotFound."""
    wave = session.get(
        Wave, wave_id, with_for_update=lock or None, populate_existing=lock
    )
    if wave is None:
        raise NotFound("没有找到这个波次。")
    return wave


def find_wave(
    session: Session,
    street_code: str,
    serve_on: date,
    serving: Serving,
    *,
    lock: bool = False,
) -> Wave | None:
    """The wave of a street's serving, if it has one."""
    query = select(Wave).where(
        Wave.street_code == street_code,
        Wave.serve_on == serve_on,
        Wave.serving == serving,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def get_request(
    session: Session, request_id: UUID, *, lock: bool = False
) -> PlanRequest:
    """Raises: NotFound."""
    request = session.get(
        PlanRequest, request_id, with_for_update=lock or None, populate_existing=lock
    )
    if request is None:
        raise NotFound("没有找到这次排线请求。")
    return request


def find_open_request(session: Session, wave_id: UUID) -> PlanRequest | None:
    """The request of a wave that runs or waits; the running one first."""
    return session.exec(
        select(PlanRequest)
        .where(PlanRequest.wave_id == wave_id)
        .where(col(PlanRequest.state).in_((AskState.RUNNING, AskState.QUEUED)))
        .order_by(col(PlanRequest.state).desc(), col(PlanRequest.queued_at))
    ).first()


def find_last_request(session: Session, wave_id: UUID) -> PlanRequest | None:
    """The request of a wave that was asked last."""
    return session.exec(
        select(PlanRequest)
        .where(PlanRequest.wave_id == wave_id)
        .order_by(col(PlanRequest.queued_at).desc(), col(PlanRequest.id))
    ).first()
