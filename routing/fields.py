"""Checks on single fields, each raising BadProblem with the field's name."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from routing.errors import BadProblem

HORIZON: Final = 500_000_000  # seconds; far beyond any day, safely inside int32
LONGEST_ARRIVAL: Final = HORIZON // 4  # behind a leg of 4 horizons: no way, in int32
LARGEST_PENALTY: Final = 10**12
_WRITTEN: Final = 10**40


def must_be_whole(
    name: str, value: object, *, least: int = -HORIZON, most: int = HORIZON
) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadProblem(name, f"must be a whole number, not {value!r}")
    if not least <= value <= most:
        raise BadProblem(name, f"must lie between {least} and {most}{_not(value)}")
    return value


def must_be_number(name: str, value: object, *, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadProblem(name, f"must be a number, not {value!r}")
    if not least <= value <= most:  # nor is it NaN or without end
        raise BadProblem(name, f"must lie between {least} and {most}{_not(value)}")
    return float(value)


def _not(value: float) -> str:
    """What it is instead, unless Python will not even write it down."""
    return f", not {value}" if abs(value) < _WRITTEN else ""


def must_be_named(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise BadProblem(name, f"must be a text that is not empty, not {value!r}")
    if not value.isascii() and any("\ud800" <= each <= "\udfff" for each in value):
        raise BadProblem(name, f"holds half a character: {value!r}")
    return value


def must_be_a_choice(name: str, value: object, choices: Collection[object]) -> None:
    if value not in choices:
        allowed = ", ".join(map(str, choices))
        raise BadProblem(name, f"must be one of {allowed}, not {value!r}")


def must_be_known(name: str, value: str, kind: str, known: Collection[str]) -> None:
    if value not in known:
        raise BadProblem(name, f"no {kind} is called {value!r}")


def must_be_unique(name: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for number, each in enumerate(ids):
        if each in seen:
            raise BadProblem(f"{name}[{number}].id", f"{each!r} stands here twice")
        seen.add(each)


def window_of(name: str, value: object) -> tuple[int, int]:
    """A closed interval of seconds.

    Raises:
        BadProblem: not two whole numbers, or it closes before it opens.
    """
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise BadProblem(name, f"must be two whole seconds, not {value!r}")
    opens = must_be_whole(f"{name}[0]", value[0])
    closes = must_be_whole(f"{name}[1]", value[1])
    if closes < opens:
        raise BadProblem(name, f"closes at {closes}, before it opens at {opens}")
    return opens, closes


def amounts_of(name: str, value: object) -> tuple[int, ...]:
    """What is carried, per compartment."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise BadProblem(name, f"must be a list of whole numbers, not {value!r}")
    return tuple(
        must_be_whole(f"{name}[{n}]", amount, least=0) for n, amount in enumerate(value)
    )
