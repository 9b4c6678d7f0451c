"""What of the house is red, judged from its gauges: for one page, in a fixed order.

The page has the words for each code: what it is, how it stands, what to do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from dispatch.backups.nightly import interval
from dispatch.gauging.gauges import PARTS, Readings
from dispatch.settings import Settings

Level = Literal["good", "late", "alarm", "off"]
DRILL_DAYS: Final = 7
_HOUR, _DAY = 3600.0, 86400.0
_KEPT_MUCH, _KEPT_TOO_MUCH = 500e6, 2e9  # bytes; the alert rule has the latter, too


@dataclass(frozen=True, kw_only=True)
class SystemSign:
    """One thing and how it stands; `value` is in the unit that its code has: seconds,
    bytes, a count, or a share. None: there is nothing that could be told."""

    code: str
    level: Level
    value: float | None


@dataclass(frozen=True, kw_only=True)
class SystemState:
    """The whole house at a moment of the wall's clock."""

    as_of: datetime
    red: int
    signs: list[SystemSign]


def judge(readings: Readings, chosen: Settings, as_of: datetime) -> SystemState:
    """Each thing in the order in which one looks: what serves people comes first."""
    signs = [_silent(readings, part) for part in PARTS]
    signs += [
        _over(readings, "database", "liuzhu_database_seconds", 1.0, 5.0),
        _over(readings, "queue", "liuzhu_queue_age_seconds", 30.0, 60.0),
        _over(readings, "feed", "liuzhu_feed_lag_seconds", 5.0, 30.0),
        _over(readings, "cases", "liuzhu_cases_overdue", 0.0, 0.0),
        _over(readings, "phones", "liuzhu_phones_unheard", 0.0, float("inf")),
        _over(readings, "promises", "liuzhu_promises_broken", 0.0, 0.0),
        _over(
            readings,
            "solver",
            "liuzhu_solver_seconds",
            chosen.solve_seconds + 10,
            float("inf"),
        ),
        _disk(readings),
        *_of_backups(readings, chosen),
        # Also where no backups are made any more: the slot may have been left behind.
        _over(
            readings,
            "journal",
            "liuzhu_journal_kept_bytes",
            _KEPT_MUCH,
            _KEPT_TOO_MUCH,
        ),
    ]
    red = sum(sign.level == "alarm" for sign in signs)
    return SystemState(as_of=as_of, red=red, signs=signs)


def _silent(readings: Readings, part: str) -> SystemSign:
    silent = readings.get(f'liuzhu_part_silent{{part="{part}"}}', 1.0)
    return _sign(f"part_{part}", "alarm" if silent else "good", None)


def _over(
    readings: Readings, code: str, name: str, late: float, alarm: float
) -> SystemSign:
    """Late above the one, alarm above the other."""
    value = readings.get(name)
    if value is None:
        return _sign(code, "alarm" if code == "database" else "off", None)
    level: Level = "late" if value > late else "good"
    return _sign(code, "alarm" if value > alarm else level, value)


def _disk(readings: Readings) -> SystemSign:
    free = readings.get("liuzhu_disk_free_ratio")
    if free is None:
        return _sign("disk", "alarm", None)
    level: Level = "late" if free < 0.2 else "good"
    return _sign("disk", "alarm" if free < 0.1 else level, free)


def _of_backups(readings: Readings, chosen: Settings) -> list[SystemSign]:
    if chosen.backups is None and chosen.stage != "live":
        return [_sign(code, "off", None) for code in ("backup", "drill", "keys")]
    every = interval(chosen).total_seconds()
    waits: Callable[[float], Level] = lambda age: (  # noqa: E731 - one rule of ages
        "alarm" if age > 2 * every + _HOUR else "late" if age > 1.5 * every else "good"
    )
    aged: Callable[[float], Level] = lambda age: (  # noqa: E731
        "alarm" if age > DRILL_DAYS * _DAY else "late" if age > 2 * _DAY else "good"
    )
    return [
        _aged(readings, "backup", waits),
        _aged(readings, "drill", aged),
        _sign("keys", "good" if chosen.keys_copy else "late", None),
    ]


def _aged(
    readings: Readings, code: str, judged: Callable[[float], Level]
) -> SystemSign:
    age = readings.get(f"liuzhu_{code}_age_seconds")
    if age is None and "liuzhu_database_seconds" not in readings:
        return _sign(code, "late", None)  # nobody knows: that is not the same as never
    level = "alarm" if age is None else judged(age)
    failed = bool(readings.get(f"liuzhu_{code}_failed", 0.0))
    return _sign(code, "alarm" if failed else level, age)


def _sign(code: str, level: Level, value: float | None) -> SystemSign:
    return SystemSign(code=code, level=level, value=value)
