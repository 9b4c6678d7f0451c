"""One done order as the rules see it: who, where, when, and by what proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from geopy.distance import great_circle
from sqlmodel import Session, col, select

from dispatch.catalogue.services import Service
from dispatch.field.events import FieldEvent
from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.orders.orders import Order, OrderState
from dispatch.people.datum import BadPoint, to_wgs84
from dispatch.people.elders import Datum, Household
from dispatch.store.columns import Json

Spot = tuple[float, float]


@dataclass(frozen=True)
class Done:
    """What was done, and what its counting proof says.

    Attributes:
        home: the elder's door; None where nobody knows it.
        here: where the phone said it was, in WGS-84.
        stayed: how long a visit lasted by the phone; None for meals.
    """

    order_id: UUID
    elder_id: UUID
    household_id: UUID
    station_id: UUID
    street_code: str
    service: str
    channel: str
    is_meal: bool
    serve_on: date
    minutes: int
    home: Spot | None
    evidence_id: UUID
    origin: EvidenceFrom
    basis: Json
    grade: str
    helper_id: UUID | None
    at: datetime
    device_id: str | None
    here: Spot | None
    accuracy_m: float | None
    detail: Json

    @property
    def stayed(self) -> timedelta | None:
        seconds = self.basis.get("lasted_seconds")
        return timedelta(seconds=seconds) if isinstance(seconds, int) else None

    @property
    def begun_at(self) -> datetime:
        """When somebody came; for a meal the moment in which it was handed over."""
        return self.at - (self.stayed or timedelta())

    @property
    def spot(self) -> Spot | None:
        """Where it was done, by the phone or else by the address."""
        return self.here or self.home

    @property
    def doubt_m(self) -> float:
        """How far off that may be."""
        return self.accuracy_m or 0.0 if self.here else 100.0


def metres(one: Spot, other: Spot) -> float:
    """Along the great circle."""
    return float(great_circle(one, other).m)


def list_done(session: Session, day: date) -> list[Done]:
    """Everything that was done on a service date, by time."""
    return _read(session, _query().where(Order.serve_on == day))


def done_of(session: Session, order_id: UUID) -> Done | None:
    """One order, if it is done and proven."""
    return next(iter(_read(session, _query().where(Order.id == order_id))), None)


def beside(session: Session, done: Done, hours: int) -> list[Done]:
    """What the same person did some hours before and after, this order left out."""
    if done.helper_id is None:
        return []
    near = timedelta(hours=hours)
    query = (
        _query()
        .where(Evidence.helper_id == done.helper_id, Order.id != done.order_id)
        .where(col(Evidence.at).between(done.begun_at - near, done.at + near))
    )
    return _read(session, query)


def same_day(session: Session, done: Done) -> list[Done]:
    """What else the same elder had on that day."""
    query = _query().where(
        Order.elder_id == done.elder_id,
        Order.serve_on == done.serve_on,
        Order.id != done.order_id,
    )
    return _read(session, query)


_COLUMNS: Final[tuple[Any, ...]] = (
    *(Order.id, Order.elder_id, Order.household_id, Order.station_id),
    *(Order.street_code, Order.service, Order.channel, Order.is_meal),
    *(Order.serve_on, Service.minutes, Household.lat, Household.lon),
    *(Evidence.id, Evidence.origin, Evidence.basis, Evidence.grade),
    *(Evidence.helper_id, Evidence.at, FieldEvent.device_id),
    *(FieldEvent.lat, FieldEvent.lon, FieldEvent.datum, FieldEvent.accuracy_m),
    FieldEvent.detail,
)


def _query() -> Any:
    """Columns and no rows of tables: a city's day is thirty thousand of them."""
    return (
        select(*_COLUMNS)
        .join(Evidence, col(Evidence.order_id) == Order.id)
        .join(Household, col(Household.id) == Order.household_id)
        .join(Service, col(Service.code) == Order.service)
        .outerjoin(FieldEvent, col(FieldEvent.id) == Evidence.field_event_id)
        .where(Order.state == OrderState.DONE, Evidence.counts)
        .order_by(col(Evidence.at), col(Order.id))
    )


def _read(session: Session, query: Any) -> list[Done]:
    return [_done(row) for row in session.exec(query)]


def _done(row: Sequence[Any]) -> Done:
    lat, lon, here_lat, here_lon, datum, accuracy_m, detail = (*row[10:12], *row[19:])
    told: list[Any] = [
        *(*row[:6], row[6].value, *row[7:10]),
        None if lat is None or lon is None else (lat, lon),
        *row[12:19],
        _here(here_lat, here_lon, datum),
        *(accuracy_m, detail or {}),
    ]
    return Done(*told)


def _here(lat: float | None, lon: float | None, datum: str | None) -> Spot | None:
    """In WGS-84; a position that cannot be one is none."""
    if lat is None or lon is None:
        return None
    try:
        return to_wgs84(lat, lon, Datum(datum or Datum.WGS84))
    except BadPoint:
        return None
