"""Many rows of one table at once: a model made for each would take most of the time."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import insert
from sqlmodel import Session, SQLModel

Row = dict[str, Any]


def defaults_of(model: type[SQLModel]) -> Row:
    """What the model says of columns that nobody fills."""
    fields: Row = {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
    }
    return {
        name: value
        for name, value in fields.items()
        if value is not PydanticUndefined and name != "id"
    }


def insert_rows(
    session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows in one statement; columns that a row does not name have defaults.

    Table models are not validated, and neither are these: the database's own checks
    are the last word, as everywhere.
    """
    if not rows:
        return
    session.flush()
    kept = defaults_of(model)
    table = model.__table__  # type: ignore[attr-defined]
    session.connection().execute(insert(table), [{**kept, **row} for row in rows])
