"""The books' chain looked through: what was changed is named, row and column."""

# ruff: noqa: S608 - statements are put together from our own names

from collections.abc import Iterator
from contextlib import closing
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from dispatch.log.book_chain import (
    BEGINNING,
    DECIDED_LATER,
    Book,
    BookSeal,
    columns_in,
    digest_of,
    key_in,
    link_of,
    read_row,
    table_of,
)
from dispatch.store.row_words import changed, checks_of, key_of, words_of

_AT_ONCE: Final = 2000
_NAMED: Final = 200


def verify_books(session: Session) -> tuple[int, list[str]]:
    """How many links and rows were looked at, and what is wrong, in words."""
    checked, found = _check_links(session)
    for book in Book:
        looked, bent = _check_rows(session, book)
        checked += looked
        found += bent
    return checked, [*found, *_strange(session)][:_NAMED]


def _check_links(session: Session) -> tuple[int, list[str]]:
    """Each link after the one before it; memory stays small."""
    found: list[str] = []
    checked = 0
    stored = computed = BEGINNING
    query = select(BookSeal).order_by(col(BookSeal.number))
    streaming = query.execution_options(yield_per=_AT_ONCE)
    with closing(session.exec(streaming)) as seals:
        for seal in seals:
            checked += 1
            if seal.number != checked:
                found.append(f"book_seal.number: {checked} 缺失")
                checked = seal.number
            now = [
                link_of(each, seal.digest, seal.checks) for each in (stored, computed)
            ]
            if seal.hash not in now:
                column = _bent_link(session, seal, (stored, computed))
                found.append(f"book_seal.{column}: {seal.number}")
            stored, computed = seal.hash, now[1]
            if len(found) > _NAMED:
                break
    return checked, found


def _bent_link(session: Session, seal: BookSeal, before: tuple[bytes, ...]) -> str:
    """Which part of a link does not fit; by the row, as far as it is still the same."""
    known = seal.book in {book.value for book in Book}
    words = read_row(session, Book(seal.book), seal.row_id) if known else None
    if words is not None:
        for each in before:
            if link_of(each, digest_of(words), seal.checks) == seal.hash:
                return "digest"
            if link_of(each, seal.digest, checks_of(words)) == seal.hash:
                return "checks"
    return "hash"


def _check_rows(session: Session, book: Book) -> tuple[int, list[str]]:
    """Each row beside its first link; one that is decided later, beside its last."""
    found: list[str] = []
    checked = 0
    changes, own_key = book in DECIDED_LATER, key_in(book)
    for key, words, digest, checks, waits in _rows(session, book):
        checked += 1
        if digest is None:
            if not waits:
                found.append(f"{book}.{own_key}, book_seal.row_id {key}: 不在链上")
        elif digest_of(words) != digest and not (changes and waits):
            names = changed(columns_in(book), checks or b"", words)
            found += [f"{book}.{name}: {key}" for name in names or (own_key,)]
        if len(found) > _NAMED:
            break
    return checked, found


def _rows(
    session: Session, book: Book
) -> Iterator[tuple[str, str, bytes | None, bytes | None, bool]]:
    dialect = session.get_bind().dialect.name
    words = words_of(table_of(book), columns_in(book), dialect)
    which = "MAX" if book in DECIDED_LATER else "MIN"
    own_key = f"t.{key_in(book)}"
    same = f"o.book = :book AND o.row_id = {own_key}"
    query = text(
        f"SELECT {key_of(own_key, dialect)}, {words}, s.digest, s.checks, "
        f"EXISTS (SELECT 1 FROM book_waiting o WHERE {same}) FROM {book.value} t "
        "LEFT JOIN book_seal s ON s.number = "
        f"(SELECT {which}(o.number) FROM book_seal o WHERE {same}) ORDER BY {own_key}"
    )
    streaming = query.execution_options(yield_per=_AT_ONCE)
    with closing(session.execute(streaming, {"book": book.value})) as rows:
        for key, found, digest, checks, waits in rows:
            kept = (bytes(digest), bytes(checks)) if digest is not None else (None,) * 2
            yield str(key), str(found), *kept, bool(waits)


def _strange(session: Session) -> Iterator[str]:
    """Links, and writings that wait, whose row is gone or never was."""
    for table in ("book_seal", "book_waiting"):
        for book in Book:
            query = text(
                f"SELECT DISTINCT s.row_id FROM {table} s WHERE s.book = :book AND "
                f"NOT EXISTS (SELECT 1 FROM {book.value} t "
                f"WHERE t.{key_in(book)} = s.row_id) "
                "LIMIT 20"
            )
            for (row_id,) in session.execute(query, {"book": book.value}):
                key = UUID(str(row_id)).hex
                row = f"{book}.{key_in(book)}, {table}.row_id, {table}.book"
                yield f"{row} {key}: 记录已不在"
    known = ", ".join(f"'{book.value}'" for book in Book)
    query = text(f"SELECT number FROM book_seal WHERE book NOT IN ({known}) LIMIT 20")
    for (number,) in session.execute(query):
        yield f"book_seal.book: {number}"
