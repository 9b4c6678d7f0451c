"""Duty, notices, calls for help, reports, and doors that are opened by two."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from dispatch.safety.case_book import CaseBook, show_book
from dispatch.safety.case_file import CaseFile, show_case
from dispatch.safety.cases import Case
from dispatch.safety.crying import (
    OwnSos,
    allege,
    call_for_elder,
    call_for_helper,
    dial_owner,
    report_change,
    show_own_sos,
)
from dispatch.safety.entering import (
    EntryRow,
    Found,
    agree_entry,
    ask_entry,
    list_entries,
    note_entered,
    read_found,
)
from dispatch.safety.handing_over import accept, hand_over
from dispatch.safety.inbox import Inbox, mark_notice_read, show_inbox
from dispatch.safety.judging import (
    Question,
    Said,
    ask_reply,
    list_questions,
    read_said,
    reply,
)
from dispatch.safety.roster import Roster, show_roster
from dispatch.safety.rostering import TurnDraft, drop_turn, put_turn
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Anyone, Helper, Key, Officer, Staff, Station
from web.schemas.cases import (
    AllegationForm,
    ConditionForm,
    EnteredForm,
    EntryForm,
    HandoverForm,
    SosForm,
    TurnForm,
    WordsForm,
)
from web.schemas.shapes import Day
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["cases"])
_NEW = 201


@router.get("/duty", response_model=Roster)
def get_duty(
    caller: Staff, on: Day, days: Annotated[int, Query(ge=1, le=31)] = 7
) -> Answer:
    """Who is on duty on these days, and what was handed over."""
    return Answer(caller.read(lambda uow: show_roster(uow, on, days)))


@router.post("/duty/turns", status_code=_NEW)
def post_turn(form: TurnForm, caller: Staff, turn: UUID | None = None) -> Answer:
    """Enter a turn; with `turn`, change that one."""
    draft = TurnDraft(**form.model_dump())
    kept = caller.change(lambda uow: put_turn(uow, draft, turn_id=turn).id)
    return Answer({"id": kept}, status_code=_NEW)


@router.post("/duty/turns/{turn_id}/drop", status_code=204)
def post_drop_turn(turn_id: UUID, caller: Staff) -> Response:
    caller.change(lambda uow: drop_turn(uow, turn_id))
    return Response(status_code=204)


@router.post("/duty/handover", status_code=_NEW)
def post_handover(form: HandoverForm, caller: Staff) -> Answer:
    kept = caller.change(lambda uow: hand_over(uow, form.to_id, form.words).id)
    return Answer({"id": kept}, status_code=_NEW)


@router.post("/duty/handover/{handover_id}/accept", status_code=204)
def post_accept(handover_id: UUID, caller: Staff) -> Response:
    caller.change(lambda uow: accept(uow, handover_id))
    return Response(status_code=204)


@router.get("/inbox", response_model=Inbox)
def get_inbox(caller: Staff) -> Answer:
    """What one was told, and what was sent or only kept."""
    return Answer(caller.read(show_inbox))


@router.post("/inbox/{notice_id}/read", status_code=204)
def post_read_notice(notice_id: UUID, caller: Staff) -> Response:
    caller.change(lambda uow: mark_notice_read(uow, notice_id))
    return Response(status_code=204)


@router.get("/case-book", response_model=CaseBook)
def get_book(caller: Staff, month: Day) -> Answer:
    """A month's register: carried over, opened, struck off, still open."""
    return Answer(caller.read(lambda uow: show_book(uow, month)))


@router.post("/sos", status_code=_NEW)
def post_sos(form: SosForm, caller: Helper, key: Key = None) -> Answer:
    made = caller.change(lambda uow: _told(call_for_helper(uow, form.words, key=key)))
    return Answer(made, status_code=_NEW)


@router.get("/sos", response_model=OwnSos | None)
def get_sos(caller: Helper) -> Answer:
    """The helper's own call for help, as long as it is open."""
    return Answer(caller.read(show_own_sos))


@router.post("/sos/call")
def post_sos_call(caller: Helper) -> Answer:
    """A link to dial whoever has it; each one is written down."""
    return Answer({"dial": caller.change(dial_owner)})


