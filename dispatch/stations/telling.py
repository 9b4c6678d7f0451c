"""What happens to a point is told to whoever may see it."""

from dispatch.log.events import record
from dispatch.people.places import Station
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork


def tell_point(uow: UnitOfWork, station: Station, kind: str, facts: Json) -> None:
    """Record it in the point's own story."""
    scope = {"station_id": station.id, "street_code": station.street_code}
    record(uow, kind, "station", station.id, facts=facts, **scope)
