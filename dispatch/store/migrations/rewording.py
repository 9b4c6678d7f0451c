"""Rewording: a column of words takes other words, on both engines."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def allow(table: str, column: str, check: str, words: Sequence[str]) -> None:
    """Make these the words that a column may hold.

    PostgreSQL gets another CHECK. SQLite would rebuild the table, which others point
    at; a CHECK changes nothing on the disk, so that its text alone is written anew,
    as SQLite's own manual has it (ALTER TABLE, section 7).

    Args:
        check: the name of the CHECK, by which it is found.
    """
    said = ", ".join(f"'{word}'" for word in words)
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(check, table, type_="check")
        op.create_check_constraint(check, table, f"{column} IN ({said})")
        return
    find = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :t")
    before = connection.execute(find, {"t": table}).scalar_one()
    head, rest = before.split(f"CONSTRAINT {check} CHECK (", maxsplit=1)
    tail = rest.split("))", maxsplit=1)[1]
    after = f"{head}CONSTRAINT {check} CHECK ({column} IN ({said})){tail}"
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    write = sa.text(
        "UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :t"
    )
    connection.execute(write, {"sql": after, "t": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
