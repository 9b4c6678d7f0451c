"""Coordinates: golden values, there and back, and what is no place at all."""

import math

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from dispatch.people import datum as maps
from dispatch.people.datum import BadPoint, from_wgs84, to_wgs84
from dispatch.people.elders import Datum

# Well inside the box in which the law bends maps, so that both ways stay inside.
LATS = st.floats(18.5, 53.0)
LONS = st.floats(74.0, 134.0)


@pytest.mark.parametrize(
    ("true", "bent"),
    [
        ((31.280844, 120.596931), (31.2786486, 120.6010999)),
        ((39.915, 116.404), (39.9164043, 116.4102445)),
        ((22.5968278, 114.1200440), (22.59414209, 114.1251447)),
    ],
)
def test_gcj02_has_its_golden_values(
    true: tuple[float, float], bent: tuple[float, float]
) -> None:
    assert from_wgs84(*true, Datum.GCJ02) == pytest.approx(bent, abs=2e-7)
    assert to_wgs84(*bent, Datum.GCJ02) == pytest.approx(true, abs=2e-7)


def test_baidus_bend_has_its_golden_value() -> None:
    assert maps.gcj02_to_bd09(39.915, 116.404) == pytest.approx(
        (39.92133699351021, 116.41036949371029), abs=1e-9
    )


@given(LATS, LONS, st.sampled_from(list(Datum)))
def test_there_and_back_is_within_a_metre(lat: float, lon: float, datum: Datum) -> None:
    back = to_wgs84(*from_wgs84(lat, lon, datum), datum)
    assert geodesic(back, (lat, lon)).meters < 1


@given(LATS, LONS, st.sampled_from([Datum.GCJ02, Datum.BD09]))
@pytest.mark.proves("F57")
def test_a_bent_point_is_far_enough_to_matter(
    lat: float, lon: float, datum: Datum
) -> None:
    assert 10 < geodesic(from_wgs84(lat, lon, datum), (lat, lon)).meters < 3000


@given(LATS, LONS, st.sampled_from(list(Datum)))
@pytest.mark.proves("F57")
def test_swapped_points_are_caught(lat: float, lon: float, datum: Datum) -> None:
    with pytest.raises(BadPoint, match="填反"):
        to_wgs84(lon, lat, datum)


@pytest.mark.parametrize(
    ("lat", "lon", "words"),
    [
        (0.0, 0.0, "不是真实位置"),
        (91.0, -10.0, "超出范围"),
        (10.0, 181.0, "超出范围"),
        (math.nan, 117.0, "不是数字"),
        (36.6, math.inf, "不是数字"),
    ],
)
@pytest.mark.proves("F57")
def test_what_is_no_place_is_refused_in_words(
    lat: float, lon: float, words: str
) -> None:
    with pytest.raises(BadPoint, match=words):
        to_wgs84(lat, lon, Datum.WGS84)


def test_outside_china_nothing_is_bent() -> None:
    assert from_wgs84(52.52, 13.40, Datum.GCJ02) == (52.52, 13.40)
