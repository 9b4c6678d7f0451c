"""The books' chain: what is paid, counted, budgeted, corrected and minted, row by row.

The ledger and the months have chains of their own; these rows stand beside them. Each
deed names the row that it wrote, and the timers link what is new within seconds, one
after the other, so that nobody waits. A closed month keeps the chain's head, and the
printed head of the month holds it outside of this house.
"""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from importlib import import_module
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Index,
    LargeBinary,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    text,
)
from sqlmodel import Field, Session, SQLModel, col, delete, select

from dispatch.store.fail_points import fail_point
from dispatch.store.row_words import checks_of, columns_of, link, words_of
from dispatch.store.unit_of_work import UnitOfWork

BEGINNING: Final = bytes(32)
_MOST_AT_ONCE: Final = 500
_OUR_LOCK: Final = 8  # with the audit's; the second number tells them apart


class Book(StrEnum):
    """The tables whose rows are in the chain."""

    BUDGET_LINE = "budget_line"
    CORRECTION = "correction"
    PAYOUT = "payout"
    STATION_TALLY = "station_tally"
    TIME_ACCOUNT = "time_account"
    TIME_MOVE = "time_move"
    TOLD_BEFORE = "told_before"


DECIDED_LATER: Final = frozenset({Book.CORRECTION})  # linked again with each version


class BookSeal(SQLModel, table=True):
    """One link: a row as it was then, two bytes for each column, the hash so far."""

    __tablename__ = "book_seal"
    __table_args__ = (Index("seals_of_a_row", "book", "row_id"),)

    number: int = Field(primary_key=True, sa_type=BigInteger)
    book: str = Field(max_length=24)
    row_id: UUID
    digest: bytes = Field(sa_type=LargeBinary)
    checks: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class BookWaiting(SQLModel, table=True):
    """A row that was written and is not yet in the chain; one for each writing."""

    __tablename__ = "book_waiting"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    book: str = Field(max_length=24)
    row_id: UUID


def to_seal(uow: UnitOfWork, book: Book, row_id: UUID) -> None:
    """Say that this row was written, or changed, in this transaction."""
    uow.session.add(BookWaiting(book=book.value, row_id=row_id))


def books_wait(session: Session) -> bool:
    """Whether any row is not yet in the chain."""
    return session.exec(select(BookWaiting.id).limit(1)).first() is not None


def seal_books(uow: UnitOfWork) -> int:
    """Link what is new, at most five hundred writings; how many links that made."""
    session = uow.session
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(_OUR_LOCK, 1))).one()
    query = select(BookWaiting).order_by(BookWaiting.book, col(BookWaiting.row_id))
    waiting = session.exec(query.limit(_MOST_AT_ONCE)).all()
    number, last = head_of_books(session)
    rows = []
    for name, row_id in sorted({(one.book, one.row_id) for one in waiting}):
        number += 1
        words = read_row(session, Book(name), row_id) or ""
        digest, checks = digest_of(words), checks_of(words)
        last = link_of(last, digest, checks)
        rows.append(
            {
                "number": number,
                "book": name,
                "row_id": row_id,
                "digest": digest,
                "checks": checks,
                "hash": last,
            }
        )
    if rows:
        session.execute(insert(BookSeal), rows)
        seen = [one.id for one in waiting]
        session.exec(delete(BookWaiting).where(col(BookWaiting.id).in_(seen)))
    fail_point("books.sealed")
    return len(rows)


def head_of_books(session: Session) -> tuple[int, bytes]:
    """The chain's last number and hash."""
    query = select(BookSeal.number, BookSeal.hash)
    last = session.exec(query.order_by(col(BookSeal.number).desc()).limit(1)).first()
    return last or (0, BEGINNING)


def book_hash_at(session: Session, number: int) -> bytes | None:
    """The chain's hash at a number, as it is kept."""
    return session.exec(select(BookSeal.hash).where(BookSeal.number == number)).first()


def digest_of(words: str) -> bytes:
    """What a link keeps of a row: a later version of the row needs no copy of it."""
    return sha256(words.encode()).digest()


def link_of(previous: bytes, digest: bytes, checks: bytes) -> bytes:
    """The next hash of the chain."""
    return link(previous, digest.hex(), checks)


def table_of(book: Book) -> Table:
    """The book's table, also where nobody has loaded the room that it belongs to."""
    import_module("dispatch.store.tables")
    return SQLModel.metadata.tables[book.value]


def key_in(book: Book) -> str:
    """The column that says which row of the book it is."""
    (key,) = table_of(book).primary_key.columns
    return key.name


def columns_in(book: Book) -> Sequence[str]:
    """The columns that a link covers: all."""
    return columns_of(table_of(book))


def read_row(session: Session, book: Book, row_id: UUID) -> str | None:
    """The words of a row as it is now; None when there is none."""
    dialect = session.get_bind().dialect.name
    words = words_of(table_of(book), columns_in(book), dialect)
    query = text(
        f"SELECT {words} FROM {book.value} t WHERE t.{key_in(book)} = :row_id"  # noqa: S608 - our names
    )
    asked = query.bindparams(bindparam("row_id", row_id, type_=Uuid()))
    found = session.execute(asked).scalar_one_or_none()
    return None if found is None else str(found)
