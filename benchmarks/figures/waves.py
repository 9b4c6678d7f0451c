"""Waves of one station beside OR-Tools alone."""

import math
from typing import Final

from benchmarks.cells import Cell, seeded
from benchmarks.figures.figure import Asked, Figure, Size, markdown, number, ratio
from benchmarks.results import Results

SECONDS: Final = 10
# Kitchens of lunch-s-1 with at most 50 orders: no more than 100 stops each.
_KITCHENS: Final = ("k1", "k2", "k4", "k5", "k7", "k3", "k6")


def _wave(kitchen: str) -> str:
    return f"lunch-s-1@kitchen={kitchen}"


def _cells(size: Size) -> list[Cell]:
    kitchens, seeds = (_KITCHENS, 3) if size == "full" else (_KITCHENS[:1], 1)
    return [
        cell
        for kitchen in kitchens
        for cell in (
            *seeded(_wave(kitchen), "ours", SECONDS, seeds),
            Cell(_wave(kitchen), "ortools", SECONDS),
        )
    ]


def _table(results: Results) -> list[str]:
    rows, ratios = [], []
    for kitchen in _KITCHENS:
        ours = Asked(_wave(kitchen), "ours", SECONDS)
        theirs = Asked(_wave(kitchen), "ortools", SECONDS)
        better = ratio(results, ours, theirs)
        ratios += [better] if better is not None else []
        rows.append(
            (
                f"{kitchen}, {number(results.figure(*ours, 'tasks'), '.0f')} orders",
                *_minutes(results, ours),
                *_minutes(results, theirs),
                number(better, ".3f"),
            )
        )
    if ratios:
        middle = math.exp(sum(map(math.log, ratios)) / len(ratios))
        rows.append(("geometric mean", "", "", "", "", number(middle, ".3f")))
    head = ("wave", "六助, min", "left out", "OR-Tools, min", "left out", "cost ÷ cost")
    return markdown(head, rows)


def _minutes(results: Results, asked: Asked) -> tuple[str, str]:
    """Travel, and what is left out; or why there is none."""
    travel = results.figure(*asked, "cost.travel_seconds")
    if travel is None:
        return results.why_not(*asked), "–"
    faults = sum(sum(line.get("broken", {}).values()) for line in results.of(*asked))
    broken = f" ({faults} broken)" if faults else ""
    left = results.figure(*asked, "left_out")
    return f"{travel / 60:.1f}{broken}", number(left, ".0f")


WAVES: Final = Figure(
    "waves",
    "Waves of one station (lunch-s-1 by kitchen), 10 s",
    _cells,
    _table,
)
