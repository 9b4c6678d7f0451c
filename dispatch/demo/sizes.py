"""How big a made-up district is; the proportions are those of one real kind."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Size:
    """What is counted when a district is made; meals and visits are those of a day."""

    name: str
    streets: int
    communities: int  # of each street
    stations: int
    restaurants: int
    central_kitchens: int
    profiles: int
    meals: int
    visits: int
    couriers: int
    volunteers: int
    caregivers: int
    radius_metres: float  # of the town that it lies in

    @property
    def points(self) -> int:
        """Dining points: stations, restaurants and central kitchens."""
        return self.stations + self.restaurants + self.central_kitchens


SMALL: Final = Size(
    name="small",
    streets=1,
    communities=8,
    stations=3,
    restaurants=1,
    central_kitchens=1,
    profiles=400,
    meals=200,
    visits=25,
    couriers=3,
    volunteers=2,
    caregivers=3,
    radius_metres=1_400,
)
DISTRICT: Final = Size(
    name="district",
    streets=12,
    communities=8,
    stations=30,
    restaurants=8,
    central_kitchens=2,
    profiles=6_000,
    meals=1_540,
    visits=130,
    couriers=30,
    volunteers=25,
    caregivers=36,
    radius_metres=4_000,
)
CITY: Final = Size(
    name="city",
    streets=120,
    communities=8,
    stations=300,
    restaurants=80,
    central_kitchens=20,
    profiles=60_000,
    meals=15_400,
    visits=1_300,
    couriers=300,
    volunteers=250,
    caregivers=360,
    radius_metres=12_000,
)
SIZES: Final = {size.name: size for size in (SMALL, DISTRICT, CITY)}
