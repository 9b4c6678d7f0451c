"""Small cells stay hidden, whoever subtracts."""

import random

import numpy as np

from dispatch.reports.suppressing import hide, suppress
from dispatch.reports.tables import Column, Hidden, Kind, Line, Table

Cell = tuple[int, int]


def test_no_hidden_cell_follows_from_the_shown_ones() -> None:
    """Whoever knows every sum of a table with two margins solves for none of them."""
    chance = random.Random(7)
    for _ in range(40):
        counts, lines = _with_margins(chance, rows=5, columns=4)
        hidden = hide(counts, lines)
        small = {cell for cell, count in counts.items() if 0 < count < 5}
        assert small <= hidden
        assert not small & _found_out(hidden, lines)
        assert len(hidden) < len(counts)


def _with_margins(
    chance: random.Random, rows: int, columns: int
) -> tuple[dict[Cell, int], list[list[Cell]]]:
    """Row 0 and column 0 are totals."""
    sizes = [0, 2, 9, 30, 60, 80]
    inside = np.array([chance.choices(sizes, k=columns) for _ in range(rows)])
    whole = np.zeros((rows + 1, columns + 1), dtype=int)
    whole[1:, 1:] = inside
    whole[0, 1:], whole[1:, 0] = inside.sum(axis=0), inside.sum(axis=1)
    whole[0, 0] = inside.sum()
    counts = {(r, c): int(n) for (r, c), n in np.ndenumerate(whole)}
    lines = [[(r, c) for c in range(columns + 1)] for r in range(rows + 1)]
    lines += [[(r, c) for r in range(rows + 1)] for c in range(columns + 1)]
    return counts, lines


def _found_out(hidden: set[Cell], lines: list[list[Cell]]) -> set[Cell]:
    """The attack: a cell is known where no way of moving the others moves it."""
    unknown = sorted(hidden)
    sums = np.array(
        [
            [(-1 if cell == line[0] else 1) * (cell in line) for cell in unknown]
            for line in lines
        ],
        dtype=float,
    )
    if not unknown:
        return set()
    _, sizes, directions = np.linalg.svd(sums)
    free = directions[int((sizes > 1e-9).sum()) :]
    moves = np.abs(free).max(axis=0) if len(free) else np.zeros(len(unknown))
    return {cell for cell, moved in zip(unknown, moves, strict=True) if moved < 1e-9}


def test_a_small_row_takes_its_money_and_one_more_row_with_it() -> None:
    columns = (
        Column("name", "站点"),
        Column("persons", "人数", Kind.COUNT),
        Column("fen", "补贴", Kind.FEN),
    )
    rows = [("合计", 51, 0), ("东", 3, 1), ("西", 40, 1), ("南", 8, 1), ("北", 0, 1)]
    lines = tuple(
        Line({"name": name, "persons": n, "fen": 500 * n}, level, {"station_id": "x"})
        for name, n, level in rows
    )
    shown = suppress(Table("t", "t", columns, lines))
    told = {line.cells["name"]: line.cells["fen"] for line in shown.lines}
    small = Hidden.SMALL.value
    assert told == {"合计": 25500, "东": small, "西": 20000, "南": small, "北": 0}
    assert shown.lines[1].which == {}
