"""Strict reading of JSON: nothing unknown, nothing missing, nothing bent."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from routing.errors import BadProblem
from routing.fields import must_be_named

T = TypeVar("T")
Fields = Mapping[str, Any]


def load_json(path: Path) -> Fields:
    """Read one JSON object.

    Raises:
        BadProblem: missing file, half-written JSON, NaN, a key that stands twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadProblem(path.name, f"cannot be read: {trouble}") from trouble
    return parse_json(text, name=path.name)


def parse_json(text: str, *, name: str = "") -> Fields:
    """One JSON object from its text. Raises: BadProblem, as `load_json`."""
    try:
        found = json.loads(
            text, parse_constant=_refuse_constant, object_pairs_hook=_without_twins
        )
    except RecursionError as trouble:
        raise BadProblem(name, "is nested too deeply") from trouble
    except BadProblem:
        raise
    except ValueError as trouble:  # half of a file, or a number of 5,000 digits
        raise BadProblem(name, f"is not whole JSON: {trouble}") from trouble
    return an_object(name, found)


def _refuse_constant(word: str) -> None:
    raise BadProblem("", f"{word} is not a number that a file may hold")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise BadProblem(twin, "this field stands twice in one object")
    return found


def an_object(
    name: str, value: Any, *, known: Iterable[str] = (), needed: Iterable[str] = ()
) -> Fields:
    """A JSON object whose keys are all known and which has all that are needed."""
    if not isinstance(value, dict):
        raise BadProblem(name, f"must be an object, not {_shown(value)}")
    if allowed := {*known, *needed}:
        for key in value:
            if key not in allowed:
                raise BadProblem(key, "this field is unknown").under(name)
    for key in needed:
        if key not in value:
            raise BadProblem(key, "this field is missing").under(name)
    return value


def a_list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadProblem(name, f"must be a list, not {_shown(value)}")
    return value


def texts(name: str, value: Any) -> tuple[str, ...]:
    for number, each in enumerate(a_list(name, value)):
        must_be_named(f"{name}[{number}]", each)
    return tuple(value)


def each_of(name: str, value: Any, read: Callable[[Any], T]) -> tuple[T, ...]:
    """Read every entry of a list; a complaint names the entry's number."""
    found = []
    for number, entry in enumerate(a_list(name, value)):
        with under(f"{name}[{number}]"):
            found.append(read(entry))
    return tuple(found)


@contextmanager
def under(prefix: str) -> Iterator[None]:
    """Let complaints raised inside name the way from the outside."""
    try:
        yield
    except BadProblem as bad:
        raise bad.under(prefix) from None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
