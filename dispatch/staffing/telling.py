"""Saying that something happened to a helper, in their story and in the feed."""

from dispatch.log.events import record
from dispatch.people.helpers import Helper
from dispatch.store.unit_of_work import UnitOfWork


def tell_helper(
    uow: UnitOfWork, helper: Helper, kind: str, **about: str | int | None
) -> None:
    """Record it; the facts are codes and numbers, never words about a person."""
    said = {name: value for name, value in about.items() if value is not None}
    scope = {"station_id": helper.station_id, "street_code": helper.street_code}
    record(uow, kind, "helper", helper.id, facts=said, **scope)
