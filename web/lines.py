"""Lines of the log: what happened is one line, and holds no words of anybody's.

What is logged names routes, kinds of failures and places in the code. This is the net
below: a library's line cannot make two of one, nor colour a screen, and of a failure
only its kind and its places are written, because its message may quote a person.
"""

import logging
from types import TracebackType
from typing import Final

from dispatch.errors import places_of

_BREAKING: Final = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_ESCAPED: Final = {sign: f"\\u{sign:04x}" for sign in _BREAKING}
Failure = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


class OneLine(logging.Formatter):
    """Everything of a record on one line, with nothing but what can be seen."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).translate(_ESCAPED)

    def formatException(self, ei: Failure) -> str:  # noqa: N802 - logging's name
        _, error, _ = ei
        return f"{type(error).__name__} {places_of(error)}" if error else ""
