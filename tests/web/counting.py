"""Counting queries: a list must not ask once per line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def counted(
    engine: Engine, fits: Callable[[str], bool] = lambda words: words == "SELECT"
) -> Iterator[list[str]]:
    """The SELECT statements that the engine is asked meanwhile.

    Args:
        fits: others, by their first word.
    """
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if fits(statement.split(maxsplit=1)[0].upper()):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
