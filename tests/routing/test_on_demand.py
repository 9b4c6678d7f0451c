"""Trips that leave now: what was meant is a beginning, and no way round a rule."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.ondemand import Call, Courier, Customs, Decision, Scene, Trip, decide

NAMES = ("v", "w", "x")
CALLS = tuple(f"c{n}" for n in range(7))


def street(size: int = 5) -> npt.NDArray[np.int32]:
    """A minute from each place to the next."""
    spots = np.arange(size)
    return np.array([60 * np.abs(spots[:, None] - spots)], np.int32)


def call(name: str, pickup: int = 1, door: int = 2, able: str | None = None) -> Call:
    may = None if able is None else frozenset(able.split())
    return Call(name, 0, 0, pickup, door, able=may)


def meant(courier: str, *calls: str) -> Trip:
    return Trip(courier, 0, 60, calls, (120,) * len(calls), 120)


def scene(
    calls: Sequence[Call], couriers: Sequence[Courier], *earlier: Trip, most: int = 4
) -> Scene:
    customs = Customs(most_boxes=most)
    return Scene(
        0, tuple(calls), tuple(couriers), street(), customs=customs, earlier=earlier
    )


def trips_of(decision: Decision) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for trip in (*decision.leave, *decision.meant):
        found.setdefault(trip.courier, []).append(trip.calls)
    return found


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """With trips in mind that name anybody and anything, now and then twice."""
    spots = st.integers(0, 4)
    able = st.none() | st.frozensets(st.sampled_from(NAMES))
    calls = [
        Call(name, 0, draw(st.integers(0, 900)), draw(spots), draw(spots), able=may)
        for name in CALLS[: draw(st.integers(1, 6))]
        for may in [draw(able)]
    ]
    couriers = [
        Courier(name, draw(spots), 0, 3600, room=draw(st.integers(0, 3)))
        for name in NAMES[: draw(st.integers(1, 3))]
    ]
    named = st.lists(st.sampled_from(CALLS), min_size=1, max_size=7)
    earlier = [
        meant(who, *draw(named))
        for who in draw(st.lists(st.sampled_from(NAMES), max_size=4))
    ]
    return scene(calls, couriers, *earlier, most=draw(st.integers(1, 4)))


@given(scenes(), st.sampled_from([0, 5]))
@settings(deadline=None, max_examples=200)
def test_nobody_brings_what_they_may_not_or_have_no_room_for(
    drawn: Scene, steps: int
) -> None:
    decision = decide(drawn, steps=steps)

    calls = {each.id: each for each in drawn.calls}
    couriers = {each.id: each for each in drawn.couriers}
    for who, trips in trips_of(decision).items():
        for trip in trips:
            assert len(trip) <= min(couriers[who].room, drawn.customs.most_boxes)
            assert len({calls[one].pickup for one in trip}) == 1
            for one in trip:
                may = calls[one].able
                assert may is None or who in may
    told = [
        one for each in trips_of(decision).values() for trip in each for one in trip
    ]
    assert sorted([*told, *decision.left]) == sorted(calls)


def test_what_was_meant_goes_to_whoever_may_bring_it() -> None:
    calls = [call("a", able="w"), call("b", able="w")]
    couriers = [Courier("v", 0, 0, 3600, room=1), Courier("w", 0, 0, 3600, room=1)]
    for steps in (0, 20):
        decision = decide(scene(calls, couriers, meant("v", "a", "b")), steps=steps)
        assert sorted(trips_of(decision)["w"]) == [("a",), ("b",)]
        assert "v" not in trips_of(decision)


def test_what_still_fits_stays_with_whom_it_was_meant_for() -> None:
    """The second is another's by now, and the last is one box too many."""
    calls = [call("a"), call("b", able="w"), call("c"), call("d")]
    couriers = [Courier("v", 0, 0, 3600, room=2), Courier("w", 4, 0, 3600)]
    decision = decide(scene(calls, couriers, meant("v", *"abcd")), steps=0)
    assert trips_of(decision)["v"][0] == ("a", "c")
    assert "b" in trips_of(decision)["w"][0]


def test_a_trip_is_of_one_pickup_though_an_order_moved_elsewhere() -> None:
    calls = [call("a"), call("b", pickup=3)]
    decision = decide(
        scene(calls, [Courier("v", 0, 0, 3600)], meant("v", "a", "b")), steps=0
    )
    assert trips_of(decision) == {"v": [("a",), ("b",)]}
