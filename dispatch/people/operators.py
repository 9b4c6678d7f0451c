"""Who runs a point, its stars over time, and the smallest points of all."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.people.places import Station
from dispatch.store.columns import narrow


class Operator(SQLModel, table=True):
    """运营商: an organisation that runs points, from one day to another."""

    __tablename__ = "operator"
    __table_args__ = (
        CheckConstraint(
            "exited_on IS NULL OR entered_on <= exited_on", name="operator_forward"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    credit_code: str | None = Field(default=None, max_length=18, unique=True)
    entered_on: date
    exited_on: date | None = None  # its last day


class Operation(SQLModel, table=True):
    """One operator running one point for some days; one at a time."""

    __tablename__ = "operation"
    __table_args__ = (
        narrow(
            "one_operator_each", "station_id", where="until_on IS NULL", unique=True
        ),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="run_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    station_id: UUID = Field(foreign_key="station.id")
    operator_id: UUID = Field(foreign_key="operator.id", index=True)
    from_on: date
    until_on: date | None = None


class StarGiven(SQLModel, table=True):
    """The star of a point from a day on; money of a month asks for that month's."""

    __tablename__ = "star_given"
    __table_args__ = (CheckConstraint("star BETWEEN 0 AND 5", name="stars"),)

    station_id: UUID = Field(foreign_key="station.id", primary_key=True)
    from_on: date = Field(primary_key=True)
    star: int


class MicroPoint(SQLModel, table=True):
    """睦邻点: one person serves a few doors around, by a paper sheet first."""

    __tablename__ = "micro_point"
    __table_args__ = (
        CheckConstraint("radius_metres BETWEEN 50 AND 2000", name="radius"),
    )

    station_id: UUID = Field(foreign_key="station.id", primary_key=True)
    keeper_id: UUID = Field(foreign_key="helper.id", unique=True)
    radius_metres: int = 500


def list_operations(
    session: Session, station_ids: Collection[UUID], on: date
) -> dict[UUID, Operator]:
    """Who runs each of these points on a day."""
    query = (
        select(Operation.station_id, Operator)
        .join(Operator, col(Operator.id) == Operation.operator_id)
        .where(col(Operation.station_id).in_(list(station_ids)))
        .where(Operation.from_on <= on)
        .where(col(Operation.until_on).is_(None) | (col(Operation.until_on) >= on))
    )
    return dict(session.exec(query).all())


def list_micro_points(session: Session) -> dict[UUID, MicroPoint]:
    """The micro-points, by station."""
    return {each.station_id: each for each in session.exec(select(MicroPoint))}


def list_stars(session: Session, station_id: UUID) -> list[StarGiven]:
    """The stars that a point was ever given, the newest day first."""
    query = select(StarGiven).where(StarGiven.station_id == station_id)
    return list(session.exec(query.order_by(col(StarGiven.from_on).desc())))


def stars_on(
    session: Session, stations: Sequence[Station], on: date
) -> dict[UUID, int]:
    """The star of each of these points on a day; as it entered, if none was given."""
    found = {station.id: station.star for station in stations}
    query = (
        select(StarGiven)
        .where(col(StarGiven.station_id).in_(list(found)), StarGiven.from_on <= on)
        .order_by(col(StarGiven.from_on))
    )
    for given in session.exec(query):
        found[given.station_id] = given.star
    return found


def list_runs(session: Session, station_id: UUID) -> list[tuple[Operation, Operator]]:
    """Who has run a point and when, the newest first."""
    query = (
        select(Operation, Operator)
        .join(Operator, col(Operator.id) == Operation.operator_id)
        .where(Operation.station_id == station_id)
        .order_by(col(Operation.from_on).desc())
    )
    return list(session.exec(query))
