"""The pure function: a person, earlier grants and an order give lines and refusals.

No database, no clock. Groups are granted in the stacking order, each from what the
groups before it left of the price and the fee; in a best-of group only the highest
counts, the first in the file where two are equal.
"""

from collections.abc import Iterator
from decimal import Decimal

from dispatch.subsidy.elder_rules import (
    ElderRule,
    Fixed,
    Percent,
    Quota,
    Tiered,
)
from dispatch.subsidy.facts import FactsOn
from dispatch.subsidy.outcomes import Left, Line, Outcome, Refused, Service
from dispatch.subsidy.persons import Person
from dispatch.subsidy.policy import ROUNDING, Policy
from dispatch.subsidy.tally import Granted, Tally
from dispatch.subsidy.windows import SPAN_OF


def grant_order(
    policy: Policy, person: Person, tally: Tally, order: Service
) -> Outcome:
    """What the rules give for one order; the tally then holds it, too.

    The caller guarantees that external payments do not exceed price and fee.
    """
    outcome = Outcome(order)
    if person.died_on is not None and order.on > person.died_on:
        outcome.anomalies.append(policy.lifecycle.death.anomaly)
        return outcome
    if because := _nothing_is_due(policy, person, order):
        outcome.refused += [
            Refused(rule.id, because)
            for rule in policy.subsidy
            if policy.touches(rule.services, order.service)
        ]
        return outcome
    asking = _Asking(policy, person, tally, outcome)
    for group in policy.stacking.order:
        rules = [
            rule
            for rule in policy.subsidy
            if rule.group == group and policy.touches(rule.services, order.service)
        ]
        if group in policy.stacking.best_of:
            asking.grant_best(rules)
        else:
            for rule in rules:
                asking.grant_each(rule)
    in_file = {rule.id: i for i, rule in enumerate(policy.subsidy)}
    outcome.refused.sort(key=lambda refused: in_file[refused.subsidy])
    return outcome


def _nothing_is_due(policy: Policy, person: Person, order: Service) -> str | None:
    """Why no rule is even asked."""
    if person.entitlement_suspended:
        return "suspended"
    moving = policy.lifecycle.move_out
    if moving and person.left_on and order.on >= moving.stops_on(person.left_on):
        return "moved_out"
    return None


