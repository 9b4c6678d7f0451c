"""Waves and the versions of their plans, as the coordinator sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.people.places import Street
from dispatch.planning.plans import Plan
from dispatch.planning.waves import AskState, PlanRequest, Wave
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Planning:
    """A plan that somebody waits for."""

    state: str
    since: datetime
    attempt: int


@dataclass(frozen=True, kw_only=True)
class WaveRow:
    """One wave: its plan in force, and whether another is being made."""

    id: UUID
    street: str
    street_code: str
    serving: str
    state: str
    plan_at: datetime
    departs_at: datetime
    ends_at: datetime
    plan_version: int | None
    newest_version: int
    asked: bool
    planning: Planning | None
    decided_by: list[str]
    fallback: bool


@dataclass(frozen=True, kw_only=True)
class Version:
    """One published plan."""

    version: int
    published_at: datetime
    decided_by: list[str]
    travel_seconds: int
    left_out: int
    fallback: bool
    shown: bool


def show_waves(uow: UnitOfWork, waves: Sequence[Wave]) -> list[WaveRow]:
    """Rows for waves that the caller found within reach; three queries."""
    ids = [wave.id for wave in waves]
    streets = uow.session.exec(
        select(Street).where(col(Street.code).in_({wave.street_code for wave in waves}))
    )
    names = {street.code: street.name for street in streets}
    plans = uow.session.exec(
        select(Plan)
        .join(Wave, col(Wave.id) == Plan.wave_id)
        .where(col(Plan.wave_id).in_(ids), Plan.version == Wave.shown_version)
    )
    shown = {plan.wave_id: plan for plan in plans}
    asked = _asked(uow, ids)
    return [
        _row(uow, wave, names[wave.street_code], shown.get(wave.id), asked.get(wave.id))
        for wave in waves
    ]


def show_versions(uow: UnitOfWork, wave_id: UUID) -> list[Version]:
    """Every published plan of a wave, the newest first. Raises: NotFound."""
    wave = get_scoped(uow, Wave, wave_id)
    plans = uow.session.exec(
        select(Plan).where(Plan.wave_id == wave.id).order_by(col(Plan.version).desc())
    )
    return [
        Version(
            version=plan.version,
            published_at=plan.published_at,
            decided_by=plan.decided_by,
            travel_seconds=plan.travel_seconds,
            left_out=sum(plan.left_out.values()),
            fallback=plan.fallback,
            shown=plan.version == wave.shown_version,
        )
        for plan in plans
    ]


def _asked(uow: UnitOfWork, wave_ids: Sequence[UUID]) -> dict[UUID, PlanRequest]:
    """The request of each wave that is open now; a running one before a waiting one."""
    rows = uow.session.exec(
        select(PlanRequest)
        .where(col(PlanRequest.wave_id).in_(wave_ids))
        .where(col(PlanRequest.state).in_([AskState.QUEUED, AskState.RUNNING]))
        .order_by(col(PlanRequest.state), col(PlanRequest.asked_at))
    )
    return {row.wave_id: row for row in rows}


def _row(
    uow: UnitOfWork,
    wave: Wave,
    street: str,
    plan: Plan | None,
    asked: PlanRequest | None,
) -> WaveRow:
    return WaveRow(
        id=wave.id,
        street=street,
        street_code=wave.street_code,
        serving=wave.serving.value,
        state=_state(uow.now, wave, asked),
        plan_at=wave.plan_at,
        departs_at=wave.departs_at,
        ends_at=wave.ends_at,
        plan_version=wave.shown_version or None,
        newest_version=wave.plan_version,
        asked=asked is not None,
        planning=Planning(
            state=asked.state.value, since=asked.asked_at, attempt=asked.attempt
        )
        if asked
        else None,
        decided_by=plan.decided_by if plan else [],
        fallback=plan.fallback if plan else False,
    )


def _state(now: datetime, wave: Wave, asked: PlanRequest | None) -> str:
    if now > wave.ends_at:
        return "ended"
    if asked is not None:
        return "planning"
    if wave.shown_version:
        return "planned"
    return "collecting" if now < wave.plan_at else "due"
