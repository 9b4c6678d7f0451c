"""Addresses become points by services outside, of which none is asked unless chosen."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeocoderTimedOut
from pydantic import SecretStr

from dispatch.people.datum import to_wgs84
from dispatch.people.elders import Datum
from dispatch.people.geocoding import GeocoderOff, GeocoderSilent, suggest
from dispatch.settings import Settings

AMAP = {
    "status": "1",
    "geocodes": [
        {"formatted_address": "清和区清河路1号", "location": "117.026000,36.660500"}
    ],
}
TIANDITU = {"status": "0", "location": {"lon": "117.02", "lat": 36.66, "keyWord": "楼"}}


def answering(answer: Any, asked: list[str]) -> Callable[..., Any]:
    """The outside world: says this to whatever it is asked."""

    class World(BaseSyncAdapter):  # type: ignore[misc]
        def get_json(self, url: str, *, timeout: float, headers: object) -> Any:
            asked.append(url)
            if isinstance(answer, Exception):
                raise answer
            return answer

        def get_text(self, url: str, *, timeout: float, headers: object) -> str:
            return json.dumps(self.get_json(url, timeout=timeout, headers=headers))

    return lambda **_: World(proxies=None, ssl_context=None)


def chosen(geocoder: str) -> Settings:
    return Settings(
        stage="test",
        geocoder=geocoder,
        geocoder_key=SecretStr("k"),
    )


def ask(geocoder: str, answer: Any, asked: list[str]) -> list[tuple[float, str]]:
    world = answering(answer, asked)
    found = suggest(chosen(geocoder), "清河路1号3号楼", adapter_factory=world)
    return [(one.lat, one.datum) for one in found]


def test_each_service_is_asked_in_its_own_way_and_says_its_own_datum() -> None:
    asked: list[str] = []
    assert ask("amap", AMAP, asked) == [(36.6605, "gcj02")]
    assert ask("tianditu", TIANDITU, asked) == [(36.66, "wgs84")]
    place = {"display_name": "清河路", "lat": "36.66", "lon": "117.02"}
    assert ask("nominatim", [place], asked) == [(36.66, "wgs84")]

    amap, tianditu, _ = (parse_qs(urlsplit(url).query) for url in asked)
    assert (amap["address"], amap["key"]) == (["清河路1号3号楼"], ["k"])
    assert json.loads(tianditu["ds"][0]) == {"keyWord": "清河路1号3号楼"}
    bent = to_wgs84(36.6605, 117.026, Datum.GCJ02)
    assert 0.0001 < abs(bent[0] - 36.6605) < 0.01


@pytest.mark.parametrize("answer", [{"status": "0"}, {"status": "1", "geocodes": []}])
def test_nothing_found_is_no_place(answer: object) -> None:
    assert ask("amap", answer, []) == []


def test_who_is_not_chosen_is_not_asked_and_who_is_silent_is_said() -> None:
    asked: list[str] = []
    with pytest.raises(GeocoderOff):
        ask("", AMAP, asked)
    assert asked == []
    with pytest.raises(GeocoderSilent):
        ask("amap", GeocoderTimedOut("late"), asked)
    with pytest.raises(GeocoderSilent):
        ask("amap", {"geocodes": [{"location": "nowhere"}]}, asked)
