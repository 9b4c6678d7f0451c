"""Scope: the one function that builds a query for a person.

A row outside somebody's reach does not exist for them: it is not found.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, false, select
from sqlmodel.sql.expression import SelectOfScalar

from dispatch.errors import NotFound
from dispatch.store.unit_of_work import Actor, UnitOfWork

Row = TypeVar("Row", bound=SQLModel)

# role → the attribute of the actor and the column of the row that must agree;
# None means the whole district.
_REACH: dict[str, tuple[tuple[str, tuple[str, ...]], ...] | None] = {
    "system": None,
    "district": None,
    "street": (("street_code", ("street_code", "code")),),
    "dispatcher": (("street_code", ("street_code", "code")),),
    "station": (("station_id", ("station_id",)),),
    "helper": (("helper_id", ("helper_id",)),),
    "elder": (("elder_id", ("elder_id",)),),
    "family": (("elder_id", ("elder_id",)),),
    "kitchen": (("kitchen_id", ("kitchen_id",)),),
    "call_centre": (("elder_id", ("elder_id",)),),  # whom a number has found
    "auditor": None,
    "evaluator": None,
}
# Who reaches no more than these tables, whatever else is theirs by the words above. A
# role that stands in neither reaches nothing.
_ONLY: Final[Mapping[str, frozenset[str]]] = {
    "kitchen": frozenset({"kitchen"}),
    "call_centre": frozenset({"elder"}),
    "auditor": frozenset(
        {"ledger_entry", "month_sum", "month_grant", "correction", "station"}
    ),
    "evaluator": frozenset({"audit_draw", "station"}),
}


def scoped(actor: Actor, model: type[Row]) -> SelectOfScalar[Row]:
    """All rows of a model that this person may see, and no other."""
    return select(model).where(*within(actor, model))


def within(actor: Actor, model: type[SQLModel]) -> tuple[ColumnElement[bool], ...]:
    """For queries that stand already: what must hold of a row that they may see."""
    if str(model.__tablename__) not in _ONLY.get(actor.role, {model.__tablename__}):
        return (false(),)
    reach = _REACH.get(actor.role, ())
    if reach is None or _whole_district(actor):
        return ()
    for attribute, columns in reach:
        value = getattr(actor, attribute)
        column = _first_column(model, columns, attribute)
        if value is not None and column is not None:
            return (column == value,)
    return (false(),)


def get_scoped(
    uow: UnitOfWork, model: type[Row], row_id: UUID, *, lock: bool = False
) -> Row:
    """One row within the actor's reach.

    Raises:
        NotFound: it does not exist, or not for this person.
    """
    id_: Any = model.id  # type: ignore[attr-defined]
    query = scoped(uow.actor, model).where(id_ == row_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    if found := uow.session.exec(query).first():
        return found
    raise NotFound


def _whole_district(actor: Actor) -> bool:
    """A dispatcher without a street serves the whole district."""
    return actor.role == "dispatcher" and actor.street_code is None


def _first_column(
    model: type[SQLModel], names: tuple[str, ...], attribute: str
) -> Any | None:
    own_key = attribute.removesuffix("_id")
    if model.__tablename__ == own_key:
        return model.id  # type: ignore[attr-defined]
    for name in names:
        if hasattr(model, name):
            return getattr(model, name)
    return None
