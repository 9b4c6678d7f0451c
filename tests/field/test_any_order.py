"""Any permutation, batching and repetition of a phone's history: the same state."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from dispatch.field.deciding import Picture, Told, look
from dispatch.field.events import FieldKind
from dispatch.field.evidence import Evidence
from tests.field.phone import Phone
from tests.field.walk import FORM, HALF_PAST, Walk, make_walk
from tests.little_town import LittleTown

SAID: list[tuple[str, dict[str, Any]]] = [
    ("arrived", {}),
    ("handed_over", {"to": "self"}),
    ("handed_over", {"to": "neighbour", "name": "李"}),
    ("left_by_agreement", {}),
    ("refused", {"reason": "不想吃"}),
    ("cannot", {"reason": "spilled"}),
    ("cannot", {"reason": "stairs"}),
    ("no_answer", {}),
    ("visit_begun", {}),
    ("visit_ended", {"form": FORM}),
]


@dataclass(frozen=True)
class Sending:
    """One way in which a history reaches us."""

    history: list[tuple[int, int]]  # which of the three orders, which of SAID
    order: list[int]
    cuts: list[int]
    again: list[int]


@st.composite
def sendings(draw: st.DrawFn) -> Sending:
    history = draw(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, len(SAID) - 1)),
            min_size=2,
            max_size=9,
        )
    )
    places = range(len(history) + 2)  # the pickup and the end are told as well
    return Sending(
        history,
        draw(st.permutations(places)),
        draw(st.lists(st.sampled_from(places), max_size=3)),
        draw(st.lists(st.sampled_from(places), max_size=4)),
    )


def record_history(walk: Walk, history: list[tuple[int, int]]) -> Phone:
    phone = Phone(walk, device_id=f"phone-{walk.round_id}"[:40])
    phone.say("picked_up", HALF_PAST, stop_id=walk.pickup_id)
    for minute, (n, which) in enumerate(history, start=1):
        kind, detail = SAID[which]
        is_visit = n == 2
        if is_visit and kind in {"handed_over", "left_by_agreement"}:
            kind, detail = "visit_ended", {"form": FORM}
        if not is_visit and kind.startswith("visit"):
            kind, detail = "arrived", {}
        at = HALF_PAST + timedelta(minutes=3 * minute)
        phone.at_stop(kind, at, n, detail=detail)
    phone.say("ended", HALF_PAST + timedelta(minutes=40))
    return phone


def state_of(walk: Walk, phone: Phone) -> dict[str, Any]:
    """Everything that a history decides, with places in it instead of ids."""
    place = {event["id"]: n for n, event in enumerate(phone.events)}
    orders = [walk.order(n) for n in range(3)]
    elders = [walk.elder(n) for n in range(3)]
    stops = [walk.stop(n) for n in range(3)]
    with Session(walk.town.engine) as session:
        query = select(Evidence).where(col(Evidence.order_id).in_(walk.orders))
        proofs = list(session.exec(query))
    return {
        "orders": [(order.state, order.reason, order.grade) for order in orders],
        "proofs": sorted(
            (place[str(p.field_event_id)], p.grade, p.counts) for p in proofs
        ),
        "stops": [(stop.state, stop.arrived_at) for stop in stops],
        "round": walk.round().state,
        "cases": sorted(
            (walk.orders.index(case.order_id), case.kind, case.happened_at)
            for case in walk.cases()
            if case.order_id is not None
        ),
        "clocks": [(elder.last_seen_at, elder.last_visit_at) for elder in elders],
        "flags": [sorted(walk.flags(event["id"])) for event in phone.events],
    }


def walk_three(town: LittleTown, *, keep: bool) -> Walk:
    elders = [town.add_elder(contactless_agreed=True) for _ in range(3)]
    return make_walk(town, *elders[:2], visits=elders[2:], keep=keep)


def send(walk: Walk, phone: Phone, sending: Sending | None) -> None:
    """In order and at once, or as the sending says."""
    now = HALF_PAST + timedelta(hours=1)
    if sending is None:
        phone.sync(now)
        return
    told = [phone.events[place] for place in sending.order]
    cuts = sorted({0, len(told), *sending.cuts})
    for begin, end in pairwise(cuts):
        again = [phone.events[place] for place in sending.again[:2]]
        walk.post(phone.batch(now, [*told[begin:end], *again]), at=now)
    walk.post(phone.batch(now, [phone.events[n] for n in sending.again]), at=now)


@given(sendings())
@example(Sending([(2, 9), (2, 8), (2, 9)], [4, 3, 2, 1, 0], [2], [0]))
@example(Sending([(0, 1), (0, 2), (0, 7)], [4, 3, 2, 1, 0], [1, 2], [3]))
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.proves("F41")
def test_every_sending_of_a_history_ends_in_the_same_state(
    town: LittleTown, sending: Sending
) -> None:
    """One town for all examples; each walks rounds of its own in it."""
    plain, mixed = walk_three(town, keep=False), walk_three(town, keep=True)
    first = record_history(plain, sending.history)
    second = record_history(mixed, sending.history)
    send(plain, first, None)
    send(mixed, second, sending)
    assert state_of(mixed, second) == state_of(plain, first)


KINDS = st.sampled_from([kind for kind in FieldKind if kind is not FieldKind.LOADED])


@st.composite
def tellings(draw: st.DrawFn) -> list[Told]:
    kinds = draw(st.lists(KINDS, max_size=8))
    return [
        Told(
            id=UUID(int=n + 1),
            device_id=draw(st.sampled_from(["a", "b"])),
            place=("d", "b", n, str(n)),
            kind=kind,
            received_at=HALF_PAST + timedelta(minutes=draw(st.integers(0, 2))),
            detail={"reason": draw(st.sampled_from(["spilled", "stairs"]))},
            in_force=draw(st.booleans()),
        )
        for n, kind in enumerate(kinds)
    ]


@given(tellings(), st.randoms(use_true_random=False))
def test_the_fold_does_not_care_for_the_order_of_arrival(
    events: list[Told], chance: Any
) -> None:
    mixed = list(events)
    chance.shuffle(mixed)
    assert look(mixed) == look(events)


@given(tellings())
def test_every_handing_is_a_proof_and_the_one_that_stands_is_not_overruled(
    events: list[Told],
) -> None:
    picture: Picture = look(events)
    for standing in picture.proofs:
        again = look(events, standing=standing)
        devices = {event.id: event.device_id for event in events}
        assert set(again.proofs) == set(picture.proofs)
        assert devices[again.proofs[0]] == devices[standing]
