"""The web application: every route, and what stands around each."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware import Middleware

from dispatch.access.tries import Tries
from dispatch.promises.standing import RESTS_SECONDS, Standing
from dispatch.settings import settings
from dispatch.silence import Listening
from dispatch.store.database import Database
from dispatch.store.engine import make_engine
from web import (
    absences,
    account,
    accounts,
    announcing,
    audit,
    books,
    calls,
    cases,
    cash,
    catalogue,
    coordinator,
    counter,
    courier,
    drafts,
    duties,
    elder,
    elder_links,
    elders,
    exports,
    free_delivery,
    health,
    imports,
    kitchen,
    live,
    menus,
    months,
    notice,
    office,
    orders,
    paper,
    passes,
    photos,
    plans,
    points,
    proofs,
    quality,
    reports,
    rules,
    sign_in,
    staffing,
    station,
    system,
    till,
    time_bank,
    tour,
    urgent,
    webhooks,
)
from web.errors import add_error_answers
from web.guards import EveryRequest
from web.live_tail import Tail
from web.surfaces import DIST, add_surfaces

THREADS: Final = 24  # fewer than the database has connections
ROUTERS: Final = (
    orders.router,  # first: each route before them is looked at for each order
    sign_in.router,
    account.router,
    accounts.router,
    audit.router,
    station.router,
    kitchen.router,
    calls.router,
    menus.router,
    months.router,
    duties.router,
    elders.router,
    absences.router,
    staffing.router,
    announcing.router,
    catalogue.router,
    points.router,
    plans.router,
    free_delivery.router,
    imports.router,
    exports.router,
    webhooks.router,
    elder_links.router,
    elder.router,
    notice.router,
    counter.router,
    paper.router,
    till.router,
    till.page,
    cash.router,
    courier.router,
    courier.phone,
    passes.router,
    photos.router,
    proofs.router,
    quality.router,
    coordinator.router,
    cases.router,
    urgent.router,
    drafts.router,
    office.router,
    time_bank.router,
    reports.router,
    rules.router,
    books.router,
    live.router,
    health.router,
    system.router,
    tour.router,
)


def create_app(
    database: Database | None = None,
    *,
    dist: Path = DIST,
    seconds_now: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """An app on one database, the configured one unless told otherwise.

    Args:
        seconds_now: the process's own clock, for what is kept for some seconds.
    """
    database = database or Database(make_engine(settings().database))
    tail = Tail(database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        async with anyio.create_task_group() as together:
            together.start_soon(tail.run)
            yield
            together.cancel_scope.cancel()
        database.close()

    app = FastAPI(
        title="六助",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        middleware=[Middleware(EveryRequest, sockets={live.ADDRESS: live.follow_feed})],
    )
    app.state.database = database
    app.state.tail = tail
    app.state.tries = Tries(settings().redis_url, seconds_now)
    app.state.standing = Standing(seconds_now)
    app.state.resting = Standing(seconds_now, RESTS_SECONDS)
    app.state.chain = Standing(seconds_now)
    app.state.listening = Listening(seconds_now)
    add_error_answers(app)
    for router in ROUTERS:  # as they are: including one would build each route again
        app.router.routes.extend(router.routes)
    add_surfaces(app, dist)
    return app
