"""Service areas: the communities (社区, 网格) that a helper knows and looks after."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, col, select


class HelperArea(SQLModel, table=True):
    """One community of a helper's area. A helper without any is at home everywhere."""

    __tablename__ = "helper_area"

    helper_id: UUID = Field(foreign_key="helper.id", primary_key=True)
    community: str = Field(primary_key=True, max_length=40)


def list_areas(
    session: Session, helper_ids: Collection[UUID]
) -> dict[UUID, frozenset[str]]:
    """The areas of these helpers; only of those who have one."""
    query = select(HelperArea).where(col(HelperArea.helper_id).in_(list(helper_ids)))
    found: dict[UUID, set[str]] = {}
    for row in session.exec(query):
        found.setdefault(row.helper_id, set()).add(row.community)
    return {helper_id: frozenset(area) for helper_id, area in found.items()}


def set_area(session: Session, helper_id: UUID, communities: Collection[str]) -> None:
    """Let these communities be a helper's area, and no others."""
    for row in session.exec(
        select(HelperArea).where(HelperArea.helper_id == helper_id)
    ).all():
        session.delete(row)
    session.flush()
    session.add_all(
        HelperArea(helper_id=helper_id, community=each) for each in set(communities)
    )
    session.flush()
