"""Public sets: gaps to the best known values, each in its own convention."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Final

from benchmarks.best_known import BEST_KNOWN, CARE, LI_LIM, WINDOWS, Best
from benchmarks.cells import Cell, seeded
from benchmarks.figures.figure import (
    Asked,
    Bar,
    Figure,
    Size,
    markdown,
    number,
    words_of,
)
from benchmarks.results import Results

SECONDS: Final = 60
CARE_SECONDS: Final = 20
QUICK_SECONDS: Final = 10
_SPARE: Final = 1
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


def _shown(results: Results, asked: Asked) -> str:
    """The gap, with what else must be known of it; or why there is none."""
    found = gap(results, asked)
    if found is None:
        return results.why_not(*asked)
    faults = _faults(results, asked)
    return f"{found:+.2f}" + (f" ({', '.join(faults)})" if faults else "")


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
    known: Mapping[str, Best],
    spec: str,
    engines: Sequence[str],
    seconds: float,
) -> list[str]:
    """A table of gaps in per cent; from the quick bench where there is no other."""
    rows = []
    all_gaps: dict[str, list[float]] = {engine: [] for engine in engines}
    for name, best in known.items():
        asked = [
            _at_best(results, Asked(spec.format(name), engine, seconds))
            for engine in engines
        ]
        for each in asked:
            found = gap(results, each)
            if found is not None and not _faults(results, each):
                all_gaps[each.engine].append(found)
        shown = [_shown(results, each) for each in asked]
        vehicles = "" if best.vehicles is None else f" ({best.vehicles})"
        rows.append((best.words or name, f"{best.cost:,.1f}{vehicles}", *shown))
    means = [statistics.mean(g) if g else None for g in all_gaps.values()]
    rows.append(("mean", "", *(number(mean, "+.2f") for mean in means)))
    head = ("gap %", "best known", *(words_of(engine) for engine in engines))
    return markdown(head, rows)


def _at_best(results: Results, asked: Asked) -> Asked:
    quick = asked._replace(seconds=QUICK_SECONDS)
    return quick if not results.of(*asked) and results.of(*quick) else asked


def _pair_table(results: Results) -> list[str]:
    return _gaps(results, LI_LIM, "{}" + f"@spare={_SPARE}", _PAIR_ENGINES, SECONDS)


def _window_table(results: Results) -> list[str]:
    return _gaps(results, WINDOWS, "{}", _WINDOW_ENGINES, SECONDS)


def _care_table(results: Results) -> list[str]:
    return _gaps(results, CARE, "{}", ("ours",), CARE_SECONDS)


def _window_bars(results: Results) -> list[Bar]:
    bars = []
    for engine in _WINDOW_ENGINES:
        asked = [Asked(name, engine, SECONDS) for name in WINDOWS]
        whole = (each for each in asked if not _faults(results, each))
        gaps = (gap(results, each) for each in whole)
        known = [each for each in gaps if each is not None]
        if known:
            mean, count = statistics.mean(known), f"{len(known)} files"
            bars.append(Bar(words_of(engine), mean, count, engine.startswith("ours")))
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
