"""Drafting: a coordinator asks what a change would come to; a worker thinks of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import Engine, update
from sqlmodel import col

from dispatch.access.scope import get_scoped
from dispatch.clock import wall_now
from dispatch.log.events import record
from dispatch.orders.orders import Order, list_of_wave
from dispatch.planning.comparing import Side, compare, side_of_plan, side_of_rounds
from dispatch.planning.directing import must_make_sense
from dispatch.planning.directions import Direction
from dispatch.planning.drafts import PlanDraft, forget_drafts, get_draft
from dispatch.planning.explaining import explain, explain_unfit
from dispatch.planning.leases import (
    Hold,
    beating,
    give_back,
    is_free,
    is_mine,
    seize,
)
from dispatch.planning.packing_drafts import pack
from dispatch.planning.present import open_rounds, present_plan
from dispatch.planning.problem import WaveProblem, problem_for
from dispatch.planning.rounds import path_for
from dispatch.planning.sketching import Sketch, sketch
from dispatch.planning.solving import SolverFailed
from dispatch.planning.waves import AskState, Wave, get_wave
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from routing import BadProblem, EngineMissing, Plan, WrongPlan, cost_of

log = structlog.get_logger()
NOT_FOUND: Final = "试算没有成功，路线没有改动。请再试一次，或直接重新排线。"
_NO_ANSWER: Final = {"state": AskState.FAILED, "error": NOT_FOUND}
_MOST_ATTEMPTS: Final = 3


def ask_for_draft(
    uow: UnitOfWork, wave_id: UUID, asked: Sequence[Direction]
) -> PlanDraft:
    """Have it thought of what a change would come to; nothing changes by this.

    What the same person tried before in the wave, and did not publish, is forgotten.

    Raises:
        NotFound: no such wave, order, helper or kitchen within reach.
        WaveOver, CannotDirect: it makes no sense any more, or never did.
    """
    wave = get_scoped(uow, Wave, wave_id)
    must_make_sense(uow, wave, asked)
    forget_drafts(uow, wave.id)
    draft = PlanDraft(
        wave_id=wave.id,
        state=AskState.QUEUED,
        asked=[each.to_json() for each in asked],
        asked_at=uow.now,
        queued_at=wall_now(),
        made_by=uow.actor.account_id,
        base_version=wave.plan_version,
    )
    uow.session.add(draft)
    uow.session.flush()
    get_wave(uow.session, wave.id, lock=True)
    said: Json = {"draft_id": str(draft.id)}
    scope = {"street_code": wave.street_code}
    record(uow, "wave.draft_asked", "wave", wave.id, facts=said, **scope)
    return draft


def carry_out_draft(engine: Engine, draft_id: UUID) -> bool:
    """Think of a draft, if nobody else does; one that three have left is given up.

    Returns:
        whether there is an answer, be it that nothing was found.
    """
    hold = in_one_transaction(
        engine,
        lambda uow: seize(uow, PlanDraft, draft_id, is_free(PlanDraft, wall_now())),
    )
    if hold is None:
        return False
    if hold.attempt > _MOST_ATTEMPTS:  # whoever thought of it died; so would we
        log.warning("no draft", draft=str(draft_id), why="its makers died over it")
        return _settle(engine, hold, _NO_ANSWER)
    try:
        with beating(engine, hold):
            answer = _think(engine, draft_id)
    except (SolverFailed, EngineMissing, BadProblem, WrongPlan) as failure:
        log.warning("no draft", draft=str(draft_id), why=str(failure))
        answer = _NO_ANSWER
    except Exception:
        if hold.attempt >= _MOST_ATTEMPTS:
            _settle(engine, hold, _NO_ANSWER)
        else:
            give_back(engine, hold)
        raise
    return _settle(engine, hold, answer)


def _think(engine: Engine, draft_id: UUID) -> dict[str, Any]:
    with picture(engine) as seen:
        draft = get_draft(seen.session, draft_id)
        wave = get_wave(seen.session, draft.wave_id)
        directions = draft.directions
        task = problem_for(seen.session, wave, directions)
        rounds = open_rounds(seen, wave)
        present = present_plan(seen.session, task, wave, rounds)
        on = wave.serve_on
        was = side_of_rounds(
            seen.session,
            rounds,
            version=wave.shown_version or None,
            travel_seconds=cost_of(task.problem, present).travel_seconds,
            left_out=_left_out(list_of_wave(seen.session, wave.id), task),
        )
    found = sketch(task, present, directions)
    return _answer(found, was, on)


def _left_out(orders: Sequence[Order], task: WaveProblem) -> dict[UUID, str]:
    return {
        each.id: (each.explanation or {}).get("why", "")
        for each in orders
        if each.id in task.handled and each.plan_version is None
    }


def _answer(found: Sketch, was: Side, on: date) -> dict[str, Any]:
    paths = {each.vehicle: path_for(found.task, each) for each in found.plan.routes}
    task = replace(found.task, paths=paths)
    now = side_of_plan(task, found.plan, on, _reasons(task, found.plan))
    answer = compare(was, now) | {"weighed": found.weighed}
    return {
        "state": AskState.DONE,
        "asked": [each.to_json() for each in found.directions],
        "base_version": task.base_version,
        "answer": _plain(answer),
        "packed": pack(task, found.plan),
    }


def _reasons(task: WaveProblem, plan: Plan) -> dict[UUID, str]:
    said = {
        UUID(left.task): str(explain(task.carriers, left, 0)["why"])
        for left in map(task.bearable, plan.left_out)
    }
    unfit = {
        order_id: str(explain_unfit(task.carriers, rule, 0)["why"])
        for order_id, rule in task.unfit.items()
    }
    return said | unfit


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value


def _settle(engine: Engine, hold: Hold, answer: Mapping[str, Any]) -> bool:
    """Write the answer, if the draft is still ours and wanted; say so."""

    def do(uow: UnitOfWork) -> bool:
        row = uow.session.exec(
            update(PlanDraft)
            .where(is_mine(hold))
            .values(**answer)
            .returning(col(PlanDraft.wave_id))
            .execution_options(synchronize_session=False)
        ).first()
        if row is None:
            return False
        wave = get_wave(uow.session, row[0], lock=True)
        said: Json = {"draft_id": str(hold.row_id)}
        scope = {"street_code": wave.street_code}
        record(uow, "wave.drafted", "wave", wave.id, facts=said, **scope)
        return True

    return in_one_transaction(engine, do)
