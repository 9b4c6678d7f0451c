"""What was changed, and why: as data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.people.draft import Draft, Pair
from routing.people.past import Past
from routing.plan import Plan


@dataclass(frozen=True)
class Change:
    """One round in other hands.

    Attributes:
        because: the rules by which this helper is better than the one before, a rule
            that forbade the one before first; `gave_way` when it is better only for
            the plan as a whole.
        extra_travel_seconds, more_known: against the helper before.
    """

    was: str
    now: str
    because: tuple[str, ...]
    extra_travel_seconds: int
    more_known: int


@dataclass(frozen=True)
class Faces:
    """How many tasks are done by somebody who served that person in four weeks."""

    known: int
    tasks: int

    @property
    def share(self) -> float:
        """Of all tasks; 1 where there are none."""
        return self.known / self.tasks if self.tasks else 1.0


def faces_of(plan: Plan, past: Past) -> Faces:
    """Each task counts once; with two people, one known face is enough."""
    known, tasks = set(), set()
    for route in plan.routes:
        for stop in route.stops:
            if stop.task is not None:
                tasks.add(stop.task)
                if past.served.get((route.vehicle, stop.task)):
                    known.add(stop.task)
    return Faces(len(known), len(tasks))


def gini(amounts: Sequence[int]) -> float:
    """0: all have the same; near 1: one has all."""
    total, count = sum(amounts), len(amounts)
    if not total:
        return 0.0
    ranked = sum(rank * each for rank, each in enumerate(sorted(amounts), start=1))
    return 2 * ranked / (count * total) - (count + 1) / count


def worked_by(plan: Plan, past: Past) -> list[int]:
    """Seconds of work in four weeks with this plan, per helper of the past."""
    work = {r.vehicle: (r.ends_at or 0) - (r.leaves_at or 0) for r in plan.routes}
    return [p.worked_four_weeks_seconds + work.get(p.vehicle, 0) for p in past.of]


def changes_of(draft: Draft, chosen: Iterable[Pair]) -> tuple[Change, ...]:
    """Rounds that moved, in the order of the plan's rounds."""
    own = draft.driving.own
    return tuple(
        _change(draft, (number, own[number]), (number, helper))
        for number, helper in sorted(chosen)
        if helper != own[number]
    )


def unmended_of(draft: Draft, chosen: Iterable[Pair]) -> tuple[tuple[str, str], ...]:
    """Helpers whose round breaks a rule of people and could not be moved, and which."""
    return tuple(
        (draft.vehicle(pair).id, draft.refused[pair])
        for pair in sorted(chosen)
        if pair in draft.refused
    )


def _change(draft: Draft, was: Pair, now: Pair) -> Change:
    before, after = draft.prices.get(was, {}), draft.prices.get(now, {})
    because = [draft.refused[was]] if was in draft.refused else []
    because += sorted(rule for rule in after if after[rule] < before.get(rule, 0))
    drives = draft.drives
    return Change(
        was=draft.vehicle(was).id,
        now=draft.vehicle(now).id,
        because=tuple(because) or ("gave_way",),
        extra_travel_seconds=drives[now].travel_seconds - drives[was].travel_seconds,
        more_known=_known(draft, now) - _known(draft, was),
    )


def _known(draft: Draft, pair: Pair) -> int:
    name = draft.vehicle(pair).id
    return sum(bool(draft.past.served.get((name, t))) for t in draft.tasks(pair))
