"""Granted lines with everything that stands behind each fen, and promises of them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, delete, select

from dispatch.orders.orders import Order
from dispatch.store.columns import Instant, fen, narrow
from dispatch.subsidy.outcomes import Line
from dispatch.subsidy.tally import Granted
from dispatch.subsidy.windows import Moment

_LIVE = "reversed_by IS NULL"


class Grant(SQLModel, table=True):
    """One granted line. Only a reversal changes it, once, by naming itself.

    `once_key` is the window of a rule, or of its best-of group, that takes one grant.
    """

    __tablename__ = "subsidy_grant"
    __table_args__ = (
        narrow("one_live_grant", *("order_id", "subsidy"), where=_LIVE, unique=True),
        narrow(
            "one_grant_a_window",
            *("elder_id", "once_key"),
            where=f"{_LIVE} AND once_key IS NOT NULL",
            unique=True,
        ),
        Index("grants_of_an_elder", "elder_id", "service_on"),
        CheckConstraint(fen("fen", low=1), name="some_fen"),
        CheckConstraint("fen = CAST(fen AS BIGINT)", name="whole_fen"),
        CheckConstraint("part IN ('price', 'fee', 'rest')", name="parts"),
        CheckConstraint("grade IN ('A','B','C','D','E')", name="grades"),
        {"sqlite_with_rowid": False},
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(foreign_key="orders.id")
    elder_id: UUID = Field(foreign_key="elder.id")
    station_id: UUID = Field(foreign_key="station.id", index=True)
    subsidy: str = Field(max_length=64)
    payer: str = Field(max_length=64)
    part: str = Field(max_length=5)  # what it is granted on
    fen: int = Field(sa_column=Column(BigInteger(), nullable=False))
    units: int = 1
    category: str = Field(max_length=64)
    window_key: str = Field(max_length=80)
    once_key: str | None = Field(default=None, max_length=150)
    rule_version: str = Field(foreign_key="rule_version.id", max_length=64)
    grade: str = Field(max_length=1)
    evidence_id: UUID = Field(foreign_key="evidence.id")
    entry_id: UUID = Field(foreign_key="ledger_entry.id", index=True)
    service: str = Field(max_length=24)
    service_on: date
    meal: str | None = Field(default=None, max_length=12)
    granted_at: datetime = Field(sa_type=Instant)
    reversed_by: UUID | None = Field(default=None, foreign_key="ledger_entry.id")


class Promise(SQLModel, table=True):
    """A line told to somebody who has paid and not yet eaten.

    It keeps a window or cap from being promised twice; the grant takes its place.
    """

    __tablename__ = "subsidy_promise"
    __table_args__ = (CheckConstraint(fen("fen", low=1), name="some_fen"),)

    order_id: UUID = Field(foreign_key="orders.id", primary_key=True)
    subsidy: str = Field(primary_key=True, max_length=64)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    service_on: date
    meal: str | None = Field(default=None, max_length=12)
    fen: int = Field(sa_column=Column(BigInteger(), nullable=False))
    units: int = 1


A_WEEK = timedelta(days=7)  # a week may reach over the month's ends


def list_counted(session: Session, order: Order) -> list[Granted]:
    """What counts against this order's windows and caps.

    The elder's live grants around the order's month, and the promises of other orders
    that may still be served.
    """
    return list_counted_of(session, [order])[order.id]


def list_counted_of(
    session: Session, orders: Sequence[Order]
) -> dict[UUID, list[Granted]]:
    """What counts against each of these orders; two queries for five hundred."""
    found: dict[UUID, list[Granted]] = {}
    for start in range(0, len(orders), 500):
        part = orders[start : start + 500]
        rows = _counting(session, part)
        for order in part:
            found[order.id] = [
                _granted(row)
                for row in rows.get(order.elder_id, [])
                if _counts(row, order)
            ]
    return found


def _around(order: Order) -> tuple[date, date]:
    first = order.serve_on.replace(day=1)
    return first - A_WEEK, first + timedelta(days=31) + A_WEEK


def _counts(row: Grant | Promise, order: Order) -> bool:
    from_on, until_on = _around(order)
    return from_on <= row.service_on <= until_on and row.order_id != order.id


def _granted(row: Grant | Promise) -> Granted:
    moment = Moment(row.service_on, row.meal, str(row.order_id))
    return Granted(row.subsidy, moment, row.fen, row.units)


def _counting(
    session: Session, orders: Sequence[Order]
) -> dict[UUID, list[Grant | Promise]]:
    """By elder, grants and then promises around the days of these orders."""
    if not orders:
        return {}
    from_on = min(_around(order)[0] for order in orders)
    until_on = max(_around(order)[1] for order in orders)
    elders = {order.elder_id for order in orders}
    grants = select(Grant).where(
        col(Grant.elder_id).in_(elders),
        col(Grant.service_on).between(from_on, until_on),
        col(Grant.reversed_by).is_(None),
    )
    promises = (
        select(Promise)
        .join(Order, col(Order.id) == col(Promise.order_id))
        .where(
            col(Promise.elder_id).in_(elders),
            col(Promise.service_on).between(from_on, until_on),
            col(Order.state).not_in(["failed", "cancelled"]),
        )
    )
    rows: dict[UUID, list[Grant | Promise]] = {}
    for row in [*session.exec(grants), *session.exec(promises)]:
        rows.setdefault(row.elder_id, []).append(row)
    return rows


def list_live_grants(session: Session, order_id: UUID) -> list[Grant]:
    """The order's grants that stand, by subsidy."""
    return list_live_grants_of(session, [order_id]).get(order_id, [])


def list_live_grants_of(
    session: Session, order_ids: Sequence[UUID]
) -> dict[UUID, list[Grant]]:
    """The grants of these orders that stand, by subsidy."""
    found: dict[UUID, list[Grant]] = {}
    for start in range(0, len(order_ids), 500):
        query = select(Grant).where(
            col(Grant.order_id).in_(order_ids[start : start + 500]),
            col(Grant.reversed_by).is_(None),
        )
        for grant in session.exec(query.order_by(col(Grant.subsidy))):
            found.setdefault(grant.order_id, []).append(grant)
    return found


def promise(session: Session, order: Order, lines: Iterable[Line]) -> None:
    """Replace the order's promises by these lines."""
    meal = order.serving.value.upper() if order.is_meal else None
    session.exec(delete(Promise).where(col(Promise.order_id) == order.id))
    for line in lines:
        session.add(
            Promise(
                order_id=order.id,
                subsidy=line.subsidy,
                elder_id=order.elder_id,
                service_on=order.serve_on,
                meal=meal,
                fen=line.fen,
                units=line.units,
            )
        )
    session.flush()
