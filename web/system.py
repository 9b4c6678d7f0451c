"""How the house stands: numbers for machines that watch, one page for its operator."""

import hmac
from ipaddress import ip_address
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from dispatch.clock import wall_now
from dispatch.gauging.gauges import (
    Readings,
    as_text,
    read_disk,
    read_gauges,
    read_parts,
)
from dispatch.gauging.signs import SystemState, judge
from dispatch.promises import Promise, check_promises
from dispatch.promises.standing import Standing
from dispatch.settings import settings
from dispatch.silence import Listening
from dispatch.store.database import Database, is_away
from web.deps import Db, Keeper
from web.wire import Answer

router = APIRouter(tags=["system"])
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@router.get("/metrics")
def get_metrics(request: Request, database: Db) -> Response:
    """Gauges for Prometheus: from this machine itself, or with the token."""
    if not _may_watch(request):
        raise HTTPException(404)
    return Response(as_text(_readings(request, database)), media_type=TEXT)


@router.get("/api/system", response_model=SystemState)
def get_system(request: Request, caller: Keeper) -> Answer:
    """What of the house is red."""
    readings = _readings(request, caller.database)
    return Answer(judge(readings, settings(), wall_now()))


def _readings(request: Request, database: Database) -> Readings:
    """Without a database it is still known who is silent, and the disk."""
    listening: Listening = request.app.state.listening
    resting: Standing[list[Promise]] = request.app.state.resting
    known = {**read_parts(listening.told()), **read_disk(settings())}

    def look() -> list[Promise]:
        return database.read(lambda uow: check_promises(uow.session, now=uow.now))

    try:
        promises = resting.told(look)
        told = database.read(lambda uow: read_gauges(uow, promises))
    except Exception as error:
        if not is_away(error):
            raise
        return known
    return {**known, **told}


def _may_watch(request: Request) -> bool:
    """A front that forwards is no machine of ours, whatever address it comes from."""
    token = settings().metrics_token.get_secret_value()
    told = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(told.encode(), token.encode()):
        return True
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    return ip_address(request.client.host).is_loopback
