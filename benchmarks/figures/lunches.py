"""District lunches beside VROOM and PyVRP: travel, hot food, first plans, memory."""

from typing import Final

from benchmarks.cells import Cell, seeded
from benchmarks.figures.figure import (
    PLAN_HEAD,
    Asked,
    Bar,
    Figure,
    Size,
    hours,
    markdown,
    number,
    plan_row,
    ratio,
    words_of,
)
from benchmarks.results import Results

M: Final = "lunch-m-1"
L: Final = "lunch-l-1"
M_SECONDS: Final = 20
L_SECONDS: Final = 60
SHORT_SECONDS: Final = 5
LIMITS: Final = (40, 50, 60, 90)
_M_PEERS: Final = ("vroom-x5", "vroom-x5-grouped", "vroom-x5-obeying", "pyvrp")
_OURS_M: Final = Asked(M, "ours", M_SECONDS)
_OURS_L: Final = Asked(L, "ours", L_SECONDS)
_VROOM_L: Final = Asked(L, "vroom-x0-grouped", L_SECONDS)


def _middle_cells(size: Size) -> list[Cell]:
    peers = _M_PEERS if size == "full" else ("vroom-x5", "vroom-x5-obeying")
    ours = seeded(M, "ours", M_SECONDS, seeds=3 if size == "full" else 1)
    return ours + [Cell(M, peer, M_SECONDS) for peer in peers]


def _middle_table(results: Results) -> list[str]:
    asked = [_OURS_M, *(Asked(M, peer, M_SECONDS) for peer in _M_PEERS)]
    ratios = [
        (f"六助 ÷ {words_of(each.engine)}", number(ratio(results, _OURS_M, each)))
        for each in asked[1:]
    ]
    return [
        *markdown(PLAN_HEAD, (plan_row(results, each) for each in asked)),
        "",
        *markdown(("cost ÷ cost", "ratio"), ratios),
    ]


def _middle_bars(results: Results) -> list[Bar]:
    asked = [_OURS_M, *(Asked(M, peer, M_SECONDS) for peer in _M_PEERS)]
    return [bar for each in asked if (bar := _bar(results, each)) is not None]


def _bar(results: Results, asked: Asked) -> Bar | None:
    seconds = results.figure(*asked, "cost.travel_seconds")
    if seconds is None:
        return None
    over = results.figure(*asked, "rides_over") or 0
    left = results.figure(*asked, "left_out") or 0
    notes = [f"{over:.0f} meals too long on the way"] if over else []
    notes += [f"{left:.0f} left out"] if left else []
    return Bar(
        words_of(asked.engine),
        seconds / 3600,
        ", ".join(notes),
        ours=asked.engine == "ours",
    )


def _large_cells(size: Size) -> list[Cell]:
    if size == "quick":
        return []
    return [*seeded(L, "ours", L_SECONDS, 3), Cell(*_VROOM_L)]


def _large_table(results: Results) -> list[str]:
    return [
        *markdown(PLAN_HEAD, (plan_row(results, each) for each in (_OURS_L, _VROOM_L))),
        "",
        *markdown(
            ("cost ÷ cost", "ratio"),
            [("六助 ÷ VROOM -x 0, grouped", number(ratio(results, _OURS_L, _VROOM_L)))],
        ),
    ]


def _large_bars(results: Results) -> list[Bar]:
    return [b for each in (_OURS_L, _VROOM_L) if (b := _bar(results, each)) is not None]


def _first_cells(size: Size) -> list[Cell]:
    seeds = 3 if size == "full" else 1
    return seeded(L, "ours", 0, seeds) + seeded(L, "ours", SHORT_SECONDS, seeds)


def _first_table(results: Results) -> list[str]:
    first, short = Asked(L, "ours", 0), Asked(L, "ours", SHORT_SECONDS)
    asked = {first: "first plan", short: "", _OURS_L: ""}
    rows = [plan_row(results, each, words) for each, words in asked.items()]
    gain = number(ratio(results, short, _OURS_L))
    return [
        *markdown(PLAN_HEAD, rows),
        "",
        *markdown(("cost ÷ cost", "ratio"), [("5 s ÷ 60 s", gain)]),
    ]


def _hot_cells(size: Size) -> list[Cell]:
    if size == "quick":
        return []
    return [
        cell
        for minutes in LIMITS
        for cell in seeded(_with_limit(minutes), "ours", M_SECONDS, 3)
    ]


def _with_limit(minutes: int) -> str:
    return f"{M}@hot={minutes}"


def _hot_table(results: Results) -> list[str]:
    rows = []
    for minutes in LIMITS:
        asked = Asked(_with_limit(minutes), "ours", M_SECONDS)
        travel = results.figure(*asked, "cost.travel_seconds")
        shown = hours(travel) if travel is not None else results.why_not(*asked)
        left = number(results.figure(*asked, "left_out"), ".0f")
        routes = number(results.figure(*asked, "routes"), ".0f")
        rows.append((str(minutes), shown, left, routes))
    return markdown(("hot limit, min", "travel h", "left out", "helpers"), rows)


MIDDLE: Final = Figure(
    "lunch-m",
    "A district's lunch: 1,000 orders, 28 kitchens, 100 helpers; 20 s",
    _middle_cells,
    _middle_table,
    _middle_bars,
    "hours of travel",
)
LARGE: Final = Figure(
    "lunch-l",
    "A large district's lunch: 3,000 orders, 54 kitchens, 250 helpers; 60 s",
    _large_cells,
    _large_table,
    _large_bars,
    "hours of travel",
)
FIRST_PLANS: Final = Figure(
    "first-plan", "How soon the large lunch has a plan", _first_cells, _first_table
)
HOT_LIMITS: Final = Figure(
    "hot-limits", "What a shorter hot limit costs (lunch-m-1)", _hot_cells, _hot_table
)
