"""Anomalies, call-backs, complaints, random audits, and what they add up to."""

from datetime import date
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from dispatch.quality.auditing import (
    DrawCheck,
    DrawDraft,
    DrawRow,
    check_draw,
    draw_sample,
    fix_frame,
)
from dispatch.quality.auditing import list_draws as draws_of
from dispatch.quality.call_backs import Answer as Said
from dispatch.quality.calling_back import CallPage, list_calls, note_answer
from dispatch.quality.complaining import (
    ComplaintDraft,
    answer,
    close,
    link,
    note_complaint,
)
from dispatch.quality.complaint_book import ComplaintPage, list_complaints
from dispatch.quality.complaints import ComplaintFrom, ComplaintOutcome
from dispatch.quality.draws import DrawOf
from dispatch.quality.indicators import Indicators, list_indicators
from dispatch.reports.proof_sheets import ProofSheet, proofs_of_drawn
from dispatch.store.paging import AT_ONCE
from dispatch.subsidy.anomalies.anomaly import AnomalyState
from dispatch.subsidy.anomalies.concluding import (
    Verdict,
    appeal,
    conclude,
    decide_appeal,
    reply,
)
from dispatch.subsidy.anomalies.queue import AnomalyPage, list_anomalies, list_own
from web.deps import Appealer, Coordinator, DrawReader, Officer, Staff, Station
from web.schemas.shapes import Day, Form, Limit, Offset, Words
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/quality", route_class=StrictRoute, tags=["quality"])
Title = Annotated[str, Field(min_length=2, max_length=60)]
Name = Annotated[str, Field(min_length=1, max_length=40)]
Month = Annotated[str, Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]
OrderNumber = Annotated[str, Path(max_length=24)]
_NEW = 201


class WordsForm(Form):
    words: Words


class VerdictForm(Form):
    verdict: Verdict
    words: Words


class SaidForm(Form):
    """What the elder said; how content they are only where they spoke."""

    answer: Said
    content: Annotated[int, Field(ge=1, le=5)] | None = None
    words: Annotated[str, Field(max_length=500)] = ""


class TicketForm(Form):
    """A complaint as it came."""

    source: ComplaintFrom
    ticket_no: Name
    got_on: Day
    words: Words
    station_id: UUID | None = None
    order_number: Annotated[str, Field(max_length=24)] | None = None
    due_on: Day | None = None

    def to_draft(self) -> ComplaintDraft:
        return ComplaintDraft(**self.model_dump())


class LinkForm(Form):
    order_number: Annotated[str, Field(min_length=1, max_length=24)]


class OutcomeForm(Form):
    outcome: ComplaintOutcome


class FrameForm(Form):
    """What is to be audited, and by whom."""

    title: Title
    kind: DrawOf
    size: Annotated[int, Field(ge=1, le=1000)]
    inspectors: Annotated[list[Name], Field(min_length=2, max_length=50)]
    month: Month | None = None

    def to_draft(self) -> DrawDraft:
        return DrawDraft(
            self.title, self.kind, self.size, tuple(self.inspectors), self.month
        )


class SeedForm(Form):
    seed: Annotated[str, Field(min_length=1, max_length=64)]


@router.get("/anomalies", response_model=AnomalyPage)
def get_anomalies(
    caller: Officer,
    state: AnomalyState | None = None,
    rule: Annotated[str | None, Query(pattern=r"^(AN\d\d|CB|CP)$")] = None,
    limit: Limit = AT_ONCE,
    offset: Offset = 0,
) -> Answer:
    """What waits for a decision; with a state, what is in it."""
    read = partial(list_anomalies, state=state, rule=rule, limit=limit, offset=offset)
    return Answer(caller.read(read))


@router.get("/mine", response_model=AnomalyPage)
def get_mine(caller: Appealer, limit: Limit = AT_ONCE, offset: Offset = 0) -> Answer:
    """What is doubted about this point, or this helper's own work."""
    return Answer(caller.read(partial(list_own, limit=limit, offset=offset)))


@router.post("/anomalies/{anomaly_id}/reply", status_code=204)
def post_reply(anomaly_id: UUID, form: WordsForm, caller: Station) -> Response:
    caller.change(lambda uow: reply(uow, anomaly_id, form.words))
    return Response(status_code=204)


@router.post("/anomalies/{anomaly_id}/conclude", status_code=204)
def post_conclude(anomaly_id: UUID, form: VerdictForm, caller: Officer) -> Response:
    caller.change(lambda uow: conclude(uow, anomaly_id, form.verdict, form.words))
    return Response(status_code=204)


