"""Weak proofs, appeals against their grade, the second person's word; and what stands
behind a booked line, for whoever checks it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from dispatch.field.appealing import AppealDraft, ask_again, decide_appeal
from dispatch.field.appeals import Claim
from dispatch.field.own_proofs import OwnProof, list_own
from dispatch.field.weak_proofs import WeakProof, list_weak
from dispatch.reports.proof_sheets import ProofSheet, open_as_proof, proofs_of_line
from web.deps import Appealer, Auditor, BooksReader, Coordinator, HelperOfOurs, Staff
from web.schemas.shapes import Form, Reason
from web.wire import Answer, StrictRoute, as_picture

router = APIRouter(prefix="/api/proofs", route_class=StrictRoute, tags=["proofs"])


class AppealForm(Form):
    """What the proof got wrong, and how one knows. Never a grade."""

    claim: Claim
    words: Reason
    minutes: Annotated[int, Field(ge=1, le=720)] | None = None


class VerdictForm(Form):
    upheld: bool


class PictureForm(Form):
    """Why it is opened; the audit keeps it."""

    purpose: Reason


@router.get("/weak", response_model=list[WeakProof])
def get_weak(caller: Staff) -> Answer:
    return Answer(caller.read(list_weak))


@router.get("/mine", response_model=list[OwnProof])
def get_mine(caller: HelperOfOurs) -> Answer:
    """The helper's own weak proofs of a month, and what became of their appeals."""
    return Answer(caller.read(list_own))


@router.get("/orders/{order_id}", response_model=ProofSheet)
def get_of_line(order_id: UUID, caller: BooksReader) -> Answer:
    """Times and hashes of what a booked order was proven by; who looked is kept."""
    return Answer(caller.change(lambda uow: proofs_of_line(uow, order_id)))


@router.post("/pictures/{photo_id}")
def post_picture(photo_id: UUID, form: PictureForm, caller: Auditor) -> Response:
    """A picture behind a booked line; who looked, at whom and why, is written down."""
    media, content = caller.change(
        lambda uow: open_as_proof(uow, photo_id, form.purpose)
    )
    return as_picture(photo_id, media, content)


@router.post("/{evidence_id}/appeal", status_code=204)
def post_appeal(evidence_id: UUID, form: AppealForm, caller: Appealer) -> Response:
    draft = AppealDraft(evidence_id, form.claim, form.words, form.minutes)
    caller.change(lambda uow: ask_again(uow, draft))
    return Response(status_code=204)


@router.post("/appeals/{appeal_id}/decide", status_code=204)
def post_verdict(appeal_id: UUID, form: VerdictForm, caller: Coordinator) -> Response:
    caller.change(lambda uow: decide_appeal(uow, appeal_id, upheld=form.upheld))
    return Response(status_code=204)
