"""The order and its life: always in exactly one state, every step an event."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.catalogue.sittings import Serving
from dispatch.errors import Conflict, NotFound
from dispatch.log.events import record_with
from dispatch.store.columns import Instant, Json, facts, fen, narrow, word
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork


class OrderCannotMove(Conflict):
    """订单现在的状态不能这样办理，没有保存。请刷新后查看。"""

    code = "order_cannot_move"


class Channel(StrEnum):
    DELIVERY = "delivery"  # 送餐
    PICKUP = "pickup"  # 自取
    PROXY = "proxy"  # 代取
    DINE_IN = "dine_in"  # 堂食
    VISIT = "visit"  # 上门：巡视探访和其他服务


COUNTER_CHANNELS = frozenset({Channel.PICKUP, Channel.PROXY, Channel.DINE_IN})
CARRIED_CHANNELS = frozenset({Channel.DELIVERY, Channel.VISIT})


class OrderState(StrEnum):
    HELD = "held"  # a pause or an open question; reason says which
    BLOCKED = "blocked"  # cannot be planned as it is; reason says why
    WAITING = "waiting"  # for a plan, or for its eater at the counter
    UNASSIGNED = "unassigned"  # a plan left it out; the explanation is kept
    PLANNED = "planned"  # on somebody's round
    UNDER_WAY = "under_way"  # the box is picked up, or the helper is at the door
    DONE = "done"  # with an evidence grade
    FAILED = "failed"  # with an outcome
    CANCELLED = "cancelled"  # by somebody, for a reason


_NEXT: dict[OrderState, frozenset[str]] = {
    OrderState.HELD: frozenset({"waiting", "blocked", "failed", "cancelled"}),
    OrderState.BLOCKED: frozenset({"waiting", "held", "failed", "cancelled"}),
    OrderState.WAITING: frozenset(
        {"held", "blocked", "unassigned", "planned", "done", "failed", "cancelled"}
    ),
    OrderState.UNASSIGNED: frozenset(
        {"held", "blocked", "waiting", "planned", "done", "failed", "cancelled"}
    ),
    OrderState.PLANNED: frozenset(
        {"held", "waiting", "unassigned", "under_way", "done", "failed", "cancelled"}
    ),
    OrderState.UNDER_WAY: frozenset({"done", "failed", "unassigned"}),
    OrderState.DONE: frozenset({"failed"}),  # the elder says otherwise: reopened
    OrderState.FAILED: frozenset({"done"}),  # a late fact: it was handed over after all
    OrderState.CANCELLED: frozenset({"waiting", "done"}),  # undone; or handed over
}
WITHOUT_PORTION = frozenset({OrderState.HELD, OrderState.CANCELLED})  # of a meal
NOT_CARRIED = "not_carried"  # why it failed: its box is among the spare ones
DISPUTED = "disputed"  # why it failed: the elder says otherwise, a person looks
NOT_RECEIVED = "not_received"  # and has found that it is so
ENDED_STATES = frozenset({OrderState.DONE, OrderState.FAILED, OrderState.CANCELLED})
# Words of two narrow indexes, in their order: see `columns.among`.
ON_A_ROUND = (OrderState.PLANNED, OrderState.UNDER_WAY)
ON_NO_ROUND = (
    *(OrderState.BLOCKED, OrderState.HELD, OrderState.UNASSIGNED),
    OrderState.WAITING,
)


class Order(SQLModel, table=True):
    """One meal or one visit for one elder on one service date.

    Money is whole fen. Table models are not validated when they are made: nothing
    builds an Order except `ordering.place_order`.
    """

    __tablename__ = "orders"
    __table_args__ = (
        narrow(
            "one_meal_each",
            *("elder_id", "serve_on", "serving"),
            where="is_meal AND state <> 'cancelled' AND NOT again",
            unique=True,
        ),
        Index("orders_of_a_wave", "wave_id", "state"),
        Index("orders_of_a_day", "serve_on", "station_id"),
        # A city's month is counted from these two alone, not from its wide rows.
        narrow(
            "services_done",
            *("serve_on", "elder_id", "service"),
            where="state = 'done'",
        ),
        narrow(
            "meals_brought",
            *("serve_on", "id", "window_until_at"),
            where="state = 'done' AND channel = 'delivery'",
        ),
        narrow("orders_at_once", "wave_id", where="ready_at IS NOT NULL"),
        # What the timers look for: a year's orders are not gone through for it.
        narrow("orders_going", "serve_on", where="state IN ('planned', 'under_way')"),
        narrow(
            "visits_on_no_round",
            "window_until_at",
            where="channel IN ('visit') "
            "AND state IN ('blocked', 'held', 'unassigned', 'waiting')",
        ),
        CheckConstraint(fen("price_fen"), name="price"),
        CheckConstraint(fen("fee_fen"), name="fee"),
        CheckConstraint(fen("paid_fen"), name="paid"),
        CheckConstraint("due_fen IS NULL OR " + fen("due_fen"), name="due"),
        CheckConstraint("(grade IS NULL) OR (state = 'done')", name="grade_is_done"),
        CheckConstraint(
            "(state = 'done') = (grade IS NOT NULL)", name="done_is_graded"
        ),
        CheckConstraint(
            "state NOT IN ('held','blocked','failed','cancelled') "
            "OR reason IS NOT NULL",
            name="reasons",
        ),
        CheckConstraint("is_meal = (sitting_id IS NOT NULL)", name="meals_sit"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=24, unique=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    household_id: UUID = Field(foreign_key="household.id")
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    kitchen_id: UUID | None = Field(default=None, foreign_key="kitchen.id")
    sitting_id: UUID | None = Field(default=None, foreign_key="sitting.id", index=True)
    menu_item_id: UUID | None = Field(default=None, foreign_key="menu_item.id")
    wave_id: UUID | None = Field(default=None, foreign_key="wave.id")
    service: str = Field(foreign_key="service.code", max_length=24)
    is_meal: bool
    channel: Channel = Field(sa_type=word(Channel))
    serve_on: date
    serving: Serving = Field(sa_type=word(Serving))
    again: bool = False  # a second meal of one serving, ordered on purpose
    window_from_at: datetime = Field(sa_type=Instant)
    window_until_at: datetime = Field(sa_type=Instant)
    ready_at: datetime | None = Field(default=None, sa_type=Instant)  # wanted at once
    tier: int = 0
    price_fen: int = 0
    fee_fen: int = 0
    due_fen: int | None = None  # the elder's own part, told when the bill was made
    paid_fen: int = 0
    note: str = Field(default="", max_length=120)  # for the kitchen; nothing personal
    diet_override: str | None = Field(default=None, max_length=200)  # why all the same
    source: str = Field(max_length=12)
    state: OrderState = Field(sa_type=word(OrderState))
    reason: str | None = Field(default=None, max_length=60)
    grade: str | None = Field(default=None, max_length=1)
    explanation: Json | None = Field(default=None, sa_column=Column(facts()))
    plan_version: int | None = None
    collected_by: str | None = Field(default=None, max_length=20)
    placed_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def at_once(self) -> bool:
        """即时单: somebody leaves for it as soon as it is ready, outside the plan."""
        return self.ready_at is not None

    @property
    def is_paid(self) -> bool:
        """The elder has paid the part that the bill asked for."""
        return self.due_fen is not None and self.paid_fen >= self.due_fen


def move_order(
    uow: UnitOfWork,
    order: Order,
    state: OrderState,
    *,
    reason: str | None = None,
    grade: str | None = None,
    **about: object,
) -> None:
    """Take one step along the order's life and record it.

    The caller holds the order's row (`get_order(..., lock=True)`).

    Args:
        reason: why, for held, blocked, failed and cancelled; an outcome word.
        grade: A–E, computed, for done and only there.
        about: further facts of the event; helper_id and case_id also go to the feed.

    Raises:
        OrderCannotMove: there is no such step from the present state.
    """
    if state.value not in _NEXT[order.state]:
        raise OrderCannotMove(was=order.state, asked=state)
    was, order.state, order.reason, order.grade = order.state, state, reason, grade
    if state in ENDED_STATES:
        order.ended_at = uow.now
    elif state is OrderState.WAITING:
        order.ended_at = None
    uow.session.add(order)
    tell_order(uow, order, f"order.{state.value}", was=was.value, **about)


def tell_order(uow: UnitOfWork, order: Order, kind: str, **about: object) -> None:
    """Record something that happened to an order; the fold of these is its state."""
    _tell_with(uow, (), order, kind, about)


def begin_order(
    uow: UnitOfWork, order: Order, its: Sequence[SQLModel], about: Mapping[str, object]
) -> None:
    """Write an order that is new, with what belongs to it, and record that it is there.

    Raises:
        IntegrityError: one like it is there already.
    """
    _tell_with(uow, (order, *its), order, "order.placed", about)


def _tell_with(
    uow: UnitOfWork,
    new: Sequence[SQLModel],
    order: Order,
    kind: str,
    about: Mapping[str, object],
) -> None:
    said: Json = {"state": order.state.value}
    for word_, value in (
        ("reason", order.reason),
        ("grade", order.grade),
        *about.items(),
    ):
        if value is not None:
            said[word_] = value if isinstance(value, int | bool) else str(value)
    helper_id, case_id = about.get("helper_id"), about.get("case_id")
    record_with(
        uow,
        new,
        kind,
        "order",
        order.id,
        facts=said,
        wave_id=order.wave_id,
        station_id=order.station_id,
        street_code=order.street_code,
        helper_id=helper_id if isinstance(helper_id, UUID) else None,
        case_id=case_id if isinstance(case_id, UUID) else None,
        state=order.state.value,
    )
    fail_point("order.told")


def get_order(session: Session, order_id: UUID, *, lock: bool = False) -> Order:
    """Raises: NotFound."""
    order = session.get(
        Order, order_id, with_for_update=lock or None, populate_existing=lock
    )
    if order is None:
        raise NotFound("没有找到这张订单。")
    return order


def list_of_sitting(session: Session, sitting_id: UUID) -> list[Order]:
    """Every order of a sitting, in the order of placing."""
    query = select(Order).where(Order.sitting_id == sitting_id)
    return list(session.exec(query.order_by(col(Order.placed_at), col(Order.id))))


def list_of_wave(session: Session, wave_id: UUID) -> list[Order]:
    """Every order of a wave, in the order of placing."""
    query = select(Order).where(Order.wave_id == wave_id)
    return list(session.exec(query.order_by(col(Order.placed_at), col(Order.id))))