@router.post("/anomalies/{anomaly_id}/appeal", status_code=204)
def post_appeal(anomaly_id: UUID, form: WordsForm, caller: Appealer) -> Response:
    caller.change(lambda uow: appeal(uow, anomaly_id, form.words))
    return Response(status_code=204)


@router.post("/anomalies/{anomaly_id}/decide", status_code=204)
def post_decide(anomaly_id: UUID, form: VerdictForm, caller: Officer) -> Response:
    caller.change(lambda uow: decide_appeal(uow, anomaly_id, form.verdict, form.words))
    return Response(status_code=204)


@router.get("/calls", response_model=CallPage)
def get_calls(
    caller: Coordinator,
    answered: bool = False,
    limit: Limit = AT_ONCE,
    offset: Offset = 0,
) -> Answer:
    """The call-backs to make, or those that were made. No point calls about itself."""
    read = partial(list_calls, answered=answered, limit=limit, offset=offset)
    return Answer(caller.read(read))


@router.post("/calls/{call_id}", status_code=204)
def post_said(call_id: UUID, form: SaidForm, caller: Coordinator) -> Response:
    told = (form.answer, form.content, form.words)
    caller.change(lambda uow: note_answer(uow, call_id, *told))
    return Response(status_code=204)


@router.get("/complaints", response_model=ComplaintPage)
def get_complaints(caller: Staff, limit: Limit = AT_ONCE, offset: Offset = 0) -> Answer:
    return Answer(caller.read(partial(list_complaints, limit=limit, offset=offset)))


@router.post("/complaints", status_code=_NEW)
def post_complaint(form: TicketForm, caller: Coordinator) -> Answer:
    made = caller.change(lambda uow: note_complaint(uow, form.to_draft()).id)
    return Answer({"id": made}, status_code=_NEW)


@router.post("/complaints/{complaint_id}/link", status_code=204)
def post_link(complaint_id: UUID, form: LinkForm, caller: Staff) -> Response:
    caller.change(lambda uow: link(uow, complaint_id, form.order_number))
    return Response(status_code=204)


@router.post("/complaints/{complaint_id}/answer", status_code=204)
def post_answer(complaint_id: UUID, form: WordsForm, caller: Staff) -> Response:
    caller.change(lambda uow: answer(uow, complaint_id, form.words))
    return Response(status_code=204)


@router.post("/complaints/{complaint_id}/close", status_code=204)
def post_close(complaint_id: UUID, form: OutcomeForm, caller: Officer) -> Response:
    caller.change(lambda uow: close(uow, complaint_id, form.outcome))
    return Response(status_code=204)


@router.get("/draws", response_model=list[DrawRow])
def get_draws(caller: DrawReader) -> Answer:
    """The random audits within reach."""
    return Answer(caller.read(draws_of))


@router.get("/draws/{draw_id}", response_model=DrawCheck)
def get_draw(draw_id: UUID, caller: DrawReader) -> Answer:
    """All that is needed to draw it again, and whether that gives the same."""
    return Answer(caller.read(lambda uow: check_draw(uow, draw_id)))


@router.get("/draws/{draw_id}/proofs/{number}", response_model=ProofSheet)
def get_drawn(draw_id: UUID, number: OrderNumber, caller: DrawReader) -> Answer:
    """Times and hashes of what a drawn order was proven by; who looked is kept."""
    return Answer(caller.change(lambda uow: proofs_of_drawn(uow, draw_id, number)))


@router.post("/draws", status_code=_NEW)
def post_frame(form: FrameForm, caller: Officer) -> Answer:
    made = caller.change(lambda uow: fix_frame(uow, form.to_draft()).id)
    return Answer({"id": made}, status_code=_NEW)


@router.post("/draws/{draw_id}/seed", status_code=204)
def post_seed(draw_id: UUID, form: SeedForm, caller: Officer) -> Response:
    caller.change(lambda uow: draw_sample(uow, draw_id, form.seed))
    return Response(status_code=204)


@router.get("/indicators", response_model=list[Indicators])
def get_indicators(
    caller: DrawReader,
    whose: Literal["helper", "station"],
    from_on: Annotated[Day, Query()],
    until_on: Annotated[Day, Query()],
) -> Answer:
    """What the events of these days say; both days belong to it."""
    days: tuple[date, date] = (from_on, until_on)
    return Answer(caller.read(lambda uow: list_indicators(uow, whose, *days)))
