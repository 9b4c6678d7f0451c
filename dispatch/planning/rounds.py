"""Rounds of a plan: from stops in seconds to what a helper walks by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID, uuid4

from dispatch.clock import town_moment
from dispatch.orders.orders import Order
from dispatch.planning.plans import Round, RoundState, Stop, StopKind, StopOrder
from dispatch.planning.problem import WaveProblem
from dispatch.planning.roads import path_of
from dispatch.planning.spots import Spot
from dispatch.store.unit_of_work import UnitOfWork
from routing import Halt, Plan, Route
from routing import Stop as Visit

_KIND: Final = {
    "pickup": StopKind.PICKUP,
    "dropoff": StopKind.DOOR,
    "visit": StopKind.VISIT,
}
Way = tuple[tuple[StopKind, datetime, tuple[UUID, ...]], ...]


@dataclass(frozen=True)
class Draft:
    """One stop to be: where, when, and which orders it serves together."""

    kind: StopKind
    spot: Spot
    at: datetime
    from_at: datetime
    until_at: datetime
    leaves_at: datetime
    orders: tuple[UUID, ...]


def drafts_of(task: WaveProblem, route: Route, on: date) -> list[Draft]:
    """A route's stops; what is handed over at one place in one stay is one stop.

    Pickups at one kitchen are one stop, and so are the doors of one building. A
    visit is a stop of its own: it begins and ends by itself.
    """
    named = [_named(task, stop) for stop in route.stops if stop.task is not None]
    groups = groupby(named, key=lambda each: (each[0], each[3].place, each[4]))
    return [_draft(task, list(group), on) for _, group in groups]


_Named = tuple[StopKind, UUID, int, Halt, UUID | None]


def _named(task: WaveProblem, stop: Visit) -> _Named:
    served = task.problem.task(stop.task or "")
    kind = _KIND[stop.kind or "visit"]
    halt = next(halt for name, halt in served.halts if name == stop.kind)
    alone = UUID(served.id) if kind is StopKind.VISIT else None
    return kind, UUID(served.id), stop.at, halt, alone


def _draft(task: WaveProblem, group: Sequence[_Named], on: date) -> Draft:
    kind, _, first, halt, _ = group[0]
    _, _, last, last_halt, _ = group[-1]
    windows = [each[3].windows[0] for each in group]
    return Draft(
        kind=kind,
        spot=task.spots[halt.place],
        at=town_moment(on, first),
        from_at=town_moment(on, min(window[0] for window in windows)),
        until_at=town_moment(on, min(window[1] for window in windows)),
        leaves_at=town_moment(on, last + last_halt.service_seconds),
        orders=tuple(each[1] for each in group),
    )


def way_of(drafts: Iterable[Draft]) -> Way:
    """What makes two rounds the same: kinds, times and orders of their stops."""
    return tuple((d.kind, d.at, tuple(sorted(d.orders))) for d in drafts)


def kept_ways(rows: Iterable[tuple[Stop, StopOrder]]) -> dict[UUID, Way]:
    """The ways of kept rounds, by round."""
    ways: dict[UUID, Way] = {}
    for stop, group in groupby(rows, key=lambda row: row[0]):
        kept = (served.order_id for _, served in group if not served.given_back)
        orders = tuple(sorted(kept))
        ways[stop.round_id] = (
            *ways.get(stop.round_id, ()),
            (stop.kind, stop.at, orders),
        )
    return ways


def path_for(task: WaveProblem, route: Route) -> list[list[float]]:
    """The line of a route along the streets, from its station on."""
    if route.vehicle in task.paths:
        return task.paths[route.vehicle]
    places = [_named(task, stop)[3].place for stop in route.stops if stop.task]
    start = task.problem.vehicle(route.vehicle).start
    spots = [task.spots[place] for place, _ in groupby([start, *places])]
    return path_of(task.carriers[route.vehicle].mode, spots)


def draw_paths(task: WaveProblem, plan: Plan) -> None:
    """Find the ways of all routes once, so that no transaction waits for them."""
    for route in plan.routes:
        path_for(task, route)


def write_round(
    uow: UnitOfWork,
    task: WaveProblem,
    route: Route,
    drafts: Sequence[Draft],
    orders: Mapping[UUID, Order],
    *,
    version: int,
) -> Round:
    """Write a route as a helper's round, with its stops and boxes."""
    on = next(iter(orders.values())).serve_on
    made = Round(
        id=uuid4(),
        wave_id=task.wave_id,
        helper_id=task.carriers[route.vehicle].helper_id,
        state=RoundState.READY,
        made_in_version=version,
        leaves_at=town_moment(on, route.leaves_at or 0),
        ends_at=town_moment(on, route.ends_at or 0),
        path=path_for(task, route),
    )
    uow.session.add(made)
    uow.session.flush()
    boxes = _boxes(drafts)
    for seq, draft in enumerate(drafts, start=1):
        uow.session.add(stop := _stop(made.id, seq, draft, orders))
        uow.session.flush()
        uow.session.add_all(
            StopOrder(stop_id=stop.id, order_id=each, box=boxes.get(each, ""))
            for each in draft.orders
        )
    uow.session.flush()
    return made


def _stop(round_id: UUID, seq: int, draft: Draft, orders: Mapping[UUID, Order]) -> Stop:
    first = orders[draft.orders[0]]
    at_kitchen = draft.kind is StopKind.PICKUP
    return Stop(
        id=uuid4(),
        round_id=round_id,
        seq=seq,
        kind=draft.kind,
        kitchen_id=first.kitchen_id if at_kitchen else None,
        household_id=None if at_kitchen else first.household_id,
        lat=draft.spot.lat,
        lon=draft.spot.lon,
        at=draft.at,
        from_at=draft.from_at,
        until_at=draft.until_at,
        leaves_at=draft.leaves_at,
    )


def _boxes(drafts: Iterable[Draft]) -> dict[UUID, str]:
    """Box numbers in the order of the doors, so that the next one lies on top."""
    doors = [each for d in drafts if d.kind is StopKind.DOOR for each in d.orders]
    return {order_id: str(number) for number, order_id in enumerate(doors, start=1)}
