"""The bill of an order: what the rules give, and what is left for the elder to pay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import Session

from dispatch.catalogue.calendar import kind_of
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elder_facts import (
    History,
    facts_on,
    histories_of,
    signed_station_on,
)
from dispatch.people.elders import Elder, get_elder
from dispatch.subsidy.elder_rules import Collector, Grade
from dispatch.subsidy.externals import list_externals
from dispatch.subsidy.granting_rules import grant_order
from dispatch.subsidy.grants import (
    Grant,
    list_counted,
    list_counted_of,
    list_live_grants_of,
)
from dispatch.subsidy.ledger import list_settled
from dispatch.subsidy.outcomes import Outcome, Refused, Service, Shared
from dispatch.subsidy.persons import Person
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.rule_versions import rules_on, title_of
from dispatch.subsidy.tally import Granted, Tally

_GRADES: dict[str, Grade] = {"A": "A", "B": "B", "C": "C", "D": "D", "E": "E"}

_COLLECTORS: dict[str, Collector] = {
    "self": "self",
    "registered_proxy": "registered_proxy",
    "other": "other",
}


@dataclass(frozen=True)
class BillLine:
    """One subsidy on the bill, and by which rule it is given."""

    subsidy: str
    name: str
    fen: int
    payer: str
    category: str
    window: str
    rule_version: str


@dataclass(frozen=True)
class Bill(Shared):
    """Who pays which part of an order. `paid_fen` came in, `due_fen` is to come.

    `borne_fen` was promised to the elder at payment and not granted (below 0: the
    reverse); it is the ledger's difference with the point, never asked of the elder.
    """

    price_fen: int
    fee_fen: int
    lines: tuple[BillLine, ...]
    refused: tuple[Refused, ...]
    paid_fen: int
    borne_fen: int = 0
    external_fen: int = 0  # an insurance or the like pays it, before the subsidies

    @property
    def self_fen(self) -> int:
        others = self.subsidy_fen + self.coupon_fen + self.borne_fen
        others += self.external_fen
        return self.price_fen + self.fee_fen - others

    @property
    def due_fen(self) -> int:
        return max(0, self.self_fen - self.paid_fen)


def quote(session: Session, order: Order) -> Bill:
    """The bill as it stands: granted already, or as the rules will have it.

    Before the service its evidence is taken to be as good as the way of handing over
    allows; the grant itself waits for the evidence.

    Raises:
        BadFile: the rule files are not sound.
    """
    elder = get_elder(session, order.elder_id)
    return quote_all(session, [order], {elder.id: elder})[order.id]


def quote_all(
    session: Session, orders: Sequence[Order], elders: Mapping[UUID, Elder]
) -> dict[UUID, Bill]:
    """The bills of orders, kept or only thought of, in seven queries; see `quote`."""
    external = list_externals(session, [order.id for order in orders])
    granted = list_live_grants_of(session, [order.id for order in orders])
    settled = list_settled(session, [order.id for order in orders])
    open_ones = [order for order in orders if order.id not in settled]
    counted = list_counted_of(session, open_ones)
    histories = histories_of(session, {order.elder_id for order in open_ones})
    bills = {}
    for order in orders:
        outside_fen = external[order.id].fen if order.id in external else 0
        if order.id in settled:
            lines = [_bill_line(session, one) for one in granted.get(order.id, [])]
            bills[order.id] = _settled_bill(order, lines, outside_fen)
            continue
        elder = elders[order.elder_id]
        person = person_of(elder, histories[elder.id], order.serve_on)
        policy = rules_on(session, order.serve_on).policy
        service = service_of(order, _grade_for_the_elder(elder, order), outside_fen)
        service = _on_its_day(session, policy, service)
        bills[order.id] = _open_bill(policy, order, person, service, counted[order.id])
    return bills


def _bill_line(session: Session, grant: Grant) -> BillLine:
    return BillLine(
        grant.subsidy,
        title_of(session, grant.rule_version, grant.subsidy),
        grant.fen,
        grant.payer,
        grant.category,
        grant.window_key,
        grant.rule_version,
    )


def _settled_bill(order: Order, lines: Sequence[BillLine], outside_fen: int) -> Bill:
    granted_fen = sum(line.fen for line in lines)
    given_fen = granted_fen + outside_fen + order.paid_fen
    return Bill(
        order.price_fen,
        order.fee_fen,
        tuple(lines),
        refused=(),
        paid_fen=order.paid_fen,
        borne_fen=order.price_fen + order.fee_fen - given_fen,
        external_fen=outside_fen,
    )


def _open_bill(
    policy: Policy,
    order: Order,
    person: Person,
    service: Service,
    counted: Sequence[Granted],
) -> Bill:
    names = {rule.id: rule.title for rule in policy.subsidy}
    outcome = _ask(policy, person, service, counted)
    lines = tuple(
        BillLine(
            line.subsidy,
            names[line.subsidy],
            line.fen,
            line.payer,
            line.category,
            line.window,
            line.rule_version,
        )
        for line in outcome.lines
    )
    refused = tuple(outcome.refused)
    return Bill(
        order.price_fen,
        order.fee_fen,
        lines,
        refused,
        paid_fen=order.paid_fen,
        external_fen=service.external_fen,
    )


def evaluate(
    session: Session,
    policy: Policy,
    elder: Elder,
    person: Person,
    order: Order,
    *,
    counted: Sequence[Granted] | None = None,
) -> Outcome:
    """Ask the rules about one order, with everything that counts against it.

    Args:
        person: the elder on the day of the order.
        counted: what counts against it, where that is not what stands in the books.
    """
    if counted is None:
        counted = list_counted(session, order)
    external = list_externals(session, [order.id]).get(order.id)
    outside_fen = external.fen if external else 0
    service = service_of(order, _grade(elder, order), outside_fen)
    return _ask(policy, person, _on_its_day(session, policy, service), counted)


def _on_its_day(session: Session, policy: Policy, service: Service) -> Service:
    """With what the calendar says of the day; asked only where a rule wants to know."""
    if not policy.asks_workdays:
        return service
    return replace(service, workday=kind_of(session, service.on).is_worked)


def _ask(
    policy: Policy, person: Person, service: Service, counted: Sequence[Granted]
) -> Outcome:
    tally = Tally(counted, week_starts=policy.district.week_starts)
    return grant_order(policy, person, tally, service)


def service_of(order: Order, grade: Grade | None, outside_fen: int) -> Service:
    """The order as the rules see it."""
    return Service(
        id=str(order.id),
        service=order.service,
        on=order.serve_on,
        meal=meal_of(order),
        price_fen=order.price_fen,
        fee_fen=order.fee_fen,
        external_fen=outside_fen,
        grade=grade,
        collected_by=_COLLECTORS.get(order.collected_by or ""),
    )


def person_of(elder: Elder, history: History, on: date) -> Person:
    """What the rules may ask about an elder on a service date."""
    known = facts_on(elder, history, on)
    known["living"] = known["living"].value
    signed = signed_station_on(elder, history, on)
    return Person(
        born_on=elder.born_on,
        died_on=elder.died_on,
        left_on=elder.left_on,
        signed_station=str(signed) if signed else None,
        **{name: each for name, each in known.items() if name in Person.model_fields},
    )


def meal_of(order: Order) -> str | None:
    """The meal as rule files name it; None for what is not a meal."""
    return order.serving.value.upper() if order.is_meal else None


def _grade(elder: Elder, order: Order) -> Grade | None:
    """The evidence grade, or the one that this way of handing over will have."""
    if order.state is OrderState.DONE:
        return _GRADES.get(order.grade or "")
    return _grade_to_come(elder, order)


def _grade_for_the_elder(elder: Elder, order: Order) -> Grade:
    """What the elder's own part is reckoned by: weak evidence is not their fault.

    Who pays after the meal pays what they would have paid before it; what the rules
    then do not give is the point's to bear.
    """
    to_come, proven = _grade_to_come(elder, order), _grade(elder, order)
    return to_come if proven is None else min(to_come, proven)


def _grade_to_come(elder: Elder, order: Order) -> Grade:
    if order.channel is Channel.DELIVERY and elder.contactless_agreed:
        return "C"
    return "B" if order.channel is Channel.PROXY else "A"
