"""Parts of one large plan, as rows that any worker may take while their asker lives."""

import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, LargeBinary, and_, delete
from sqlmodel import Field, Session, col, select

from dispatch.clock import wall_now
from dispatch.planning.leases import Lease, is_free
from dispatch.planning.waves import AskState, Leased, PlanRequest
from dispatch.store.columns import Instant, Json
from dispatch.store.unit_of_work import UnitOfWork

_QUICKLY: Final = 1  # of zlib: a part lives for seconds


class PlanPart(Leased, table=True):
    """What to solve, by when, and in the end its plan: a leased, fenced row.

    `asked` and `plan` are JSON, compressed. `asker_fence` is that of the request's
    lease: when it is no longer in force, nobody waits for the part any more.
    """

    __tablename__ = "plan_part"
    __table_args__ = (
        CheckConstraint("attempt BETWEEN 0 AND 100", name="attempts"),
        CheckConstraint("seconds > 0", name="seconds"),
        CheckConstraint("state <> 'done' OR plan IS NOT NULL", name="done_has_plan"),
    )

    request_id: UUID = Field(foreign_key="plan_request.id", index=True)
    asker_fence: int
    number: int  # its place among the parts of this asking
    seconds: float  # of search
    seed: int
    ready_by: datetime = Field(sa_type=Instant)  # wall time; who begins late hurries
    host: str | None = Field(default=None, max_length=255)  # whose it is, or was
    asked: bytes = Field(sa_type=LargeBinary)
    plan: bytes | None = Field(default=None, sa_type=LargeBinary)


class Asked(NamedTuple):
    """What a part wants of its solver; `text` is what a child reads."""

    text: str
    seconds: float
    seed: int
    ready_by: datetime


class Solved(NamedTuple):
    """Who solved a part, and its plan as JSON; null when it stays as it was."""

    host: str
    text: str


class Standing(NamedTuple):
    """Which parts of an asking nobody is at, and how many have no plan."""

    free: list[UUID]
    open: int


def asker_waits() -> ColumnElement[bool]:
    """Whoever cut the part still has the request, and waits."""
    return (
        select(PlanRequest.id)
        .where(col(PlanRequest.id) == col(PlanPart.request_id))
        .where(col(PlanRequest.fence) == col(PlanPart.asker_fence))
        .where(col(PlanRequest.state) == AskState.RUNNING)
        .exists()
    )


def of_asking(asker: Lease) -> ColumnElement[bool]:
    """The parts that were cut under this lease."""
    return and_(
        col(PlanPart.request_id) == asker.request_id,
        col(PlanPart.asker_fence) == asker.fence,
    )


def lay_out(uow: UnitOfWork, rows: Iterable[Json]) -> None:
    """Let everybody take these parts."""
    uow.session.add_all([PlanPart(state=AskState.QUEUED, **row) for row in rows])


def find_asked(session: Session, part_id: UUID) -> Asked | None:
    """What a part wants, unless it is forgotten already."""
    row = session.exec(
        select(
            PlanPart.asked, PlanPart.seconds, PlanPart.seed, PlanPart.ready_by
        ).where(col(PlanPart.id) == part_id)
    ).first()
    if row is None:
        return None
    packed, seconds, seed, ready_by = row
    return Asked(zlib.decompress(packed).decode(), seconds, seed, ready_by)


def look(session: Session, asker: Lease) -> Standing:
    """How the parts of an asking stand; the free ones in their order.

    None are open when the request is no longer in the asker's hands.
    """
    free = is_free(PlanPart, wall_now())
    rows = session.exec(
        select(PlanPart.id, free)
        .where(of_asking(asker), asker_waits())
        .where(col(PlanPart.state) != AskState.DONE)
        .order_by(col(PlanPart.number))
    ).all()
    return Standing([part_id for part_id, is_free in rows if is_free], len(rows))


def list_plans(session: Session, asker: Lease) -> list[Solved]:
    """The plans that an asking has so far, in the order of its parts."""
    rows = session.exec(
        select(PlanPart.host, PlanPart.plan)
        .where(of_asking(asker), col(PlanPart.state) == AskState.DONE)
        .order_by(col(PlanPart.number))
    )
    return [
        Solved(host or "", zlib.decompress(packed or b"").decode())
        for host, packed in rows
    ]


def forget(uow: UnitOfWork, asker: Lease) -> None:
    """The parts of an asking are no longer wanted."""
    _delete(uow, of_asking(asker))


def forget_orphans(uow: UnitOfWork) -> None:
    """Parts of which the asker died, or gave up.

    What somebody holds, such as an asker that is forgetting its own, waits for the
    next look: who waits while it holds rows may wait for ever.
    """
    _delete(uow, ~asker_waits(), skip_held=True)


def _delete(
    uow: UnitOfWork, these: ColumnElement[bool], *, skip_held: bool = False
) -> None:
    """They are held by their ids first, so that all who delete do it in one order."""
    held = (
        select(PlanPart.id)
        .where(these)
        .order_by(col(PlanPart.id))
        .with_for_update(of=PlanPart, skip_locked=skip_held)
    )
    ids = uow.session.exec(held).all()
    uow.session.exec(delete(PlanPart).where(col(PlanPart.id).in_(ids)))


def pack(text: str) -> bytes:
    """JSON as it lies in a row: a part's travel times are long, and much alike."""
    return zlib.compress(text.encode(), _QUICKLY)
