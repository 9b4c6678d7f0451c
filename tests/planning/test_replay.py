"""A day is replayed from its log: each minute is as the board showed it then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch.planning.board import Board, show_board
from dispatch.planning.replay import NotYet, show_replay
from dispatch.safety.climbing import close_case, step
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import ELEVEN, NOON, LittleTown
from tests.planning.lunch_wave import cancel, order_lunch, plan, quick

MINUTE = timedelta(minutes=1)


def board_at(town: LittleTown, minutes: int) -> Board:
    """As a coordinator read it then: so many minutes after half past eleven."""
    town.at(HALF_PAST + minutes * MINUTE)
    with picture(town.engine, town.dispatcher) as seen:
        return comparable(show_board(seen))


def replay_of(town: LittleTown, board: Board) -> Board:
    with picture(town.engine, town.dispatcher) as seen:
        return comparable(show_replay(seen, board.now))


def comparable(board: Board) -> Board:
    """The feed's place is that of the reading; when a plan was last heard of is told
    of the day's waves, not of everything in reach."""
    return replace(board, feed=None, last_event_at=None)  # type: ignore[arg-type]


def live_through_a_lunch(town: LittleTown) -> tuple[Walk, list[Board]]:
    """Four doors: handed over, closed, given back, called off; read all along."""
    town.at(ELEVEN - 30 * MINUTE)
    walk = make_walk(town, *(town.add_elder() for _ in range(4)))
    phone = Phone(walk)
    phone.say("loaded", HALF_PAST)
    phone.hand(HALF_PAST + MINUTE)
    phone.sync(HALF_PAST + MINUTE)
    seen = [board_at(town, 2)]
    phone.at_stop("no_answer", HALF_PAST + 3 * MINUTE, 1)
    phone.sync(HALF_PAST + 3 * MINUTE)
    seen.append(board_at(town, 4))
    phone.at_stop("cannot", HALF_PAST + 5 * MINUTE, 2, detail={"reason": "stairs"})
    phone.sync(HALF_PAST + 5 * MINUTE)
    [case] = [one.id for one in walk.cases()]
    do_in_office(town, 6, lambda uow: step(uow, case, 1, "no_reply", "没人接"))
    seen.append(board_at(town, 7))
    town.at(HALF_PAST + 8 * MINUTE)
    cancel(town, walk.orders[3])
    do_in_office(town, 9, lambda uow: close_case(uow, case, "seen_well", "在家"))
    seen.append(board_at(town, 10))
    return walk, seen


def do_in_office(
    town: LittleTown, minutes: int, deed: Callable[[UnitOfWork], object]
) -> None:
    town.at(HALF_PAST + minutes * MINUTE)
    in_one_transaction(town.engine, deed, actor=town.dispatcher)


def test_at_any_minute_a_replay_shows_what_the_board_showed(town: LittleTown) -> None:
    _, seen = live_through_a_lunch(town)
    last = board_at(town, 12 * 60 - 1)
    assert last.now > NOON
    assert [len(board.cases) for board in seen] == [0, 1, 1, 0]

    for board in [*seen, last]:
        assert replay_of(town, board) == board


def test_a_replay_knows_which_plan_was_in_force(town: LittleTown) -> None:
    town.add_helper()
    town.add_helper()
    order_lunch(town)
    before = board_at(town, -150)
    town.at(HALF_PAST - 145 * MINUTE)
    assert plan(town, thinking=quick)
    first = board_at(town, -140)
    town.at(HALF_PAST - 135 * MINUTE)
    order_lunch(town)
    waiting = board_at(town, -130)
    town.at(HALF_PAST - 125 * MINUTE)
    assert plan(town, thinking=quick)
    second = board_at(town, -120)
    assert [len(one.rounds) > 0 for one in (before, first)] == [False, True]
    assert (first.waves[0].plan_version, second.waves[0].plan_version) == (1, 2)

    for board in (before, first, waiting, second):
        assert replay_of(town, board) == board


def test_what_lies_ahead_cannot_be_replayed_and_nobody_sees_another_street(
    town: LittleTown,
) -> None:
    _, seen = live_through_a_lunch(town)
    with picture(town.engine, town.dispatcher) as here:
        with pytest.raises(NotYet):
            show_replay(here, here.now + MINUTE)
        elsewhere = replace(town.dispatcher, street_code="119900002")
        foreign = show_replay(replace(here, actor=elsewhere), seen[1].now)

    assert (foreign.total, foreign.cases, foreign.rounds) == (0, [], [])
