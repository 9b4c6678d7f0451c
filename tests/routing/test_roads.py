"""Streets: import, travel times, ways, a base map, and a made-up town."""

from pathlib import Path

import numpy as np
import pytest

from routing import (
    BadRoads,
    TravelTimes,
    import_roads,
    lines_of,
    load_roads,
    make_roads,
    save_roads,
)
from routing.roads import Network, RoadGraph, import_osm, way_between
from routing.roads.graph import BIKE, CAR, FOOT
from tests.routing.roads import AROUND, SQUARE, point, square, write_extract

ROAD = {"highway": "residential"}
WALK = 4.5 / 3.6


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return tmp_path / "town.osm.pbf"


def metres(graph: RoadGraph) -> float:
    return float(graph.metres.sum())


def test_an_extract_is_cut_at_its_junctions(extract: Path, tmp_path: Path) -> None:
    graph = import_roads(square(extract), tmp_path / "roads.npz")
    assert len(graph.lats) == 3  # the corners 2 and 3 are no junctions; a loop's are
    assert metres(graph) == pytest.approx(2 * 445 + 2 * 357 + 480, rel=0.02)
    assert "OpenStreetMap" in graph.attribution
    again = load_roads(tmp_path / "roads.npz")
    assert again.version == graph.version
    assert again.attribution == graph.attribution


@pytest.mark.parametrize(
    ("words", "onward", "back"),
    [
        ({}, CAR | BIKE | FOOT, CAR | BIKE | FOOT),
        ({"oneway": "yes"}, CAR | BIKE | FOOT, FOOT),
        ({"oneway": "-1"}, FOOT, CAR | BIKE | FOOT),
        ({"oneway": "yes", "oneway:bicycle": "no"}, CAR | BIKE | FOOT, BIKE | FOOT),
        ({"junction": "roundabout"}, CAR | BIKE | FOOT, FOOT),
        ({"access": "private", "foot": "yes", "bicycle": "yes"}, 6, 6),
        ({"motor_vehicle": "no"}, BIKE | FOOT, BIKE | FOOT),
    ],
)
def test_tags_say_who_may_go_where(
    extract: Path, words: dict[str, str], onward: int, back: int
) -> None:
    graph = import_osm(square(extract, **words))
    streets = graph.kind == 5
    assert set(graph.onward[streets].tolist()) == {onward}
    assert set(graph.back[streets].tolist()) == {back}


def test_a_bollard_stops_cars_only(extract: Path) -> None:
    write_extract(
        extract,
        [([1, 2, 3, 4, 1], ROAD)],
        {n: SQUARE[n] for n in (1, 2, 3, 4)},
        {2: {"barrier": "bollard"}},
    )
    graph = import_osm(extract)
    at_bollard = graph.onward & CAR == 0
    assert at_bollard.any()
    assert (graph.onward & BIKE > 0).all()


def test_a_dead_end_against_the_traffic_is_dropped(extract: Path) -> None:
    nodes = SQUARE | {6: (9, 9)}
    ways = [(AROUND, ROAD), ([3, 6], ROAD | {"oneway": "yes"})]
    write_extract(extract, ways, nodes)
    graph = import_osm(extract)
    assert float(graph.lats.max()) < point(0, 5)[0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "cannot be read"), (b"not a map at all", "cannot be read")],
)
def test_a_broken_extract_is_refused(
    extract: Path, content: bytes, complaint: str
) -> None:
    extract.write_bytes(content)
    with pytest.raises(BadRoads, match=complaint):
        import_roads(extract, extract.with_name("out.npz"))
    assert not extract.with_name("out.npz").exists()


def test_half_an_extract_is_refused(extract: Path) -> None:
    square(extract)
    extract.write_bytes(extract.read_bytes()[:-40])
    with pytest.raises(BadRoads, match="cannot be read"):
        import_osm(extract)


def test_an_extract_without_streets_is_refused(extract: Path) -> None:
    write_extract(extract, [([1, 2], {"waterway": "river"})], SQUARE)
    with pytest.raises(BadRoads, match="no street"):
        import_osm(extract)
    with pytest.raises(BadRoads, match=r"none.osm.pbf"):
        import_osm(extract.with_name("none.osm.pbf"))


def test_a_damaged_road_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roads.npz"
    for content in (b"", b"PK nonsense"):
        path.write_bytes(content)
        with pytest.raises(BadRoads, match=r"roads.npz"):
            load_roads(path)


def test_feet_go_against_a_one_way_street_and_wheels_around(extract: Path) -> None:
    graph = import_osm(square(extract, oneway="yes"))
    west, east = point(1, 0), point(3, 0)
    for mode, shorter in (("walk", True), ("ebike", False), ("car", False)):
        times = TravelTimes(graph).matrix(mode, [west, east]).seconds
        assert bool(times[1, 0] < 2 * times[0, 1]) is shorter


def test_two_doors_on_one_street_are_as_far_as_the_street_says(extract: Path) -> None:
    graph = import_osm(square(extract))
    a, b = point(4, 1), point(4, 3)
    seconds = TravelTimes(graph).matrix("walk", [a, b]).seconds[0, 1]
    assert seconds == pytest.approx(222.4 / WALK, abs=1)


