"""Sharing a large plan: its parts are rows, which every worker of every host may take.

Whoever asked takes them, too, by the same leases: nobody waits for help that does not
come. A part whose worker dies is free again when its lease has run out.
"""

import json
import platform
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, and_, update
from sqlmodel import col

from dispatch.clock import wall_now
from dispatch.planning.chasing import HINT_AGAIN_SECONDS, MOST_ATTEMPTS
from dispatch.planning.leases import (
    Hold,
    Lease,
    beating,
    give_back,
    is_free,
    is_mine,
    seize,
)
from dispatch.planning.parts import (
    Asked,
    PlanPart,
    Standing,
    asker_waits,
    find_asked,
    forget,
    lay_out,
    list_plans,
    look,
    pack,
)
from dispatch.planning.publishing import Superseded
from dispatch.planning.solving import CHILD, SolverFailed, ask_child, asked_for, cores
from dispatch.planning.waves import AskState
from dispatch.queue import count_idle, hint_part
from dispatch.settings import settings
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from routing import Effort, NotYetHonoured, Plan, plan_from, plan_to
from routing.city import Part
from routing.city.part import LEAST_SECONDS

log = structlog.get_logger()
PART_CHILD: Final = (*CHILD, "--part")
_LOOK_SECONDS: Final = 0.2


