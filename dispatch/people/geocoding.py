"""Finding a place by its address: services outside the house, off unless configured.

What is sent is the road, the estate and the building: never a name, never a door. A
point that comes back is a suggestion; a person picks it.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import httpx
from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderUnavailable, GeopyError
from geopy.geocoders import Nominatim
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from dispatch.errors import Conflict
from dispatch.inside import Allowed
from dispatch.outside import Call, LeadsInside, make_call
from dispatch.people.elders import Datum
from dispatch.settings import Settings

_TIMEOUT_SECONDS: Final = 5
_MOST: Final = 5
_MOST_BYTES: Final = 1_000_000


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


class Line(BaseSyncAdapter):  # type: ignore[misc]  # geopy says nothing of its types
    """How a service is called: as everything outside is, and never led elsewhere."""

    def __init__(self, *, proxies: Any, ssl_context: Any, allowed: Allowed) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._allowed = allowed

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """See geopy. Raises: AdapterHTTPError, GeopyError."""
        call = Call("GET", url, headers, timeout, most_bytes=_MOST_BYTES)
        try:
            said = make_call(call, self._allowed)
        except (httpx.HTTPError, httpx.InvalidURL, LeadsInside) as trouble:
            raise GeocoderUnavailable(type(trouble).__name__) from trouble
        text = said.body.decode("utf-8", "replace")
        if said.status != 200:
            words = f"status {said.status}"
            raise AdapterHTTPError(
                words, status_code=said.status, headers={}, text=text
            )
        return text

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """See geopy. Raises: AdapterHTTPError, GeopyError."""
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (json.JSONDecodeError, RecursionError) as trouble:
            raise GeocoderParseError("no JSON") from trouble


class Keyed(Geocoder, ABC):  # type: ignore[misc]  # geopy says nothing of its types
    """A service with a key that answers a GET with JSON, as geopy asks one."""

    home: ClassVar[str]
    path: ClassVar[str]

    def __init__(self, api_key: str, *, domain: str = "", **more: Any) -> None:
        super().__init__(**more)
        self.api_key, self.domain = api_key, domain or self.home

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: float = DEFAULT_SENTINEL,
    ) -> Any:
        """The places of an address; see geopy for the arguments."""
        asked = urlencode(self.asked(query))

        def read(answer: dict[str, Any]) -> Any:
            found = self.places(answer, query)
            return (found[0] if exactly_one else found) if found else None

        url = f"{self.scheme}://{self.domain}{self.path}?{asked}"
        return self._call_geocoder(url, read, timeout=timeout)

    @abstractmethod
    def asked(self, query: str) -> dict[str, str]:
        """What stands in the address that is asked."""

    @abstractmethod
    def places(self, answer: dict[str, Any], query: str) -> list[Location]:
        """The places of an answer, the likeliest first."""


class AMap(Keyed):
    """高德地图 web service; its coordinates are GCJ-02."""

    home = "restapi.amap.com"
    path = "/v3/geocode/geo"

    def asked(self, query: str) -> dict[str, str]:
        return {"address": query, "key": self.api_key, "output": "JSON"}

    def places(self, answer: dict[str, Any], query: str) -> list[Location]:
        found = []
        for one in answer.get("geocodes") or []:
            lon, lat = (float(each) for each in one["location"].split(","))
            label = str(one.get("formatted_address") or query)
            found.append(Location(label, (lat, lon), one))
        return found


class Tianditu(Keyed):
    """天地图; its coordinates are CGCS2000, which is WGS-84 to us."""

    home = "api.tianditu.gov.cn"
    path = "/geocoder"

    def asked(self, query: str) -> dict[str, str]:
        words = json.dumps({"keyWord": query}, ensure_ascii=False)
        return {"ds": words, "tk": self.api_key}

    def places(self, answer: dict[str, Any], query: str) -> list[Location]:
        at = answer.get("location") if str(answer.get("status")) == "0" else None
        if not at:
            return []
        place = (float(at["lat"]), float(at["lon"]))
        return [Location(str(at.get("keyWord") or query), place, at)]


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
    more.setdefault("adapter_factory", partial(Line, allowed=_allowed(chosen)))
    own = {"domain": chosen.geocoder_domain} if chosen.geocoder_domain else {}
    if chosen.geocoder == "nominatim":
        return Datum.WGS84, Nominatim(user_agent="liuzhu", **own, **more)
    datum, make = _MAKE[chosen.geocoder]
    return datum, make(chosen.geocoder_key.get_secret_value(), **own, **more)


def _allowed(chosen: Settings) -> Allowed:
    """A server of the operator's own may stand inside."""
    own = f"https://{chosen.geocoder_domain}" if chosen.geocoder_domain else ""
    return Allowed.of(chosen.inner_hosts).and_hosts_of(own)


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