def test_a_door_off_the_street_is_walked_to(extract: Path) -> None:
    graph = import_osm(square(extract))
    a, b = point(4, 1), (point(4, 1)[0], point(5, 1)[1])
    seconds = TravelTimes(graph).matrix("car", [a, b]).seconds[0, 1]
    assert seconds == pytest.approx(89.4 / WALK, abs=2)


def test_a_point_in_the_middle_of_nowhere_has_no_way(extract: Path) -> None:
    graph = import_osm(square(extract))
    seconds = TravelTimes(graph).matrix("walk", [point(0, 0), point(0, 90)]).seconds
    assert seconds.tolist() == [[0, -1], [-1, 0]]


def test_unknown_modes_are_refused(extract: Path) -> None:
    graph = import_osm(square(extract))
    with pytest.raises(BadRoads, match="rocket"):
        TravelTimes(graph).matrix("rocket", [point(0, 0)])


@pytest.fixture(scope="module")
def town() -> RoadGraph:
    return make_roads(7, radius_metres=1200)


def doors(graph: RoadGraph, count: int, seed: int = 1) -> list[tuple[float, float]]:
    chance = np.random.default_rng(seed)
    chosen = chance.integers(0, len(graph.lats), count)
    shaken = chance.uniform(-4e-4, 4e-4, (count, 2))
    spots = np.column_stack([graph.lats, graph.lons])[chosen] + shaken
    return [(round(float(lat), 6), round(float(lon), 6)) for lat, lon in spots]


@pytest.mark.parametrize("mode", ["walk", "bike", "ebike", "car"])
def test_a_way_takes_as_long_as_the_matrix_says(town: RoadGraph, mode: str) -> None:
    times, points = TravelTimes(town), doors(town, 8)
    matrix = times.matrix(mode, points).seconds
    for i, origin in enumerate(points):
        way = times.way(mode, origin, points[-1])
        assert way is not None
        assert way.points[0] == origin
        assert way.points[-1] == points[-1]
        if i < len(points) - 1:
            assert way.seconds[-1] == pytest.approx(matrix[i, -1], abs=0.6)
        assert list(way.seconds) == sorted(way.seconds)
        assert list(way.metres) == sorted(way.metres)
        assert way.at(-1) == origin
        assert way.at(way.seconds[-1] + 1) == points[-1]


def test_what_is_known_is_not_asked_again(
    town: RoadGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = doors(town, 12)
    whole = Network(town, "ebike").seconds(points, points)
    times = TravelTimes(town, folder=tmp_path)
    times.matrix("ebike", points[:5])
    times.matrix("ebike", points[3:9])
    assert (times.matrix("ebike", points).seconds == whole).all()
    times.keep()

    monkeypatch.setattr(Network, "seconds", None)
    again = TravelTimes(town, folder=tmp_path)
    assert (again.matrix("ebike", points[::-1]).seconds == whole[::-1, ::-1]).all()


def test_a_damaged_cache_is_only_a_cache(town: RoadGraph, tmp_path: Path) -> None:
    points = doors(town, 3)
    times = TravelTimes(town, folder=tmp_path)
    found = times.matrix("walk", points)
    times.keep()
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"half")
    assert TravelTimes(town, folder=tmp_path).matrix("walk", points) == found


def test_the_same_seed_draws_the_same_town(town: RoadGraph, tmp_path: Path) -> None:
    assert make_roads(7, radius_metres=1200).version == town.version
    assert make_roads(8, radius_metres=1200).version != town.version
    save_roads(town, tmp_path / "town.npz")
    assert load_roads(tmp_path / "town.npz").version == town.version


def test_the_made_up_town_has_one_far_valley_and_few_bridges(town: RoadGraph) -> None:
    """Without its one road the valley is an island."""
    south, _, north, _ = town.bounds
    gap = np.diff(np.sort(town.lats)).max()
    assert gap * 111_000 > 1_500
    assert (north - south) * 111_000 > 5_000
    points = [(float(a), float(b)) for a, b in zip(town.lats, town.lons, strict=True)]
    seconds = Network(town, "walk").seconds(points[:3], points)
    assert (seconds >= 0).all()


def test_the_base_map_holds_every_street_and_can_be_cut(town: RoadGraph) -> None:
    lines = lines_of(town)
    assert len(lines) == len(town.first)
    assert lines[-1].kind in {"primary", "secondary"}
    middle = float(np.median(town.lats))
    half = lines_of(town, within=(middle, -180.0, 90.0, 180.0))
    assert 0 < len(half) < len(lines)
    assert lines_of(town, within=(0, 0, 1, 1)) == []


def test_ways_are_found_across_the_river(town: RoadGraph) -> None:
    way = way_between(
        Network(town, "ebike"),
        (town.bounds[0], float(np.median(town.lons))),
        (town.bounds[2], float(np.median(town.lons))),
    )
    assert way is not None
    assert way.metres[-1] > 5_000
