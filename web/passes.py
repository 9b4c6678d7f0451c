"""Day passes: the desk gives one for a round, the first phone that reads it has it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.access.accounts import HELPER_HOURS
from dispatch.access.greeting import Me
from dispatch.field.passes import (
    PassRow,
    draw_pass,
    give_pass,
    revoke_pass,
    show_pass,
    take_pass,
)
from web.deps import Db, Staff
from web.guards import is_own_origin
from web.schemas.field import PassForm
from web.sign_in import with_session
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["courier"])


@router.post("/pass", response_model=Me)
def post_pass(form: PassForm, database: Db) -> Answer:
    """A phone has read the code: it is signed in for that round alone."""
    me, token = database.change(lambda uow: take_pass(uow, form.code))
    return with_session(Answer(me), token, hours=HELPER_HOURS)


@router.get("/rounds/{round_id}/pass", response_model=PassRow | None)
def get_pass(round_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_pass(uow, round_id)))


@router.post("/rounds/{round_id}/pass", status_code=201)
def post_round_pass(round_id: UUID, caller: Staff, request: Request) -> Answer:
    """The code as an address and as a picture, told once; a pass before it ends.

    The code stands behind the `#`: a browser sends that part to nobody.
    """
    code = caller.change(lambda uow: give_pass(uow, round_id))
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    here = origin if is_own_origin(origin, host) else f"{request.url.scheme}://{host}"
    address = f"{here}/courier#pass={code}"
    return Answer({"address": address, "svg": draw_pass(address)}, status_code=201)


@router.post("/rounds/{round_id}/pass/end", status_code=204)
def post_end_pass(round_id: UUID, caller: Staff) -> Response:
    caller.change(lambda uow: revoke_pass(uow, round_id))
    return Response(status_code=204)
