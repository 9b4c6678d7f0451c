"""Orders of a form with all that stands behind each: money, proof, who carried it."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col

from dispatch.access.scope import scoped
from dispatch.exchange.forms.rows import Span, by_id, by_order
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.people.vault import unseal
from dispatch.planning.plans import Round, RoundState, Stop, StopOrder
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.elder_rules import NATIONAL_COUPON
from dispatch.subsidy.grants import Grant


@dataclass
class Told:
    """One order and what is known of it."""

    order: Order
    evidence: Evidence | None = None
    grants: list[Grant] = field(default_factory=list)
    stop: Stop | None = None
    round: Round | None = None
    box: str = ""

    def granted_fen(self, *, part: str | None = None) -> int:
        """What subsidies bear, the national coupon left out; of one part or of all."""
        return sum(
            one.fen
            for one in self.grants
            if one.payer != NATIONAL_COUPON and part in (None, one.part)
        )

    @property
    def coupon_fen(self) -> int:
        return sum(one.fen for one in self.grants if one.payer == NATIONAL_COUPON)

    @property
    def helper_id(self) -> UUID | None:
        if self.evidence and self.evidence.helper_id:
            return self.evidence.helper_id
        return self.round.helper_id if self.round else None


def orders_of(uow: UnitOfWork, span: Span, *, meals: bool | None) -> list[Told]:
    """Orders within reach on these days, by day, serving and number."""
    query = scoped(uow.actor, Order).where(
        Order.serve_on >= span.from_on, Order.serve_on <= span.until_on
    )
    if meals is not None:
        query = query.where(col(Order.is_meal).is_(meals))
    if span.station_id is not None:
        query = query.where(Order.station_id == span.station_id)
    order = (col(Order.serve_on), col(Order.serving), col(Order.number))
    told = {one.id: Told(one) for one in uow.session.exec(query.order_by(*order))}
    for proof in by_order(uow.session, Evidence, told):
        if proof.counts:
            told[proof.order_id].evidence = proof
    for grant in by_order(uow.session, Grant, told):
        if grant.reversed_by is None:
            told[grant.order_id].grants.append(grant)
    _add_rounds(uow.session, told)
    return list(told.values())


def names_of_helpers(session: Session, told: list[Told]) -> dict[UUID, str]:
    """Who carried or visited, by name."""
    ids = {one.helper_id for one in told if one.helper_id}
    return {
        id_: kept.get("name", "")
        for id_, kept in unseal(session, ids, ["name"]).items()
    }


def _add_rounds(session: Session, told: dict[UUID, Told]) -> None:
    links = [one for one in by_order(session, StopOrder, told) if not one.given_back]
    stops = by_id(session, Stop, [one.stop_id for one in links])
    rounds = by_id(session, Round, [one.round_id for one in stops.values()])
    latest: dict[UUID, list[StopOrder]] = defaultdict(list)
    for link in links:
        if rounds[stops[link.stop_id].round_id].state is not RoundState.DROPPED:
            latest[link.order_id].append(link)
    for order_id, some in latest.items():
        link = max(some, key=lambda each: stops[each.stop_id].at)
        one = told[order_id]
        one.stop, one.box = stops[link.stop_id], link.box
        one.round = rounds[one.stop.round_id]