class Sharing:
    """Solves parts with every worker there is, for who has the lease of a request.

    `solved_on` counts what each host has solved so far. `child` is the command line of
    our own solvers.
    """

    def __init__(
        self,
        engine: Engine,
        asker: Lease,
        redis: Redis | None,
        *,
        child: Sequence[str] = PART_CHILD,
    ) -> None:
        self.solved_on: Counter[str] = Counter()
        self._engine, self._asker, self._redis = engine, asker, redis
        self._child = child
        self._own, self._hints = cores(), 0

    @property
    def width(self) -> int:
        """Our own children, and the workers that have nothing to do."""
        return self._own + (count_idle(self._redis) if self._redis else 0)

    def __call__(self, parts: Sequence[Part], effort: Effort) -> list[Plan]:
        """Plans of the parts, in their order; `otherwise` where our own child has none.

        Raises:
            SolverFailed: our own child has no plan for a part that has no `otherwise`.
            Superseded: the request is in other hands.
        """
        if effort.seconds is None:
            raise NotYetHonoured("iterations", "shared parts stop by the clock")
        turns = -(-len(parts) // self.width)
        rows = [self._row(*each, effort, turns) for each in enumerate(parts)]
        may_stay = all(part.otherwise is not None for part in parts)
        in_one_transaction(self._engine, partial(lay_out, rows=rows))
        try:
            self._solve(may_stay)
            return self._collect(parts)
        finally:
            in_one_transaction(self._engine, partial(forget, asker=self._asker))

    def _row(self, number: int, part: Part, effort: Effort, turns: int) -> Json:
        seconds = max(LEAST_SECONDS, effort.seconds or 0)
        patience = seconds * turns + settings().lease_seconds
        return {
            "request_id": self._asker.request_id,
            "asker_fence": self._asker.fence,
            "number": number,
            "seconds": seconds,
            "seed": effort.seed,
            "ready_by": wall_now() + timedelta(seconds=patience),
            "asked": pack(asked_for(part.problem, part.start)),
        }

    def _solve(self, may_stay: bool) -> None:
        """Take parts as others do, and tell others of those that nobody is at."""
        over = threading.Event()
        with ThreadPoolExecutor(self._own) as pool:
            turns = partial(self._take_turns, over, may_stay)
            lanes = [pool.submit(turns) for _ in range(self._own)]
            try:
                self._tell()
                while not self._ended(lanes):
                    self._tell()
            finally:
                over.set()

    def _ended(self, lanes: Sequence[Future[None]]) -> bool:
        """Wait for a while. Raises what a lane raises."""
        done, waiting = wait(lanes, HINT_AGAIN_SECONDS, return_when=FIRST_EXCEPTION)
        for lane in done:
            lane.result()
        return not waiting

    def _take_turns(self, over: threading.Event, may_stay: bool) -> None:
        solve = partial(
            solve_part,
            self._engine,
            helping=False,
            may_stay=may_stay,
            child=self._child,
        )
        while not over.is_set() and (standing := self._look()).open:
            if not any(solve(each) for each in standing.free):
                over.wait(_LOOK_SECONDS)

    def _look(self) -> Standing:
        with picture(self._engine) as seen:
            return look(seen.session, self._asker)

    def _tell(self) -> None:
        """From the end: we ourselves begin with the first."""
        if self._redis is None:
            return
        self._hints += 1
        try:
            for part_id in reversed(self._look().free):
                hint_part(self._redis, part_id, self._hints)
        except RedisError as trouble:
            log.warning("the queue is gone", error=type(trouble).__name__)

    def _collect(self, parts: Sequence[Part]) -> list[Plan]:
        with picture(self._engine) as seen:
            solved = list_plans(seen.session, self._asker)
        if len(solved) < len(parts):
            raise Superseded(f"request {self._asker.request_id} is in other hands")
        plans = []
        for part, (host, text) in zip(parts, solved, strict=True):
            said = json.loads(text)
            if said is None and part.otherwise is not None:
                plans.append(part.otherwise)
                continue
            self.solved_on[host] += 1
            plans.append(plan_from(said))
        return plans


def solve_part(
    engine: Engine,
    part_id: UUID,
    *,
    helping: bool = True,
    may_stay: bool = False,
    child: Sequence[str] = PART_CHILD,
) -> bool:
    """Solve a part, if somebody waits for it and nobody is at it.

    Args:
        helping: it is another's part; then leave it to its asker when others have
            tried often enough.
        may_stay: it is a border; when the child fails, that is its answer.
        child: the solver's command line.

    Returns:
        whether its plan was still wanted.

    Raises:
        SolverFailed, EngineMissing: the part is free for the next one.
    """
    hold = in_one_transaction(engine, lambda uow: _seize(uow, part_id, helping))
    if hold is None:
        return False
    try:
        with beating(engine, hold):
            with picture(engine) as seen:
                asked = find_asked(seen.session, part_id)
            if asked is None:
                return False
            plan = _answer(asked, child, may_stay)
        return in_one_transaction(engine, lambda uow: _keep(uow, hold, plan))
    except Exception:
        give_back(engine, hold)
        raise


def _seize(uow: UnitOfWork, part_id: UUID, helping: bool) -> Hold | None:
    may = and_(is_free(PlanPart, wall_now()), asker_waits())
    if helping:
        may = and_(may, col(PlanPart.attempt) < MOST_ATTEMPTS)
    return seize(uow, PlanPart, part_id, may, host=platform.node())


def _answer(asked: Asked, child: Sequence[str], may_stay: bool) -> Plan | None:
    try:
        return ask_child(child, asked.text, _effort_left(asked))
    except SolverFailed as failure:
        if not may_stay:
            raise
        log.warning("a border was not sewn", why=str(failure))
        return None


def _effort_left(asked: Asked) -> Effort:
    left = (asked.ready_by - wall_now()).total_seconds()
    seconds = min(asked.seconds, max(LEAST_SECONDS, left))
    return Effort(seconds=seconds, seed=asked.seed)


def _keep(uow: UnitOfWork, hold: Hold, plan: Plan | None) -> bool:
    said = json.dumps(None if plan is None else plan_to(plan, whole=True))
    kept = uow.session.exec(
        update(PlanPart)
        .where(is_mine(hold))
        .values(state=AskState.DONE, plan=pack(said))
        .returning(col(PlanPart.id))
        .execution_options(synchronize_session=False)
    ).first()
    return kept is not None
