"""Sittings: what one kitchen serves at one meal of one day, and how much of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, UniqueConstraint, bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import Conflict, NotFound
from dispatch.store.columns import Instant, facts, fen, narrow, word
from dispatch.store.fail_points import fail_point


class SoldOut(Conflict):
    """这一餐已经订满，订单没有保存。请改订其他餐次。"""

    code = "sold_out"


class Serving(StrEnum):
    BREAKFAST = "breakfast"
    LUNCH = "lunch"
    DINNER = "dinner"


class Sitting(SQLModel, table=True):
    """One kitchen's one serving. `sold` counts live orders and never passes capacity.

    `cooked` and `spare` are set at the cut-off, when the kitchen sheet is made; from
    then on each walk-in takes from the spare portions and each portion that nobody
    fetches for its order comes back to them.
    """

    __tablename__ = "sitting"
    __table_args__ = (
        UniqueConstraint("kitchen_id", "serve_on", "serving", name="one_sitting"),
        narrow("sittings_to_cook", "cut_off_at", where="cooked IS NULL"),
        narrow("sittings_to_close", "eat_by_at", where="closed_at IS NULL"),
        CheckConstraint("sold BETWEEN 0 AND capacity", name="not_oversold"),
        CheckConstraint("spare BETWEEN 0 AND 100000", name="spare_portions"),
        CheckConstraint("cut_off_at <= door_until_at", name="cut_off_before_door"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id", index=True)
    serve_on: date = Field(index=True)
    serving: Serving = Field(sa_type=word(Serving))
    capacity: int = Field(ge=0)
    sold: int = Field(default=0, ge=0)
    cut_off_at: datetime = Field(sa_type=Instant)
    ready_at: datetime = Field(sa_type=Instant)  # boxes can be taken from here on
    door_from_at: datetime = Field(sa_type=Instant)  # never at a door before
    door_until_at: datetime = Field(sa_type=Instant)
    hot_seconds: int = Field(default=3000, ge=60)  # longest from pickup to the door
    eat_by_at: datetime = Field(sa_type=Instant)  # a box past it is not served
    spare_planned: int = Field(default=0, ge=0)
    cooked: int | None = None
    spare: int = Field(default=0, ge=0)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class MenuItem(SQLModel, table=True):
    """One set meal of one sitting: its key on the grid, its price, its diet words."""

    __tablename__ = "menu_item"
    __table_args__ = (
        UniqueConstraint("sitting_id", "code", name="one_code"),
        CheckConstraint(fen("price_fen"), name="dish_price"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    code: str = Field(max_length=2)
    name: str = Field(max_length=60)
    price_fen: int
    diet_tags: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    allergens: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    ingredients: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    texture_level: int = 7  # IDDSI: 7 regular … 3 liquidised


def get_sitting(session: Session, sitting_id: UUID, *, lock: bool = False) -> Sitting:
    """Raises: NotFound."""
    found = session.get(Sitting, sitting_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("没有找到这一餐。")
    return found


def find_sitting(
    session: Session, kitchen_id: UUID, serve_on: date, serving: Serving
) -> Sitting | None:
    """The sitting of a kitchen, if it serves then."""
    return session.exec(
        select(Sitting).where(
            Sitting.kitchen_id == kitchen_id,
            Sitting.serve_on == serve_on,
            Sitting.serving == serving,
        )
    ).first()


def list_sittings(
    session: Session, serve_on: date, kitchen_id: UUID | None = None
) -> list[Sitting]:
    """The sittings of a day, by their cut-off."""
    query = select(Sitting).where(Sitting.serve_on == serve_on)
    if kitchen_id:
        query = query.where(Sitting.kitchen_id == kitchen_id)
    return list(session.exec(query.order_by(col(Sitting.cut_off_at), col(Sitting.id))))


_MENU: Final = (
    select(MenuItem)
    .where(col(MenuItem.sitting_id) == bindparam("sitting"))
    .order_by(col(MenuItem.code))
)


def list_menu(session: Session, sitting_id: UUID) -> list[MenuItem]:
    """The set meals of a sitting, by their key."""
    return list(session.exec(_MENU, params={"sitting": sitting_id}))


_TAKE_WHILE_OPEN: Final = (
    update(Sitting)
    .where(col(Sitting.id) == bindparam("sitting_id"))
    .where(col(Sitting.cut_off_at) >= bindparam("now"))
    .where(col(Sitting.closed_at).is_(None), col(Sitting.cooked).is_(None))
    .where(col(Sitting.sold) < col(Sitting.capacity))
    .values(sold=Sitting.sold + 1)
    .returning(
        col(Sitting.ready_at), col(Sitting.door_from_at), col(Sitting.door_until_at)
    )
)


def take_while_open(session: Session, sitting: Sitting, now: datetime) -> bool:
    """Count one more portion of a sitting that still takes orders, and hold it.

    Until the end of the transaction nobody counts what to cook, and nobody closes it,
    without this portion; the times of `sitting` are those with which it is held.

    Returns:
        False where it takes none like this: closed, counted, past its cut-off, full.
    """
    session.flush()
    asked = {"sitting_id": sitting.id, "now": now}
    taken = session.connection().execute(_TAKE_WHILE_OPEN, asked).first()
    if taken is None:
        return False
    for name, value in taken._mapping.items():
        set_committed_value(sitting, str(name), value)
    fail_point("portion.taken")
    return True


def take_portion(session: Session, sitting_id: UUID) -> None:
    """Count one more portion, in one statement that cannot oversell.

    Raises:
        SoldOut: the kitchen's capacity is reached.
    """
    taken = session.exec(
        update(Sitting)
        .where(col(Sitting.id) == sitting_id)
        .where(col(Sitting.sold) < col(Sitting.capacity))
        .values(sold=Sitting.sold + 1)
        .returning(col(Sitting.id))
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise SoldOut
    fail_point("portion.taken")


def give_back_portion(session: Session, sitting_id: UUID) -> None:
    """Count one portion less."""
    session.exec(
        update(Sitting)
        .where(col(Sitting.id) == sitting_id)
        .values(sold=Sitting.sold - 1)
        .execution_options(synchronize_session=False)
    )


def change_spare(session: Session, sitting_id: UUID, by: int) -> None:
    """Move portions in or out of the spare ones after the kitchen has cooked."""
    session.exec(
        update(Sitting)
        .where(col(Sitting.id) == sitting_id)
        .values(spare=Sitting.spare + by)
        .execution_options(synchronize_session=False)
    )
