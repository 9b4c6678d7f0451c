"""A day's restaurants, doors and couriers as rows of the product.

The plane of metres is laid on the map near one corner, so that every row has a place
on earth; how long ways take is asked of the plane.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

import numpy as np
from sqlmodel import Session

from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import town_moment
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Helper, HelperKind, Shift, TravelMode
from dispatch.people.places import Kitchen, Station, StationKind, Street
from dispatch.planning.on_demand.means import Means
from dispatch.planning.spots import Spot
from dispatch.replaying.day_files import Day, Point, Rider, Wish
from routing import Matrix, Speed
from routing.ondemand import Customs

SERVE_ON: Final = date(2026, 11, 20)
STREET: Final = "119900001"
MEAL: Final = "MEAL_DELIVERY"
_CORNER: Final = (36.0, 116.0)  # latitude, longitude of the plane's origin
_METRES: Final = 111_000.0  # for one degree, both ways: only the plane counts
_OVER: Final = 4 * 24 * 3600  # later than any day


class Town:
    """A day put into a session; ids by the names in its files."""

    def __init__(self, session: Session, day: Day) -> None:
        self.session, self.day = session, day
        self.elders: dict[str, UUID] = {}
        self.riders: dict[UUID, str] = {}
        self._add(Street(code=STREET, name="回放街道"))
        self._add(
            Service(
                code=MEAL,
                assist="助餐",
                name="送餐上门",
                minutes=3,
                skills=["meal"],
                is_meal=True,
            )
        )
        self._stations = {
            name: self._restaurant(name, at) for name, at in day.restaurants.items()
        }
        for rider in day.riders:
            self._rider(rider)
        for wish in day.wishes:
            self._elder(wish)

    def _add(self, row: object) -> None:
        self.session.add(row)
        self.session.flush()

    def _restaurant(self, name: str, at: Point) -> UUID:
        kitchen = Kitchen(
            id=_id("kitchen", name),
            name=name,
            street_code=STREET,
            lunch_capacity=0,
            lat=_lat(at),
            lon=_lon(at),
        )
        self._add(kitchen)
        sitting = Sitting(
            kitchen_id=kitchen.id,
            serve_on=SERVE_ON,
            serving=Serving.LUNCH,
            capacity=len(self.day.wishes),
            cut_off_at=town_moment(SERVE_ON, _OVER),
            ready_at=town_moment(SERVE_ON, 0),
            door_from_at=town_moment(SERVE_ON, 0),
            door_until_at=town_moment(SERVE_ON, _OVER),
            hot_seconds=_OVER,
            eat_by_at=town_moment(SERVE_ON, _OVER),
        )
        self._add(sitting)
        self._add(MenuItem(sitting_id=sitting.id, code="A", name="套餐", price_fen=0))
        return self._station(f"k-{name}", kitchen.id, at)

    def _station(self, code: str, kitchen_id: UUID, at: Point) -> UUID:
        station = Station(
            code=code,
            name=code,
            kind=StationKind.RESTAURANT,
            street_code=STREET,
            kitchen_id=kitchen_id,
            phone="",
            entered_on=SERVE_ON,
            lat=_lat(at),
            lon=_lon(at),
        )
        self._add(station)
        return station.id

    def _rider(self, rider: Rider) -> None:
        """A courier begins at a station of their own: their on-location."""
        first = next(iter(self._stations.values()), None)
        if first is None:
            return  # without a restaurant there is nothing to carry
        kitchen_id = self.session.get_one(Station, first).kitchen_id
        helper = Helper(
            id=_id("helper", rider.id),
            station_id=self._station(f"c-{rider.id}", kitchen_id, rider.start),
            street_code=STREET,
            kind=HelperKind.COURIER,
            mode=TravelMode.CAR,
            capacity=500,
            max_work_seconds=86_400,
            skills=["meal"],
        )
        self._add(helper)
        self.riders[helper.id] = rider.id
        self._add(
            Shift(
                helper_id=helper.id,
                works_on=SERVE_ON,
                starts_at=moment(rider.on),
                ends_at=moment(rider.off),
            )
        )

    def _elder(self, wish: Wish) -> None:
        station_id = self._stations[wish.restaurant]
        household = Household(
            station_id=station_id,
            street_code=STREET,
            community="回放社区",
            building=wish.id,
            lat=_lat(wish.door),
            lon=_lon(wish.door),
        )
        self._add(household)
        elder = Elder(
            id=_id("elder", wish.id),
            number=wish.id,
            household_id=household.id,
            station_id=station_id,
            street_code=STREET,
            sex="F",
            born_on=date(1960, 1, 1),
            home_street=STREET,
            made_at=moment(0),
        )
        self._add(elder)
        self.elders[wish.id] = elder.id


def _id(kind: str, name: str) -> UUID:
    """The same in every replay: who is like another is sorted by id."""
    return uuid5(NAMESPACE_OID, f"{kind} {name}")


def moment(minute: int) -> datetime:
    """A minute of the day as the product's time."""
    return town_moment(SERVE_ON, 60 * minute)


def means_of(day: Day) -> Means:
    """How trips are made on this day, in seconds."""
    before, half = round(30 * day.pickup_minutes), round(30 * day.dropoff_minutes)

    def travel(
        modes: Iterable[TravelMode], spots: Sequence[Spot]
    ) -> Mapping[str, Speed | Matrix]:
        plane = np.array([_on_plane(spot) for spot in spots]).reshape(-1, 2)
        apart = plane[:, None, :] - plane[None, :, :]
        metres = np.hypot(apart[:, :, 0], apart[:, :, 1])
        minutes = np.ceil(metres / day.metres_per_minute - 1e-9)
        matrix = Matrix(60 * np.maximum(minutes, 0).astype(np.int32))
        return {mode.value: matrix for mode in modes}

    return Means(
        customs=Customs(leave_seconds=before, notice_seconds=60),
        take_seconds=before,
        reach_seconds=half,
        door_seconds=half,
        silent_seconds=None,
        travel=travel,
    )


def _lat(at: Point) -> float:
    return _CORNER[0] + at[1] / _METRES


def _lon(at: Point) -> float:
    return _CORNER[1] + at[0] / _METRES


def _on_plane(spot: Spot) -> Point:
    """Metres on the plane, to the millimetre."""
    lat, lon = _CORNER
    return round((spot.lon - lon) * _METRES, 3), round((spot.lat - lat) * _METRES, 3)
