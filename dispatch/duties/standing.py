"""How duties stand on a day: due, at risk, overdue or done, and by what.

Pure: from the duties that are owed, what happened, and the day. The same encounters
give the same answer in whatever order they were heard of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from dispatch.duties.crediting import Slot, credited
from dispatch.duties.encounters import Encounter
from dispatch.duties.held import Held, competing
from dispatch.duties.periods import Period, Span, span_before, span_of, spans_between

_LOOK_BACK: Final = timedelta(days=62)


class State(StrEnum):
    """In the order of a list to work through."""

    OVERDUE = "overdue"  # 逾期
    AT_RISK = "at_risk"  # 临期
    DUE = "due"  # 待办
    DONE = "done"  # 已完成


class Whose(StrEnum):
    RESPONSIBLE = "responsible"  # 责任人
    BACKUP = "backup"  # 候补: the responsible person's one was missed


@dataclass(frozen=True)
class Standing:
    """One duty of one elder on a day.

    Attributes:
        span: the period in which it is to be done.
        needed, got: times, or minutes of a care plan.
        credits: the encounters that count for this period, first to last.
        missed: periods in a row that went by without, before this one.
        overdue_since: the last day of the first of these.
        paused: the elder is away or in hospital on this day; nobody is to go.
    """

    held: Held
    state: State
    span: Span
    needed: int
    got: int
    credits: tuple[Encounter, ...] = ()
    missed: int = 0
    overdue_since: date | None = None
    paused: bool = False

    @property
    def duty(self) -> str:
        return self.held.rule.id

    @property
    def whose(self) -> Whose:
        overdue = self.state is State.OVERDUE
        return Whose.BACKUP if overdue else Whose.RESPONSIBLE

    @property
    def tier(self) -> int:
        """How far its order stands before others, as the file says."""
        rule = self.held.rule
        tiers = {State.OVERDUE: rule.tier_overdue, State.AT_RISK: rule.tier_at_risk}
        return tiers.get(self.state, 0)

    @property
    def order_of_work(self) -> tuple[int, date, date, str]:
        """Overdue first, the longest overdue before, then by the last day."""
        states = list(State)
        until = self.span.until_on
        return states.index(self.state), self.overdue_since or until, until, self.duty


def standings(
    held: Sequence[Held],
    encounters: Iterable[Encounter],
    on: date,
    *,
    paused: Sequence[Span] = (),
) -> list[Standing]:
    """How each duty stands on a day, in the order of `held`.

    Args:
        encounters: everything that happened; what lies after the day is not known.
        paused: days on which nobody is to go. A period that ends in one is not held
            against anybody.
    """
    known = sorted(
        (each for each in encounters if each.on <= on), key=lambda e: (e.at, e.id)
    )
    found: dict[str, Standing] = {}
    for group in competing(held):
        for one in _stand(group, known, on, paused):
            found[one.duty] = one
    return [found[one.rule.id] for one in held]


def _stand(
    group: Sequence[Held],
    known: Sequence[Encounter],
    on: date,
    paused: Sequence[Span],
) -> list[Standing]:
    """Duties that compete: rhythms first, then fixed times, then minutes."""
    found, left = [], list(known)
    for one in (one for one in group if one.rule.period is Period.DAYS):
        mine = [each for each in left if one.rule.takes(each)]
        left = [each for each in left if each not in mine]
        found.append(_of_rhythm(one, mine, on))
    fixed = [one for one in group if _is_fixed(one)]
    filled = _filled(fixed, left, on)
    found += [_of_times(one, filled, on, paused) for one in fixed]
    used = {each.id for taken in filled.values() for each in taken}
    left = [each for each in left if each.id not in used]
    for one in (one for one in group if one.minutes is not None):
        span = span_of(one.rule.period, on)
        mine = [each for each in left if span.holds(each.on) and one.rule.takes(each)]
        left = [each for each in left if each not in mine]
        found.append(_of_minutes(one, span, mine, on))
    is_paused = any(span.holds(on) for span in paused)
    return [replace(one, paused=is_paused) for one in found]


def _is_fixed(one: Held) -> bool:
    return one.rule.period is not Period.DAYS and one.minutes is None


def _filled(
    fixed: Sequence[Held], known: Sequence[Encounter], on: date
) -> dict[tuple[str, Span], list[Encounter]]:
    """What counts for each duty and period, of the last two months at least."""
    if not fixed:
        return {}
    firsts = (span_of(one.rule.period, on) for one in fixed)
    befores = [
        span_before(one.rule.period, span).first_on
        for one, span in zip(fixed, firsts, strict=True)
    ]
    horizon = min(on - _LOOK_BACK, *befores)
    slots = [
        Slot(one.rule, span)
        for one in fixed
        for span in spans_between(one.rule.period, horizon, on)
        for _ in range(one.rule.times)
    ]
    slots.sort(key=lambda s: (-s.rule.tier_overdue, s.span.until_on, s.rule.id))
    near = [each for each in known if each.on >= horizon]
    filled: dict[tuple[str, Span], list[Encounter]] = {
        (slot.rule.id, slot.span): [] for slot in slots
    }
    for number, encounter in sorted(credited(slots, near).items()):
        filled[slots[number].rule.id, slots[number].span].append(encounter)
    return filled


def _of_times(
    one: Held,
    filled: dict[tuple[str, Span], list[Encounter]],
    on: date,
    paused: Sequence[Span],
) -> Standing:
    rule = one.rule
    span = span_of(rule.period, on)
    mine = sorted(filled[rule.id, span], key=lambda each: (each.at, each.id))
    missed, since, before = 0, None, span_before(rule.period, span)
    while (rule.id, before) in filled and before.first_on >= one.since:
        excused = any(pause.holds(before.until_on) for pause in paused)
        if len(filled[rule.id, before]) >= rule.times:
            break
        if not excused:
            missed, since = missed + 1, before.until_on
        before = span_before(rule.period, before)
    return Standing(
        held=one,
        state=_state(one, span, on, done=len(mine) >= rule.times, missed=missed > 0),
        span=span,
        needed=rule.times,
        got=len(mine),
        credits=tuple(mine),
        missed=missed,
        overdue_since=since if len(mine) < rule.times else None,
    )


def _of_rhythm(one: Held, mine: Sequence[Encounter], on: date) -> Standing:
    """Due so many days after the last time; who was never met, after we began."""
    last = mine[-1] if mine else None
    base = last.on if last else one.since
    span = Span(base + timedelta(days=1), base + timedelta(days=one.days or 1))
    late, near = span.days_left(on) < 0, span.days_left(on) <= one.rule.warn_days
    if late:
        state = State.OVERDUE
    elif near:
        state = State.AT_RISK
    else:
        state = State.DONE if last else State.DUE
    return Standing(
        held=one,
        state=state,
        span=span,
        needed=1,
        got=int(state is State.DONE),
        credits=(last,) if last else (),
        missed=int(late),
        overdue_since=span.until_on if late else None,
    )


def _of_minutes(one: Held, span: Span, mine: Sequence[Encounter], on: date) -> Standing:
    needed, got = one.minutes or 0, sum(each.minutes for each in mine)
    return Standing(
        held=one,
        state=_state(one, span, on, done=got >= needed, missed=False),
        span=span,
        needed=needed,
        got=got,
        credits=tuple(mine),
    )


def _state(one: Held, span: Span, on: date, *, done: bool, missed: bool) -> State:
    if done:
        return State.DONE
    if missed:
        return State.OVERDUE
    near = span.days_left(on) <= one.rule.warn_days
    return State.AT_RISK if near else State.DUE
