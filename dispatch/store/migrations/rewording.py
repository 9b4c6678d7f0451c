"""Rewording: a CHECK of a table asks for something else, on both engines."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def allow(table: str, column: str, check: str, words: Sequence[str]) -> None:
    """Make these the words that a column may hold.

    Args:
        check: the name of the CHECK, by which it is found.
    """
    said = ", ".join(f"'{word}'" for word in words)
    reword(table, check, f"{column} IN ({said})")


def reword(table: str, check: str, condition: str) -> None:
    """Put another condition into a CHECK that the table has.

    PostgreSQL gets another CHECK. SQLite would rebuild the table, which others point
    at; a CHECK changes nothing on the disk, so that its text alone is written anew,
    as SQLite's own manual has it (ALTER TABLE, section 7).

    Args:
        check: the name of the CHECK, by which it is found.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(check, table, type_="check")
        op.create_check_constraint(check, table, condition)
        return
    head, rest = _text_of(table).split(f"CONSTRAINT {check} CHECK (", maxsplit=1)
    _write(table, f"{head}CONSTRAINT {check} CHECK ({condition}){_after(rest)}")


def require(table: str, column: str, *, required: bool) -> None:
    """Whether a column, made as required, may be left empty; see `allow`."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column(table, column, nullable=not required)
        return
    was, now = (" NOT NULL", "") if not required else ("", " NOT NULL")
    kept = re.compile(rf"^(\s*{column} [A-Z]+(?:\(\d+\))?){was}(?=,)", re.MULTILINE)
    after, found = kept.subn(rf"\g<1>{now}", _text_of(table))
    if found != 1:
        raise LookupError(f"no such column of {table}: {column}")
    _write(table, after)


def add_check(table: str, check: str, rule: str) -> None:
    """One CHECK more, which every row kept so far must pass; see `allow`."""
    if op.get_bind().dialect.name != "sqlite":
        op.create_check_constraint(check, table, rule)
        return
    head, _, tail = _text_of(table).rpartition(")")  # WITHOUT ROWID may follow
    _write(table, f"{head.rstrip()}, \n\tCONSTRAINT {check} CHECK ({rule})\n){tail}")


def drop_check(table: str, check: str, rule: str) -> None:
    """Take back what `add_check` did."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(check, table, type_="check")
        return
    added = f", \n\tCONSTRAINT {check} CHECK ({rule})"
    _write(table, _text_of(table).replace(added, ""))


def _text_of(table: str) -> str:
    find = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :t")
    return str(op.get_bind().execute(find, {"t": table}).scalar_one())


def _write(table: str, after: str) -> None:
    connection = op.get_bind()
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    write = sa.text(
        "UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :t"
    )
    connection.execute(write, {"sql": after, "t": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _after(rest: str) -> str:
    """What follows a condition whose opening parenthesis has just been read."""
    depth = 1
    for place, sign in enumerate(rest):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return rest[place + 1 :]
    raise ValueError("a CHECK without its end")
