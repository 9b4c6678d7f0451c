"""Finding a place by its address: services outside the house, off unless configured.

What is sent is the road, the estate and the building: never a name, never a door. A
point that comes back is a suggestion; a person picks it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from geopy.exc import GeopyError
from geopy.geocoders import Nominatim
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from dispatch.errors import Conflict
from dispatch.people.elders import Datum
from dispatch.settings import Settings

_TIMEOUT_SECONDS: Final = 5
_MOST: Final = 5


class GeocoderOff(Conflict):
    """没有启用地址定位服务。请在地图上点位置，没有保存。"""

    code = "geocoder_off"


class GeocoderSilent(Conflict):
    """地址定位服务没有回应，没有保存。请在地图上点位置，或稍后再试。"""

    code = "geocoder_silent"


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """A place as the service has it, in the service's own coordinates."""

    label: str
    lat: float
    lon: float
    datum: str


class AMap(Geocoder):  # type: ignore[misc]  # geopy says nothing of its types
    """高德地图 web service; its coordinates are GCJ-02."""

    path: Final = "/v3/geocode/geo"

    def __init__(
        self, api_key: str, *, domain: str = "restapi.amap.com", **more: Any
    ) -> None:
        super().__init__(**more)
        self.api_key, self.domain = api_key, domain

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: float = DEFAULT_SENTINEL,
    ) -> Any:
        """The places of an address; see geopy for the arguments."""
        asked = urlencode({"address": query, "key": self.api_key, "output": "JSON"})
        url = f"{self.scheme}://{self.domain}{self.path}?{asked}"

        def read(answer: dict[str, Any]) -> Any:
            return _one_or_all([_amap(each) for each in answer.get("geocodes") or []],
                               exactly_one=exactly_one)  # fmt: skip

        return self._call_geocoder(url, read, timeout=timeout)


class Tianditu(Geocoder):  # type: ignore[misc]  # geopy says nothing of its types
    """天地图; its coordinates are CGCS2000, which is WGS-84 to us."""

    path: Final = "/geocoder"

    def __init__(
        self, api_key: str, *, domain: str = "api.tianditu.gov.cn", **more: Any
    ) -> None:
        super().__init__(**more)
        self.api_key, self.domain = api_key, domain

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: float = DEFAULT_SENTINEL,
    ) -> Any:
        """The place of an address; see geopy for the arguments."""
        words = json.dumps({"keyWord": query}, ensure_ascii=False)
        url = f"{self.scheme}://{self.domain}{self.path}?" + urlencode(
            {"ds": words, "tk": self.api_key}
        )

        def read(answer: dict[str, Any]) -> Any:
            at = answer.get("location") if str(answer.get("status")) == "0" else None
            found = [_tianditu(at, query)] if at else []
            return _one_or_all(found, exactly_one=exactly_one)

        return self._call_geocoder(url, read, timeout=timeout)


_MAKE: Final[dict[str, tuple[Datum, Callable[..., Any]]]] = {
    "amap": (Datum.GCJ02, AMap),
    "tianditu": (Datum.WGS84, Tianditu),
}


def geocoder_of(chosen: Settings, **more: Any) -> tuple[Datum, Any]:
    """The configured service and the datum that it speaks.

    Args:
        more: for geopy, such as `adapter_factory`.

    Raises:
        GeocoderOff: none is configured.
    """
    if not chosen.geocoder:
        raise GeocoderOff
    own = {"domain": chosen.geocoder_domain} if chosen.geocoder_domain else {}
    if chosen.geocoder == "nominatim":
        return Datum.WGS84, Nominatim(user_agent="liuzhu", **own, **more)
    datum, make = _MAKE[chosen.geocoder]
    return datum, make(chosen.geocoder_key.get_secret_value(), **own, **more)


def suggest(chosen: Settings, address: str, **more: Any) -> list[Suggested]:
    """Places that this address may mean, the likeliest first; at most five.

    Raises:
        GeocoderOff, GeocoderSilent
    """
    datum, service = geocoder_of(chosen, **more)
    try:
        found = service.geocode(address, exactly_one=False, timeout=_TIMEOUT_SECONDS)
    except (GeopyError, ValueError) as trouble:
        raise GeocoderSilent from trouble
    return [
        Suggested(
            label=one.address, lat=one.latitude, lon=one.longitude, datum=datum.value
        )
        for one in (found or [])[:_MOST]
    ]


def _amap(found: dict[str, Any]) -> Location:
    lon, lat = (float(each) for each in found["location"].split(","))
    return Location(str(found.get("formatted_address") or ""), (lat, lon), found)


def _tianditu(at: dict[str, Any], query: str) -> Location:
    place = (float(at["lat"]), float(at["lon"]))
    return Location(str(at.get("keyWord") or query), place, at)


def _one_or_all(found: list[Location], *, exactly_one: bool) -> Any:
    if not found:
        return None
    return found[0] if exactly_one else found
