"""What the timers look for every few seconds never goes through a whole table.

A year's orders, stops and servings are millions of rows; the wrong order of a join, or
a sort by id, makes SQLite read them all each time.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, event

from dispatch.sweep import sweep
from tests.engines import ON_ONE_ENGINE
from tests.little_town import LittleTown

GROWING: Final = (
    *("orders", "stop", "stop_order", "round", "plan", "plan_request", "wave"),
    *("sitting", "event", "outbox", "field_event", "evidence", "payment"),
)
_WHOLE: Final = re.compile(
    rf"SCAN ({'|'.join(GROWING)})(?: USING (?:COVERING )?INDEX (\w+))?"
)


@contextmanager
def asked_of(engine: Engine) -> Iterator[set[tuple[str, tuple[Any, ...]]]]:
    """The statements that the database is asked meanwhile, with their values."""
    asked: set[tuple[str, tuple[Any, ...]]] = set()

    def hear(_c: Any, _k: Any, words: str, values: Any, _x: Any, many: bool) -> None:
        if not many and words.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.add((words, tuple(values)))

    event.listen(engine, "before_cursor_execute", hear)
    yield asked
    event.remove(engine, "before_cursor_execute", hear)


@ON_ONE_ENGINE
def test_a_sweep_reads_no_growing_table_as_a_whole(town: LittleTown) -> None:
    with asked_of(town.engine) as asked:
        sweep(town.engine, None)

    assert asked
    with town.engine.connect() as connection:
        narrow = {
            str(name)
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE % WHERE %'"
            )
        }
        steps = [
            (_WHOLE.fullmatch(row[3]), words)
            for words, values in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
        ]
    assert [words for step, words in steps if step and step[2] not in narrow] == []
