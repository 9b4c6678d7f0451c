"""The planning job: read, think, write. It may run twice, late, or never.

A queue brings only the id of a request. Whoever takes its lease plans; no transaction
is open while the solver thinks; whoever comes late finds that it is no longer theirs.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import structlog
from redis import Redis
from sqlalchemy import Engine

from dispatch.log.events import record
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.drafting import carry_out_draft
from dispatch.planning.giving import CHILD as GIVING
from dispatch.planning.giving import give_to_people
from dispatch.planning.leases import Lease, beating, give_back, take
from dispatch.planning.problem import WaveProblem, problem_for
from dispatch.planning.publishing import Superseded, publish
from dispatch.planning.rounds import draw_paths
from dispatch.planning.sharing import Sharing, solve_part
from dispatch.planning.solving import CHILD as SOLVING
from dispatch.planning.solving import SolverFailed, Thought, think
from dispatch.planning.waves import AskState, get_request, get_wave
from dispatch.queue import queue_of_this_job
from dispatch.settings import settings
from dispatch.store.engine import make_engine
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from routing import EngineMissing, Problem
from routing.apart import load
from routing.choosing import CHILD as CHOOSING

log = structlog.get_logger()
Thinking = Callable[[Problem], Thought]


def make_ready() -> None:
    """Have loaded, beside this process, what the first plan will need."""
    load(*(command[-1] for command in (SOLVING, GIVING, CHOOSING)))


def plan_wave(request_id: str) -> None:
    """The job of a plan worker: plan what this request asks for."""
    with _engine_of_a_job() as engine:
        carry_out(engine, UUID(request_id), redis=queue_of_this_job())


def help_out(part_id: str) -> None:
    """The other job of a plan worker: solve a part of somebody's plan."""
    with _engine_of_a_job() as engine:
        try:
            solve_part(engine, UUID(part_id))
        except (SolverFailed, EngineMissing) as failure:  # its asker tries it, too
            log.warning("a part was given back", part=part_id, why=str(failure))


def make_draft(draft_id: str) -> None:
    """The third job of a plan worker: think of what a coordinator tries."""
    with _engine_of_a_job() as engine:
        carry_out_draft(engine, UUID(draft_id))


@contextmanager
def _engine_of_a_job() -> Iterator[Engine]:
    engine = make_engine(settings().database)
    try:
        yield engine
    finally:
        engine.dispose()


def carry_out(
    engine: Engine,
    request_id: UUID,
    *,
    thinking: Thinking | None = None,
    by_force: bool = False,
    redis: Redis | None = None,
) -> bool:
    """Plan what a request asks for, if nobody else does.

    Args:
        thinking: from a problem to a plan; if not given, `solving.think`, which
            shares a city with all workers.
        redis: where other workers hear of a city's parts.
        by_force: do not wait for a planner that is alive and slow.

    Returns:
        whether a plan was published.
    """
    lease = take(engine, request_id, by_force=by_force)
    if lease is None:
        return False
    try:
        with beating(engine, lease):
            fail_point("plan.taken")
            task = read_problem(engine, lease)
            began = time.monotonic()
            thought = (thinking or _together(engine, lease, redis))(task.problem)
            left = settings().solve_seconds - (time.monotonic() - began)
            thought = give_to_people(task.problem, thought, task.past, seconds=left)
            draw_paths(task, thought.plan)
            fail_point("plan.thought")
            _publish(engine, lease, task, thought)
            fail_point("plan.published")
    except EngineMissing as missing:
        _fail(engine, lease, "engine_missing", str(missing))
        # No traceback: it may print what its frames hold, a person's name among it.
        about = {"wave": str(lease.wave_id), "why": str(missing)}
        log.error("no plan: engine missing", **about)  # noqa: TRY400
        return False
    except Superseded as newer:
        _give_way(engine, lease, str(newer))
        return False
    except Exception:
        give_back(engine, lease)
        raise
    return True


def _together(engine: Engine, lease: Lease, redis: Redis | None) -> Thinking:
    def thinking(problem: Problem) -> Thought:
        sharing = Sharing(engine, lease, redis)
        thought = think(problem, sharing=sharing)
        return replace(thought, parts=sharing.solved_on)

    return thinking


def read_problem(engine: Engine, lease: Lease) -> WaveProblem:
    """One consistent picture of the wave, read in a short transaction."""
    with picture(engine) as seen:
        return problem_for(seen.session, get_wave(seen.session, lease.wave_id))


def _publish(engine: Engine, lease: Lease, task: WaveProblem, thought: Thought) -> None:
    _ = task.sha256  # reckoned before anything is locked: a city's problem is long
    plan = in_one_transaction(engine, lambda uow: publish(uow, lease, task, thought))
    log.info(
        "wave planned",
        wave=str(plan.wave_id),
        version=plan.version,
        decided_by=plan.decided_by,
        fallback=plan.fallback,
        seconds=thought.plan.seconds_used,
    )


def _fail(engine: Engine, lease: Lease, code: str, words: str) -> None:
    """End a request without a plan, loudly; only its present planner can."""

    def do(uow: UnitOfWork) -> None:
        wave = get_wave(uow.session, lease.wave_id, lock=True)
        request = get_request(uow.session, lease.request_id, lock=True)
        if request.fence != lease.fence or request.state is not AskState.RUNNING:
            return
        request.state, request.error = AskState.FAILED, f"{code}: {words}"[:200]
        uow.session.add(request)
        said = {"request_id": str(request.id), "code": code, "words": words}
        scope = {"street_code": wave.street_code}
        record(uow, "wave.planning_failed", "wave", wave.id, facts=said, **scope)

    in_one_transaction(engine, do)


def _give_way(engine: Engine, lease: Lease, words: str) -> None:
    """A newer plan is out: close our request, and ask again if it missed something."""

    def do(uow: UnitOfWork) -> None:
        wave = get_wave(uow.session, lease.wave_id, lock=True)
        request = get_request(uow.session, lease.request_id, lock=True)
        if request.fence != lease.fence or request.state is not AskState.RUNNING:
            return
        request.state, request.error = AskState.FAILED, f"superseded: {words}"[:200]
        uow.session.add(request)
        if wave.orders_version > wave.planned_orders_version:
            ask_for_plan(uow, wave.id, "superseded")

    in_one_transaction(engine, do)
