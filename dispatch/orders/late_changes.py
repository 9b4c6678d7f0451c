"""Late changes: what came after the cut-off, by whom and why; the kitchen's delta."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.catalogue.sittings import MenuItem
from dispatch.orders.orders import Order
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import UnitOfWork

LATE_ROLES = frozenset({"station", "dispatcher", "system"})


class LateChange(SQLModel, table=True):
    """One portion more or less after the kitchen's count; written once."""

    __tablename__ = "late_change"
    __table_args__ = (
        CheckConstraint("delta IN (-1, 1)", name="one_portion"),
        CheckConstraint("reason <> ''", name="late_has_reason"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    order_id: UUID = Field(foreign_key="orders.id")
    menu_item_id: UUID = Field(foreign_key="menu_item.id")
    delta: int
    reason: str = Field(max_length=200)
    role: str = Field(max_length=16)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True)
class LateLine:
    """One late change as the kitchen reads it."""

    at: datetime
    code: str
    delta: int
    channel: str
    reason: str
    role: str


def note_late(uow: UnitOfWork, order: Order, delta: int, reason: str) -> None:
    """Write down that an order joined or left its sitting after the cut-off."""
    if order.sitting_id is None or order.menu_item_id is None:
        return
    uow.session.add(
        LateChange(
            sitting_id=order.sitting_id,
            order_id=order.id,
            menu_item_id=order.menu_item_id,
            delta=delta,
            reason=reason or "—",
            role=uow.actor.role,
            account_id=uow.actor.account_id,
            at=uow.now,
        )
    )


def list_late(session: Session, sitting_id: UUID) -> list[LateLine]:
    """What came after the cut-off, first to last."""
    rows = session.exec(
        select(LateChange, MenuItem.code, Order.channel)
        .join(MenuItem, col(MenuItem.id) == LateChange.menu_item_id)
        .join(Order, col(Order.id) == LateChange.order_id)
        .where(LateChange.sitting_id == sitting_id)
        .order_by(col(LateChange.at), col(LateChange.id))
    )
    return [
        LateLine(late.at, code, late.delta, str(channel), late.reason, late.role)
        for late, code, channel in rows
    ]


def sum_late(lines: list[LateLine]) -> dict[str, int]:
    """The delta by dish; what cancels out is not shown."""
    tally: Counter[str] = Counter()
    for line in lines:
        tally[line.code] += line.delta
    return {code: delta for code, delta in sorted(tally.items()) if delta}
