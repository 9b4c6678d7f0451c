"""Rows that a session has read already and somebody still holds."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel

Row = TypeVar("Row", bound=SQLModel)


def rows_at_hand(
    session: Session, kind: type[Row], ids: Iterable[UUID]
) -> dict[UUID, Row]:
    """Those of these ids that need not be asked for again in this transaction."""
    key_of = inspect(kind).identity_key_from_primary_key
    held = {one: session.identity_map.get(key_of((one,))) for one in ids}
    return {
        one: row
        for one, row in held.items()
        if row is not None and not inspect(row).expired
    }
