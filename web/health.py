"""Is it alive, is it ready: for supervisors, compose files and load balancers."""

import logging

from fastapi import APIRouter, Request

from dispatch.log.feed import feed_position
from dispatch.silence import House, Listening
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Db, Staff
from web.wire import Answer

log = logging.getLogger("liuzhu.web")
router = APIRouter(tags=["health"])


@router.get("/health")
def get_health() -> Answer:
    """This process answers."""
    return Answer({"live": True})


@router.get("/ready")
def get_ready(database: Db) -> Answer:
    """The database answers and has our tables; 503 otherwise."""

    def look(uow: UnitOfWork) -> dict[str, object]:
        epoch, head = feed_position(uow.session)
        return {"ready": True, "feed": {"epoch": epoch, "head": head}}

    try:
        return Answer(database.read(look))
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
        log.warning("not ready: %s", type(error).__name__)
        return Answer({"ready": False}, status_code=503, headers={"Retry-After": "2"})


@router.get("/api/house", response_model=House)
def get_house(request: Request, _caller: Staff) -> Answer:
    """Which processes are silent; asked for by pages, which hear nothing of it else."""
    listening: Listening = request.app.state.listening
    return Answer(listening.told())
