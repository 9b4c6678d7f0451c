"""Weak proofs, appeals against their grade, and the second person's word."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from dispatch.field.appealing import AppealDraft, ask_again, decide_appeal
from dispatch.field.appeals import Claim
from dispatch.field.own_proofs import OwnProof, list_own
from dispatch.field.weak_proofs import WeakProof, list_weak
from web.deps import Appealer, Coordinator, HelperOfOurs, Staff
from web.schemas.shapes import Form, Reason
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/proofs", route_class=StrictRoute, tags=["proofs"])


class AppealForm(Form):
    """What the proof got wrong, and how one knows. Never a grade."""

    claim: Claim
    words: Reason
    minutes: Annotated[int, Field(ge=1, le=720)] | None = None


class VerdictForm(Form):
    upheld: bool


@router.get("/weak", response_model=list[WeakProof])
def get_weak(caller: Staff) -> Answer:
    return Answer(caller.read(list_weak))


@router.get("/mine", response_model=list[OwnProof])
def get_mine(caller: HelperOfOurs) -> Answer:
    """The helper's own weak proofs of a month, and what became of their appeals."""
    return Answer(caller.read(list_own))


@router.post("/{evidence_id}/appeal", status_code=204)
def post_appeal(evidence_id: UUID, form: AppealForm, caller: Appealer) -> Response:
    draft = AppealDraft(evidence_id, form.claim, form.words, form.minutes)
    caller.change(lambda uow: ask_again(uow, draft))
    return Response(status_code=204)


@router.post("/appeals/{appeal_id}/decide", status_code=204)
def post_verdict(appeal_id: UUID, form: VerdictForm, caller: Coordinator) -> Response:
    caller.change(lambda uow: decide_appeal(uow, appeal_id, upheld=form.upheld))
    return Response(status_code=204)
