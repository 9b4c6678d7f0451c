"""What the rules gave: asked once for each kind of case, and remembered.

Four million meals ask the same few thousand questions. A case is what the rules may
look at: the person's facts, the order's, what was granted on that day, and which caps
of the month are reached. Whoever has a coupon account, and every home service, is
asked about each time, because those caps are in fen and in units.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from uuid import UUID

from dispatch.demo.past.facts import Past
from dispatch.subsidy.elder_rules import Grade
from dispatch.subsidy.facts import FactsOn
from dispatch.subsidy.granting_rules import grant_order
from dispatch.subsidy.outcomes import Line, Service
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.tally import Granted, Tally
from dispatch.subsidy.windows import SPAN_OF, key_of

Case = tuple[object, ...]
_GRADES: dict[str | None, Grade] = {"A": "A", "B": "B", "C": "C", "D": "D", "E": "E"}


class Settler:
    """The rules of one month, with what each elder was granted in it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._rules = {rule.id: rule for rule in policy.subsidy}
        self._known: dict[Case, list[Line]] = {}
        self._granted: dict[UUID, list[Granted]] = defaultdict(list)
        self._facts: dict[tuple[UUID, int], tuple[Case, str, str]] = {}
        self._kinds: dict[Case, Case] = {}
        self._order = tuple(category.id for category in policy.category)

    def settle(self, past: Past) -> None:
        """Give the order its lines, in the order in which the days went by."""
        service = _service(past)
        person = past.eater.person_on(past.on)
        mine = self._granted[past.eater.id]
        if not past.is_meal or person.coupon_account:
            past.lines = self._ask(past, service, mine)
        else:
            case = self._case(past, mine)
            known = self._known.get(case)
            if known is None:
                known = self._known[case] = self._ask(past, service, mine)
            past.lines = [self._of(past, line) for line in known]
        mine += [
            Granted(line.subsidy, service.moment, line.fen, line.units)
            for line in past.lines
        ]

    def kinds_of(self, past: Past) -> tuple[str, str]:
        """The first category of the elder on that day, and all of them."""
        _, first, every = self._facts_of(past)
        return first, every

    def _ask(self, past: Past, service: Service, mine: list[Granted]) -> list[Line]:
        tally = Tally(mine, week_starts=self._policy.district.week_starts)
        return grant_order(
            self._policy, past.eater.person_on(past.on), tally, service
        ).lines

    def _case(self, past: Past, mine: list[Granted]) -> Case:
        today = tuple(sorted(g.subsidy for g in mine if g.moment.on == past.on))
        counts: dict[str, int] = defaultdict(int)
        for granted in mine:
            counts[granted.subsidy] += granted.units
        full = tuple(
            rule.id
            for rule in self._policy.subsidy
            if (cap := rule.caps.month_count) is not None and counts[rule.id] >= cap
        )
        order = (past.service, past.serving, past.price_fen, past.fee_fen, past.grade)
        return (self._facts_of(past)[0], *order, today, full)

    def _facts_of(self, past: Past) -> tuple[Case, str, str]:
        """The facts of a person; within a month only a birthday would change them, and
        an age changes with the month.
        """
        key = (past.eater.id, past.on.year * 100 + past.on.month)
        if key not in self._facts:
            self._facts[key] = self._look(past)
        return self._facts[key]

    def _look(self, past: Past) -> tuple[Case, str, str]:
        facts = FactsOn(self._policy, past.eater.person_on(past.on), past.on)
        named = ("home_street", "signed_station", "category")
        case: Case = (
            *(v for name, v in facts.values.items() if name not in named),
            facts.categories,
        )
        first = facts.first_of(self._order) or "ANY"
        every = f" {' '.join(sorted(facts.categories - {'ANY'}))} "
        return self._kinds.setdefault(case, case), first, every

    def _of(self, past: Past, line: Line) -> Line:
        span = SPAN_OF[self._rules[line.subsidy].window]
        moment = _service(past).moment
        key = key_of(span, moment, self._policy.district.week_starts)
        return replace(line, window=key)


def _service(past: Past) -> Service:
    return Service(
        id=str(past.id),
        service=past.service,
        on=past.on,
        meal=past.serving.upper() if past.is_meal else None,
        price_fen=past.price_fen,
        fee_fen=past.fee_fen,
        grade=_GRADES.get(past.grade),
    )


def month_days(month: str) -> list[date]:
    """The days of YYYY-MM."""
    first = date.fromisoformat(f"{month}-01")
    days = (date.fromordinal(first.toordinal() + n) for n in range(31))
    return [day for day in days if day.month == first.month]
