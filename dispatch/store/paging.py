"""A page of a list, and how long the whole is."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

AT_ONCE = 50
Row = TypeVar("Row", bound=SQLModel)


def page_of(
    session: Session, query: SelectOfScalar[Row], *order: Any, limit: int, offset: int
) -> tuple[int, Sequence[Row]]:
    """How many rows fit, and those of one page; the order has to be a total one."""
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    page = query.order_by(*order).limit(limit).offset(offset)
    return total, session.exec(page).all()
