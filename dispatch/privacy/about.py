"""All that is kept about one elder, found by the tables' own references.

A table that is added later is found too: what points at the elder is about the elder,
and so is what points at that: an order's picture, a case's steps. The door is, too, but
not what else points at it: others may live behind it.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Uuid, select
from sqlmodel import Session
from sqlmodel import select as pick

from dispatch.errors import NotFound
from dispatch.log.audit import Audit
from dispatch.log.events import Event
from dispatch.people.elders import Elder, Household
from dispatch.people.vault import Sealed, unseal
from dispatch.store.columns import Json
from dispatch.store.tables import METADATA

Found = dict[str, list[Json]]
_AT_ONCE: Final = 500
# What opens a door, or is the house's own: never handed out.
_KEPT_BACK: Final = frozenset(
    {"token_sha256", "secret_sha256", "code_sha256", "hash", "checks", "csrf"}
)


def find_elder(session: Session, number: str) -> Elder:
    """The elder of a file number. Raises: NotFound."""
    elder = session.exec(pick(Elder).where(Elder.number == number)).first()
    if elder is None:
        raise NotFound("没有这个档案编号。")
    return elder


def rows_about(session: Session, elder: Elder) -> Found:
    """Rows by table, without what is sealed in them."""
    found: Found = {}
    _add(found, session, _column(Elder, "id"), [elder.id])
    for table in METADATA.sorted_tables:  # whatever points at a row comes after it
        for column in table.columns:
            for key in column.foreign_keys:
                _add(found, session, column, _values(found, key.column))
    theirs = owners_in(found)
    _add(found, session, _column(Household, "id"), [elder.household_id])
    _add(found, session, _column(Event, "subject_id"), theirs)
    _add(found, session, _column(Audit, "object_id"), theirs)
    return found


def owners_in(found: Found) -> list[UUID]:
    """Whose sealed fields may lie in the vault: every row that was found."""
    ids = {row["id"] for rows in found.values() for row in rows if "id" in row}
    return [UUID(one) for one in sorted(ids) if _is_id(one)]


def opened(session: Session, owners: Collection[UUID]) -> dict[str, dict[str, str]]:
    """What the vault holds of these, in plain text, by the row's id."""
    fields = session.exec(pick(Sealed.field).distinct()).all()
    plain = unseal(session, owners, fields)
    return {str(owner): told for owner, told in plain.items() if told}


def _values(found: Found, column: Column[Any]) -> list[Any]:
    """What the rows that were found hold in a column of their table."""
    rows = found.get(column.table.name, ())
    told = [row[column.name] for row in rows if column.name in row]
    return [UUID(one) for one in told] if isinstance(column.type, Uuid) else told


def _add(
    found: Found, session: Session, column: Column[Any], wanted: Sequence[Any]
) -> None:
    """The rows that have one of these in a column, once each."""
    if not wanted:
        return
    table = column.table
    shown = [one for one in table.columns if _may_show(one)]
    rows = found.setdefault(table.name, [])
    known = {repr(row) for row in rows}
    for start in range(0, len(wanted), _AT_ONCE):
        some = column.in_(wanted[start : start + _AT_ONCE])
        for one in session.execute(select(*shown).where(some)).mappings():
            row = {key: _plain(value) for key, value in one.items()}
            if repr(row) not in known:
                known.add(repr(row))
                rows.append(row)
    if not rows:
        del found[table.name]


def _may_show(column: Any) -> bool:
    return column.name not in _KEPT_BACK and not isinstance(column.type, LargeBinary)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | list | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _is_id(word: object) -> bool:
    return isinstance(word, str) and len(word) == 36


def _column(model: Any, name: str) -> Column[Any]:
    column: Column[Any] = model.__table__.columns[name]
    return column
