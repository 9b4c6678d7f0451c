"""Problems and streets that nobody here made, where they are at hand."""

from pathlib import Path

import pytest

from routing import Effort, TravelTimes, broken_rules, import_roads, read_problem, solve


@pytest.mark.parametrize(("name", "steps"), [("lunch-s-1", 20), ("lunch-m-1", 0)])
def test_a_district_lunch_is_served_whole_and_hot(
    instances: Path, name: str, steps: int
) -> None:
    path = instances / "routing" / "instances" / "district" / f"{name}.json"
    lunch = read_problem(path)
    plan = solve(lunch, Effort(iterations=steps))

    assert broken_rules(lunch, plan) == []
    assert plan.left_out == ()


def test_a_real_city_is_imported_and_crossed(instances: Path, tmp_path: Path) -> None:
    city = import_roads(instances / "roads" / "jinan.osm.pbf", tmp_path / "jinan.npz")
    assert len(city.lats) > 11_000
    corners = [
        (float(city.lats[n]), float(city.lons[n])) for n in range(0, 11_000, 500)
    ]
    times = TravelTimes(city)
    for mode in ("walk", "ebike", "car"):
        seconds = times.matrix(mode, corners).seconds
        assert (seconds >= 0).all()
    assert times.way("ebike", corners[0], corners[-1]) is not None
