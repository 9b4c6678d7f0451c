"""What a helper has offered at most: hours, floors, stops, heat, rest."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select


class HelperLimits(SQLModel, table=True):
    """One helper's own limits; None is no limit but the common ones.

    `most_floors` are climbed on foot on one round, and so at one door at most; the
    longest working time of a day stands with the helper.
    """

    __tablename__ = "helper_limits"
    __table_args__ = (
        CheckConstraint("most_floors BETWEEN 0 AND 500", name="floors"),
        CheckConstraint("most_stops BETWEEN 1 AND 500", name="stops"),
        CheckConstraint("four_weeks_seconds BETWEEN 0 AND 2419200", name="four_weeks"),
        CheckConstraint("heat_seconds BETWEEN 0 AND 86400", name="in_heat"),
        CheckConstraint("rest_seconds BETWEEN 0 AND 172800", name="rest"),
    )

    helper_id: UUID = Field(foreign_key="helper.id", primary_key=True)
    most_floors: int | None = None
    most_stops: int | None = None
    four_weeks_seconds: int | None = None
    heat_seconds: int | None = None
    rest_seconds: int | None = None


def list_limits(
    session: Session, helper_ids: Collection[UUID]
) -> dict[UUID, HelperLimits]:
    """The limits of these helpers; who never said any has none."""
    query = select(HelperLimits).where(
        col(HelperLimits.helper_id).in_(list(helper_ids))
    )
    known = {each.helper_id: each for each in session.exec(query)}
    return {
        each: known.get(each) or HelperLimits(helper_id=each) for each in helper_ids
    }
