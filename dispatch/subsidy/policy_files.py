"""Rule files on disk: read whole, or refused with file, line and remedy."""

import re
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from dispatch.subsidy.policy import Policy
from dispatch.subsidy.policy_checks import misfits
from dispatch.subsidy.strict import BadFile, Fault, Place, faults_of

DEMO_POLICY = Path(__file__).parent / "policies" / "qinghe-2026-01.toml"

_KINDS = {"fixed", "tiered", "percent", "quota"}
_KINDS |= {"per_signed_person_month", "by_star_month"}


def read_policy(path: Path) -> Policy:
    """Read a file of the shape `eldercare-policy/1`.

    Raises:
        BadFile: it cannot be read, is not TOML, or does not make sense.
    """
    text = _read_text(path)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        fault = Fault("TOML", str(error), "correct the file at this place")
        raise BadFile(str(path), [fault]) from error
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        faults = faults_of(error, lambda loc: place_in(text, data, loc))
        raise BadFile(str(path), faults) from error
    found = [Fault(place_in(text, data, at), *what) for at, *what in misfits(policy)]
    if found:
        raise BadFile(str(path), found)
    return policy


def _read_text(path: Path) -> str:
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
        if len(here) > best and path[: len(here)] == here:
            best, found = len(here), number
    return found
