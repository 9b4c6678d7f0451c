"""Rescuing: the timers' own process plans what no worker plans."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from dispatch.planning.jobs import carry_out
from dispatch.planning.solving import SolverFailed, think
from routing import WrongPlan

log = structlog.get_logger()
DATABASE_TROUBLE: Final = (DBAPIError, NoConnection)


def rescue_here(engine: Engine, request_id: UUID, quick: str | None) -> bool:
    """Plan a request here and now; trouble is for the log, and for the next sweep."""
    try:
        return carry_out(
            engine,
            request_id,
            thinking=partial(think, quick=quick),
            by_force=quick is not None,
        )
    except (*DATABASE_TROUBLE, SolverFailed, WrongPlan) as trouble:
        log.warning("a rescue failed", error=f"{type(trouble).__name__}: {trouble}")
        return False


class Rescuer:
    """Plans one request after the other beside the timers, which must not wait."""

    def __init__(self, engine: Engine, one: ThreadPoolExecutor) -> None:
        self._engine, self._one = engine, one
        self._taken: set[UUID] = set()

    def rescue(self, request_id: UUID, quick: str | None) -> bool:
        """Take it up, unless it is taken up already."""
        if request_id in self._taken:
            return False
        self._taken.add(request_id)
        self._one.submit(self._carry_out, request_id, quick)
        return True

    def _carry_out(self, request_id: UUID, quick: str | None) -> None:
        try:
            rescue_here(self._engine, request_id, quick)
        finally:
            self._taken.discard(request_id)
