"""Import of OpenStreetMap extracts (`.osm.pbf`)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import osmium

from routing.errors import BadRoads
from routing.roads.building import Street, graph_of
from routing.roads.files import save_roads
from routing.roads.graph import BIKE, CAR, EVERYBODY, FOOT, RoadGraph

OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"

_CLASS_OF: Final = {
    "motorway": "motorway",
    "trunk": "trunk",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    "unclassified": "residential",
    "residential": "residential",
    "living_street": "residential",
    "road": "residential",
    "service": "service",
    "track": "track",
    "cycleway": "cycleway",
    "path": "footway",
    "footway": "footway",
    "pedestrian": "footway",
    "bridleway": "footway",
    "steps": "steps",
}
_WHO_BY_CLASS: Final = {
    "motorway": CAR,
    "cycleway": BIKE | FOOT,
    "footway": BIKE | FOOT,
    "steps": FOOT,
}
_CLOSED: Final = frozenset({"no", "private"})
_ACCESS_KEYS: Final = (
    ("access", EVERYBODY),
    ("vehicle", CAR | BIKE),
    ("motor_vehicle", CAR),
    ("motorcar", CAR),
    ("bicycle", BIKE),
    ("foot", FOOT),
)
# What stands in the way, and whom it stops; tags of the node may open it again.
_BARRIERS: Final = {
    "bollard": CAR,
    "block": CAR,
    "cycle_barrier": CAR,
    "kissing_gate": CAR | BIKE,
    "turnstile": CAR | BIKE,
    "stile": CAR | BIKE,
    "wall": EVERYBODY,
    "fence": EVERYBODY,
}


@dataclass(frozen=True)
class _Way:
    nodes: list[int]
    kind: str
    onward: int
    back: int


def import_osm(pbf: Path) -> RoadGraph:
    """Read the streets of an extract.

    Ways with a `highway` for people or wheels are kept, cut at junctions, with
    `oneway`, `access` and barriers heeded; then the largest strongly connected
    part. Feet may go against a one-way street.

    Raises:
        BadRoads: the file is missing, broken, or holds no connected streets.
    """
    try:
        ways = list(_ways(pbf))
        wanted = {node for way in ways for node in way.nodes}
        points, barriers = _nodes(pbf, wanted)
    except (RuntimeError, OSError) as trouble:
        raise BadRoads(f"{pbf.name} cannot be read as OSM data: {trouble}") from trouble
    if not ways:
        raise BadRoads(f"{pbf.name} holds no street (no way with a known highway tag)")
    streets = list(_cut(ways, points, barriers))
    return graph_of(streets, attribution=OSM_ATTRIBUTION)


def import_roads(pbf: Path, out: Path) -> RoadGraph:
    """Import an extract and keep it as one file.

    Raises:
        BadRoads: the extract is no use; nothing is written then.
    """
    graph = import_osm(pbf)
    save_roads(graph, out)
    return graph


def _ways(pbf: Path) -> Iterator[_Way]:
    found = osmium.FileProcessor(str(pbf), osmium.osm.WAY)
    for way in found.with_filter(osmium.filter.KeyFilter("highway")):
        assert isinstance(way, osmium.osm.Way)  # noqa: S101 - a narrowing
        tags = dict(way.tags)
        kind = _CLASS_OF.get(tags["highway"].removesuffix("_link"))
        if kind is None or tags.get("area") == "yes":
            continue
        who = _allowed(tags, _WHO_BY_CLASS.get(kind, EVERYBODY))
        onward, back = _directions(tags, kind, who)
        nodes = [node.ref for node in way.nodes]
        if who and len(nodes) > 1:
            yield _Way(nodes, kind, onward, back)


def _allowed(tags: Mapping[str, str], who: int) -> int:
    """From the general key to the special one; the special one has the last word."""
    for key, whom in _ACCESS_KEYS:
        value = tags.get(key)
        if value in _CLOSED:
            who &= ~whom
        elif value is not None and key != "access":
            who |= whom
    return who


def _directions(tags: Mapping[str, str], kind: str, who: int) -> tuple[int, int]:
    implied = kind == "motorway" or tags.get("junction") == "roundabout"
    oneway = tags.get("oneway", "yes" if implied else "no")
    against = who & FOOT
    if tags.get("oneway:bicycle") == "no":
        against |= who & BIKE
    if oneway in {"yes", "true", "1"}:
        return who, against
    if oneway in {"-1", "reverse"}:
        return against, who
    return who, who


def _nodes(
    pbf: Path, wanted: set[int]
) -> tuple[dict[int, tuple[float, float]], dict[int, int]]:
    """Points of the wanted nodes, and whom the barriers among them stop."""
    points: dict[int, tuple[float, float]] = {}
    barriers: dict[int, int] = {}
    if not wanted:
        return points, barriers
    found = osmium.FileProcessor(str(pbf), osmium.osm.NODE)
    for node in found.with_filter(osmium.filter.IdFilter(wanted)):
        assert isinstance(node, osmium.osm.Node)  # noqa: S101 - a narrowing
        if node.location.valid():
            points[node.id] = node.location.lat, node.location.lon
        if stopped := _stopped(node.tags):
            barriers[node.id] = stopped
    return points, barriers


def _stopped(tags: Any) -> int:
    barrier = tags.get("barrier")
    if barrier is None:
        return 0
    stopped = _BARRIERS.get(barrier, 0)
    return EVERYBODY & ~_allowed(dict(tags), EVERYBODY & ~stopped)


def _cut(
    ways: list[_Way],
    points: Mapping[int, tuple[float, float]],
    barriers: Mapping[int, int],
) -> Iterator[Street]:
    """Pieces between junctions; nodes that the extract lacks end a piece."""
    uses = Counter(node for way in ways for node in way.nodes)
    for way in ways:
        uses[way.nodes[0]] += 1
        uses[way.nodes[-1]] += 1
    for way in ways:
        piece: list[int] = []
        for node in way.nodes:
            if node not in points:
                piece = []
                continue
            piece.append(node)
            if len(piece) > 1 and (uses[node] > 1 or node in barriers):
                for part in _opened(piece):
                    yield _street(way, part, points, barriers)
                piece = [node]


def _opened(piece: list[int]) -> list[list[int]]:
    """A loop that comes back to its own junction is cut in the middle."""
    if piece[0] != piece[-1] or len(piece) < 3:
        return [piece]
    middle = len(piece) // 2
    return [piece[: middle + 1], piece[middle:]]


def _street(
    way: _Way,
    piece: list[int],
    points: Mapping[int, tuple[float, float]],
    barriers: Mapping[int, int],
) -> Street:
    """Whom a barrier at either end stops, the whole piece is closed to."""
    open_to = EVERYBODY & ~barriers.get(piece[0], 0) & ~barriers.get(piece[-1], 0)
    return Street(
        first=piece[0],
        last=piece[-1],
        line=[points[node] for node in piece],
        kind=way.kind,
        onward=way.onward & open_to,
        back=way.back & open_to,
    )
