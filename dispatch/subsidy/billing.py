"""The bill of an order: what the rules give, and what is left for the elder to pay."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elder_facts import (
    History,
    facts_on,
    history_of,
    signed_station_on,
)
from dispatch.people.elders import Elder, get_elder
from dispatch.subsidy.elder_rules import Collector, Grade
from dispatch.subsidy.facts import Person
from dispatch.subsidy.granting_rules import grant_order
from dispatch.subsidy.grants import list_counted, list_live_grants
from dispatch.subsidy.ledger import find_live_entry
from dispatch.subsidy.outcomes import Outcome, Refused, Service, Shared
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.rule_versions import rules_on
from dispatch.subsidy.tally import Tally

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
    """Who pays which part of an order. `paid_fen` came in, `due_fen` is to come."""

    price_fen: int
    fee_fen: int
    lines: tuple[BillLine, ...]
    refused: tuple[Refused, ...]
    paid_fen: int

    @property
    def self_fen(self) -> int:
        return self.price_fen + self.fee_fen - self.subsidy_fen - self.coupon_fen

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
    policy = rules_on(order.serve_on).policy
    names = {rule.id: rule.title for rule in policy.subsidy}
    if find_live_entry(session, order.id):
        lines = tuple(
            BillLine(
                grant.subsidy,
                names.get(grant.subsidy, grant.subsidy),
                grant.fen,
                grant.payer,
                grant.category,
                grant.window_key,
                grant.rule_version,
            )
            for grant in list_live_grants(session, order.id)
        )
        return Bill(order.price_fen, order.fee_fen, lines, (), order.paid_fen)
    elder = get_elder(session, order.elder_id)
    outcome = evaluate(session, policy, elder, order)
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
    return Bill(order.price_fen, order.fee_fen, lines, refused, order.paid_fen)


def evaluate(session: Session, policy: Policy, elder: Elder, order: Order) -> Outcome:
    """Ask the rules about one order, with everything that counts against it."""
    week_starts = policy.district.week_starts
    tally = Tally(list_counted(session, order), week_starts=week_starts)
    service = Service(
        id=str(order.id),
        service=order.service,
        on=order.serve_on,
        meal=meal_of(order),
        price_fen=order.price_fen,
        fee_fen=order.fee_fen,
        grade=_grade(elder, order),
        collected_by=_COLLECTORS.get(order.collected_by or ""),
    )
    history = history_of(session, elder.id)
    person = person_of(elder, history, order.serve_on)
    return grant_order(policy, person, tally, service)


def person_of(elder: Elder, history: History, on: date) -> Person:
    """What the rules may ask about an elder on a service date."""
    known = facts_on(elder, history, on)
    signed = signed_station_on(elder, history, on)
    return Person(
        born_on=elder.born_on,
        died_on=elder.died_on,
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
    if order.channel is Channel.DELIVERY and elder.contactless_agreed:
        return "C"
    return "B" if order.channel is Channel.PROXY else "A"
