"""Public sets: gaps to the best known values, each in its own convention."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from benchmarks.best_known import BEST_KNOWN, CARE, LI_LIM, WINDOWS
from benchmarks.cells import Cell, seeded
from benchmarks.figures.figure import (
    Asked,
    Bar,
    Figure,
    Row,
    Size,
    markdown,
    number,
    words_of,
)
from benchmarks.results import Results

SECONDS: Final = 60
CARE_SECONDS: Final = 20
QUICK_SECONDS: Final = 10
Parts: TypeAlias = Mapping[str, Sequence[str]]
_SPARE: Final = 1
_PAIRS: Final[Parts] = {"all": [*LI_LIM]}
_WINDOWS: Final[Parts] = {
    "100": ["C104", "R108", "RC204"],
    "200–400": ["c1_2_9", "r1_2_4", "rc2_2_4", "r1_4_5", "rc1_4_3"],
    "1,000": ["c1_10_9", "r1_10_5", "rc2_10_5"],
}
_CARE: Final[Parts] = {
    "A": [name for name in CARE if "_10_" in name],
    "B–D": [name for name in CARE if "_10_" not in name],
}
_PAIR_ENGINES: Final = ("ours", "pyvrp", "vroom-x5")
_WINDOW_ENGINES: Final = ("ours", "ours-pyvrp", "vroom-x5", "ortools")


def _pair(name: str) -> str:
    return f"{name}@spare={_SPARE}"


def _pair_cells(size: Size) -> list[Cell]:
    if size == "quick":
        return [Cell(_pair(n), "ours", QUICK_SECONDS, 1) for n in ("lc101", "LR1_2_4")]
    return [cell for name in LI_LIM for cell in _all(_pair(name), _PAIR_ENGINES)]


def _all(instance: str, engines: Sequence[str]) -> list[Cell]:
    peers = [e for e in engines if e != "ours"]
    ours = seeded(instance, "ours", SECONDS, 3)
    return ours + [Cell(instance, peer, SECONDS) for peer in peers]


def _window_cells(size: Size) -> list[Cell]:
    if size == "quick":
        return [
            cell
            for name in ("R108", "r1_2_4")
            for cell in (
                Cell(name, "ours", QUICK_SECONDS, 1),
                Cell(name, "ours-pyvrp", QUICK_SECONDS),
            )
        ]
    return [cell for name in WINDOWS for cell in _all(name, _WINDOW_ENGINES)]


def _care_cells(size: Size) -> list[Cell]:
    if size == "quick":
        return [Cell(name, "ours", CARE_SECONDS, 1) for name in list(CARE)[:1]]
    return [cell for name in CARE for cell in seeded(name, "ours", CARE_SECONDS, 3)]


def gap(results: Results, asked: Asked) -> float | None:
    """Per cent above the best known value."""
    cost = results.figure(*asked, "cost.total")
    best = BEST_KNOWN[asked.instance.partition("@")[0]].cost
    return None if cost is None else 100 * (cost / best - 1)


def _shown(results: Results, asked: Asked, seconds: float) -> str:
    """The gap, with what else must be known of it; or why there is none."""
    found = gap(results, asked)
    if found is None:
        return results.why_not(*asked)
    notes = _faults(results, asked)
    notes += [f"in {asked.seconds:g} s"] if asked.seconds != seconds else []
    return f"{found:+.2f}" + (f" ({', '.join(notes)})" if notes else "")


def _faults(results: Results, asked: Asked) -> list[str]:
    """What makes a gap worth nothing: it stands beside it, and out of the mean."""
    notes = []
    if left := results.figure(*asked, "left_out"):
        notes.append(f"{left:.0f} unserved")
    lines = results.of(*asked)
    if faults := sum(sum(line.get("broken", {}).values()) for line in lines):
        notes.append(f"{faults} broken")
    return notes


def _gaps(
    results: Results,
    parts: Parts,
    engines: Sequence[str],
    seconds: float,
    *,
    change: str = "",
) -> list[str]:
    """A table of gaps in per cent, with a mean for each part of the set.

    A cell of the quick bench stands where there is no other, and in no mean.
    """
    rows: list[Row] = []
    for words, names in parts.items():
        asked = [
            [
                _at_best(results, Asked(name + change, engine, seconds))
                for engine in engines
            ]
            for name in names
        ]
        rows += [
            (*_known(name), *(_shown(results, each, seconds) for each in row))
            for name, row in zip(names, asked, strict=True)
        ]
        means = (_mean(results, column, seconds) for column in zip(*asked, strict=True))
        rows.append((f"*mean: {words}*", "", *(number(mean, "+.2f") for mean in means)))
    head = ("gap %", "best known", *(words_of(engine) for engine in engines))
    return markdown(head, rows)


def _known(name: str) -> tuple[str, str]:
    best = BEST_KNOWN[name]
    vehicles = "" if best.vehicles is None else f" ({best.vehicles})"
    return best.words or name, f"{best.cost:,.1f}{vehicles}"


def _mean(results: Results, column: Sequence[Asked], seconds: float) -> float | None:
    """Of the plans that are whole."""
    whole = (a for a in column if a.seconds == seconds and not _faults(results, a))
    gaps = [found for each in whole if (found := gap(results, each)) is not None]
    return statistics.mean(gaps) if gaps else None


def _at_best(results: Results, asked: Asked) -> Asked:
    quick = asked._replace(seconds=QUICK_SECONDS)
    return quick if not results.of(*asked) and results.of(*quick) else asked


def _pair_table(results: Results) -> list[str]:
    change = f"@spare={_SPARE}"
    return _gaps(results, _PAIRS, _PAIR_ENGINES, SECONDS, change=change)


def _window_table(results: Results) -> list[str]:
    return _gaps(results, _WINDOWS, _WINDOW_ENGINES, SECONDS)


def _care_table(results: Results) -> list[str]:
    return _gaps(results, _CARE, ("ours",), CARE_SECONDS)


def _window_bars(results: Results) -> list[Bar]:
    bars = []
    for words, names in _WINDOWS.items():
        for engine in _WINDOW_ENGINES:
            column = [Asked(name, engine, SECONDS) for name in names]
            mean = _mean(results, column, SECONDS)
            if mean is not None:
                label = f"{words}: {words_of(engine)}"
                bars.append(Bar(label, mean, ours=engine.startswith("ours")))
    return bars


CARE_DAYS: Final = Figure(
    "care",
    "Home care with couples (HHCRSP), 20 s: gap to the best published cost",
    _care_cells,
    _care_table,
)
PAIRS: Final = Figure(
    "pairs",
    "Pickup and delivery (Li & Lim), 60 s, one vehicle more than the best known plan",
    _pair_cells,
    _pair_table,
)
WINDOWS_ONLY: Final = Figure(
    "windows",
    "Visits with windows (Solomon, Gehring & Homberger), 60 s, DIMACS convention",
    _window_cells,
    _window_table,
    _window_bars,
    "% above the best known distance",
)
