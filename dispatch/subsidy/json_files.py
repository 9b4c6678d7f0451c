"""JSON that people wrote: NaN, repeated keys and half a file are refused."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from dispatch.subsidy.strict import BadFile, Fault


def read_json(path: Path) -> Any:
    """Read one JSON document; numbers with a point come as Decimal.

    Raises:
        BadFile: it cannot be read or is not one sound JSON document.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_once_each,
        )
    except OSError as error:
        fault = Fault("file", error.strerror or "unreadable", "give a file's path")
    except UnicodeDecodeError as error:
        fault = Fault(f"byte {error.start}", "not UTF-8", "save the file as UTF-8")
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        fault = Fault(place, f"not JSON: {error.msg}", "complete or correct the file")
    except (_Odd, ValueError) as error:
        fault = Fault("JSON", str(error), "write plain JSON")
    except RecursionError:
        fault = Fault("JSON", "nested too deeply", "write plain JSON")
    raise BadFile(str(path), [fault])


class _Odd(Exception):
    """Something that JSON does not have, or has twice."""


def _refuse_constant(word: str) -> NoReturn:
    raise _Odd(f"{word} is not a number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Odd(f"the key {twice!r} stands twice in one object")
    return found
