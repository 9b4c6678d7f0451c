"""What one person was granted before, counted by window and cap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dispatch.subsidy.elder_rules import Quota, Rule
from dispatch.subsidy.windows import (
    SPAN_OF,
    Moment,
    Span,
    WeekStart,
    key_of,
)


@dataclass(frozen=True)
class Granted:
    """One earlier grant. `units` counts it against caps in counts and quotas."""

    subsidy: str
    moment: Moment
    fen: int
    units: int = 1


class Tally:
    """Earlier grants of one person, and figures that stand for others.

    `used` gives, by subsidy and window key, what the rule's cap counts in that
    window; the grants behind those figures are not in the tally a second time.
    """

    def __init__(
        self,
        grants: Iterable[Granted] = (),
        used: Mapping[str, Mapping[str, int]] | None = None,
        *,
        week_starts: WeekStart = "monday",
    ) -> None:
        self._grants = list(grants)
        self._used = used or {}
        self._week_starts: WeekStart = week_starts

    def add(self, grant: Granted) -> None:
        self._grants.append(grant)

    def fen(self, rule: Rule, span: Span, at: Moment) -> int:
        """Fen granted by this rule in the span around the moment."""
        known = sum(grant.fen for grant in self._within(rule.id, span, at))
        return known + self._used_in(rule, span, at)

    def units(self, rule: Rule, span: Span, at: Moment) -> int:
        """Grants, or units of a quota, in the span around the moment."""
        known = sum(grant.units for grant in self._within(rule.id, span, at))
        return known + self._used_in(rule, span, at)

    def taken(self, rule: Rule, window_of: Rule, at: Moment) -> bool:
        """Whether this rule was granted in the other rule's window, or in its own."""
        spans = {SPAN_OF[window_of.window], SPAN_OF[rule.window]}
        return any(self.units(rule, span, at) > 0 for span in spans)

    def key(self, span: Span, at: Moment) -> str:
        return key_of(span, at, self._week_starts)

    def _within(self, subsidy: str, span: Span, at: Moment) -> list[Granted]:
        key = self.key(span, at)
        return [
            grant
            for grant in self._grants
            if grant.subsidy == subsidy and self.key(span, grant.moment) == key
        ]

    def _used_in(self, rule: Rule, span: Span, at: Moment) -> int:
        return sum(
            count
            for key, count in self._used.get(rule.id, {}).items()
            if span_of_key(rule, key) == span and self._falls_in(span, key, at)
        )

    def _falls_in(self, span: Span, key: str, at: Moment) -> bool:
        if span == "week":
            key = self.key(span, Moment(date.fromisoformat(key)))
        return key == self.key(span, at)


def span_of_key(rule: Rule, key: str) -> Span | None:
    """The span that a key of `used` names: a month, or a day.

    A day stands for its week where the rule counts weeks and no days. None where the
    rule counts nothing in that span.
    """
    counted = spans_counted(rule)
    if len(key) == len("2026-05"):
        return "month" if "month" in counted else None
    return next((span for span in ("day", "week") if span in counted), None)


def spans_counted(rule: Rule) -> set[Span]:
    window = {SPAN_OF[rule.window]} if rule.once or isinstance(rule, Quota) else set()
    return window | set(rule.caps.counts()) | set(rule.caps.fens())
