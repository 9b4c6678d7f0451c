"""The job of a trial of rules, and the look that lets none of them be forgotten."""

from functools import partial
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine

import dispatch.store.tables  # noqa: F401 - what we write may point at any table
from dispatch.planning.chasing_drafts import look_after
from dispatch.queue import tell_trials
from dispatch.settings import settings
from dispatch.store.engine import make_engine
from dispatch.subsidy.rule_trials import RuleTrial
from dispatch.subsidy.what_if import carry_out_trial


def try_rules(trial_id: str) -> None:
    """The job of the worker of weeks: work at one trial."""
    engine = make_engine(settings().database)
    try:
        carry_out_trial(engine, UUID(trial_id))
    finally:
        engine.dispose()


def look_after_trials(engine: Engine, redis: Redis) -> None:
    """Look once after the trials of rules."""
    look_after(engine, RuleTrial, partial(tell_trials, redis), carry_out_trial)
