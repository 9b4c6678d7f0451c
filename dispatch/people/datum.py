"""Coordinate systems of Chinese maps: GCJ-02 and BD-09 to and from WGS-84.

The formulas are the published ones; there is no exact way back from GCJ-02, so it is
found by stepping until the forward formula agrees (within a centimetre).
"""

import math
from typing import Final

from dispatch.errors import BadInput
from dispatch.people.elders import Datum

Point = tuple[float, float]  # lat, lon in degrees

_AXIS_METRES: Final = 6378245.0  # Krasovsky 1940, as GCJ-02 uses it
_ECCENTRICITY: Final = 0.00669342162296594323
_BD_TURN: Final = math.pi * 3000 / 180
_STEPS: Final = 8
_CHINA: Final = (0.8293, 55.8271, 72.004, 137.8347)  # where GCJ-02 bends the map


class BadPoint(BadInput):
    """坐标无效，没有保存。请在地图上重新选点。"""

    code = "bad_point"


def to_wgs84(lat: float, lon: float, datum: Datum) -> Point:
    """A point of any of the three systems as WGS-84 (lat, lon).

    Raises:
        BadPoint: not a place: not a number, off the earth, (0, 0), or lat and lon
            written the wrong way round.
    """
    _refuse_no_place(lat, lon)
    if datum is Datum.GCJ02:
        return gcj02_to_wgs84(lat, lon)
    if datum is Datum.BD09:
        return gcj02_to_wgs84(*bd09_to_gcj02(lat, lon))
    return lat, lon


def from_wgs84(lat: float, lon: float, datum: Datum) -> Point:
    """A WGS-84 point in one of the three systems, for links into map applications."""
    if datum is Datum.WGS84:
        return lat, lon
    bent = wgs84_to_gcj02(lat, lon)
    return gcj02_to_bd09(*bent) if datum is Datum.BD09 else bent


def wgs84_to_gcj02(lat: float, lon: float) -> Point:
    """Bend a true point as the law bends the maps; outside China nothing is bent."""
    if not _in_china(lat, lon):
        return lat, lon
    dlat, dlon = _bend(lon - 105.0, lat - 35.0)
    angle = math.radians(lat)
    stretch = 1 - _ECCENTRICITY * math.sin(angle) ** 2
    along = _AXIS_METRES * (1 - _ECCENTRICITY) / stretch**1.5
    across = _AXIS_METRES / math.sqrt(stretch) * math.cos(angle)
    return lat + math.degrees(dlat / along), lon + math.degrees(dlon / across)


def gcj02_to_wgs84(lat: float, lon: float) -> Point:
    """The true point that is bent to this one."""
    guess = lat, lon
    for _ in range(_STEPS):
        bent = wgs84_to_gcj02(*guess)
        guess = guess[0] + lat - bent[0], guess[1] + lon - bent[1]
    return guess


def gcj02_to_bd09(lat: float, lon: float) -> Point:
    """Baidu's second bend."""
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_TURN)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_TURN)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def bd09_to_gcj02(lat: float, lon: float) -> Point:
    """Undo Baidu's second bend, by stepping like the other one."""
    guess = lat - 0.006, lon - 0.0065
    for _ in range(_STEPS):
        bent = gcj02_to_bd09(*guess)
        guess = guess[0] + lat - bent[0], guess[1] + lon - bent[1]
    return guess


def _bend(x: float, y: float) -> tuple[float, float]:
    """Metres to the north and to the east, from degrees east and north of 35, 105."""
    waves = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y
    north += 0.2 * math.sqrt(abs(x)) + waves * 2 / 3 + _swell(y, 160, 320)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (
        waves * 2 / 3
        + (
            20 * math.sin(x * math.pi)
            + 40 * math.sin(x * math.pi / 3)
            + 150 * math.sin(x * math.pi / 12)
            + 300 * math.sin(x * math.pi / 30)
        )
        * 2
        / 3
    )
    return north, east


def _swell(y: float, twelfth: float, thirtieth: float) -> float:
    slow = 20 * math.sin(y * math.pi) + 40 * math.sin(y * math.pi / 3)
    slower = twelfth * math.sin(y * math.pi / 12)
    return (slow + slower + thirtieth * math.sin(y * math.pi / 30)) * 2 / 3


def _in_china(lat: float, lon: float) -> bool:
    south, north, west, east = _CHINA
    return south <= lat <= north and west <= lon <= east


def _refuse_no_place(lat: float, lon: float) -> None:
    if not (math.isfinite(lat) and math.isfinite(lon)):
        raise BadPoint("坐标不是数字，没有保存。请在地图上重新选点。")
    if lat == 0 and lon == 0:
        raise BadPoint("坐标为 (0, 0)，不是真实位置，没有保存。请在地图上重新选点。")
    if _in_china(lon, lat) and not _in_china(lat, lon):
        raise BadPoint("经度和纬度好像填反了，没有保存。请对调后再试。")
    if abs(lat) > 90 or abs(lon) > 180:
        raise BadPoint("坐标超出范围，没有保存。请在地图上重新选点。")
