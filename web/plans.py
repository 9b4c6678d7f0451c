"""Standing plans over HTTP: what would change, then the change."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.orders.keeping_plans import (
    end_plan,
    keep_plan,
    preview_end,
    preview_plan,
    show_plans,
)
from dispatch.orders.plan_changes import PlanChange, PlanRow
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Key, Orderer, Staff
from web.schemas.plans import KeptPlanForm, PlanForm, SeenForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["plans"])


@router.get("/elders/{elder_id}/plans", response_model=list[PlanRow])
def get_plans(elder_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_plans(uow, elder_id)))


@router.post("/elders/{elder_id}/plans/preview", response_model=PlanChange)
def post_preview(elder_id: UUID, form: PlanForm, caller: Orderer) -> Answer:
    """What this plan would replace; nothing is saved."""
    draft = form.to_draft(elder_id)
    return Answer(caller.read(lambda uow: preview_plan(uow, draft)))


@router.post("/elders/{elder_id}/plans", response_model=PlanChange)
def post_plan(
    elder_id: UUID, form: KeptPlanForm, caller: Orderer, key: Key = None
) -> Answer:
    """Do what the preview showed; sent again under its key it is done once."""
    draft = form.to_draft(elder_id)

    def do(uow: UnitOfWork) -> PlanChange:
        return keep_plan(uow, draft, form.seen, key=key)

    return Answer(caller.change(do))


@router.post("/plans/{plan_id}/end/preview", response_model=PlanChange)
def post_end_preview(plan_id: UUID, caller: Orderer) -> Answer:
    return Answer(caller.read(lambda uow: preview_end(uow, plan_id)))


@router.post("/plans/{plan_id}/end", response_model=PlanChange)
def post_end(plan_id: UUID, form: SeenForm, caller: Orderer) -> Answer:
    return Answer(caller.change(lambda uow: end_plan(uow, plan_id, form.seen)))
