"""What a coordinator tries: asked for, looked at, published or left."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from dispatch.field.handing_over import Asked, HandedOver, hand_over_round
from dispatch.planning.draft_publishing import publish_draft
from dispatch.planning.draft_showing import (
    Directing,
    DraftShown,
    end_direction,
    show_difference,
    show_directing,
    show_draft,
)
from dispatch.planning.drafting import ask_for_draft
from web.deps import Coordinator, Key
from web.schemas.drafts import DirectionForm, DraftForm, HandOverForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["drafts"])
Version = Annotated[int, Query(ge=1, le=1_000_000)]


@router.post("/waves/{wave_id}/drafts", status_code=202)
def post_draft(wave_id: UUID, form: DraftForm, caller: Coordinator) -> Answer:
    """Have it thought of; nothing changes by this."""
    asked = [each.to_direction() for each in form.asked]
    draft = caller.change(lambda uow: ask_for_draft(uow, wave_id, asked))
    return Answer({"draft_id": draft.id}, status_code=202)


@router.get("/drafts/{draft_id}", response_model=DraftShown)
def get_draft(draft_id: UUID, caller: Coordinator) -> Answer:
    return Answer(caller.read(lambda uow: show_draft(uow, draft_id)))


@router.post("/drafts/{draft_id}/publish")
def post_publish(draft_id: UUID, caller: Coordinator) -> Answer:
    """In force as it was shown; sent again it is the same version."""
    plan = caller.change(lambda uow: publish_draft(uow, draft_id))
    return Answer({"plan_version": plan.version})


@router.get("/waves/{wave_id}/difference")
def get_difference(
    wave_id: UUID, was: Version, now: Version, caller: Coordinator
) -> Answer:
    """Two published versions side by side."""
    return Answer(caller.read(lambda uow: show_difference(uow, wave_id, was, now)))


@router.get("/waves/{wave_id}/directions", response_model=Directing)
def get_directions(wave_id: UUID, caller: Coordinator) -> Answer:
    return Answer(caller.read(lambda uow: show_directing(uow, wave_id)))


@router.post("/waves/{wave_id}/directions/end", response_model=Directing)
def post_end(wave_id: UUID, form: DirectionForm, caller: Coordinator) -> Answer:
    like = form.to_direction()
    return Answer(caller.change(lambda uow: end_direction(uow, wave_id, like)))


@router.post("/rounds/{round_id}/hand-over", response_model=HandedOver)
def post_hand_over(
    round_id: UUID, form: HandOverForm, caller: Coordinator, key: Key = None
) -> Answer:
    """A round under way goes on with somebody else, or is called back."""
    asked = Asked(round_id, form.to_helper_id, form.why)
    return Answer(hand_over_round(caller.database, caller.actor, asked, key=key))
