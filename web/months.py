"""Months: their steps and signatures, the close, the notice, corrections afterwards."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field

from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.months.closing import Head, close_month
from dispatch.subsidy.months.correcting import (
    CorrectionDraft,
    Proofs,
    decide_correction,
    propose_correction,
)
from dispatch.subsidy.months.corrections import CorrectionKind
from dispatch.subsidy.months.notices import PublicNotice, notice_of
from dispatch.subsidy.months.showing import (
    CorrectionRow,
    MonthRow,
    MonthSheet,
    list_corrections,
    list_months,
    show_month,
)
from dispatch.subsidy.months.signing import sign_step
from dispatch.subsidy.months.steps import Step
from web.deps import District, Importer, Key, MonthsReader
from web.schemas.shapes import Fen, Form, Limit, Offset, Reason
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["months"])
Month = Annotated[str, Path(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]


class SignForm(Form):
    """The step, and why, where a month goes back to its beginning."""

    step: Step
    words: Annotated[str, Field(max_length=200)] = ""
    notice_days: Annotated[int, Field(ge=3, le=30)] = 7


class CorrectionForm(Form):
    """What is to be corrected, by how much, and what proves it."""

    entry_id: UUID
    subsidy: Annotated[str, Field(min_length=1, max_length=64)]
    kind: CorrectionKind
    fen: Fen
    why: Reason
    evidence_id: UUID | None = None
    paper: Annotated[str, Field(max_length=100)] = ""


class DecisionForm(Form):
    accept: bool
    words: Reason


@router.get("/months", response_model=list[MonthRow])
def get_months(caller: MonthsReader) -> Answer:
    return Answer(caller.read(list_months))


@router.get("/months/{month}", response_model=MonthSheet)
def get_month(month: Month, caller: MonthsReader) -> Answer:
    return Answer(caller.read(lambda uow: show_month(uow, month)))


@router.post("/months/{month}/sign", response_model=MonthSheet)
def post_signature(month: Month, form: SignForm, caller: Importer) -> Answer:
    """The caller's name under the month's figures as they are now."""

    def do(uow: UnitOfWork) -> MonthSheet:
        days = form.notice_days
        sign_step(uow, month, form.step, words=form.words, notice_days=days)
        return show_month(uow, month)

    return Answer(caller.change(do))


@router.post("/months/{month}/close", response_model=Head)
def post_close(month: Month, caller: District) -> Answer:
    return Answer(caller.change(lambda uow: close_month(uow, month)))


@router.get("/months/{month}/notice", response_model=PublicNotice)
def get_notice(
    month: Month, caller: Importer, limit: Limit = 100, offset: Offset = 0
) -> Answer:
    """What is put up; gone when its days are over."""
    return Answer(
        caller.read(lambda uow: notice_of(uow, month, limit=limit, offset=offset))
    )


@router.get("/corrections", response_model=list[CorrectionRow])
def get_corrections(caller: MonthsReader) -> Answer:
    return Answer(caller.read(list_corrections))


@router.post("/corrections", status_code=201, response_model=list[CorrectionRow])
def post_correction(form: CorrectionForm, caller: Importer, key: Key = None) -> Answer:
    draft = CorrectionDraft(
        entry_id=form.entry_id,
        subsidy=form.subsidy,
        kind=form.kind,
        fen=form.fen,
        proofs=Proofs(form.evidence_id, form.paper),
        why=form.why,
    )

    def do(uow: UnitOfWork) -> list[CorrectionRow]:
        propose_correction(uow, draft, key=key)
        return list_corrections(uow)

    return Answer(caller.change(do), status_code=201)


@router.post("/corrections/{correction_id}/decide", response_model=list[CorrectionRow])
def post_decision(correction_id: UUID, form: DecisionForm, caller: District) -> Answer:
    """Another than who proposed it accepts or rejects; only then money moves."""

    def do(uow: UnitOfWork) -> list[CorrectionRow]:
        decide_correction(uow, correction_id, accept=form.accept, words=form.words)
        return list_corrections(uow)

    return Answer(caller.change(do))
