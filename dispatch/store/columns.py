"""Column types that mean the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, TypeDecorator
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


def facts() -> JSON:
    """A column of JSON facts (JSONB on PostgreSQL)."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def fen(column: str, *, low: int = 0) -> str:
    """The CHECK of a money column; also refuses text in SQLite's integer columns."""
    return f"{column} BETWEEN {low} AND {MAX_FEN}"


Json = dict[str, Any]