@router.post("/elders/{elder_id}/sos", status_code=_NEW)
def post_elder_sos(
    elder_id: UUID, form: SosForm, caller: Staff, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        return _told(call_for_elder(uow, elder_id, form.words, key=key))

    return Answer(caller.change(do), status_code=_NEW)


@router.post("/elders/{elder_id}/condition", status_code=_NEW)
def post_condition(
    elder_id: UUID, form: ConditionForm, caller: Anyone, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        told = report_change(uow, elder_id, form.severity, form.words, key=key)
        return _told(told)

    return Answer(caller.change(do), status_code=_NEW)


@router.post("/elders/{elder_id}/allegation", status_code=_NEW)
def post_allegation(
    elder_id: UUID, form: AllegationForm, caller: Anyone, key: Key = None
) -> Answer:
    """Whoever tells of it learns that it was kept, and nothing else."""

    def do(uow: UnitOfWork) -> None:
        allege(uow, elder_id, form.words, helper_id=form.helper_id, key=key)

    caller.change(do)
    return Answer({"kept": True}, status_code=_NEW)


def _told(case: Case) -> dict[str, object]:
    return {"case_id": case.id, "owner": case.owner}


@router.get("/replies", response_model=list[Question])
def get_replies(caller: Station) -> Answer:
    """What the office asks this station, in the office's words."""
    return Answer(caller.read(list_questions))


@router.post("/replies/{case_id}", status_code=204)
def post_reply(case_id: UUID, form: WordsForm, caller: Station) -> Response:
    caller.change(lambda uow: reply(uow, case_id, form.words))
    return Response(status_code=204)


@router.post("/cases/{case_id}/report", response_model=Said)
def post_read_report(case_id: UUID, caller: Staff) -> Answer:
    """The words that opened a case; the look is written down."""
    return Answer(caller.change(lambda uow: read_said(uow, case_id)))


@router.post("/cases/{case_id}/ask-reply", response_model=CaseFile)
def post_ask_reply(case_id: UUID, form: WordsForm, caller: Officer) -> Answer:
    def do(uow: UnitOfWork) -> CaseFile:
        ask_reply(uow, case_id, form.words)
        return show_case(uow, case_id)

    return Answer(caller.change(do))


@router.get("/cases/{case_id}/entries", response_model=list[EntryRow])
def get_entries(case_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: list_entries(uow, case_id)))


@router.post("/cases/{case_id}/entries", response_model=list[EntryRow])
def post_entry(
    case_id: UUID, form: EntryForm, caller: Staff, key: Key = None
) -> Answer:
    """The first of two: the door must be opened, and why."""

    def do(uow: UnitOfWork) -> list[EntryRow]:
        if takes_effect(uow, key, "entry", [case_id, form.model_dump()]):
            ask_entry(uow, case_id, form.way, form.why)
        return list_entries(uow, case_id)

    return Answer(caller.change(do))


@router.post("/cases/{case_id}/entries/{entry_id}/agree", response_model=list[EntryRow])
def post_agree(case_id: UUID, entry_id: UUID, caller: Staff) -> Answer:
    """The second of two, another person."""

    def do(uow: UnitOfWork) -> list[EntryRow]:
        agree_entry(uow, case_id, entry_id)
        return list_entries(uow, case_id)

    return Answer(caller.change(do))


@router.post("/cases/{case_id}/entries/{entry_id}/enter", response_model=list[EntryRow])
def post_entered(
    case_id: UUID, entry_id: UUID, form: EnteredForm, caller: Staff
) -> Answer:
    def do(uow: UnitOfWork) -> list[EntryRow]:
        note_entered(uow, case_id, entry_id, form.inside, form.found)
        return list_entries(uow, case_id)

    return Answer(caller.change(do))


@router.post("/cases/{case_id}/entries/{entry_id}/found", response_model=Found)
def post_read_found(case_id: UUID, entry_id: UUID, caller: Staff) -> Answer:
    """What two people found behind the door; the look is written down."""
    return Answer(caller.change(lambda uow: read_found(uow, case_id, entry_id)))
