"""Choices as plain numbers, and CP-SAT in a process of its own that decides them.

A choice is taken (1) or not (0). OR-Tools holds Python's lock while it solves and
checks its clock poorly, so it runs in a child process that is killed at the hard end;
the best answer that it had told by then counts, and before the first one the start.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from typing import Any, Final

from routing.apart import Apart
from routing.errors import EngineMissing
from routing.fields import must_be_number, must_be_whole

CHILD: Final = (sys.executable, "-m", "routing.choosing_child")
_PARTING: Final = 5.0  # seconds between its last word and its end


@dataclass(frozen=True)
class Sum:
    """`least` <= weights · choices <= `most`; None is no limit.

    With a `price`, each unit beyond `most` may be bought; without, `most` is hard.
    Its numbers may also name onces: the one with number n is `len(prices) + n`.
    """

    numbers: tuple[int, ...]
    weights: tuple[int, ...]
    least: int | None = None
    most: int | None = None
    price: int | None = None


@dataclass(frozen=True)
class Once:
    """A price that is paid once when any of these choices is taken."""

    numbers: tuple[int, ...]
    price: int


@dataclass(frozen=True)
class Choices:
    """Take choices so that every sum holds and the price is least.

    `start` are the numbers of the choices of an answer that is known to be allowed.
    """

    prices: tuple[int, ...]
    sums: tuple[Sum, ...]
    start: tuple[int, ...]
    onces: tuple[Once, ...] = ()


@dataclass(frozen=True)
class Patience:
    """How long choices are thought about.

    `work` bounds each of them in CP-SAT's deterministic seconds: the same seed and
    work give the same answer on every machine. `seconds` is wall time for all
    together, hard: then the child is killed. `tight` asks CP-SAT for its tighter
    linear relaxation: rounds are proven in a thirtieth of the time by it, while large
    weeks find good answers sooner without.
    """

    seconds: float = 30.0
    work: float = 5.0
    seed: int = 0
    processes: int = 1
    tight: bool = True

    def __post_init__(self) -> None:
        must_be_number("seconds", self.seconds, least=0, most=86_400)
        must_be_number("work", self.work, least=0, most=86_400)
        must_be_whole("seed", self.seed, least=0)
        must_be_whole("processes", self.processes, least=1, most=256)


@dataclass(frozen=True)
class Chosen:
    """What is taken. `trouble` says why it is not CP-SAT's own last word.

    `bound` is a price that no answer can go below, where CP-SAT told one.
    """

    numbers: tuple[int, ...]
    proven: bool = False
    bound: int | None = None
    trouble: str | None = None


def cp_sat_version() -> str:
    """Raises: EngineMissing."""
    if find_spec("ortools") is None:
        raise EngineMissing("OR-Tools is not installed; install the package ortools")
    return f"cp-sat {metadata.version('ortools')}"


def choose(
    wanted: Sequence[Choices],
    patience: Patience,
    *,
    child: Sequence[str] = CHILD,
) -> list[Chosen]:
    """Decide each of these; there is always an answer, at worst its start.

    Args:
        child: the command line of the process that decides.

    Raises:
        EngineMissing: OR-Tools is not installed; nothing stands in for it.
    """
    cp_sat_version()
    ends = time.monotonic() + patience.seconds
    known = [Chosen(each.start, trouble="not reached") for each in wanted]
    order = sorted(range(len(wanted)), key=lambda n: (-len(wanted[n].prices), n))
    shares = [order[first :: patience.processes] for first in range(patience.processes)]
    shares = [share for share in shares if share]

    def ask(share: list[int]) -> None:
        trouble = "the answer came too late"
        for line in _told(child, _question([wanted[n] for n in share], patience), ends):
            if "ended" in line:
                trouble = f"the process ended with {line['ended']}"
                continue
            number = share[line["of"]]
            known[number] = _read(wanted[number], line)
        for number in share:
            if known[number].trouble is not None:
                known[number] = _troubled(known[number], trouble)

    with ThreadPoolExecutor(max_workers=max(1, len(shares))) as asking:
        list(asking.map(ask, shares))
    return known


def _troubled(chosen: Chosen, trouble: str) -> Chosen:
    return Chosen(chosen.numbers, bound=chosen.bound, trouble=trouble)


def _read(wanted: Choices, line: dict[str, Any]) -> Chosen:
    """One line of the child; what it says is believed only as far as it holds."""
    numbers = tuple(sorted(int(number) for number in line["chosen"]))
    if broken := broken_sum(wanted, numbers):
        return Chosen(wanted.start, trouble=f"the answer breaks {broken}")
    return Chosen(
        numbers,
        proven=bool(line["proven"]),
        bound=line["bound"],
        trouble=None if line["final"] else "better answers were being sought",
    )


def broken_sum(wanted: Choices, numbers: Sequence[int]) -> Sum | None:
    """The first hard sum that these choices do not keep."""
    taken = set(numbers)
    for number, once in enumerate(wanted.onces, start=len(wanted.prices)):
        if not taken.isdisjoint(once.numbers):
            taken.add(number)
    for each in wanted.sums:
        pairs = zip(each.numbers, each.weights, strict=True)
        total = sum(weight for number, weight in pairs if number in taken)
        too_much = each.most is not None and each.price is None and total > each.most
        if too_much or (each.least is not None and total < each.least):
            return each
    return None


def price_of(wanted: Choices, numbers: Sequence[int]) -> int:
    """What these choices cost, with what is bought beyond the sums."""
    taken = set(numbers)
    total = sum(wanted.prices[number] for number in taken)
    for number, once in enumerate(wanted.onces, start=len(wanted.prices)):
        if not taken.isdisjoint(once.numbers):
            taken.add(number)
            total += once.price
    for each in wanted.sums:
        if each.price is not None and each.most is not None:
            pairs = zip(each.numbers, each.weights, strict=True)
            much = sum(weight for number, weight in pairs if number in taken)
            total += each.price * max(0, much - each.most)
    return total


def _question(wanted: Sequence[Choices], patience: Patience) -> dict[str, Any]:
    return {
        "work": patience.work,
        "seconds": patience.seconds,
        "seed": patience.seed,
        "tight": patience.tight,
        "wanted": [
            {
                "prices": each.prices,
                "start": each.start,
                "onces": [(once.numbers, once.price) for once in each.onces],
                "sums": [
                    (s.numbers, s.weights, s.least, s.most, s.price) for s in each.sums
                ],
            }
            for each in wanted
        ],
    }


def _told(
    child: Sequence[str], question: dict[str, Any], ends: float
) -> Iterator[dict[str, Any]]:
    """The lines that a child tells, until it ends or its time does; then it is dead."""
    try:
        with Apart(child, json.dumps(question)) as running:
            yield from map(json.loads, _lines(running.words(ends)))
            if time.monotonic() < ends:
                ended = running.ended(time.monotonic() + _PARTING)
                if ended != 0:
                    yield {"ended": ended}
    except ValueError:
        yield {"ended": "words that nobody understands"}
    except OSError as trouble:
        yield {"ended": f"no process: {trouble}"}


def _lines(words: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines."""
    rest = b""
    for more in words:
        *whole, rest = (rest + more).split(b"\n")
        yield from whole
