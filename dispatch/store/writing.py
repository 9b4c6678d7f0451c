"""Writing new rows of several tables as one; each statement is a way of its own."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Table, bindparam, insert
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, SQLModel

Shape = tuple[type[SQLModel], tuple[str, ...]]  # a table, and what is said of its row


def write_new(session: Session, *rows: SQLModel) -> None:
    """Write rows that are new, in this order, after whatever waits in the session.

    On PostgreSQL they are one statement, and stand or fail together. From then on the
    session knows them as its own, but for those whose key the database counts.
    """
    session.flush()
    connection = session.connection()
    shapes, values = [], dict[str, Any]()
    for number, row in enumerate(rows):
        # Not what is nothing: psycopg remembers statements of fifty values at most.
        said = {k: v for k, v in row.__dict__.items() if v is not None and k[0] != "_"}
        shapes.append((type(row), tuple(said)))
        values |= {_name(number, key): value for key, value in said.items()}
    if connection.dialect.name == "postgresql":
        connection.execute(_all_in_one(tuple(shapes)), values)
    else:
        for statement, names in _one_by_one(tuple(shapes)):
            connection.execute(statement, {name: values[name] for name in names})
    for row in rows:
        if _table(type(row)).autoincrement_column is None:
            make_transient_to_detached(row)
            session.add(row)


@lru_cache(maxsize=512)
def _all_in_one(shapes: tuple[Shape, ...]) -> Insert:
    """The last one's INSERT, with those before it in its WITH: what refers to what is
    looked at when all are there."""
    *before, (last, _) = _one_by_one(shapes)
    return last.add_cte(*(one.cte(f"new_{n}") for n, (one, _) in enumerate(before)))


@lru_cache(maxsize=512)
def _one_by_one(shapes: tuple[Shape, ...]) -> list[tuple[Insert, list[str]]]:
    """Each row's INSERT, and the names of its values."""
    found = []
    for number, (kind, said) in enumerate(shapes):
        types = {key: _table(kind).c[key].type for key in said}
        values = {key: bindparam(_name(number, key), type_=types[key]) for key in said}
        statement = insert(_table(kind)).values(values).inline()
        found.append((statement, [_name(number, key) for key in said]))
    return found


def _name(number: int, key: str) -> str:
    return f"{key}_{number}"


def _table(kind: type[SQLModel]) -> Table:
    table: Table = kind.__table__  # type: ignore[attr-defined]
    return table
