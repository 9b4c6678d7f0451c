"""Idempotency: the same request sent again gives the first one's result."""

import hashlib
import json
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Executable
from sqlmodel import Field, SQLModel, col, update

from dispatch.clock import wall_now
from dispatch.errors import BadInput, Conflict
from dispatch.store.columns import Instant
from dispatch.store.engine import insert_for
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork

_LONGEST_KEY = 80


class KeyReused(Conflict):
    """同一请求编号内容不一致，已拒绝，没有保存。"""

    code = "key_reused"


class KeyMissing(BadInput):
    """请求缺少编号，没有保存。请刷新页面后重试。"""

    code = "key_missing"


class Idempotency(SQLModel, table=True):
    """One request that took effect: its key, its content's hash, what it made."""

    __tablename__ = "idempotency"

    actor: str = Field(primary_key=True, max_length=40)
    key: str = Field(primary_key=True, max_length=_LONGEST_KEY)
    verb: str = Field(max_length=40)
    content_sha256: str = Field(max_length=64)
    made_id: UUID | None = None
    made_at: datetime = Field(default_factory=wall_now, sa_type=Instant)


def claim(
    uow: UnitOfWork,
    key: str | None,
    verb: str,
    content: Any,
    *,
    making: UUID | None = None,
) -> UUID | None:
    """Take a key for this transaction, or find what it made before.

    The first to come writes the row; a twin waits for that transaction's end, on
    PostgreSQL at the unique index and on SQLite at the writers' lock. A failed
    transaction leaves no row, so that its retry may succeed.

    Args:
        making: the id of what it is going to make, where that is known: then there is
            no result to keep any more.

    Returns:
        None for the first; for a repetition the id of what the first one made.

    Raises:
        KeyMissing: no usable key.
        KeyReused: the key was used for something else.
    """
    if not key or len(key) > _LONGEST_KEY:
        raise KeyMissing
    actor = uow.actor.name
    digest = hashlib.sha256(
        json.dumps(content, sort_keys=True, default=str).encode()
    ).hexdigest()
    row = {
        "actor": actor,
        "key": key,
        "verb": verb,
        "content_sha256": digest,
        "made_id": making,
        "made_at": wall_now(),
    }
    connection = uow.session.connection()
    if connection.execute(_claiming(connection.dialect.name), row).first() is not None:
        fail_point("key.claimed")
        return None
    first = uow.session.get_one(Idempotency, (actor, key))
    if (first.verb, first.content_sha256) != (verb, digest):
        raise KeyReused
    uow.repeated.add(key)
    return first.made_id


@cache
def _claiming(dialect: str) -> Executable:
    table = Idempotency.__table__  # type: ignore[attr-defined]
    return insert_for(dialect)(table).on_conflict_do_nothing().returning(table.c.key)


def keep_result(uow: UnitOfWork, key: str, made_id: UUID) -> None:
    """Remember what the claimed key made."""
    uow.session.execute(
        update(Idempotency)
        .where(col(Idempotency.actor) == uow.actor.name, col(Idempotency.key) == key)
        .values(made_id=made_id)
    )


def is_repeated(uow: UnitOfWork, key: str | None) -> bool:
    """What was just done under this key had been done before; ask after the deed.

    Before it nobody could say: a twin may be at it in another transaction.
    """
    return key in uow.repeated


def takes_effect(uow: UnitOfWork, key: str | None, verb: str, content: Any) -> bool:
    """For deeds that make nothing with an id: is this their first time?

    False for a repetition of what was done before under this key. A request without
    a key is always a new one.

    Raises:
        KeyReused: the key was used for something else.
    """
    if key is None:
        return True
    if claim(uow, key, verb, content) is not None:
        return False
    keep_result(uow, key, uuid4())
    return True
