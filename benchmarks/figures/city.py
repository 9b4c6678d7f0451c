"""A city's lunch: seven large districts side by side, which no peer returns from."""

from typing import Final

from benchmarks.cells import Cell, seeded
from benchmarks.figures.figure import (
    PLAN_HEAD,
    Asked,
    Figure,
    Size,
    markdown,
    number,
    plan_row,
)
from benchmarks.figures.lunches import L_SECONDS, L
from benchmarks.results import Results

TILES: Final = 7
SECONDS: Final = 120
_CITY: Final = f"{L}@tiles={TILES}"


def _cells(size: Size) -> list[Cell]:
    if size == "quick":
        return []
    return [*seeded(_CITY, "ours", 0, 1), *seeded(_CITY, "ours", SECONDS, 1)]


def _table(results: Results) -> list[str]:
    first, long = Asked(_CITY, "ours", 0), Asked(_CITY, "ours", SECONDS)
    rows = [plan_row(results, first, "first plan"), plan_row(results, long)]
    return [*markdown(PLAN_HEAD, rows), "", *_per_order(results, long)]


def _per_order(results: Results, city: Asked) -> list[str]:
    alone = Asked(L, "ours", L_SECONDS)
    costs = [
        (results.figure(*each, "cost.total"), results.figure(*each, "tasks"))
        for each in (city, alone)
    ]
    each = [cost / tasks for cost, tasks in costs if cost is not None and tasks]
    shown = number(each[0] / each[1] if len(each) == 2 else None)
    head = ("cost per order ÷ cost per order", "ratio")
    return markdown(head, [("city ÷ one large district in 60 s", shown)])


CITY: Final = Figure(
    "city", "A city's lunch: 21,000 orders, 1,750 helpers", _cells, _table
)
