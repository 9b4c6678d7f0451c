"""One row of every kind, all of one station: what a matrix of doors is tried on.

The rows are as plain as the tables allow. They belong to somebody, and that is all
they are for: what a door then says of their state is other tests' affair.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from pydantic.fields import FieldInfo
from sqlalchemy import JSON, Column, Enum, LargeBinary, inspect
from sqlmodel import AutoString, Session, SQLModel

from dispatch.access.accounts import Role
from dispatch.log.audit import write_down
from dispatch.store import tables as _tables  # noqa: F401 - all of them
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import Actor, in_one_transaction
from tests.little_town import EIGHT, TODAY, LittleTown

# Whoever a row is about or belongs to is named wherever there is a column for them.
_REACH: Final = frozenset(
    {
        *("station_id", "street_code", "helper_id", "elder_id", "order_id"),
        "household_id",
    }
)
# What a table asks of its words beyond their type.
_SAID: Final[Mapping[str, Any]] = {
    "month": "2026-11",
    "period": "2026-11",
    "until_on": TODAY + timedelta(days=30),
    "until_at": EIGHT + timedelta(days=1),
    "ends_at": EIGHT + timedelta(hours=2),
    "expires_at": EIGHT + timedelta(hours=2),
}
# What a table's own checks ask for, where the plainest row would not do.
_ABOUT: Final[Mapping[str, Mapping[str, Any]]] = {
    "orders": {"state": "waiting", "paid_fen": 1},
    "sitting": {"sold": 1},
    "certificate": {"kind": "insurance"},
    "door_key": {"seal": "F1"},
    "family_opt_in": {"may_order": True},
    "food_sample": {"grams": 200},
    "help_call": {"helper_id": None},
    "help_ask": {
        "effect": {"arrives_at": str(EIGHT), "free_at": None}
        | {"back_at": None, "later": []}
    },
    "import_run": {"kind": "elders"}
    | dict.fromkeys(("row_count", "creates", "updates", "sames"), 0)
    | {"faulty": 0, "titles": [], "findings": [], "verdicts": []},
    "notice": {"account_id": None, "contact_id": None, "way": "group"},
    "time_account": {"kind": "helper", "elder_id": None},
    "till_deed": {"applied": False, "why": "-"},
    "export_profile": {"form": "meals"},
    "evidence": {"grade": "E"},
    "referral": {"due_at": EIGHT + timedelta(days=1)},
}
MODELS: Final[Mapping[str, type[SQLModel]]] = {
    str(mapper.class_.__tablename__): mapper.class_
    for mapper in SQLModel._sa_registry.mappers
}


class Corner:
    """One station's part of the district, filled as it is asked for."""

    def __init__(self, session: Session, known: Mapping[str, Any]) -> None:
        self._session = session
        self._keys: dict[str, Any] = dict(known)  # table → the key of our row in it

    def key(self, table: str, **about: Any) -> Any:
        """The key of this corner's row in a table; it is made when it is missing."""
        if table not in self._keys:
            self._keys[table] = self._make(table, about)
        return self._keys[table]

    def _make(self, table: str, about: Mapping[str, Any]) -> Any:
        model = MODELS[table]
        facts = {
            column.name: self._value(column, model.model_fields[column.name])
            for column in SQLModel.metadata.tables[table].columns
            if _is_told(model, column)
        }
        row = model(**{**facts, **_ABOUT.get(table, {}), **about})
        self._session.add(row)
        self._session.flush()
        return getattr(row, next(iter(inspect(model).primary_key)).name)

    def _value(self, column: Column[Any], field: FieldInfo) -> Any:
        for reference in column.foreign_keys:
            return self.key(reference.column.table.name)
        if column.name in _SAID:
            return _SAID[column.name]
        if isinstance(column.type, Enum):
            return next(iter(column.type.enum_class or StrEnum))
        if isinstance(column.type, LargeBinary):
            return bytes(32)
        if isinstance(column.type, JSON):
            return [] if "list" in str(field.annotation) else {}
        if isinstance(column.type, Instant):
            return EIGHT
        if isinstance(column.type, AutoString):
            return uuid4().hex[: min(12, _length(column) or 12)]
        return _plain(column.type.python_type)


def on_the_phone(town: LittleTown, elder_id: UUID) -> Actor:
    """Somebody of the call centre, whom this elder's number has just rung."""
    ear = town.add_account("ear", Role.CALL_CENTRE)
    in_one_transaction(
        town.engine,
        lambda uow: write_down(uow, "phone_found", "elder", elder_id),
        actor=ear,
    )
    return ear


def _length(column: Column[Any]) -> int | None:
    length: int | None = getattr(column.type, "length", None)
    return length


def _plain(kind: type[Any]) -> Any:
    plain: Mapping[type[Any], Any] = {
        UUID: uuid4(),
        date: TODAY,
        str: uuid4().hex,
        bool: False,
        float: 1.0,
    }
    return plain.get(kind, 1)


def _is_told(model: type[SQLModel], column: Column[Any]) -> bool:
    if column.name in _REACH:
        return True
    field = model.model_fields[column.name]
    return not column.nullable and field.is_required()
