"""The rules of the time bank as data: a versioned file, read whole or refused."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from dispatch.people.elders import Living
from dispatch.people.helpers import HelperKind
from dispatch.subsidy.dated_files import file_on
from dispatch.subsidy.policy_files import said_by
from dispatch.subsidy.strict import Day, Identifier, Many, Strict
from dispatch.timebank.kin import Relation

DEMO_TIME: Final = Path(__file__).parent / "rules" / "qinghe-2026.toml"
Minutes = Annotated[int, Field(ge=0, le=10_000_000)]


class TimeVersion(Strict):
    id: Identifier
    effective_from: Day
    effective_to: Day


class MintRules(Strict):
    """What is worth minutes, and how many.

    most_minutes_kept: of one account; 0 is no limit. What is over it goes to the pool.
    sold_work, own_kin: whether such work counts all the same.
    """

    helpers: Many[Annotated[HelperKind, Field(strict=False)]]
    grades: Many[Literal["A", "B", "C", "D", "E"]] = Field(min_length=1)
    sold_work: bool
    own_kin: bool
    minor_with_guardian: bool
    round_to_minutes: Annotated[int, Field(ge=1, le=60)] = 1
    rounding: Literal["down", "nearest"] = "down"
    least_minutes: Minutes = 1
    most_minutes_a_day: Annotated[int, Field(ge=1, le=1440)] = 480
    most_minutes_kept: Minutes = 0


class UseRules(Strict):
    """Who may receive minutes: verified kin of the giver; whom the pool is for."""

    from_age: Annotated[int, Field(ge=0, le=120)]
    gift_to: Many[Annotated[Relation, Field(strict=False)]]
    granted_to: Many[Annotated[Living, Field(strict=False)]]


class TimeRules(Strict):
    """One version of the rules."""

    schema_: Literal["time-bank/1"] = Field(alias="schema")
    version: TimeVersion
    mint: MintRules
    use: UseRules

    def rounded(self, seconds: int) -> int:
        """Whole minutes for so many seconds, by the rule of rounding."""
        step = 60 * self.mint.round_to_minutes
        over = step // 2 if self.mint.rounding == "nearest" else 0
        return (seconds + over) // step * self.mint.round_to_minutes


def time_rules_on(on: date) -> TimeRules:
    """The rules of a day: the files in `timebank` under the home folder, else the
    demo district's. Where no version holds, the newest one does.

    Raises:
        BadFile: a file does not make sense.
    """
    return file_on(on, "timebank", DEMO_TIME, _read)


def _read(words: str, name: str) -> TimeRules:
    return said_by(TimeRules, words, name)
