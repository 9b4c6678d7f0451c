"""Publishing a draft: of two coordinators one wins, the other sees what is new."""

from dataclasses import replace
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.errors import Conflict
from dispatch.planning.begun import list_begun_orders
from dispatch.planning.beside import find_settled
from dispatch.planning.directing import put_in_force
from dispatch.planning.drafts import PlanDraft, get_draft
from dispatch.planning.holding import hold_helpers, hold_orders
from dispatch.planning.packing_drafts import unpack
from dispatch.planning.placing import Publication
from dispatch.planning.plans import Plan, find_plan, list_rounds_of_wave
from dispatch.planning.problem import WaveProblem
from dispatch.planning.publishing import Superseded, raise_version, write_out
from dispatch.planning.repairing import repair
from dispatch.planning.solving import SolverFailed, Thought
from dispatch.planning.waves import AskState, Wave, get_wave
from dispatch.store.unit_of_work import UnitOfWork
from routing import Plan as Thinking

Paths = dict[str, list[list[float]]]


class NotDrafted(Conflict):
    """这次试算还没有结果，没有发布。"""

    code = "not_drafted"


class NewerPlan(Conflict):
    """您试算时别人已经发布了新路线，这一版没有发布。请看差别后再试算。"""

    code = "newer_plan"


class DraftOver(Conflict):
    """试算之后情况变了：有人已出发，或人手有变。没有发布，请重新试算。"""

    code = "draft_over"


def publish_draft(uow: UnitOfWork, draft_id: UUID) -> Plan:
    """Put a draft in force, as it was shown, if the plan it changes still stands.

    What was asked for holds from now on, for later plans too. Sent again it is the
    same version.

    Raises:
        NotFound: no such draft within reach.
        NotDrafted: it is not ready, or nothing was found.
        NewerPlan: a newer version is out; its number and the draft's are told.
        DraftOver: whoever it changes has left, or cannot come any more.
        TooMuch: with what holds already somebody would work too long.
    """
    session = uow.session
    wave_id = get_draft(session, draft_id).wave_id
    get_scoped(uow, Wave, wave_id)
    orders = hold_orders(session, wave_id)
    wave = get_wave(session, wave_id, lock=True)
    draft = get_draft(session, draft_id, lock=True)
    if draft.published_version is not None:
        return _published(uow, draft)
    if draft.state is not AskState.DONE or draft.packed is None:
        raise NotDrafted
    newest = find_settled(session, wave.id, wave.plan_version)
    if newest is not None and newest.version > draft.base_version:
        raise NewerPlan(was=draft.base_version, now=newest.version)
    task, plan = unpack(draft.packed)
    _must_not_have_begun(uow, draft)
    hold_helpers(session, {each.helper_id for each in task.carriers.values()})
    rounds = list_rounds_of_wave(session, wave.id, lock=True)
    put_in_force(uow, wave, draft.directions, said_at=draft.asked_at)
    session.flush()
    try:
        repaired = repair(uow, wave, task, plan, [*orders.values()])
        raise_version(uow, wave)
    except (SolverFailed, Superseded) as late:
        raise DraftOver from late
    if repaired.freed & _concerned(draft):
        raise DraftOver
    task = replace(task, paths=_still_drawn(task, plan, repaired.plan))
    here = Publication(uow, task, wave, orders, wave.plan_version)
    made = write_out(here, repaired, Thought(plan), rounds)
    draft.published_version, draft.packed = made.version, None
    session.add(draft)
    return made


def _published(uow: UnitOfWork, draft: PlanDraft) -> Plan:
    found = find_plan(uow.session, draft.wave_id, draft.published_version or 0)
    if found is None:
        raise NotDrafted
    return found


def _must_not_have_begun(uow: UnitOfWork, draft: PlanDraft) -> None:
    begun = {str(e) for e in list_begun_orders(uow.session, draft.wave_id, uow.now)}
    if begun & _concerned(draft):
        raise DraftOver


def _concerned(draft: PlanDraft) -> set[str]:
    """The orders that change hands, or whose round does."""
    answer = draft.answer or {}
    named = {each["order_id"] for each in [*answer["moved"], *answer["left_out"]]}
    named |= {*answer["placed"]}
    for each in answer["rounds"]:
        named |= {*each["added"], *each["taken"]}
    return named


def _still_drawn(task: WaveProblem, drawn: Thinking, kept: Thinking) -> Paths:
    """The lines of the routes that the repair left as they were."""
    same = {*drawn.routes}
    return {
        each.vehicle: task.paths[each.vehicle]
        for each in kept.routes
        if each in same and each.vehicle in task.paths
    }
