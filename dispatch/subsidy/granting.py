"""Granting: when an order is paid and evidenced, in that same transaction."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, select

from dispatch.field.evidence import Evidence, find_evidence
from dispatch.orders.orders import Order, OrderState, tell_order
from dispatch.people.elder_facts import history_of
from dispatch.people.elders import Elder
from dispatch.people.places import get_station
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import Bill, evaluate, meal_of, person_of, quote
from dispatch.subsidy.facts import FactsOn, Person
from dispatch.subsidy.grants import Grant, list_live_grants, promise
from dispatch.subsidy.ledger import (
    AccountKind,
    Amount,
    Entry,
    EntryKind,
    count_entries,
    find_live_entry,
    list_amounts,
    post,
)
from dispatch.subsidy.outcomes import Line, Outcome
from dispatch.subsidy.policy import ANY, Policy
from dispatch.subsidy.rule_versions import adopt, rules_on
from dispatch.subsidy.windows import month_of

__all__ = ["Bill", "quote", "reverse", "settle"]


def settle(uow: UnitOfWork, order: Order) -> Entry | None:
    """Grant what the rules give and post the order's money, once.

    The caller holds the order's row. A paid order that is not yet evidenced gets a
    promise instead. One that is settled stays as it is, unless other evidence counts
    for it by now: then the entry is taken back and made anew. What costs nothing has
    no money to post.

    Returns:
        The entry that this call posted, if it did.

    Raises:
        BadFile, RulesChanged: the rule files are not sound.
    """
    if not order.is_paid or order.price_fen + order.fee_fen == 0:
        return None
    elder = hold_elder(uow.session, order)
    proof = find_evidence(uow.session, order.id)
    if live := find_live_entry(uow.session, order.id):
        if proof is None or (live.grade, live.evidence_id) == (order.grade, proof.id):
            return None
        _take_back(uow, order, live, "凭证更新，重新计算")
    rules = rules_on(order.serve_on)
    outcome = evaluate(uow.session, rules.policy, elder, order)
    if order.state is not OrderState.DONE or proof is None:
        promise(uow.session, order, outcome.lines)
        return None
    promise(uow.session, order, ())
    adopt(uow, rules)
    entry = _entry(uow, rules.policy, elder, order, proof)
    entry.anomaly = next(iter(outcome.anomalies), None)
    post(uow, entry, _amounts(order, outcome))
    for line in outcome.lines:
        uow.session.add(_grant(rules.policy, order, entry, line))
    uow.session.flush()
    tell_order(
        uow,
        order,
        "order.settled",
        entry=entry.id,
        subsidy_fen=outcome.subsidy_fen,
        coupon_fen=outcome.coupon_fen,
        anomaly=entry.anomaly,
    )
    return entry


def reverse(uow: UnitOfWork, order: Order, reason: str) -> Entry | None:
    """Take the order's entry and grants back, whole and once; drop its promises.

    The caller holds the order's row. Returns the reversal, if there was an entry.
    """
    hold_elder(uow.session, order)
    promise(uow.session, order, ())
    live = find_live_entry(uow.session, order.id)
    return _take_back(uow, order, live, reason) if live else None


def _take_back(uow: UnitOfWork, order: Order, entry: Entry, reason: str) -> Entry:
    back = Entry(
        **entry.model_dump(exclude=_OWN),
        kind=EntryKind.REVERSAL,
        business_key=f"reversal:{entry.id}",
        reverses_id=entry.id,
        reason=reason[:100],
        made_at=uow.now,
    )
    amounts = list_amounts(uow.session, entry.id)
    post(uow, back, (amount.negated() for amount in amounts))
    for grant in list_live_grants(uow.session, order.id):
        grant.reversed_by = back.id
        uow.session.add(grant)
    uow.session.flush()
    tell_order(uow, order, "order.settlement_reversed", entry=back.id, why=reason)
    return back


_OWN = {"id", "kind", "state", "business_key", "reverses_id", "reason", "made_at"}


def hold_elder(session: Session, order: Order) -> Elder:
    """Two orders of one elder are settled one after the other, so that caps hold."""
    query = select(Elder.id).where(Elder.id == order.elder_id)
    session.exec(query.with_for_update(key_share=True)).one()
    return session.get_one(Elder, order.elder_id)


def _entry(
    uow: UnitOfWork, policy: Policy, elder: Elder, order: Order, proof: Evidence
) -> Entry:
    history = history_of(uow.session, elder.id)
    person = person_of(elder, history, order.serve_on)
    return Entry(
        business_key=f"service:{order.id}:{count_entries(uow.session, order.id) + 1}",
        kind=EntryKind.SERVICE,
        period=month_of(order.serve_on),
        service_on=order.serve_on,
        rule_version=policy.version.id,
        order_id=order.id,
        elder_id=order.elder_id,
        station_id=order.station_id,
        street_code=get_station(uow.session, order.station_id).street_code,
        home_street=person.home_street or "",
        channel=order.channel.value,
        service=order.service,
        category=_kind_of_person(policy, person, order.serve_on),
        grade=order.grade or "",
        evidence_id=proof.id,
        made_at=uow.now,
    )


def _kind_of_person(policy: Policy, person: Person, on: date) -> str:
    """The first category of the file that the elder is in; each counts once."""
    facts = FactsOn(policy, person, on)
    named = tuple(category.id for category in policy.category)
    return facts.first_of(named) or ANY


def _amounts(order: Order, outcome: Outcome) -> Iterator[Amount]:
    """Every fen of price and fee, by who pays it."""
    yield Amount(AccountKind.INCOME, -(order.price_fen + order.fee_fen))
    yield Amount(AccountKind.SELF, order.paid_fen)
    yield Amount(AccountKind.DIFFERENCE, outcome.self_fen - order.paid_fen)
    for line in outcome.lines:
        kind = AccountKind.ADVANCE if line.advance_by else AccountKind.DUE
        yield Amount(kind, line.fen, line.payer, line.subsidy)


def _grant(policy: Policy, order: Order, entry: Entry, line: Line) -> Grant:
    return Grant(
        order_id=entry.order_id,
        elder_id=entry.elder_id,
        station_id=entry.station_id,
        subsidy=line.subsidy,
        payer=line.payer,
        part=line.on,
        fen=line.fen,
        units=line.units,
        category=line.category,
        window_key=line.window,
        once_key=policy.once_key(line.subsidy, line.window),
        rule_version=line.rule_version,
        grade=entry.grade,
        evidence_id=entry.evidence_id,
        entry_id=entry.id,
        service=entry.service,
        service_on=entry.service_on,
        meal=meal_of(order),
        granted_at=entry.made_at,
    )
