"""What is known of people before a plan: faces, hours, and what they offered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from routing.errors import BadProblem
from routing.fields import must_be_known, must_be_named, must_be_whole
from routing.problem import Problem

HOUR: Final = 3600
# Labour Law of the PRC, articles 36 and 38: eight hours a day, 44 a week on average,
# a day of rest in each week.
LEGAL_DAY_SECONDS: Final = 8 * HOUR
LEGAL_WEEK_SECONDS: Final = 44 * HOUR
LEGAL_DAYS_IN_A_ROW: Final = 6


@dataclass(frozen=True)
class PastOf:
    """One helper before this plan; None is no limit.

    Attributes:
        worked_today_seconds, worked_week_seconds, worked_four_weeks_seconds: in the
            running day and week, and in the 28 days before; this plan not counted.
        most_day_seconds, most_week_seconds: by law or contract.
        most_four_weeks_seconds, most_stops, most_floors: what a volunteer offered;
            stops and floors are of this plan.
        rested_at: the rest after the last work ends then; seconds of planning day.
        days_in_a_row: worked up to yesterday, without a day of rest.
    """

    vehicle: str
    worked_today_seconds: int = 0
    worked_week_seconds: int = 0
    worked_four_weeks_seconds: int = 0
    most_day_seconds: int | None = LEGAL_DAY_SECONDS
    most_week_seconds: int | None = LEGAL_WEEK_SECONDS
    most_four_weeks_seconds: int | None = None
    most_stops: int | None = None
    most_floors: int | None = None
    rested_at: int | None = None
    days_in_a_row: int = 0
    most_days_in_a_row: int | None = LEGAL_DAYS_IN_A_ROW

    def __post_init__(self) -> None:
        must_be_named("vehicle", self.vehicle)
        for name, value in vars(self).items():
            if name == "vehicle" or value is None:
                continue
            if name == "rested_at":
                must_be_whole(name, value)
            else:
                must_be_whole(name, value, least=0)


@dataclass(frozen=True)
class Past:
    """The four weeks before a plan, in the names of its problem.

    Attributes:
        of: what is known of single helpers; a helper who is missing has no past.
        served: how often a vehicle's helper served the person of a task.
        floors: climbed on foot for a task.
        asked: the skill that the person of a task asks for in a helper, such as
            "female" for bathing.
    """

    of: tuple[PastOf, ...] = ()
    served: Mapping[tuple[str, str], int] = field(default_factory=dict)
    floors: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("served", "floors", "asked"):
            kept = MappingProxyType(dict(getattr(self, name)))
            object.__setattr__(self, name, kept)
        if len({each.vehicle for each in self.of}) != len(self.of):
            raise BadProblem("of", "a vehicle stands here twice")
        for pair, times in self.served.items():
            must_be_whole(f"served[{pair}]", times, least=0)
        for task, floors in self.floors.items():
            must_be_whole(f"floors[{task}]", floors, least=0)

    def must_fit(self, problem: Problem) -> None:
        """Raises: BadProblem, when it names what the problem does not have."""
        vehicles, tasks = problem.vehicle_numbers, problem.task_numbers
        for each in self.of:
            must_be_known("of", each.vehicle, "vehicle", vehicles)
        for vehicle, task in self.served:
            must_be_known("served", vehicle, "vehicle", vehicles)
            must_be_known("served", task, "task", tasks)
        for name in ("floors", "asked"):
            for task in getattr(self, name):
                must_be_known(name, task, "task", tasks)
