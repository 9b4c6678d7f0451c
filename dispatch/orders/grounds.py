"""What an order stands on, looked up at once: whom it is for, what it is, who cooks."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Date, and_, bindparam
from sqlmodel import col, select

from dispatch.access.scope import within
from dispatch.catalogue.services import Service, UnknownService
from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.errors import NotFound
from dispatch.kitchens.batches import Batch
from dispatch.orders.free_delivery import DeliveryRule, in_force
from dispatch.orders.refusals import NotServed
from dispatch.people.categories import OLDEST_OLD_BY
from dispatch.people.elder_facts import ElderFact
from dispatch.people.elders import Elder, Household
from dispatch.people.places import Station
from dispatch.store.unit_of_work import UnitOfWork

_ON: Final = bindparam("serve_on", type_=Date)
_FED_BY: Final = and_(
    col(Sitting.kitchen_id) == Station.kitchen_id,
    col(Sitting.serve_on) == _ON,
    col(Sitting.serving) == bindparam("serving"),
)
_FACTS: Final = select(ElderFact.id).where(
    ElderFact.elder_id == Elder.id, col(ElderFact.kind).in_(OLDEST_OLD_BY)
)
# Put together once: that takes as long as asking.
_QUERY: Final = (
    select(Elder, Service, Sitting)
    .add_columns(col(Household.street_code), col(Household.lat).is_not(None))
    .add_columns(_FACTS.exists())
    .add_columns(select(DeliveryRule.id).where(in_force(_ON)).exists())
    .add_columns(select(Batch.id).where(Batch.sitting_id == Sitting.id).exists())
    .join(Household, col(Household.id) == Elder.household_id)
    .join(Station, col(Station.id) == Elder.station_id)
    .outerjoin(Service, col(Service.code) == bindparam("service"))
    .outerjoin(Sitting, _FED_BY)
    .where(col(Elder.id) == bindparam("elder_id"))
    .with_for_update(read=True, key_share=True, of=Elder)
)


@dataclass(frozen=True)
class Grounds:
    """The rows, and what else there is to look for: most often none of it."""

    elder: Elder
    service: Service
    sitting: Sitting | None
    street_code: str
    located: bool  # a helper can be sent there
    has_facts: bool  # something was written down that may make somebody an oldest old
    has_rules: bool  # some deliveries are free that day
    has_batches: bool  # the kitchen is at it

    @property
    def open_sitting(self) -> Sitting:
        """Raises: NotServed, where the kitchen has none then, or it is closed."""
        if self.sitting is None or self.sitting.closed_at is not None:
            raise NotServed
        return self.sitting


def find_grounds(
    uow: UnitOfWork, elder_id: UUID, service: str, on: date, serving: Serving
) -> Grounds:
    """Everything in one statement, for an elder within the actor's reach.

    Until the end of the transaction nobody pauses the elder, or writes down that they
    died or left: whoever does so holds the elder's row.

    Raises:
        NotFound: no such elder, or not for this person.
        UnknownService
    """
    asked = {"elder_id": elder_id, "service": service}
    meal = {"serve_on": on, "serving": serving}
    query = _QUERY.where(*within(uow.actor, Elder))
    found = uow.session.execute(query, asked | meal).first()
    if found is None:
        raise NotFound
    if found[1] is None or not found[1].active:
        raise UnknownService
    grounds = Grounds(*found)
    uow.at_hand.append(grounds)
    return grounds
