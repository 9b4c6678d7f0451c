"""A small OSM extract, written by ourselves."""

from pathlib import Path
from typing import Any

import osmium

LAT, LON = 36.5, 117.5
STEP = 0.001  # about 111 m north, 89 m east


def point(column: int, row: int) -> tuple[float, float]:
    return LAT + row * STEP, LON + column * STEP


def write_extract(
    path: Path,
    ways: list[tuple[list[int], dict[str, str]]],
    nodes: dict[int, tuple[int, int]],
    tags: dict[int, dict[str, str]] | None = None,
) -> Path:
    """Nodes by number at (column, row) of a grid; ways by node numbers."""
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    try:
        for number, (column, row) in nodes.items():
            lat, lon = point(column, row)
            node: Any = osmium.osm.mutable.Node(
                id=number, location=(lon, lat), tags=(tags or {}).get(number, {})
            )
            writer.add_node(node)
        for number, (refs, words) in enumerate(ways, start=1):
            way: Any = osmium.osm.mutable.Way(id=number, nodes=refs, tags=words)
            writer.add_way(way)
    finally:
        writer.close()
    return path


SQUARE = {1: (0, 0), 2: (4, 0), 3: (4, 4), 4: (0, 4), 5: (2, 0)}
AROUND = [1, 5, 2, 3, 4, 1]


def square(path: Path, **words: str) -> Path:
    """A block with one street around it, and a link 5–4 across it."""
    tags = {"highway": "residential"} | words
    return write_extract(
        path, [(AROUND, tags), ([5, 4], {"highway": "footway"})], SQUARE
    )
