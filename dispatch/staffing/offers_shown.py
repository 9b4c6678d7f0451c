"""Offers as a phone shows them: what, about where, until when; nobody's name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.catalogue.services import Service
from dispatch.orders.orders import Order
from dispatch.people.elders import Household
from dispatch.people.offers import Offer, OfferState
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class OfferRow:
    """One open question to this helper."""

    id: UUID
    service: str
    service_name: str
    minutes: int
    community: str
    building: str
    floor: int
    lift: bool
    from_at: datetime
    until_at: datetime
    expires_at: datetime


def list_my_offers(uow: UnitOfWork) -> list[OfferRow]:
    """What this helper is asked now, the first to run out first."""
    query = (
        scoped(uow.actor, Offer)
        .where(Offer.state == OfferState.OPEN, Offer.expires_at > uow.now)
        .order_by(col(Offer.expires_at), col(Offer.id))
    )
    return [_row(uow, offer) for offer in uow.session.exec(query).all()]


def _row(uow: UnitOfWork, offer: Offer) -> OfferRow:
    found = uow.session.exec(
        select(Order, Service, Household)
        .join(Service, col(Service.code) == Order.service)
        .join(Household, col(Household.id) == Order.household_id)
        .where(Order.id == offer.order_id)
    ).one()
    order, service, door = found
    return OfferRow(
        id=offer.id,
        service=service.code,
        service_name=service.name,
        minutes=service.minutes,
        community=door.community,
        building=door.building,
        floor=door.floor,
        lift=door.lift,
        from_at=order.window_from_at,
        until_at=order.window_until_at,
        expires_at=offer.expires_at,
    )
