"""A counter's cash, day by day: counted, looked at by a second person, then fixed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.counter.payments import Payment, PayMethod
from dispatch.people.places import Station
from dispatch.store.columns import MAX_FEN, Instant, fen, word
from dispatch.store.engine import insert_of


class CashState(StrEnum):
    OPEN = "open"
    COUNTED = "counted"  # by one person; a second one has not looked yet
    CLOSED = "closed"  # never changes again


class CashDay(SQLModel, table=True):
    """The drawer of one counter on one town day.

    `expected_fen` is what the drawer had to hold when it was counted: the float and
    the cash that was booked. The database refuses to change a closed day.
    """

    __tablename__ = "cash_day"
    __table_args__ = (
        Index("one_drawer_a_day", "station_id", "cash_on", unique=True),
        CheckConstraint(fen("float_fen"), name="float_money"),
        CheckConstraint(
            f"expected_fen IS NULL OR {fen('expected_fen', low=-MAX_FEN)}",
            name="expected_money",
        ),
        CheckConstraint(
            f"counted_fen IS NULL OR {fen('counted_fen')}", name="counted_money"
        ),
        CheckConstraint(
            "(state = 'open') = (counted_fen IS NULL) AND "
            "(state = 'open') = (expected_fen IS NULL) AND "
            "(state = 'open') = (counted_by IS NULL) AND "
            "(state = 'open') = (counted_at IS NULL)",
            name="counted_whole",
        ),
        CheckConstraint(
            "(state = 'closed') = (seconded_by IS NOT NULL) AND "
            "(state = 'closed') = (seconded_at IS NOT NULL)",
            name="closed_by_two",
        ),
        CheckConstraint("seconded_by <> counted_by", name="two_people"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    cash_on: date
    state: CashState = Field(default=CashState.OPEN, sa_type=word(CashState))
    float_fen: int = 0  # what lay in the drawer in the morning
    expected_fen: int | None = None
    counted_fen: int | None = None
    counted_by: UUID | None = None
    counted_at: datetime | None = Field(default=None, sa_type=Instant)
    seconded_by: UUID | None = None
    seconded_at: datetime | None = Field(default=None, sa_type=Instant)


class CashDifference(SQLModel, table=True):
    """A named part of what the drawer holds too much (+) or too little (-).

    Whom it concerns is in the vault (field `name`). `deed_id` is the counter's deed
    that took the money and could not be booked.
    """

    __tablename__ = "cash_difference"
    __table_args__ = (
        CheckConstraint("fen <> 0", name="not_nothing"),
        CheckConstraint(fen("fen", low=-MAX_FEN), name="some_fen"),
        CheckConstraint("length(why) > 0", name="with_a_reason"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    cash_day_id: UUID = Field(foreign_key="cash_day.id", index=True)
    fen: int
    why: str = Field(max_length=100)
    deed_id: UUID | None = Field(default=None, foreign_key="till_deed.id", unique=True)


def hold_cash_day(session: Session, station: Station, wanted: date) -> CashDay:
    """The first day from `wanted` on whose drawer is not closed, held open.

    Several who take money hold it at once; who closes it waits for them.
    """
    on = wanted
    while True:
        day = _day(session, station, on, closing=False)
        if day.state is not CashState.CLOSED:
            return day
        on += timedelta(days=1)


def hold_for_closing(session: Session, station: Station, on: date) -> CashDay:
    """The drawer of a day, held alone; whoever takes money meanwhile waits."""
    return _day(session, station, on, closing=True)


def _day(session: Session, station: Station, on: date, *, closing: bool) -> CashDay:
    query = (
        select(CashDay)
        .where(CashDay.station_id == station.id, CashDay.cash_on == on)
        .with_for_update(read=not closing)
        .execution_options(populate_existing=True)
    )
    if found := session.exec(query).first():
        return found
    opened = insert_of(session)(CashDay).values(
        id=uuid4(),
        station_id=station.id,
        street_code=station.street_code,
        cash_on=on,
        state=CashState.OPEN,
        float_fen=0,
    )
    session.execute(opened.on_conflict_do_nothing())
    return session.exec(query).one()


def find_cash_day(session: Session, station_id: UUID, on: date) -> CashDay | None:
    """The drawer of a day, if anybody has opened it."""
    query = select(CashDay).where(
        CashDay.station_id == station_id, CashDay.cash_on == on
    )
    return session.exec(query).first()


def list_differences(session: Session, day_id: UUID) -> Sequence[CashDifference]:
    """The named differences of a day, the greatest first."""
    query = select(CashDifference).where(CashDifference.cash_day_id == day_id)
    ordered = query.order_by(col(CashDifference.fen).desc(), col(CashDifference.id))
    return session.exec(ordered).all()


def sum_booked(session: Session, station_id: UUID, on: date) -> dict[PayMethod, int]:
    """What was taken less what was given back on a cash day, by method."""
    query = (
        select(Payment.method, func.coalesce(func.sum(Payment.fen), 0))
        .where(Payment.station_id == station_id, Payment.cash_on == on)
        .group_by(col(Payment.method))
    )
    found = dict(session.exec(query).all())
    return {method: int(found.get(method, 0)) for method in PayMethod}
