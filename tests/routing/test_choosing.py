"""Choices as plain numbers: priced sums and onces, beside brute force."""

import itertools
import os
import random
import resource
import sys
from collections.abc import Iterator

import pytest

from routing import BadProblem, EngineMissing
from routing.choosing import Choices, Once, Patience, Sum, broken_sum, choose, price_of

QUICK = Patience(seconds=60, work=1)


def drawn(seed: int) -> Choices:
    """Eight choices, a priced and a hard sum, and two onces; nothing is allowed too."""
    chance = random.Random(seed)
    numbers = tuple(range(8))
    weights = tuple(chance.randint(1, 9) for _ in numbers)
    return Choices(
        prices=tuple(chance.randint(-30, 10) for _ in numbers),
        sums=(
            Sum(numbers, weights, most=12, price=chance.randint(1, 4)),
            Sum((*numbers, 8), (*weights, 5), most=25),
        ),
        start=(),
        onces=(Once((0, 1, 2), chance.randint(1, 30)), Once((2, 3), 7)),
    )


def all_answers() -> Iterator[tuple[int, ...]]:
    for taken in itertools.product((False, True), repeat=8):
        yield tuple(number for number, one in enumerate(taken) if one)


def test_brute_force_agrees() -> None:
    wanted = [drawn(seed) for seed in range(12)]
    for each, chosen in zip(wanted, choose(wanted, QUICK), strict=True):
        allowed = [a for a in all_answers() if broken_sum(each, a) is None]
        assert price_of(each, chosen.numbers) == min(price_of(each, a) for a in allowed)
        assert chosen.proven
        assert chosen.trouble is None


def test_processes_share_the_work_and_change_nothing() -> None:
    wanted = [drawn(seed) for seed in range(5)]
    two = Patience(seconds=60, work=1, processes=2)
    assert choose(wanted, two) == choose(wanted, QUICK)


def test_nothing_to_choose_is_no_question() -> None:
    assert choose([], QUICK) == []


def test_what_cannot_be_answered_stays_as_it_was() -> None:
    impossible = Choices((1,), (Sum((0,), (1,), least=2),), start=(0,))
    [chosen] = choose([impossible], QUICK)
    assert chosen.numbers == (0,)
    assert chosen.trouble is not None


def test_where_no_process_can_be_had_the_start_stands() -> None:
    first, second = os.dup(0), os.dup(0)  # the lowest that are free
    os.close(first)
    os.close(second)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(first, second), before[1]))
    try:
        [chosen] = choose([drawn(1)], QUICK)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert chosen.numbers == ()
    assert "no process" in (chosen.trouble or "")


def test_without_ortools_nothing_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools", None)
    with pytest.raises(EngineMissing, match="ortools"):
        choose([drawn(0)], QUICK)


def test_patience_is_a_number() -> None:
    with pytest.raises(BadProblem, match="seconds"):
        Patience(seconds=-1)
    with pytest.raises(BadProblem, match="processes"):
        Patience(processes=0)
