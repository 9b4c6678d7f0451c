"""What a figure is, and the words that its table is made of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from benchmarks.cells import Cell
from benchmarks.engines import ENGINES
from benchmarks.results import Results, unrun

Size: TypeAlias = Literal["quick", "full"]
Row: TypeAlias = Sequence[str]


class Bar(NamedTuple):
    """One bar of the picture: its label, its length, and what stands behind it."""

    label: str
    value: float
    note: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Figure:
    """`cells` of a size; the `table` in Markdown; `bars` in a unit, for the picture."""

    name: str
    title: str
    cells: Callable[[Size], list[Cell]]
    table: Callable[[Results], list[str]]
    bars: Callable[[Results], list[Bar]] | None = None
    unit: str = ""


class Asked(NamedTuple):
    """Which results a row speaks of."""

    instance: str
    engine: str
    seconds: float


def markdown(head: Row, rows: Iterable[Row]) -> list[str]:
    ruler = ["---", *["---:"] * (len(head) - 1)]
    return ["| " + " | ".join(row) + " |" for row in (head, ruler, *rows)]


def number(value: float | None, form: str = ",.2f") -> str:
    return "–" if value is None else format(value, form)


def hours(seconds: float | None) -> str:
    return number(None if seconds is None else seconds / 3600, ".1f")


def ratio(results: Results, ours: Asked, theirs: Asked) -> float | None:
    """Cost ÷ cost: travel and what is left out."""
    a = results.figure(*ours, "cost.total")
    b = results.figure(*theirs, "cost.total")
    return a / b if a is not None and b else None


def words_of(engine: str) -> str:
    return ENGINES[engine].words


PLAN_HEAD = ("plan", "travel h", "left out", "over the hot limit", "broken", "s", "MB")


def plan_row(results: Results, asked: Asked, words: str = "") -> Row:
    """One engine's plans of one instance: medians over the seeds."""
    words = words or f"{words_of(asked.engine)}, {asked.seconds:g} s"
    lines = [line for line in results.of(*asked) if not unrun(line)]
    if not lines:
        return (words, results.why_not(*asked), "–", "–", "–", "–", "–")
    middle = {
        field: results.figure(*asked, field)
        for field in ("cost.travel_seconds", "left_out", "rides_over")
    }
    return (
        words,
        hours(middle["cost.travel_seconds"]),
        number(middle["left_out"], ".0f"),
        number(middle["rides_over"], ".0f"),
        str(sum(sum(line["broken"].values()) for line in lines)),
        number(results.figure(*asked, "took_seconds"), ".1f"),
        number(results.figure(*asked, "peak_mb"), ".0f"),
    )
