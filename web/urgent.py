"""Urgent help: the desk that calls, the helper who goes."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter

from dispatch.safety.help_file import (
    HelpDesk,
    HelpFile,
    HelpWords,
    Responder,
    list_responders,
    read_words,
    show_call,
    show_desk,
)
from dispatch.safety.helping import HelpDraft, ask_helper, call_help, close_call
from dispatch.safety.my_help import MyHelp, dial_help, show_my_help
from dispatch.safety.responding import answer_ask, report_step
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Helper, Key, Staff
from web.schemas.urgent import HelpAskForm, HelpCloseForm, HelpForm, HelpStepForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["help"])
_NEW = 201


@router.get("/help-calls", response_model=HelpDesk)
def get_calls(caller: Staff) -> Answer:
    """Open calls, what was closed within a day, and what may be called for."""
    return Answer(caller.read(show_desk))


@router.post("/help-calls", response_model=HelpFile, status_code=_NEW)
def post_call(form: HelpForm, caller: Staff, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> HelpFile:
        made = call_help(uow, HelpDraft(**form.model_dump()), key=key)
        return show_call(uow, made.id)

    return Answer(caller.change(do), status_code=_NEW)


@router.get("/help-calls/{call_id}", response_model=HelpFile)
def get_call(call_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_call(uow, call_id)))


@router.get("/help-calls/{call_id}/responders", response_model=list[Responder])
def get_responders(call_id: UUID, caller: Staff) -> Answer:
    """Who could go now, the best first, with what that would do."""
    return Answer(caller.read(lambda uow: list_responders(uow, call_id)))


@router.post("/help-calls/{call_id}/words", response_model=HelpWords)
def post_read_words(call_id: UUID, caller: Staff) -> Answer:
    """What was said; the look is written down."""
    return Answer(caller.change(lambda uow: read_words(uow, call_id)))


@router.post("/help-calls/{call_id}/ask", response_model=HelpFile)
def post_ask(call_id: UUID, form: HelpAskForm, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> HelpFile:
        ask_helper(uow, call_id, form.helper_id)
        return show_call(uow, call_id)

    return Answer(caller.change(do))


@router.post("/help-calls/{call_id}/close", response_model=HelpFile)
def post_close(call_id: UUID, form: HelpCloseForm, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> HelpFile:
        close_call(uow, call_id, form.outcome, form.words)
        return show_call(uow, call_id)

    return Answer(caller.change(do))


@router.get("/my-help", response_model=MyHelp)
def get_my_help(caller: Helper) -> Answer:
    """What this helper is asked, and the call that they have taken."""
    return Answer(caller.read(show_my_help))


@router.post("/my-help/asks/{ask_id}/{word}", response_model=MyHelp)
def post_answer(
    ask_id: UUID, word: Literal["accept", "decline"], caller: Helper
) -> Answer:
    def do(uow: UnitOfWork) -> MyHelp:
        answer_ask(uow, ask_id, accepts=word == "accept")
        return show_my_help(uow)

    return Answer(caller.change(do))


@router.post("/my-help/{call_id}/step", response_model=MyHelp)
def post_step(call_id: UUID, form: HelpStepForm, caller: Helper) -> Answer:
    def do(uow: UnitOfWork) -> MyHelp:
        report_step(
            uow,
            call_id,
            form.step,
            outcome=form.outcome,
            words=form.words,
            ago_seconds=form.ago_seconds,
        )
        return show_my_help(uow)

    return Answer(caller.change(do))


@router.post("/my-help/{call_id}/call")
def post_dial(call_id: UUID, caller: Helper) -> Answer:
    """A link to dial the elder; each one is written down."""
    return Answer({"dial": caller.change(lambda uow: dial_help(uow, call_id))})
