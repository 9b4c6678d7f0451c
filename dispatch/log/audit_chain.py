"""The audit's chain: a look that was changed, or is gone, is found and named.

A look is written down without waiting for anybody; the timers link what is new to the
chain within seconds, one after the other. The words of a row are read from the table
itself, so that whoever changes one changes its hash.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, func, insert, text
from sqlmodel import Field, Session, SQLModel, col, delete, select

from dispatch.log.audit import Audit, AuditWaiting
from dispatch.store.fail_points import fail_point
from dispatch.store.row_words import changed, checks_of, link, stream_words, words_of
from dispatch.store.unit_of_work import UnitOfWork

BEGINNING: Final = bytes(32)
COLUMNS: Final = (
    *("id", "action", "object_kind", "object_id", "fields", "purpose", "role"),
    *("account_id", "at", "recorded_at"),
)
_MOST_AT_ONCE: Final = 500
_OUR_LOCK: Final = 8
_NAMED: Final = 200


class AuditSeal(SQLModel, table=True):
    """One link: which row, two bytes for each of its columns, the hash so far."""

    __tablename__ = "audit_seal"

    number: int = Field(primary_key=True, sa_type=BigInteger)
    audit_id: UUID = Field(unique=True)
    checks: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


def has_waiting(session: Session) -> bool:
    """Whether any look is not yet in the chain."""
    return session.exec(select(AuditWaiting.audit_id).limit(1)).first() is not None


def seal_waiting(uow: UnitOfWork) -> int:
    """Link what is new, at most five hundred rows; how many."""
    session = uow.session
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(_OUR_LOCK, 0))).one()
    number, last = head_of_audit(session)
    rows = []
    for key, words in list(_waiting(session)):
        number += 1
        checks = checks_of(words)
        last = link(last, words, checks)
        rows.append(
            {"number": number, "audit_id": UUID(key), "checks": checks, "hash": last}
        )
    if rows:
        session.execute(insert(AuditSeal), rows)
        sealed = [row["audit_id"] for row in rows]
        session.exec(delete(AuditWaiting).where(col(AuditWaiting.audit_id).in_(sealed)))
    fail_point("audit.sealed")
    return len(rows)


def head_of_audit(session: Session) -> tuple[int, bytes]:
    """The chain's last number and hash."""
    query = select(AuditSeal.number, AuditSeal.hash)
    last = session.exec(query.order_by(col(AuditSeal.number).desc()).limit(1)).first()
    return last or (0, BEGINNING)


def hash_at(session: Session, number: int) -> bytes | None:
    """The chain's hash at a number, as it is kept."""
    return session.exec(
        select(AuditSeal.hash).where(AuditSeal.number == number)
    ).first()


def verify_audit(session: Session) -> tuple[int, list[str]]:
    """How many looks are in the chain, and what is wrong: the column and the row."""
    found: list[str] = []
    checked = 0
    stored = computed = BEGINNING
    for number, key, checks, kept, words in _links(session):
        checked += 1
        if number != checked:
            found.append(f"audit_seal.number: {checked} 缺失")
            checked = number
        if words is None:
            found.append(f"audit.id {key}: 记录已不在")
            stored = computed = kept
            continue
        now = [link(each, words, checks) for each in (stored, computed)]
        if kept not in now:
            found += [f"{name}: {key}" for name in _bent(words, checks, kept, stored)]
        stored, computed = kept, now[1]
        if len(found) > _NAMED:
            break
    return checked, [*found, *_unsealed(session)][:_NAMED]


def _waiting(session: Session) -> Iterator[tuple[str, str]]:
    rest = (
        "JOIN audit_waiting w ON w.audit_id = t.id "
        f"ORDER BY t.recorded_at, t.id LIMIT {_MOST_AT_ONCE}"
    )
    return stream_words(session, Audit, COLUMNS, "t.id", rest)


def _links(
    session: Session,
) -> Iterator[tuple[int, str, bytes, bytes, str | None]]:
    words = words_of(Audit, COLUMNS, session.get_bind().dialect.name)
    query = text(
        f"SELECT s.number, s.audit_id, s.checks, s.hash, "  # noqa: S608 - our names
        f"CASE WHEN t.id IS NOT NULL THEN {words} END FROM audit_seal s "
        "LEFT JOIN audit t ON t.id = s.audit_id ORDER BY s.number"
    )
    with closing(session.execute(query.execution_options(yield_per=2000))) as rows:
        for number, key, checks, kept, found in rows:
            yield number, str(key), bytes(checks), bytes(kept), found


def _bent(words: str, checks: bytes, kept: bytes, previous: bytes) -> list[str]:
    fresh = checks_of(words)
    if link(previous, words, fresh) == kept:
        return ["audit_seal.checks"]
    names = [f"audit.{name}" for name in COLUMNS]
    return changed(names, checks, words) or ["audit_seal.hash"]


def _unsealed(session: Session) -> Iterator[str]:
    """Rows that came past the product, and waiting ones whose look is gone."""
    query = text(
        "SELECT t.id FROM audit t WHERE NOT EXISTS (SELECT 1 FROM audit_seal s "
        "WHERE s.audit_id = t.id) AND NOT EXISTS "
        "(SELECT 1 FROM audit_waiting w WHERE w.audit_id = t.id) LIMIT 20"
    )
    for (key,) in session.execute(query):
        yield f"audit.id, audit_seal.audit_id {key}: 不在链上"
    gone = text(
        "SELECT w.audit_id FROM audit_waiting w WHERE NOT EXISTS "
        "(SELECT 1 FROM audit t WHERE t.id = w.audit_id) LIMIT 20"
    )
    for (key,) in session.execute(gone):
        yield f"audit.id {key}: 记录已不在"
