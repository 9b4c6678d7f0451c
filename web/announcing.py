"""Telling many helpers at once, and their 收到."""

from uuid import UUID

from fastapi import APIRouter, Response

from dispatch.staffing.announcing import (
    CrewBoard,
    CrewNote,
    acknowledge,
    announce,
    list_my_notes,
    show_crew_board,
)
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Coordinator, Helper, Key
from web.schemas.staffing import CrewMessageForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["staffing"])


@router.get("/crew-messages", response_model=CrewBoard)
def get_crew_messages(caller: Coordinator) -> Answer:
    return Answer(caller.read(show_crew_board))


@router.post("/crew-messages", response_model=CrewBoard)
def post_crew_message(
    form: CrewMessageForm, caller: Coordinator, key: Key = None
) -> Answer:
    """To everybody of an audience; the answer is what now stands on the board."""

    def do(uow: UnitOfWork) -> CrewBoard:
        announce(
            uow,
            form.audience,
            form.words,
            kitchen_id=form.kitchen_id,
            street_code=form.street_code,
            key=key,
        )
        return show_crew_board(uow)

    return Answer(caller.change(do))


@router.get("/crew-notes", response_model=list[CrewNote])
def get_crew_notes(caller: Helper) -> Answer:
    return Answer(caller.read(list_my_notes))


@router.post("/crew-notes/{message_id}/read", status_code=204)
def post_crew_note_read(message_id: UUID, caller: Helper) -> Response:
    caller.change(lambda uow: acknowledge(uow, message_id))
    return Response(status_code=204)
