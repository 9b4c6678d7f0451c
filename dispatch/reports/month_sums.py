"""A month's money and counts per elder, kept true by the database with each posting.

Ten million lines are too many to add up while somebody waits. What is kept here is as
fine as a report may ask and no finer, and each row belongs to one elder, so that
人数 and 人日 can be counted and nobody waits for anybody. It is made from the posted
ledger alone (`dispatch.store.migrations.month_sum_triggers`): no code writes it.
"""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel


class MonthSum(SQLModel, table=True):
    """What one elder had of one service at one point, in the books of one month.

    `service_month` is the month of the service itself: an earlier one for what was
    booked late. `days` has bit n for day n + 1 of that month on which a service stands
    that nothing in the same books takes back, `granted_days` those of them on which a
    subsidy stands. `orders` counts a service once and
    its taking back as -1, even where that is booked in a later month. `price_fen` is
    the sum of own part, borne part, other and the fen of `month_grant`.
    """

    __tablename__ = "month_sum"
    __table_args__ = (
        CheckConstraint("days BETWEEN 0 AND 2147483647", name="days_of_a_month"),
        CheckConstraint("granted_days & ~days = 0", name="granted_on_those_days"),
        Index("month_sums_of_a_station", "station_id", "period"),
        {"sqlite_with_rowid": False},
    )

    period: str = Field(primary_key=True, max_length=7)
    elder_id: UUID = Field(primary_key=True, foreign_key="elder.id")
    station_id: UUID = Field(primary_key=True, foreign_key="station.id")
    street_code: str = Field(primary_key=True, max_length=12)
    channel: str = Field(primary_key=True, max_length=24)
    service: str = Field(primary_key=True, max_length=24)
    category: str = Field(primary_key=True, max_length=64)
    service_month: str = Field(primary_key=True, max_length=7)
    orders: int
    days: int
    granted_days: int
    price_fen: int = Field(sa_type=BigInteger)
    self_fen: int = Field(sa_type=BigInteger)
    borne_fen: int = Field(sa_type=BigInteger)
    other_fen: int = Field(sa_type=BigInteger)


class MonthGrant(SQLModel, table=True):
    """Of the same money what each payer owes, by the kind of its account."""

    __tablename__ = "month_grant"
    __table_args__ = (
        Index("month_grants_of_a_station", "station_id", "period"),
        {"sqlite_with_rowid": False},
    )

    period: str = Field(primary_key=True, max_length=7)
    elder_id: UUID = Field(primary_key=True, foreign_key="elder.id")
    station_id: UUID = Field(primary_key=True, foreign_key="station.id")
    street_code: str = Field(primary_key=True, max_length=12)
    channel: str = Field(primary_key=True, max_length=24)
    service: str = Field(primary_key=True, max_length=24)
    category: str = Field(primary_key=True, max_length=64)
    service_month: str = Field(primary_key=True, max_length=7)
    kind: str = Field(primary_key=True, max_length=24)
    payer: str = Field(primary_key=True, max_length=64)
    fen: int = Field(sa_type=BigInteger)
