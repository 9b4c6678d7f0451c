"""Lines of a closed month: each row behind its money, sealed in one chain.

A line is an entry with its postings and grants, an account that was used, or a rule
version. What it says is read from the books themselves; the line keeps two bytes for
each column, by which one that was changed is named, and the chain's hash.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Final

from sqlalchemy import LargeBinary, String, insert, type_coerce
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import word
from dispatch.store.row_words import (
    BETWEEN,
    NOTHING,
    checks_of,
    columns_of,
    key_of,
    link,
    stream_words,
)
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Entry, LedgerAccount, Posting
from dispatch.subsidy.rule_versions import RuleVersion

BEGINNING: Final = bytes(32)  # before the first month that was closed
_ROWS: Final = "\x1d"  # between the postings, or grants, of one entry
_AT_ONCE: Final = 2000
_COLUMNS: Final = ("month", "number", "kind", "key", "checks", "hash")
Columns = dict[str, list[str]]
Row = tuple[str, int, str, str, bytes, bytes]


class LineKind(StrEnum):
    ACCOUNT = "account"
    ENTRY = "entry"
    RULE = "rule"


class PeriodLine(SQLModel, table=True):
    """One link of a closed month's chain."""

    __tablename__ = "period_line"
    __table_args__ = ({"sqlite_with_rowid": False},)

    month: str = Field(primary_key=True, foreign_key="period.month", max_length=7)
    number: int = Field(primary_key=True)
    kind: LineKind = Field(sa_type=word(LineKind))
    key: str = Field(max_length=120)  # the row's id or code
    checks: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


@dataclass(frozen=True)
class Line:
    """What the books say now of one line."""

    kind: LineKind
    key: str
    words: str


def sealed_columns() -> Columns:
    """The columns that a line covers, as they are called today.

    A month keeps the list by which it was sealed: a column that comes later changes
    nothing in it. What takes a grant back is a fact of its own, later.
    """
    return {
        "account": list(columns_of(LedgerAccount)),
        "entry": list(columns_of(Entry)),
        "posting": list(columns_of(Posting)),
        "grant": list(columns_of(Grant, but=("reversed_by",))),
        "rule": list(columns_of(RuleVersion)),
    }


def names_of(kind: LineKind, columns: Columns) -> list[str]:
    """What the parts of a line's words are called, in their order."""
    tables = ("entry", "posting", "grant") if kind is LineKind.ENTRY else (kind.value,)
    return [f"{table}.{name}" for table in tables for name in columns[table]]


def read_lines(session: Session, month: str, columns: Columns) -> Iterator[Line]:
    """The month's lines as the books have them now, in the order of the chain."""
    return chain(
        _used(session, month, LineKind.ACCOUNT, columns),
        _entries(session, month, columns),
        _used(session, month, LineKind.RULE, columns),
    )


def seal_lines(
    session: Session, month: str, previous: bytes, columns: Columns
) -> tuple[int, bytes]:
    """Write the month's chain; how many lines it has, and its last hash."""
    number, last = 0, previous
    rows: list[Row] = []
    for line in read_lines(session, month, columns):
        number += 1
        checks = checks_of(line.words)
        last = link(last, line.words, checks)
        rows.append((month, number, line.kind.value, line.key, checks, last))
        if len(rows) == _AT_ONCE:
            _write(session, rows)
    _write(session, rows)
    return number, last


@dataclass(frozen=True)
class Sealed:
    """One link of a month's chain as it is kept."""

    number: int
    kind: str
    key: str
    checks: bytes
    hash: bytes

    def fits(self, line: Line, previous: Iterable[bytes]) -> bool:
        """Whether it was made of this line, after one of these hashes."""
        return any(
            link(each, line.words, self.checks) == self.hash for each in previous
        )


def list_sealed(session: Session, month: str) -> Iterator[Sealed]:
    """The chain of a closed month, link by link; memory stays small."""
    query = (
        select(PeriodLine.number, type_coerce(col(PeriodLine.kind), String))
        .add_columns(col(PeriodLine.key), col(PeriodLine.checks), col(PeriodLine.hash))
        .where(col(PeriodLine.month) == month)
        .order_by(col(PeriodLine.number))
    )
    streaming = query.execution_options(yield_per=_AT_ONCE)
    with closing(session.execute(streaming)) as rows:
        for row in rows:
            yield Sealed(*row)


def _write(session: Session, rows: list[Row]) -> None:
    """PostgreSQL takes them by COPY, guards and all: one by one is half of a close."""
    if session.get_bind().dialect.name == "postgresql":
        raw = session.connection().connection.cursor()
        with raw.copy(f"COPY period_line ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    elif rows:
        table = PeriodLine.__table__  # type: ignore[attr-defined]
        told = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        session.connection().execute(insert(table), told)
    rows.clear()


_OF_MONTH: Final = "JOIN ledger_entry e ON e.id = t.entry_id WHERE e.period = :month"


def _entries(session: Session, month: str, columns: Columns) -> Iterator[Line]:
    dialect = session.get_bind().dialect.name
    entries = stream_words(
        session,
        Entry,
        columns["entry"],
        key_of("t.id", dialect),
        "WHERE t.period = :month ORDER BY t.id",
        month=month,
    )
    key, order = key_of("t.entry_id", dialect), "ORDER BY t.entry_id, t.id"
    postings, grants = (
        _Beside(
            stream_words(
                session, model, names, key, f"{_OF_MONTH} {order}", month=month
            ),
            len(names),
        )
        for model, names in (
            (Posting, columns["posting"]),
            (Grant, columns["grant"]),
        )
    )
    for entry_key, words in entries:
        whole = [words, *postings.of(entry_key), *grants.of(entry_key)]
        yield Line(LineKind.ENTRY, entry_key, BETWEEN.join(whole))


class _Beside:
    """Rows that belong to entries, in the entries' own order."""

    def __init__(self, rows: Iterator[tuple[str, str]], width: int) -> None:
        self._rows = rows
        self._width = width
        self._next = next(rows, None)

    def of(self, key: str) -> Sequence[str]:
        """The entry's rows, column by column."""
        found = []
        while self._next is not None and self._next[0] == key:
            found.append(self._next[1].split(BETWEEN))
            self._next = next(self._rows, None)
        if not found:
            return [NOTHING] * self._width
        return [_ROWS.join(column) for column in zip(*found, strict=True)]


_USED: Final[dict[LineKind, tuple[type[SQLModel], str, str]]] = {
    LineKind.ACCOUNT: (
        LedgerAccount,
        "t.code",
        "WHERE t.code IN (SELECT p.account FROM ledger_posting p "
        "JOIN ledger_entry e ON e.id = p.entry_id WHERE e.period = :month) "
        "ORDER BY t.code {bytewise}",
    ),
    LineKind.RULE: (
        RuleVersion,
        "t.id",
        "WHERE t.id IN (SELECT e.rule_version FROM ledger_entry e "
        "WHERE e.period = :month) ORDER BY t.id {bytewise}",
    ),
}


def _used(
    session: Session, month: str, kind: LineKind, columns: Columns
) -> Iterator[Line]:
    model, key, rest = _USED[kind]
    names = columns[kind.value]
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    rest = rest.format(bytewise="" if on_sqlite else 'COLLATE "C"')
    for found, words in stream_words(session, model, names, key, rest, month=month):
        yield Line(kind, found, words)