class _Asking:
    """One order being granted: what is left to pay, and what is granted already."""

    def __init__(
        self, policy: Policy, person: Person, tally: Tally, outcome: Outcome
    ) -> None:
        self._policy = policy
        self._tally = tally
        self._outcome = outcome
        self._order = outcome.order
        self._facts = FactsOn(policy, person, self._order.on)
        self._quota_used = False
        self._left = Left(self._order.price_fen, self._order.fee_fen)
        self._left.take("rest", self._order.external_fen)

    def grant_each(self, rule: ElderRule) -> None:
        offer = self._offer(rule)
        if isinstance(offer, Line):
            self._accept(rule, offer)
        else:
            self._refuse(rule, offer)

    def grant_best(self, rules: list[ElderRule]) -> None:
        offers: list[tuple[ElderRule, Line]] = []
        for rule in rules:
            taken = self._taken_by_another(rule)
            offer = f"best_of:{taken}" if taken else self._offer(rule)
            if isinstance(offer, Line):
                offers.append((rule, offer))
            else:
                self._refuse(rule, offer)
        if not offers:
            return
        best, line = max(offers, key=lambda offer: offer[1].fen)  # the first of equals
        self._accept(best, line)
        for rule, _ in offers:
            if rule.id != best.id:
                self._refuse(rule, f"best_of:{best.id}")

    def _taken_by_another(self, rule: ElderRule) -> str | None:
        """The member of the rule's group that was granted in this window before."""
        at = self._order.moment
        return next(
            (
                other.id
                for other in self._policy.subsidy
                if other.group == rule.group
                and other.id != rule.id
                and self._tally.taken(other, rule, at)
            ),
            None,
        )

    def _offer(self, rule: ElderRule) -> Line | str:
        """The line that the rule would give, or why it gives none."""
        for because in self._reasons_against(rule):
            return because
        category = self._category(rule)
        if category is None:
            return "category"
        fen = min(self._amount(rule), self._left.of(rule.part))
        for span, cap in rule.caps.fens().items():
            room = cap - self._tally.fen(rule, span, self._order.moment)
            if room <= 0:
                return f"cap:{span}_fen"
            fen = min(fen, room)
        if fen <= 0:
            no_tier = isinstance(rule, Tiered) and not self._amount(rule)
            return "tier" if no_tier else "nothing_left"
        return Line(
            subsidy=rule.id,
            on=rule.part,
            fen=fen,
            category=category,
            window=self._tally.key(SPAN_OF[rule.window], self._order.moment),
            rule_version=self._policy.version.id,
            payer=rule.payer,
            advance_by=rule.advance_by,
            shares=rule.shares,
        )

    def _reasons_against(self, rule: ElderRule) -> Iterator[str]:
        order, at = self._order, self._order.moment
        if not self._policy.version.holds_on(order.on):
            yield "no_rule"
        if self._category(rule) is None:
            yield "category"
        if rule.meals and order.meal not in rule.meals:
            yield "meal"
        if rule.days == "workdays" and not order.workday:
            yield "day"
        facts = {**self._facts.values, "quota_used_for_same_order": self._quota_used}
        for exclude in self._policy.exclude:
            if rule.id in exclude.blocks and exclude.condition.holds(facts):
                yield f"excluded:{exclude.reason}"
        if rule.external_ref == "required" and not facts["coupon_account"]:
            yield "no_account"
        if not rule.allows(order.collected_by):
            yield "proxy"
        if order.grade is None or order.grade > rule.min_grade:
            yield "grade"
        if rule.min_spend and not rule.min_spend.met_by(order.price_fen):
            yield "min_spend"
        if rule.once and self._tally.units(rule, SPAN_OF[rule.window], at):
            yield "window"
        for span, cap in rule.caps.counts().items():
            if self._tally.units(rule, span, at) >= cap:
                yield f"cap:{span}_count"
        if isinstance(rule, Quota):
            row = self._quota_row(rule)
            used = self._tally.units(rule, SPAN_OF[rule.window], at)
            if row is not None and used >= row[1]:
                yield "quota"

    def _category(self, rule: ElderRule) -> str | None:
        """The category by which the person gets it, if any."""
        named = self._facts.first_of(rule.beneficiaries)
        if not isinstance(rule, Quota):
            return named
        row = self._quota_row(rule)
        if row is None or (rule.beneficiaries and named is None):
            return None
        return row[0]

    def _quota_row(self, rule: Quota) -> tuple[str, int] | None:
        """The category and count of the highest row that fits the person."""
        fitting = [
            (row.category, row.count)
            for row in rule.quota
            if row.category in self._facts.categories
            and self._facts.ability_level >= row.level_min
        ]
        return max(fitting, key=lambda row: row[1], default=None)

    def _amount(self, rule: ElderRule) -> int:
        """What the rule gives before anything limits it."""
        match rule:
            case Fixed():
                return rule.amount_fen
            case Tiered():
                return rule.fen_for(self._facts.values[rule.tier_field])
            case Quota():
                return rule.price_fen_per_unit
            case Percent():
                return self._share(rule)

    def _share(self, rule: Percent) -> int:
        code = self._order.service
        rates = (
            r for name, r in rule.rates.items() if self._policy.touches(name, code)
        )
        base = self._left.of("rest")
        if rule.base == "price":
            base = self._order.price_fen
        share = Decimal(base) * Decimal(next(rates)) / 100
        rounding = ROUNDING[self._policy.stacking.round]
        return int(share.quantize(Decimal(1), rounding=rounding))

    def _accept(self, rule: ElderRule, line: Line) -> None:
        self._left.take(line.on, line.fen)
        self._quota_used = self._quota_used or isinstance(rule, Quota)
        self._outcome.lines.append(line)
        self._tally.add(Granted(rule.id, self._order.moment, line.fen, line.units))

    def _refuse(self, rule: ElderRule, because: str) -> None:
        self._outcome.refused.append(Refused(rule.id, because))
