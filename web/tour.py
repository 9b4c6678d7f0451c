"""The demo's tour: its page, the seats before its panes, what it asks the player."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from dispatch.access.demo_tour import (
    SESSION_HOURS,
    SITE,
    TourBoard,
    board,
    take_seat,
    wish,
)
from dispatch.errors import NotFound
from web.deps import Db
from web.schemas.tour import WishForm
from web.sign_in import with_session
from web.surfaces import NOT_BUILT
from web.tour_hosts import frames_policy, pane_of, tour_origin
from web.wire import Answer, StrictRoute

router = APIRouter(route_class=StrictRoute, include_in_schema=False)


@router.get("/tour")
def get_tour_page(request: Request) -> Response:
    """The page, under its own name: panes of another site would be strangers to it."""
    board()
    host = request.headers.get("host", "")
    if host.partition(":")[0] != SITE:
        return RedirectResponse(f"{tour_origin(host)}/tour", 303)
    file = request.app.state.dist / "tour.html"
    if not file.is_file():
        return HTMLResponse(NOT_BUILT, 503, headers={"Cache-Control": "no-store"})
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": frames_policy(host),
    }
    return FileResponse(file, headers=headers)


@router.get("/tour/enter")
def get_enter(request: Request, database: Db) -> Response:
    """The seat before this pane: signed in as the demo says, by the host's name."""
    pane = pane_of(request.headers.get("host", ""))
    if pane is None:
        raise NotFound
    token, home = database.change(lambda uow: take_seat(uow, pane))
    answer = RedirectResponse(home, 303, headers={"Cache-Control": "no-store"})
    return with_session(answer, token, hours=SESSION_HOURS) if token else answer


@router.get("/api/tour", response_model=TourBoard)
def get_tour() -> Answer:
    return Answer(board())


@router.post("/api/tour/next", response_model=TourBoard)
def post_next(form: WishForm) -> Answer:
    """Everything up to this scene, please; the board says when it is over."""
    return Answer(wish(form.scene))
