"""Column types that mean the same on SQLite and on PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Index,
    TypeDecorator,
    bindparam,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

MAX_FEN = 100_000_000  # one million yuan; a text in an integer column is above it


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. A naive time is refused; what comes back knows its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


def word(kind: type[StrEnum]) -> Enum:
    """A column of words: checked text, the same on both engines."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=kind.__name__.lower(),
        values_callable=lambda k: [member.value for member in k],
    )


def narrow(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of some rows only: those that are looked for often, or of which there
    may be one each.
    """
    only = text(where)
    return Index(
        name, *columns, unique=unique, postgresql_where=only, sqlite_where=only
    )


def among(column: Any, words: Sequence[StrEnum]) -> ColumnElement[bool]:
    """It is one of these words, which stand in the statement itself: only then does
    SQLite see that a narrow index of the same words, in the same order, answers it.
    """
    told = bindparam(
        None, words, type_=column.type, expanding=True, literal_execute=True
    )
    found: ColumnElement[bool] = column.in_(told)
    return found


def facts() -> JSON:
    """A column of JSON facts (JSONB on PostgreSQL)."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def fen(column: str, *, low: int = 0) -> str:
    """The CHECK of a money column; also refuses text in SQLite's integer columns."""
    return f"{column} BETWEEN {low} AND {MAX_FEN}"


Json = dict[str, Any]
