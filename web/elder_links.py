"""Links without a password, what family is let do, and what they write."""

from uuid import UUID

from fastapi import APIRouter, Response

from dispatch.access.elder_links import give_link, revoke_link
from dispatch.people.family_file import FamilyRow, show_family
from dispatch.people.messaging import (
    MessageRow,
    answer_message,
    list_messages,
    mark_read,
)
from dispatch.people.opting_in import opt_in, opt_out
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Key, Station
from web.schemas.family import AnswerForm, LinkForm, OptInForm, OptOutForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["family"])


@router.get("/elders/{elder_id}/family", response_model=list[FamilyRow])
def get_family(elder_id: UUID, caller: Station) -> Answer:
    return Answer(caller.read(lambda uow: show_family(uow, elder_id)))


@router.post("/elders/{elder_id}/links", status_code=201)
def post_link(elder_id: UUID, form: LinkForm, caller: Station) -> Answer:
    """A new link; its address is told once and can be printed. The last one ends."""

    def do(uow: UnitOfWork) -> dict[str, object]:
        link, token = give_link(uow, elder_id, form.contact_id)
        return {"link_id": link.id, "path": f"/e/{token}"}

    return Answer(caller.change(do), status_code=201)


@router.post("/elders/{elder_id}/links/{link_id}/end", status_code=204)
def post_end_link(elder_id: UUID, link_id: UUID, caller: Station) -> Response:
    caller.change(lambda uow: revoke_link(uow, elder_id, link_id))
    return Response(status_code=204)


@router.post("/elders/{elder_id}/opt-in", response_model=list[FamilyRow])
def post_opt_in(elder_id: UUID, form: OptInForm, caller: Station) -> Answer:
    """The elder, or with proof their guardian, lets a contact act for them."""

    def do(uow: UnitOfWork) -> list[FamilyRow]:
        opt_in(
            uow,
            elder_id,
            form.contact_id,
            form.deeds,
            told=form.told,
            proof=form.proof,
        )
        return show_family(uow, elder_id)

    return Answer(caller.change(do))


@router.post("/elders/{elder_id}/opt-out", response_model=list[FamilyRow])
def post_opt_out(elder_id: UUID, form: OptOutForm, caller: Station) -> Answer:
    def do(uow: UnitOfWork) -> list[FamilyRow]:
        opt_out(uow, elder_id, form.contact_id)
        return show_family(uow, elder_id)

    return Answer(caller.change(do))


@router.get("/station/messages", response_model=list[MessageRow])
def get_messages(caller: Station) -> Answer:
    """Unread ones first; then what was read lately."""
    return Answer(caller.read(list_messages))


@router.post("/station/messages/{message_id}/read", status_code=204)
def post_read(message_id: UUID, caller: Station) -> Response:
    caller.change(lambda uow: mark_read(uow, message_id))
    return Response(status_code=204)


@router.post("/station/messages/{message_id}/answer", status_code=204)
def post_answer(
    message_id: UUID, form: AnswerForm, caller: Station, key: Key = None
) -> Response:
    """Whoever wrote reads it on their own page."""
    caller.change(lambda uow: answer_message(uow, message_id, form.words, key=key))
    return Response(status_code=204)
