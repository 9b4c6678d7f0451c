"""Waves and the versions of their plans, as the coordinator sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.people.places import Street
from dispatch.planning.plans import Plan
from dispatch.planning.waves import AskState, PlanRequest, Wave
from dispatch.store.unit_of_work import UnitOfWork

# What planners write on a request, by how it begins or what it says.
TROUBLES: Final = {
    "engine_missing": "engine_missing",
    "illegal plan": "illegal_plan",
    "the solver did not end in time": "too_slow",
    "the solver ended with": "crashed",
    "planners died": "crashed",
    "no plan twenty minutes before": "too_late",
}
_GAVE_WAY: Final = "superseded"  # to a newer plan: no trouble of anybody's
_OPEN: Final = (AskState.QUEUED, AskState.RUNNING)


@dataclass(frozen=True, kw_only=True)
class Planning:
    """A plan that somebody waits for."""

    state: str
    since: datetime
    attempt: int


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What went wrong when the wave was planned last.

    `failed`: no plan came of it, what was in force still is. Otherwise the quick plan
    was published. `code` is one of TROUBLES, else `other`.
    """

    failed: bool
    code: str
    at: datetime


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
    trouble: Trouble | None
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
    plans = uow.session.exec(
        select(Plan)
        .join(Wave, col(Wave.id) == Plan.wave_id)
        .where(col(Plan.wave_id).in_(ids), Plan.version == Wave.shown_version)
    )
    shown = {plan.wave_id: plan for plan in plans}
    return put_together(uow, waves, shown, _asked(uow, ids))


def put_together(
    uow: UnitOfWork,
    waves: Sequence[Wave],
    shown: Mapping[UUID, Plan],
    asked: Mapping[UUID, Sequence[PlanRequest]],
) -> list[WaveRow]:
    """Rows of waves from their plans in force and their requests, first to last."""
    streets = uow.session.exec(
        select(Street).where(col(Street.code).in_({wave.street_code for wave in waves}))
    )
    names = {street.code: street.name for street in streets}
    return [
        _row(uow, wave, names[wave.street_code], shown.get(wave.id), asked[wave.id])
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


def _asked(uow: UnitOfWork, wave_ids: Sequence[UUID]) -> dict[UUID, list[PlanRequest]]:
    """The requests of each wave that are open, and the last one, first to last."""
    later = aliased(PlanRequest)
    outdone = (
        select(later.id)
        .where(col(later.wave_id) == col(PlanRequest.wave_id))
        .where(col(later.queued_at) > col(PlanRequest.queued_at))
        .exists()
    )
    rows = uow.session.exec(
        select(PlanRequest)
        .where(col(PlanRequest.wave_id).in_(wave_ids))
        .where(or_(col(PlanRequest.state).in_(_OPEN), ~outdone))
        .order_by(col(PlanRequest.queued_at), col(PlanRequest.id))
    )
    found: dict[UUID, list[PlanRequest]] = {wave_id: [] for wave_id in wave_ids}
    for row in rows:
        found[row.wave_id].append(row)
    return found


def _open_one(requests: Sequence[PlanRequest]) -> PlanRequest | None:
    """The request that is open now; a running one before a waiting one."""
    still = [each for each in requests if each.state in _OPEN]
    running = [each for each in still if each.state is AskState.RUNNING]
    return next(iter([*running, *still]), None)


def gave_way(request: PlanRequest) -> bool:
    """Another plan was published before its own."""
    return (request.error or "").startswith(_GAVE_WAY)


def _trouble(requests: Sequence[PlanRequest]) -> Trouble | None:
    last = requests[-1] if requests else None
    if last is None or not last.error or gave_way(last):
        return None
    told = (code for words, code in TROUBLES.items() if words in (last.error or ""))
    return Trouble(
        failed=last.state is AskState.FAILED,
        code=next(told, "other"),
        at=last.asked_at,
    )


def _row(
    uow: UnitOfWork,
    wave: Wave,
    street: str,
    plan: Plan | None,
    requests: Sequence[PlanRequest],
) -> WaveRow:
    asked = _open_one(requests)
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
        trouble=_trouble(requests),
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
