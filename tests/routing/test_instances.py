"""Problems and streets that nobody here made, where they are at hand."""

import os
import warnings
from pathlib import Path

import pytest

from routing import Effort, TravelTimes, broken_rules, import_roads, read_problem, solve

_CHECKOUT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("DISPATCH_INSTANCES", _CHECKOUT.parent / "shared"))


def at_hand(*parts: str) -> Path:
    """The file, or a loud skip; a folder that lacks it is a failure under CI."""
    path = SHARED.joinpath(*parts)
    if path.exists():
        return path
    if os.environ.get("CI") == "true" and SHARED.exists():
        pytest.fail(f"{SHARED} is there but {path} is not")
    warnings.warn(f"{path} is missing: not tested", pytest.PytestWarning, stacklevel=2)
    pytest.skip(f"{path} is missing")


@pytest.mark.filterwarnings("default::pytest.PytestWarning")
def test_a_district_lunch_is_served_whole_and_hot() -> None:
    lunch = read_problem(at_hand("routing", "instances", "district", "lunch-s-1.json"))
    plan = solve(lunch, Effort(iterations=20))

    assert broken_rules(lunch, plan) == []
    assert plan.left_out == ()


@pytest.mark.filterwarnings("default::pytest.PytestWarning")
def test_a_thousand_meals_are_served_whole_and_hot() -> None:
    lunch = read_problem(at_hand("routing", "instances", "district", "lunch-m-1.json"))
    plan = solve(lunch, Effort(iterations=0))

    assert broken_rules(lunch, plan) == []
    assert plan.left_out == ()


@pytest.mark.filterwarnings("default::pytest.PytestWarning")
def test_a_real_city_is_imported_and_crossed(tmp_path: Path) -> None:
    city = import_roads(at_hand("roads", "jinan.osm.pbf"), tmp_path / "jinan.npz")
    assert len(city.lats) > 11_000
    corners = [
        (float(city.lats[n]), float(city.lons[n])) for n in range(0, 11_000, 500)
    ]
    times = TravelTimes(city)
    for mode in ("walk", "ebike", "car"):
        seconds = times.matrix(mode, corners).seconds
        assert (seconds >= 0).all()
    assert times.way("ebike", corners[0], corners[-1]) is not None
