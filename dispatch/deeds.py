"""What a job of the queue may have us do: one of these, with one id.

RQ would call whatever function a job names, and when it is over whatever other function
or address stands beside it. Whoever reaches Redis would have our rights. So the names
are known here, and nothing else of a job is read that leads anywhere.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from rq.job import Job

# By name: who only hints loads no solver.
JOBS: Final = "dispatch.planning.jobs"
WEEK_JOBS: Final = "dispatch.planning.week_jobs"
PLAN_WAVE: Final = f"{JOBS}.plan_wave"
HELP_OUT: Final = f"{JOBS}.help_out"
MAKE_DRAFT: Final = f"{JOBS}.make_draft"
PLAN_STATION: Final = f"{WEEK_JOBS}.plan_station"
TRY_RULES: Final = "dispatch.subsidy.trial_jobs.try_rules"
DEEDS: Final = frozenset({PLAN_WAVE, HELP_OUT, MAKE_DRAFT, PLAN_STATION, TRY_RULES})

_LEADS_ELSEWHERE: Final = frozenset(
    {"success_callback_name", "failure_callback_name", "stopped_callback_name"}
    | {"webhooks", "dependency_id", "dependency_ids", "result", "meta"}
)


class NotOurDeed(Exception):
    """Somebody else wrote this job: it names what is none of our deeds."""


class Deed(Job):
    """A job of ours."""

    @property
    def func(self) -> Callable[..., Any] | None:
        """The deed. Raises: NotOurDeed, also for other words than one id."""
        if self.func_name not in DEEDS or self.instance is not None:
            raise NotOurDeed
        if self.kwargs or len(self.args) != 1 or not _is_id(self.args[0]):
            raise NotOurDeed
        deed: Callable[..., Any] | None = super().func
        return deed

    def restore(self, raw_data: Mapping[Any, Any]) -> Any:
        """Read what Redis has of it, without what leads elsewhere."""
        read = {
            name: value
            for name, value in raw_data.items()
            if _text(name) not in _LEADS_ELSEWHERE
        }
        return super().restore(read)


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


def _is_id(word: object) -> bool:
    try:
        UUID(str(word))
    except ValueError:
        return False
    return isinstance(word, str)
