"""Standing plans over HTTP: what would change, then the change."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.orders.keeping_plans import (
    end_plans,
    keep_plan,
    preview_end,
    preview_plan,
    show_plans,
)
from dispatch.orders.plan_changes import PlanChange, PlanRow
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Key, Orderer, Staff
from web.schemas.plans import EndedPlansForm, EndPlansForm, KeptPlanForm, PlanForm
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


@router.post("/plans/end/preview", response_model=PlanChange)
def post_end_preview(form: EndPlansForm, caller: Orderer) -> Answer:
    """What ending these plans of one elder would do; nothing is saved."""
    ids, last_on = form.plan_ids, form.last_on
    return Answer(caller.read(lambda uow: preview_end(uow, ids, last_on)))


@router.post("/plans/end", response_model=PlanChange)
def post_end(form: EndedPlansForm, caller: Orderer) -> Answer:
    ids, last_on, seen = form.plan_ids, form.last_on, form.seen
    return Answer(caller.change(lambda uow: end_plans(uow, ids, seen, last_on)))
