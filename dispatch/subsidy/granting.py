"""Granting: when an order is paid and evidenced, in that same transaction."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlmodel import Session

from dispatch.field.evidence import Evidence, find_evidence
from dispatch.orders.orders import Order, OrderState, tell_order
from dispatch.people.elder_facts import history_of
from dispatch.people.elders import hold_elder_in_turn
from dispatch.people.places import get_station
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import is_held
from dispatch.subsidy.anomalies.screening import screen_order
from dispatch.subsidy.billing import Bill, evaluate, meal_of, person_of, quote
from dispatch.subsidy.externals import ExternalPart
from dispatch.subsidy.facts import FactsOn
from dispatch.subsidy.grants import Grant, list_live_grants, promise
from dispatch.subsidy.ledger import (
    Entry,
    EntryKind,
    count_entries,
    find_live_entry,
    list_amounts,
    post,
)
from dispatch.subsidy.months.corrections import CorrectionState, list_corrections_of
from dispatch.subsidy.months.late_facts import is_shut, propose_difference
from dispatch.subsidy.months.periods import period_for
from dispatch.subsidy.outcomes import Line, Outcome
from dispatch.subsidy.persons import Person
from dispatch.subsidy.policy import ANY, Policy
from dispatch.subsidy.rule_versions import adopt, rules_on
from dispatch.subsidy.splitting import amounts_of

__all__ = ["Bill", "lines_due", "quote", "recount", "reverse", "settle", "withdraw"]

_ANEW: Final = "重新计算：凭证或核查结果有变"
_TOLD_LATER: Final = "重新计算：入账后得知老人的情况"
HELD: Final = "核查中，补贴暂缓"  # the entry of an order whose subsidies wait


def settle(uow: UnitOfWork, order: Order) -> Entry | None:
    """Grant what the rules give and post the order's money, once.

    The caller holds the order's row. A paid order that is not yet evidenced gets a
    promise instead, and so does one that is held: the order's money is posted, its
    subsidies are not granted. One that is settled stays as it is, unless other
    evidence counts for it by now, or it is held or no longer held: then the entry is
    taken back and made anew, unless its month is shut: then the difference is proposed,
    also to what was proposed or accepted before.
    What costs nothing has no money to post.

    Returns:
        The entry that this call posted, if it did.

    Raises:
        BadFile, RulesChanged: the rule files are not sound.
    """
    if not order.is_paid or order.price_fen + order.fee_fen == 0:
        return None
    elder = hold_elder_in_turn(uow.session, order.elder_id)
    proof = find_evidence(uow.session, order.id)
    held = is_held(uow.session, order.id)
    live = find_live_entry(uow.session, order.id)
    if live:
        as_it_was = (live.grade, live.evidence_id, live.reason == HELD)
        if proof is None:
            return None
        as_it_is = (order.grade, proof.id, held)
        if as_it_was == as_it_is and not _is_corrected(uow.session, live):
            return None
    rules = rules_on(uow.session, order.serve_on)
    person = person_of(elder, history_of(uow.session, elder.id), order.serve_on)
    outcome = evaluate(uow.session, rules.policy, elder, person, order)
    if live and is_shut(uow.session, live):
        due = lines_due(uow.session, order, outcome)
        given = {line.subsidy: line.fen for line in due}
        propose_difference(uow, order, live, given, proof, _ANEW)
        return None
    if live:
        _take_back(uow, order, live, _ANEW)
    if order.state is not OrderState.DONE or proof is None:
        promise(uow.session, order, outcome.lines)
        return None
    held = held or any(one.holds for one in screen_order(uow, order))
    promise(uow.session, order, outcome.lines if held else ())
    adopt(uow, rules)
    entry = _entry(uow, rules.policy, person, order, proof)
    entry.anomaly = next(iter(outcome.anomalies), None)
    entry.reason = HELD if held else ""
    if held:
        outcome.lines.clear()
    external = uow.session.get(ExternalPart, order.id)
    post(uow, entry, amounts_of(order, outcome.lines, external))
    for line in outcome.lines:
        uow.session.add(_grant(rules.policy, order, entry, proof, line))
    uow.session.flush()
    fail_point("grant.made")
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


def lines_due(session: Session, order: Order, outcome: Outcome) -> Sequence[Line]:
    """What it should have of what the rules give: nothing while somebody doubts it, nor
    once that is confirmed.
    """
    return () if is_held(session, order.id) else tuple(outcome.lines)


def recount(uow: UnitOfWork, order: Order) -> bool:
    """Ask the rules anew about a settled service of an open month, by the facts as they
    are known now; where they give something else it is taken back and posted anew. What
    was served after a death is for the night to doubt and for a person to decide.

    The caller holds the order's row.
    """
    live = find_live_entry(uow.session, order.id)
    if live is None or live.reason == HELD or is_shut(uow.session, live):
        return False
    elder = hold_elder_in_turn(uow.session, order.elder_id)
    if elder.died_on is not None and order.serve_on > elder.died_on:
        return False
    policy = rules_on(uow.session, order.serve_on).policy
    person = person_of(elder, history_of(uow.session, elder.id), order.serve_on)
    outcome = evaluate(uow.session, policy, elder, person, order)
    facts = FactsOn(policy, person, order.serve_on)
    wanted = Counter((line.subsidy, line.category, line.fen) for line in outcome.lines)
    stands = Counter(
        (grant.subsidy, grant.category, grant.fen)
        for grant in list_live_grants(uow.session, order.id)
    )
    kind = (_kind_of_person(policy, facts), _categories(facts))
    if (wanted, kind) == (stands, (live.category, live.categories)):
        return False
    _take_back(uow, order, live, _TOLD_LATER)
    settle(uow, order)
    return True


def withdraw(uow: UnitOfWork, order: Order, reason: str) -> None:
    """What was granted does not stand any more: taken back, or, where its month is
    shut, proposed to be. The caller holds the order's row.
    """
    live = find_live_entry(uow.session, order.id)
    if live is None or not is_shut(uow.session, live):
        reverse(uow, order, reason)
        return
    hold_elder_in_turn(uow.session, order.elder_id)
    proof = find_evidence(uow.session, order.id)
    propose_difference(uow, order, live, {}, proof, reason)


def reverse(uow: UnitOfWork, order: Order, reason: str) -> Entry | None:
    """Take the order's entry and grants back, whole and once; drop its promises.

    The caller holds the order's row. Returns the reversal, if there was an entry.
    """
    hold_elder_in_turn(uow.session, order.elder_id)
    promise(uow.session, order, ())
    live = find_live_entry(uow.session, order.id)
    return _take_back(uow, order, live, reason) if live else None


def _take_back(uow: UnitOfWork, order: Order, entry: Entry, reason: str) -> Entry:
    booked = period_for(uow.session, entry.service_on)
    back = Entry(
        **entry.model_dump(exclude=_OWN),
        period=booked.period,
        adjusts_period=booked.adjusts_period,
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
_OWN |= {"period", "adjusts_period"}


def _is_corrected(session: Session, entry: Entry) -> bool:
    """Something of a shut month was proposed or accepted, so that it may be otherwise
    by now although the entry is as it was."""
    return is_shut(session, entry) and any(
        one.state is not CorrectionState.REJECTED
        for one in list_corrections_of(session, entry.id)
    )


def _entry(
    uow: UnitOfWork, policy: Policy, person: Person, order: Order, proof: Evidence
) -> Entry:
    facts = FactsOn(policy, person, order.serve_on)
    booked = period_for(uow.session, order.serve_on)
    return Entry(
        business_key=f"service:{order.id}:{count_entries(uow.session, order.id) + 1}",
        kind=EntryKind.SERVICE,
        period=booked.period,
        adjusts_period=booked.adjusts_period,
        service_on=order.serve_on,
        rule_version=policy.version.id,
        order_id=order.id,
        elder_id=order.elder_id,
        station_id=order.station_id,
        street_code=get_station(uow.session, order.station_id).street_code,
        home_street=person.home_street or "",
        channel=order.channel.value,
        service=order.service,
        category=_kind_of_person(policy, facts),
        categories=_categories(facts),
        grade=order.grade,
        evidence_id=proof.id,
        made_at=uow.now,
    )


def _kind_of_person(policy: Policy, facts: FactsOn) -> str:
    """The first category of the file that the elder is in; each counts once."""
    named = tuple(category.id for category in policy.category)
    return facts.first_of(named) or ANY


def _categories(facts: FactsOn) -> str:
    """Every category of the file that the elder is in, to be looked for as words."""
    return f" {' '.join(sorted(facts.categories - {ANY}))} "


def _grant(
    policy: Policy, order: Order, entry: Entry, proof: Evidence, line: Line
) -> Grant:
    return Grant(
        order_id=order.id,
        elder_id=order.elder_id,
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
        grade=order.grade or "",
        evidence_id=proof.id,
        entry_id=entry.id,
        service=entry.service,
        service_on=entry.service_on,
        meal=meal_of(order),
        granted_at=entry.made_at,
    )
