"""Asking for a plan: one request of a wave waits, however many ask."""

from uuid import UUID

from sqlmodel import select

from dispatch.clock import wall_now
from dispatch.log.events import record
from dispatch.planning.waves import AskState, PlanRequest, get_wave
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork


def ask_for_plan(uow: UnitOfWork, wave_id: UUID, why: str) -> PlanRequest:
    """Have a wave planned soon. Asking again before it begins changes nothing.

    While one request runs another may wait: what changed in the meantime is its
    matter. A queue hears of it from the sweep, after the commit.

    Args:
        why: due, asked, new_orders, superseded, crew, offer or late.

    Raises:
        NotFound: no such wave.
    """
    wave = get_wave(uow.session, wave_id, lock=True)
    waiting = uow.session.exec(
        select(PlanRequest).where(
            PlanRequest.wave_id == wave_id, PlanRequest.state == AskState.QUEUED
        )
    ).first()
    if waiting:
        return waiting
    request = PlanRequest(
        wave_id=wave_id,
        state=AskState.QUEUED,
        asked_at=uow.now,
        queued_at=wall_now(),
        base_version=wave.plan_version,
        orders_version=wave.orders_version,
        why=why,
    )
    uow.session.add(request)
    uow.session.flush()
    record(
        uow,
        "wave.asked",
        "wave",
        wave_id,
        facts={"request_id": str(request.id), "why": why},
        street_code=wave.street_code,
    )
    fail_point("plan.asked")
    return request
