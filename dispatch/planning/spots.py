"""Spots: the places of a problem. One building is one spot, whoever lives in it."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.people.elders import Household
from dispatch.people.places import Kitchen, Station

_BUILDING_DIGITS = 4  # about ten metres: a name that repeats further off is another
_DOOR = "door"


@dataclass(frozen=True)
class Spot:
    """A place with a name that says nothing about who lives there."""

    id: str
    lat: float
    lon: float

    @property
    def is_start(self) -> bool:
        """A kitchen or station, where one walks in from the street."""
        return not self.id.startswith(_DOOR)


def kitchen_spot(kitchen: Kitchen) -> Spot:
    return kitchen_spot_at(kitchen.id, kitchen.lat, kitchen.lon)


def kitchen_spot_at(kitchen_id: UUID, lat: float, lon: float) -> Spot:
    return Spot(f"kitchen {kitchen_id}", lat, lon)


def station_spot(station: Station) -> Spot:
    return Spot(f"station {station.id}", station.lat, station.lon)


class Buildings:
    """Gives households of one building the same spot: that of the first one."""

    def __init__(self) -> None:
        self._spots: dict[tuple[str, str, float, float], Spot] = {}

    def spot_of(self, household: Household) -> Spot:
        """Raises: ValueError, when nobody knows where it is."""
        if household.lat is None or household.lon is None:
            raise ValueError(f"household {household.id} has no location")
        key = (
            household.community,
            household.building,
            round(household.lat, _BUILDING_DIGITS),
            round(household.lon, _BUILDING_DIGITS),
        )
        fresh = Spot(f"{_DOOR} {household.id}", household.lat, household.lon)
        return self._spots.setdefault(key, fresh)

    def all(self) -> list[Spot]:
        """Every building met so far."""
        return list(self._spots.values())
