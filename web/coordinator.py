"""The coordinator's page: the board, the map, plans, cases."""

import gzip
from functools import lru_cache
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from dispatch.catalogue.sittings import Serving
from dispatch.orders.cancelling import locate_household
from dispatch.orders.showing import OrderRow, show_order_of
from dispatch.orders.stories import Why, show_why
from dispatch.planning.board import Board, show_board
from dispatch.planning.coordinating import (
    plan_wave_again,
    shown_version,
    take_plan_back,
)
from dispatch.planning.plan_history import show_versions
from dispatch.planning.replay import show_replay
from dispatch.planning.road_map import Bounds, district_bounds, road_map
from dispatch.safety.calling import dial_rung
from dispatch.safety.case_file import CaseFile, CaseRow, list_open, show_case
from dispatch.safety.climbing import close_case, step
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Coordinator, Key, Staff
from web.schemas.coordinator import CloseForm, StepForm
from web.schemas.orders import PlaceForm
from web.schemas.shapes import Day, Moment
from web.wire import Answer, StrictRoute, to_json

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["coordinator"])
StreetCode = Annotated[str, Query(max_length=12, pattern=r"^\d+$")]


@router.get("/board", response_model=Board)
def get_board(
    caller: Coordinator,
    on: Day | None = None,
    serving: Serving | None = None,
    street: StreetCode | None = None,
) -> Answer:
    """One picture, and the feed's number that goes with it."""
    return Answer(caller.read(lambda uow: show_board(uow, on, serving, street)))


@router.get("/board/replay", response_model=Board)
def get_replay(
    caller: Coordinator,
    at: Moment,
    serving: Serving | None = None,
    street: StreetCode | None = None,
) -> Answer:
    """The board of that day as it stood at a moment; nothing can be done in it."""
    return Answer(caller.read(lambda uow: show_replay(uow, at, serving, street)))


@router.get("/roads")
def get_roads(caller: Staff, request: Request) -> Response:
    """The streets under the map; the same for hours, so the browser keeps them."""
    plain, packed = _roads(caller.read(district_bounds))
    headers = {"Cache-Control": "private, max-age=3600", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        plain = packed
    return Response(plain, media_type="application/json", headers=headers)


@lru_cache(maxsize=2)
def _roads(bounds: Bounds | None) -> tuple[bytes, bytes]:
    plain = to_json(road_map(bounds)).encode()
    return plain, gzip.compress(plain, 6)


@router.post("/waves/{wave_id}/plan", status_code=202)
def post_plan(wave_id: UUID, caller: Coordinator) -> Answer:
    request_id = caller.change(lambda uow: plan_wave_again(uow, wave_id))
    return Answer({"plan_request_id": request_id}, status_code=202)


@router.post("/waves/{wave_id}/rollback")
def post_rollback(wave_id: UUID, caller: Coordinator, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> int:
        if takes_effect(uow, key, "rollback", wave_id):
            return take_plan_back(uow, wave_id)
        return shown_version(uow, wave_id)

    return Answer({"plan_version": caller.change(do)})


@router.get("/plans/{wave_id}")
def get_plans(wave_id: UUID, caller: Coordinator) -> Answer:
    return Answer({"versions": caller.read(lambda uow: show_versions(uow, wave_id))})


@router.get("/orders/{order_id}/why", response_model=Why)
def get_why(order_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_why(uow, order_id)))


@router.post("/orders/{order_id}/locate", response_model=OrderRow)
def post_locate(order_id: UUID, form: PlaceForm, caller: Staff) -> Answer:
    """Put a door on the map; what was blocked for want of it waits for a plan."""

    def do(uow: UnitOfWork) -> OrderRow:
        locate_household(uow, order_id, form.lat, form.lon, form.datum)
        return show_order_of(uow, order_id)

    return Answer(caller.change(do))


@router.get("/cases", response_model=list[CaseRow])
def get_cases(caller: Staff) -> Answer:
    """Whom nobody has answered for yet, as far as one's reach goes."""
    return Answer(caller.read(list_open))


@router.get("/cases/{case_id}", response_model=CaseFile)
def get_case(case_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_case(uow, case_id)))


@router.post("/cases/{case_id}/rungs/{rung}/call")
def post_call(
    case_id: UUID, rung: Annotated[int, Path(ge=1, le=99)], caller: Staff
) -> Answer:
    """A link to dial; the page holds no number before somebody means to call."""
    link = caller.change(lambda uow: dial_rung(uow, case_id, rung))
    return Answer({"dial": link})


@router.post("/cases/{case_id}/steps", response_model=CaseFile)
def post_step(case_id: UUID, form: StepForm, caller: Staff, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> CaseFile:
        if takes_effect(uow, key, "case_step", [case_id, form.model_dump()]):
            step(uow, case_id, form.rung, form.outcome, form.words)
        return show_case(uow, case_id)

    return Answer(caller.change(do))


@router.post("/cases/{case_id}/close", response_model=CaseFile)
def post_close_case(
    case_id: UUID, form: CloseForm, caller: Staff, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> CaseFile:
        if takes_effect(uow, key, "case_close", [case_id, form.model_dump()]):
            close_case(uow, case_id, form.outcome.value, form.words)
        return show_case(uow, case_id)

    return Answer(caller.change(do))
