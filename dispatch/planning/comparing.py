"""Two plans of a wave side by side: what gets better, what worse, whose round changes.

All by ids: the board that shows it has the names.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from dispatch.clock import town_moment
from dispatch.errors import NotFound
from dispatch.planning.beside import find_settled
from dispatch.planning.plans import (
    Round,
    StopKind,
    find_plan,
    list_rounds,
    list_stop_orders,
)
from dispatch.planning.problem import WaveProblem
from dispatch.planning.rounds import drafts_of
from dispatch.store.columns import Json
from routing import Plan

NOTICED: Final = timedelta(minutes=10)  # a door that is reached so much off


@dataclass(frozen=True)
class Side:
    """One plan: who comes to whom and when, and who is left out.

    `not_placed` counts those who are left out; of an earlier version that is all that
    is known of them.
    """

    version: int | None
    travel_seconds: int
    not_placed: int
    helpers: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)  # by order
    at: dict[UUID, datetime] = field(default_factory=dict)  # at the door, by order
    ends_at: dict[UUID, datetime] = field(default_factory=dict)  # by helper
    left_out: dict[UUID, str] = field(default_factory=dict)  # and why


@dataclass
class _Being:
    helpers: dict[UUID, list[UUID]] = field(default_factory=dict)
    at: dict[UUID, datetime] = field(default_factory=dict)

    def meet(self, order_id: UUID, helper_id: UUID, at: datetime) -> None:
        self.helpers.setdefault(order_id, []).append(helper_id)
        self.at[order_id] = min(at, self.at.get(order_id, at))

    def by_order(self) -> dict[UUID, tuple[UUID, ...]]:
        return {each: tuple(sorted(who)) for each, who in self.helpers.items()}


def side_of_rounds(
    session: Session,
    rounds: Collection[Round],
    *,
    version: int | None,
    travel_seconds: int,
    left_out: Mapping[UUID, str],
) -> Side:
    """Rounds as they are written."""
    helper_of = {each.id: each.helper_id for each in rounds}
    being = _Being()
    for stop, served in list_stop_orders(session, helper_of):
        if stop.kind is not StopKind.PICKUP and not served.given_back:
            being.meet(served.order_id, helper_of[stop.round_id], stop.at)
    return Side(
        version=version,
        travel_seconds=travel_seconds,
        not_placed=len(left_out),
        helpers=being.by_order(),
        at=being.at,
        ends_at=_latest((each.helper_id, each.ends_at) for each in rounds),
        left_out=dict(left_out),
    )


def side_of_plan(
    task: WaveProblem, plan: Plan, on: date, left_out: Mapping[UUID, str]
) -> Side:
    """A plan that nobody goes by yet."""
    being, ends = _Being(), []
    for route in plan.routes:
        helper_id = task.carriers[route.vehicle].helper_id
        for draft in drafts_of(task, route, on):
            if draft.kind is not StopKind.PICKUP:
                for order_id in draft.orders:
                    being.meet(order_id, helper_id, draft.at)
        ends.append((helper_id, town_moment(on, route.ends_at or 0)))
    return Side(
        version=None,
        travel_seconds=plan.cost.travel_seconds,
        not_placed=len(left_out),
        helpers=being.by_order(),
        at=being.at,
        ends_at=_latest(ends),
        left_out=dict(left_out),
    )


def compare(was: Side, now: Side) -> Json:
    """What is different, in the order of the doors' times."""
    both = [each for each in now.helpers if each in was.helpers]
    moved = [each for each in both if now.helpers[each] != was.helpers[each]]
    shifted = [each for each in both if abs(now.at[each] - was.at[each]) > NOTICED]
    placed = [each for each in now.helpers if each not in was.helpers]
    dropped = [each for each in was.helpers if each not in now.helpers]
    gone = [*dropped, *(each for each in now.left_out if each not in was.left_out)]
    return {
        "was": _sum(was),
        "now": _sum(now),
        "moved": [
            {"order_id": each, "was": was.helpers[each], "now": now.helpers[each]}
            for each in sorted(moved, key=now.at.__getitem__)
        ],
        "shifted": [
            {"order_id": each, "was_at": was.at[each], "now_at": now.at[each]}
            for each in sorted(shifted, key=now.at.__getitem__)
        ],
        "placed": sorted(placed, key=now.at.__getitem__),
        "left_out": [
            {"order_id": each, "why": now.left_out.get(each, "")}
            for each in dict.fromkeys(gone)
        ],
        "rounds": [*_rounds(was, now)],
    }


def compare_versions(session: Session, wave_id: UUID, was: int, now: int) -> Json:
    """Two published versions. Raises: NotFound."""
    return compare(*(_published(session, wave_id, each) for each in (was, now)))


def _published(session: Session, wave_id: UUID, version: int) -> Side:
    plan = find_plan(session, wave_id, version)
    if plan is None:
        raise NotFound("没有找到这一版路线。")
    settled = find_settled(session, wave_id, version)  # what only adds left out nobody
    side = side_of_rounds(
        session,
        list_rounds(session, plan.id),
        version=version,
        travel_seconds=plan.travel_seconds,
        left_out={},
    )
    return replace(side, not_placed=sum(settled.left_out.values()) if settled else 0)


def _rounds(was: Side, now: Side) -> Iterable[Json]:
    """Per helper what comes to their round and what leaves it."""
    before, after = _by_helper(was), _by_helper(now)
    for helper_id in sorted(before.keys() | after.keys()):
        mine, theirs = before.get(helper_id, set()), after.get(helper_id, set())
        ends = was.ends_at.get(helper_id), now.ends_at.get(helper_id)
        late = None not in ends and abs(_apart(*ends)) > NOTICED
        if mine != theirs or late:
            yield {
                "helper_id": helper_id,
                "added": sorted(theirs - mine),
                "taken": sorted(mine - theirs),
                "was_ends_at": ends[0],
                "now_ends_at": ends[1],
            }


def _apart(one: datetime | None, other: datetime | None) -> timedelta:
    return timedelta(0) if one is None or other is None else other - one


def _by_helper(side: Side) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for order_id, helpers in side.helpers.items():
        for helper_id in helpers:
            found.setdefault(helper_id, set()).add(order_id)
    return found


def _latest(ends: Iterable[tuple[UUID, datetime]]) -> dict[UUID, datetime]:
    found: dict[UUID, datetime] = {}
    for helper_id, at in ends:
        found[helper_id] = max(at, found.get(helper_id, at))
    return found


def _sum(side: Side) -> Json:
    return {
        "version": side.version,
        "travel_seconds": side.travel_seconds,
        "served": len(side.helpers),
        "left_out": side.not_placed,
        "rounds": len(side.ends_at),
    }
