"""Asking: one request waits, whoever and however many ask."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dispatch.errors import NotFound
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.leases import take
from dispatch.store.unit_of_work import in_one_transaction
from tests.little_town import LittleTown
from tests.planning.lunch_wave import ask, events_of_wave, order_lunch


def test_asking_twice_makes_one_request(town: LittleTown) -> None:
    order_lunch(town)

    assert ask(town) == ask(town)
    assert [event.kind for event in events_of_wave(town)] == ["wave.asked"]


def test_eight_who_ask_at_once_make_one_request(town: LittleTown) -> None:
    order_lunch(town)

    with ThreadPoolExecutor(8) as eight:
        asked = set(eight.map(lambda _: ask(town), range(8)))

    assert len(asked) == 1


def test_while_one_request_runs_another_may_wait(town: LittleTown) -> None:
    order_lunch(town)
    first = ask(town)
    assert take(town.engine, first)

    second = ask(town)

    assert second not in (first, None)
    assert ask(town) == second


def test_a_wave_that_does_not_exist_cannot_be_planned(town: LittleTown) -> None:
    with pytest.raises(NotFound):
        in_one_transaction(
            town.engine, lambda uow: ask_for_plan(uow, town.station_id, "asked")
        )
