"""What a draft would have changed in past months, asked from the office.

A month of a district takes seconds: the question is a row that a worker carries out,
beside the weeks of visits, and the page asks how far it has come.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Engine, update
from sqlmodel import col

from dispatch.access.accounts import Account, actor_of
from dispatch.clock import wall_now
from dispatch.errors import BadInput, NotAllowed, Refusal
from dispatch.planning.leases import (
    Hold,
    beating,
    give_back,
    is_free,
    is_mine,
    seize,
)
from dispatch.planning.waves import AskState
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from dispatch.subsidy.comparing import RuleComparison, who_changes
from dispatch.subsidy.policy_files import policy_of
from dispatch.subsidy.publishing import DRAFT_NAME
from dispatch.subsidy.rule_drafts import get_draft
from dispatch.subsidy.rule_trials import RuleTrial, forget_trials, get_trial

log = structlog.get_logger()
MOST_MONTHS: Final = 12
GIVEN_UP: Final = "试算没有成功，规则没有改动。请再试一次。"
_MOST_ATTEMPTS: Final = 3
_TELL_SECONDS: Final = 0.5
_COMPARISON: Final = TypeAdapter(RuleComparison)


class TooManyMonths(BadInput):
    """请选一到十二个月份再试算。试算不写入任何数据，没有保存。"""

    code = "too_many_months"


@dataclass(frozen=True)
class TrialShown:
    """How far a trial has come, in elders; `answer` once its state is `done`."""

    id: UUID
    state: str
    looked_at: int
    to_look_at: int
    answer: RuleComparison | None
    error: str | None


def ask_for_trial(uow: UnitOfWork, draft_id: UUID, months: Sequence[str]) -> TrialShown:
    """Have it worked out who would have gained or lost; no rule changes by this.

    What the same person tried before is thrown away.

    Raises: NoSuchDraft, TooManyMonths, NotAllowed
    """
    if uow.actor.account_id is None:
        raise NotAllowed
    draft = get_draft(uow.session, draft_id)
    wanted = sorted(set(months))
    if not 1 <= len(wanted) <= MOST_MONTHS:
        raise TooManyMonths
    forget_trials(uow, uow.actor.account_id)
    trial = RuleTrial(
        draft_id=draft.id,
        months=wanted,
        state=AskState.QUEUED,
        asked_by=uow.actor.account_id,
        asked_at=uow.now,
        queued_at=wall_now(),
    )
    uow.session.add(trial)
    uow.session.flush()
    return show_trial(uow, trial.id)


def show_trial(uow: UnitOfWork, trial_id: UUID) -> TrialShown:
    """A trial of one's own. Raises: NoSuchTrial."""
    trial = get_trial(uow.session, trial_id, uow.actor.account_id)
    answer = trial.answer
    return TrialShown(
        id=trial.id,
        state=trial.state.value,
        looked_at=trial.looked_at,
        to_look_at=trial.to_look_at,
        answer=None if answer is None else _COMPARISON.validate_python(answer),
        error=trial.error,
    )


def carry_out_trial(engine: Engine, trial_id: UUID) -> bool:
    """Work at a trial, if nobody else does; one that three have left is given up.

    Returns:
        whether it has come to an end.
    """
    hold = in_one_transaction(
        engine,
        lambda uow: seize(uow, RuleTrial, trial_id, is_free(RuleTrial, wall_now())),
    )
    if hold is None:
        return False
    if hold.attempt > _MOST_ATTEMPTS:
        return _settle(engine, hold, state=AskState.FAILED, error=GIVEN_UP)
    try:
        with beating(engine, hold):
            answer = _try(engine, hold)
    except Refusal as refusal:
        return _settle(engine, hold, state=AskState.FAILED, error=str(refusal)[:200])
    except Exception:
        give_back(engine, hold)
        raise
    told = _COMPARISON.dump_python(answer, mode="json")
    return _settle(engine, hold, state=AskState.DONE, answer=told)


def _try(engine: Engine, hold: Hold) -> RuleComparison:
    """One picture of the books, as whoever asked may see them."""
    with picture(engine) as seen:
        trial = seen.session.get_one(RuleTrial, hold.row_id)
        asked = seen.session.get_one(Account, trial.asked_by)
        words, months = get_draft(seen.session, trial.draft_id).words, trial.months
        actor = actor_of(asked)
    last = [0.0]

    def tell(looked_at: int, to_look_at: int) -> None:
        if time.monotonic() - last[0] >= _TELL_SECONDS:
            _settle(engine, hold, looked_at=looked_at, to_look_at=to_look_at)
            last[0] = time.monotonic()

    with picture(engine, actor) as seen:
        return who_changes(seen, None, policy_of(words, DRAFT_NAME), months, tell=tell)


def _settle(engine: Engine, hold: Hold, **values: Any) -> bool:
    """Write into the row what is held of it, unless somebody else has taken it."""

    def do(uow: UnitOfWork) -> bool:
        mine = update(RuleTrial).where(is_mine(hold)).values(**values)
        mine = mine.returning(col(RuleTrial.id)).execution_options(
            synchronize_session=False
        )
        return uow.session.exec(mine).first() is not None

    return in_one_transaction(engine, do)
