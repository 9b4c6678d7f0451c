"""A day of orders and shifts as four files of tab-separated columns.

Metres on a plane, minutes after midnight. What is wrong with a file is said with its
name and line.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

_LATEST: Final = 2 * 24 * 60  # minutes
_FURTHEST: Final = 1_000_000  # metres
_PARAMETERS: Final = (
    "meters_per_minute",
    "pickup service minutes",
    "dropoff service minutes",
    "target click-to-door",
    "maximum click-to-door",
)
Point = tuple[float, float]


class BadDay(Exception):
    """A file of the day cannot be used; says which, and in which line."""

    def __init__(self, file: str, line: int, words: str) -> None:
        super().__init__(f"{file}, line {line}: {words}")
        self.file, self.line, self.words = file, line, words


@dataclass(frozen=True)
class Wish:
    """One order: known from `placed` on, ready at `ready`."""

    id: str
    door: Point
    restaurant: str
    placed: int
    ready: int


@dataclass(frozen=True)
class Rider:
    """One courier, from their on-time at their on-location to their off-time."""

    id: str
    start: Point
    on: int
    off: int


@dataclass(frozen=True)
class Day:
    """The whole day, and by what numbers it is played and judged."""

    name: str
    wishes: tuple[Wish, ...]
    riders: tuple[Rider, ...]
    restaurants: dict[str, Point]
    metres_per_minute: float
    pickup_minutes: float
    dropoff_minutes: float
    target: float
    maximum: float

    def minutes(self, here: Point, there: Point) -> int:
        """Whole minutes of travel, rounded up."""
        return math.ceil(math.dist(here, there) / self.metres_per_minute - 1e-9)

    def bound(self, wish: Wish) -> float:
        """The shortest click-to-door that anybody could reach."""
        way = self.minutes(self.restaurants[wish.restaurant], wish.door)
        service = (self.pickup_minutes + self.dropoff_minutes) / 2
        return wish.ready + service + way - wish.placed

    def is_excused(self, wish: Wish) -> bool:
        """Nobody could be blamed for not delivering it in time."""
        on_duty = any(rider.off >= wish.ready for rider in self.riders)
        return self.bound(wish) > self.maximum or not on_duty


def read_day(folder: Path) -> Day:
    """Read a day.

    Raises:
        BadDay
    """
    restaurants = {
        row.name("restaurant"): row.point() for row in _rows(folder, "restaurants.txt")
    }
    parameters = list(_rows(folder, "instance_parameters.txt"))
    if len(parameters) != 1:
        raise BadDay("instance_parameters.txt", 2, "one line of numbers is expected")
    numbers = [parameters[0].number(each, least=0) for each in _PARAMETERS]
    if not numbers[0]:
        parameters[0].refuse("meters_per_minute must be more than 0")
    return Day(
        folder.resolve().name,
        tuple(_wish(row, restaurants) for row in _rows(folder, "orders.txt")),
        tuple(_rider(row) for row in _rows(folder, "couriers.txt")),
        restaurants,
        *numbers,
    )


@dataclass(frozen=True)
class _Row:
    file: str
    line: int
    cells: dict[str, str]

    def refuse(self, words: str) -> NoReturn:
        raise BadDay(self.file, self.line, words)

    def name(self, column: str) -> str:
        cell = self._cell(column)
        if not 0 < len(cell) <= 12 or any(letter.isspace() for letter in cell):
            self.refuse(f"{column} {cell!r} is no name of 1 to 12 letters")
        return cell

    def number(self, column: str, *, least: float, most: float = _FURTHEST) -> float:
        try:
            value = float(self._cell(column))
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            said = self._cell(column)
            self.refuse(f"{column} {said!r} is no number from {least:g} to {most:g}")
        return value

    def minute(self, column: str) -> int:
        value = self.number(column, least=0, most=_LATEST)
        if value != int(value):
            self.refuse(f"{column} must be a whole minute")
        return int(value)

    def point(self) -> Point:
        x, y = (self.number(each, least=-_FURTHEST) for each in "xy")
        return x, y

    def _cell(self, column: str) -> str:
        if column not in self.cells:
            raise BadDay(self.file, 1, f"there is no column {column!r}")
        return self.cells[column]


def _rows(folder: Path, file: str) -> Iterator[_Row]:
    """The lines of a file by their columns' names; the first cell is never repeated."""
    try:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadDay(file, 1, f"cannot be read: {type(trouble).__name__}") from trouble
    if not lines:
        raise BadDay(file, 1, "is empty")
    header = [cell.strip() for cell in lines[0].split("\t")]
    seen: set[str] = set()
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != len(header):
            raise BadDay(file, number, f"{len(cells)} cells, {len(header)} expected")
        if cells[0] in seen:
            raise BadDay(file, number, f"{cells[0]!r} stands here a second time")
        seen.add(cells[0])
        yield _Row(file, number, dict(zip(header, cells, strict=True)))


def _wish(row: _Row, restaurants: dict[str, Point]) -> Wish:
    wish = Wish(
        id=row.name("order"),
        door=row.point(),
        restaurant=row.name("restaurant"),
        placed=row.minute("placement_time"),
        ready=row.minute("ready_time"),
    )
    if wish.restaurant not in restaurants:
        row.refuse(f"restaurant {wish.restaurant!r} is not in restaurants.txt")
    if wish.ready < wish.placed:
        row.refuse("ready before it is placed")
    return wish


def _rider(row: _Row) -> Rider:
    rider = Rider(
        row.name("courier"), row.point(), row.minute("on_time"), row.minute("off_time")
    )
    if rider.off <= rider.on:
        row.refuse("off_time must be after on_time")
    return rider
