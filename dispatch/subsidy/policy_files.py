"""Rule files on disk: read whole, or refused with file, line and remedy."""

import re
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from dispatch.subsidy.policy import Policy
from dispatch.subsidy.policy_checks import misfits
from dispatch.subsidy.strict import BadFile, Fault, Place, Strict, faults_of

DEMO_POLICY = Path(__file__).parent / "policies" / "qinghe-2026-01.toml"

S = TypeVar("S", bound=Strict)
_KINDS = {"fixed", "tiered", "percent", "quota"}
_KINDS |= {"per_signed_person_month", "by_star_month", "by_year", "per_care_day"}


def read_policy(path: Path) -> Policy:
    """Read a file of the shape `eldercare-policy/1`.

    Raises:
        BadFile: it cannot be read, is not TOML, or does not make sense.
    """
    return policy_of(read_words(path), str(path))


def policy_of(words: str, name: str) -> Policy:
    """The rules that these words of a file say; `name` is what a refusal calls it.

    Raises:
        BadFile: they are not TOML, or do not make sense.
    """
    policy, data = _said(Policy, words, name)
    found = [Fault(place_in(words, data, at), *what) for at, *what in misfits(policy)]
    if found:
        raise BadFile(name, found)
    return policy


def said_by(shape: type[S], words: str, name: str) -> S:
    """What these words of a file say, in a shape of their own.

    Raises:
        BadFile: they are not TOML, or do not make sense.
    """
    return _said(shape, words, name)[0]


def _said(shape: type[S], words: str, name: str) -> tuple[S, dict[str, object]]:
    data = _toml(words, name)
    try:
        return shape.model_validate(data), data
    except ValidationError as error:
        faults = faults_of(error, lambda loc: place_in(words, data, loc))
        raise BadFile(name, faults) from error


def place_of(words: str, loc: Place) -> str:
    """The place of a part of a sound file."""
    return place_in(words, tomllib.loads(words), loc)


def _toml(words: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(words, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        fault = Fault("TOML", str(error), "correct the file at this place")
        raise BadFile(name, [fault]) from error


def read_words(path: Path) -> str:
    """The text of a file.

    Raises:
        BadFile: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        fault = Fault("file", error.strerror or "unreadable", "give a file's path")
    except UnicodeDecodeError as error:
        fault = Fault(f"byte {error.start}", "not UTF-8", "save the file as UTF-8")
    raise BadFile(str(path), [fault])


def place_in(text: str, data: object, loc: Place) -> str:
    """Where in the file: the line, and the path with the ids of its tables."""
    path = tuple(part for part in loc if part not in _KINDS)
    words = ""
    for part in path:
        data = _step(data, part)
        if isinstance(part, int):
            name = data.get("id") if isinstance(data, dict) else None
            words += f"[{name}]" if isinstance(name, str) else f"[{part + 1}]"
        else:
            words += f".{part}" if words else part
    line = _line_of(text, path)
    return f"line {line}, {words}" if line else words or "file"


def _step(data: object, part: int | str) -> object:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def _line_of(text: str, path: Place) -> int | None:
    """The line of the header or key that leads deepest towards the path."""
    best, found = 0, None
    seen: Counter[str] = Counter()
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\[(\[?)\s*([\w.\-]+)\s*\]", line):
            many, name = header.groups()
            table = (name, seen[name]) if many else tuple(name.split("."))
            seen[name] += 1
            here = table
        elif key := re.match(r'\s*"?([\w\-]+)"?\s*[=.]', line):
            here = (*table, key[1])
        else:
            continue
        deep = min(len(here), len(path))
        if deep > best and path[:deep] == here[:deep]:
            best, found = deep, number
    return found
