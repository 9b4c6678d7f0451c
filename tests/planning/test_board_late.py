"""Who will be late is known before the latest time is over."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from dispatch.planning.board import show_board
from dispatch.planning.plans import Stop
from dispatch.store.unit_of_work import picture
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import LittleTown
from tests.planning.lunch_wave import cancel

TWENTY = timedelta(minutes=20)
LITTLE = timedelta(minutes=1)


def two_doors(town: LittleTown) -> tuple[Walk, datetime]:
    """The second door is planned ten minutes before its latest time."""
    walk = make_walk(town, town.add_elder(), town.add_elder("李建国"))
    latest = walk.order(1).window_until_at
    with Session(town.engine) as session:
        stop = session.get_one(Stop, walk.stops[1])
        stop.at = latest - timedelta(minutes=10)
        session.commit()
    return walk, latest


def late_seconds(walk: Walk, at: datetime) -> list[int]:
    """Of both orders, as the board has it at a moment."""
    walk.town.at(at)
    with picture(walk.town.engine, walk.town.dispatcher) as seen:
        found = {one.id: one.late_seconds for one in show_board(seen).orders}
    return [found[order_id] for order_id in walk.orders]


def test_who_comes_late_to_one_door_will_be_late_at_the_next(town: LittleTown) -> None:
    walk, latest = two_doors(town)
    phone = Phone(walk)
    reached = HALF_PAST + TWENTY
    assert reached + LITTLE < latest
    assert late_seconds(walk, reached) == [0, 0]

    phone.hand(reached)
    phone.sync(reached + LITTLE)

    assert late_seconds(walk, reached + LITTLE) == [0, 10 * 60]


def test_who_is_in_time_is_not_called_late(town: LittleTown) -> None:
    walk, _ = two_doors(town)
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    phone.sync(HALF_PAST + LITTLE)

    assert late_seconds(walk, HALF_PAST + LITTLE) == [0, 0]


def test_who_stays_at_a_door_past_the_next_ones_time_is_late_there(
    town: LittleTown,
) -> None:
    third = timedelta(minutes=4)
    walk = make_walk(town, *(town.add_elder() for _ in range(3)))
    latest = walk.order(2).window_until_at
    with Session(town.engine) as session:
        session.get_one(Stop, walk.stops[2]).at = latest - third
        session.commit()
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    phone.sync(HALF_PAST + LITTLE)

    assert late_seconds(walk, HALF_PAST + LITTLE) == [0, 0, 0]
    assert late_seconds(walk, HALF_PAST + TWENTY) == [0, 0, 16 * 60]


@pytest.mark.parametrize("how", ["called off", "given back"])
def test_where_nobody_waits_any_more_nobody_comes_late(
    town: LittleTown, how: str
) -> None:
    walk = make_walk(town, *(town.add_elder() for _ in range(3)))
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    if how == "given back":
        phone.at_stop("cannot", HALF_PAST, 1, detail={"reason": "stairs"})
    phone.sync(HALF_PAST + LITTLE)
    latest = walk.order(2).window_until_at
    with Session(town.engine) as session:
        session.get_one(Stop, walk.stops[1]).at = HALF_PAST + LITTLE
        session.get_one(Stop, walk.stops[2]).at = latest
        session.commit()
    if how == "called off":
        cancel(town, walk.orders[1])

    assert late_seconds(walk, HALF_PAST + TWENTY) == [0, 0, 0]
    with picture(town.engine, town.dispatcher) as seen:
        [round_] = show_board(seen).rounds
    assert [stop.waits for stop in round_.stops[1:]] == [False, False, True]
