"""Minding orders that are wanted at once: read, decide, let go what must leave now.

Called again and again, by the sweep in production. It keeps in memory only what the
last decision had in mind; losing that costs a little quality and nothing else.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from traceback import format_tb
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlmodel import col, select

from dispatch.orders.orders import Order, OrderState
from dispatch.planning.on_demand.leaving import leave_at_once, trips_as_plan
from dispatch.planning.on_demand.means import Means
from dispatch.planning.on_demand.scene import AtOnce, read_scene
from dispatch.planning.on_demand.telling import (
    is_news,
    list_untaken,
    reasons_for,
    tell_reasons,
    tell_untaken,
)
from dispatch.planning.publishing import Superseded
from dispatch.planning.rounds import draw_paths
from dispatch.planning.solving import SolverFailed
from dispatch.planning.waves import get_wave
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from routing.ondemand import Decision, Trip, decide

log = structlog.get_logger()
_OPEN: Final = (OrderState.WAITING, OrderState.UNASSIGNED)


class Minder:
    """Looks after the orders of all waves that are wanted at once."""

    def __init__(self, engine: Engine, means: Means | None = None) -> None:
        self._engine, self._means = engine, means or Means()
        self._meant: dict[UUID, tuple[Trip, ...]] = {}
        self._left: dict[UUID, frozenset[str]] = {}

    @property
    def waits(self) -> bool:
        """Somebody waited for something when it looked last, or was meant to."""
        return bool(self._meant)

    def look(self) -> int:
        """Let every trip leave that cannot wait; gives how many left."""
        with picture(self._engine) as seen:
            waves = _waves(seen)
        self._left = {each: self._left.get(each, frozenset()) for each in waves}
        self._meant = {each: self._meant.get(each, ()) for each in waves}
        left = 0
        for wave_id in waves:
            left += _try(partial(self._look_at, wave_id), wave=str(wave_id))
        if self._means.silent_seconds is not None:
            self._listen(timedelta(seconds=self._means.silent_seconds))
        return left

    def _listen(self, patience: timedelta) -> None:
        """A trip that nobody takes up is not silent until its window ends."""
        with picture(self._engine) as seen:
            before = seen.now - patience
            silent = list_untaken(seen.session, before)
        for round_id in silent:
            telling = partial(tell_untaken, round_id=round_id, before=before)
            do = partial(in_one_transaction, self._engine, telling)
            _try(do, round=str(round_id))

    def _look_at(self, wave_id: UUID) -> int:
        with picture(self._engine) as seen:
            wave = get_wave(seen.session, wave_id)
            earlier = self._meant[wave_id]
            found = read_scene(seen.session, wave, seen.now, self._means, earlier)
            seen.session.expunge_all()  # its rows stay readable, as they were
        if found is None:
            return 0
        scene = found.scene
        decision = decide(scene, steps=self._means.steps, seed=scene.now % 2**31)
        self._meant[wave_id] = decision.meant
        self._tell(found, decision)
        if not decision.leave:
            return 0
        try:
            task, thought = trips_as_plan(found, decision.leave, self._means)
            draw_paths(task, thought.plan)
            leaving = partial(leave_at_once, task=task, thought=thought)
            in_one_transaction(self._engine, leaving)
        except (Superseded, SolverFailed) as trouble:
            log.warning("nobody left at once", wave=str(wave_id), why=str(trouble))
            return 0
        return len(decision.leave)

    def _tell(self, found: AtOnce, decision: Decision) -> None:
        """People learn of whom nobody takes, once that was so in two looks."""
        wave_id, left = found.wave.id, frozenset(decision.left)
        still = left & self._left[wave_id]
        self._left[wave_id] = left
        why = reasons_for(found, sorted(still))
        if is_news(found.orders, why):
            telling = partial(tell_reasons, wave_id=wave_id, why=why)
            in_one_transaction(self._engine, telling)


def _try(do: Callable[[], int], **about: str) -> int:
    """One wave's or round's trouble, of whatever kind, holds no other back.

    The log learns where it was; words and values may be a person's.
    """
    try:
        return do()
    except Exception as trouble:  # noqa: BLE001 - looked at again next time
        error, where = type(trouble).__name__, format_tb(trouble.__traceback__)
        log.warning("something was not minded", error=error, where=where, **about)
        return 0


def _waves(seen: UnitOfWork) -> list[UUID]:
    """The waves in which somebody waits for an order that is wanted at once."""
    query = (
        select(Order.wave_id)
        .where(col(Order.ready_at).is_not(None), col(Order.wave_id).is_not(None))
        .where(col(Order.state).in_(_OPEN), Order.window_until_at > seen.now)
        .distinct()
    )
    return sorted(each for each in seen.session.exec(query) if each is not None)
