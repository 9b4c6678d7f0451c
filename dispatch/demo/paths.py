"""Where somebody is on a round at a moment: on its line, between two stops."""

from datetime import datetime
from typing import Any

Place = tuple[float, float]


def place_along(round_: dict[str, Any], at: datetime) -> Place:
    """The point of a round's line that its times put there at this moment."""
    path: list[Place] = [(lat, lon) for lat, lon in round_["path"]]
    marks = _marks(path, round_)
    before, after = marks[0], marks[-1]
    for mark in marks:
        if mark[0] <= at:
            before = mark
        elif mark[0] > at:
            after = mark
            break
    whole = (after[0] - before[0]).total_seconds()
    share = min(1.0, max(0.0, (at - before[0]).total_seconds() / whole if whole else 0))
    return path[round(before[1] + (after[1] - before[1]) * share)]


def _marks(path: list[Place], round_: dict[str, Any]) -> list[tuple[datetime, int]]:
    """When the round is at which point of its line: the start, then each stop."""
    marks = [(datetime.fromisoformat(round_["leaves_at"]), 0)]
    for stop in round_["stops"]:
        begin = marks[-1][1]
        ahead = range(begin, len(path))
        nearest = min(
            ahead,
            key=lambda n: (
                (path[n][0] - stop["lat"]) ** 2 + (path[n][1] - stop["lon"]) ** 2
            ),
        )
        marks.append((datetime.fromisoformat(stop["at"]), nearest))
    return marks
