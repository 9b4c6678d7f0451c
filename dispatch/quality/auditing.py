"""Auditing at random: first the list is fixed, then a seed draws from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import get_scoped, scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.log.audit import write_down
from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import Helper
from dispatch.people.places import Station
from dispatch.quality.draws import (
    WITHOUT_FRAME,
    AuditDraw,
    DrawOf,
    frame_hash,
    sample_of,
)
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.months.periods import first_day, month_after

_LEAST_INSPECTORS = 2


class NothingToDraw(BadInput):
    """名单是空的，或检查人员不足两名，没有保存。"""

    code = "nothing_to_draw"


class AlreadyDrawn(Conflict):
    """这次抽查已经抽过，名单和种子不能再改。"""

    code = "already_drawn"


@dataclass(frozen=True)
class DrawDraft:
    """What is to be audited; a month only for orders."""

    title: str
    kind: DrawOf
    size: int
    inspectors: tuple[str, ...]
    month: str | None = None


@dataclass(frozen=True, kw_only=True)
class DrawRow:
    """An audit as a list shows it: how long its list is, hash, seed and sample."""

    id: UUID
    title: str
    kind: str
    month: str | None
    size: int
    frame_count: int
    frame_sha256: str
    fixed_at: datetime
    fixed_by: str
    seed: str | None
    sample: list[list[str]]
    drawn_at: datetime | None
    drawn_by: str


@dataclass(frozen=True, kw_only=True)
class DrawCheck:
    """What anyone needs to draw again, and whether that gives the same."""

    frame: list[str]
    inspectors: list[str]
    right: bool


def fix_frame(uow: UnitOfWork, draft: DrawDraft) -> AuditDraw:
    """Fix the list within reach and show its hash; nothing is drawn yet.

    Raises:
        NothingToDraw, BadInput: no such month.
    """
    inspectors = sorted({one.strip() for one in draft.inspectors if one.strip()})
    frame = _frame(uow, draft)
    if not frame or len(inspectors) < _LEAST_INSPECTORS:
        raise NothingToDraw
    if uow.actor.account_id is None:
        raise NotAllowed
    draw = AuditDraw(
        title=draft.title.strip(),
        kind=draft.kind,
        month=draft.month if draft.kind is DrawOf.ORDERS else None,
        street_code=uow.actor.street_code,
        frame=frame,
        frame_sha256=frame_hash(frame, inspectors),
        inspectors=inspectors,
        size=min(draft.size, len(frame)),
        fixed_at=uow.now,
        fixed_by=uow.actor.account_id,
    )
    uow.session.add(draw)
    uow.session.flush()
    write_down(uow, "audit_fixed", "audit_draw", draw.id, purpose=draw.frame_sha256)
    return draw


def draw_sample(uow: UnitOfWork, draw_id: UUID, seed: str) -> AuditDraw:
    """Draw by a seed that nobody knew when the list was fixed; once.

    Raises:
        NotFound, AlreadyDrawn, BadInput
    """
    said = seed.strip()
    if not said:
        raise BadInput("请写明种子，例如当日公开的开奖号码。没有保存。")
    draw = get_scoped(uow, AuditDraw, draw_id, lock=True)
    if draw.seed is not None:
        raise AlreadyDrawn
    draw.seed = said
    draw.sample = sample_of(draw.frame, draw.inspectors, said, draw.size)
    draw.drawn_at, draw.drawn_by = uow.now, uow.actor.account_id
    uow.session.add(draw)
    uow.session.flush()
    write_down(uow, "audit_drawn", "audit_draw", draw.id, purpose=said)
    return draw


def list_draws(uow: UnitOfWork) -> list[DrawRow]:
    """Within reach, the newest first."""
    query = scoped(uow.actor, AuditDraw).order_by(
        col(AuditDraw.fixed_at).desc(), col(AuditDraw.id)
    )
    draws = uow.session.exec(query.limit(50).options(WITHOUT_FRAME)).all()
    lengths = _lengths(uow.session, [one.id for one in draws])
    people = [who for one in draws for who in (one.fixed_by, one.drawn_by)]
    titles = titles_of(uow.session, people)
    return [_row(one, titles, lengths[one.id]) for one in draws]


def check_draw(uow: UnitOfWork, draw_id: UUID) -> DrawCheck:
    """An audit drawn again from its own list and seed.

    Raises:
        NotFound
    """
    draw = get_scoped(uow, AuditDraw, draw_id)
    return DrawCheck(frame=draw.frame, inspectors=draw.inspectors, right=is_right(draw))


def is_right(draw: AuditDraw) -> bool:
    """The kept sample and hash are what the kept list and seed give."""
    if draw.frame_sha256 != frame_hash(draw.frame, draw.inspectors):
        return False
    if draw.seed is None:
        return draw.sample is None
    again = sample_of(draw.frame, draw.inspectors, draw.seed, draw.size)
    return again == draw.sample


def _lengths(session: Session, draws: Sequence[UUID]) -> dict[UUID, int]:
    """How long their lists are; a month's orders are not read for it."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    length = func.json_array_length if on_sqlite else func.jsonb_array_length
    query = select(AuditDraw.id, length(AuditDraw.frame))
    return dict(session.exec(query.where(col(AuditDraw.id).in_(draws))).all())


def _row(
    draw: AuditDraw, titles: Mapping[UUID | None, str], frame_count: int
) -> DrawRow:
    return DrawRow(
        id=draw.id,
        title=draw.title,
        kind=draw.kind.value,
        month=draw.month,
        size=draw.size,
        frame_count=frame_count,
        frame_sha256=draw.frame_sha256,
        fixed_at=draw.fixed_at,
        fixed_by=titles.get(draw.fixed_by, ""),
        seed=draw.seed,
        sample=draw.sample or [],
        drawn_at=draw.drawn_at,
        drawn_by=titles.get(draw.drawn_by, ""),
    )


def _frame(uow: UnitOfWork, draft: DrawDraft) -> list[str]:
    """What can be drawn, by names that say nothing about a person."""
    if draft.kind is DrawOf.POINTS:
        return _points(uow)
    if draft.kind is DrawOf.HELPERS:
        return _helpers(uow)
    month = draft.month or f"{town_day(uow.now):%Y-%m}"
    return _orders(uow, month)


def _points(uow: UnitOfWork) -> list[str]:
    query = scoped(uow.actor, Station).where(col(Station.exited_on).is_(None))
    return sorted(f"{one.code} {one.name}" for one in uow.session.exec(query))


def _helpers(uow: UnitOfWork) -> list[str]:
    """By point and the end of their number: a list to publish names nobody."""
    query = scoped(uow.actor, Helper).where(~col(Helper.suspended))
    helpers = uow.session.exec(query).all()
    codes = _codes(uow.session)
    return sorted(f"{codes[one.station_id]}-{one.id.hex[-8:]}" for one in helpers)


def _codes(session: Session) -> dict[UUID, str]:
    return dict(session.exec(select(Station.id, Station.code)).all())


def _orders(uow: UnitOfWork, month: str) -> list[str]:
    first, after = first_day(month), first_day(month_after(month))
    reach = scoped(uow.actor, Order).where(
        Order.state == OrderState.DONE,
        col(Order.serve_on) >= first,
        col(Order.serve_on) < after,
    )
    query: Any = reach.with_only_columns(col(Order.number)).order_by(col(Order.number))
    return list(uow.session.exec(query))
