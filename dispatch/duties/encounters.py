"""Encounters: what happened between us and an elder, as far as a duty may count it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Way(StrEnum):
    """How we met."""

    HOME = "home"  # 上门
    DOOR = "door"  # 门口交接
    COUNTER = "counter"  # 柜台
    PHONE = "phone"  # 电话
    MESSAGE = "message"  # 微信、短信
    VIDEO = "video"  # 视频
    FILE = "file"  # 旧档案带入


@dataclass(frozen=True)
class Encounter:
    """One thing that happened. `on` is the town's day of `at`.

    Attributes:
        id: of the evidence, the outreach or the file's entry that stands behind it.
        what: a service's code, or what an outreach was for.
        minutes: how long it lasted; 0 where nobody measured.
        grade: of its evidence; None where there is none, as for a phone call.
        seen: the elder was met, seen or heard in person.
        paid: it is a visit as the district's rule wants it.
    """

    id: str
    at: datetime
    on: date
    what: str
    way: Way
    minutes: int = 0
    grade: str | None = None
    seen: bool = False
    paid: bool = False


def last_seen(encounters: list[Encounter]) -> Encounter | None:
    """The last time that the elder was seen or heard, by whatever way."""
    return max(
        (each for each in encounters if each.seen),
        key=lambda each: (each.at, each.id),
        default=None,
    )
