"""What the exit of a point will do: every household's new home, every order's fate.

A preview changes nothing. Whoever confirms it confirms its digest: when anything has
changed by then, nothing is done and the new preview is to be looked at.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from dispatch.access.accounts import Account
from dispatch.catalogue.sittings import MenuItem, Sitting, find_sitting, list_menu
from dispatch.errors import Conflict, NotFound
from dispatch.orders.diet import suits
from dispatch.orders.orders import ENDED_STATES, Order
from dispatch.people.agreements import Agreement
from dispatch.people.door_keys import DoorKey
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Helper
from dispatch.people.places import Kitchen, Station, is_at_kitchen
from dispatch.stations.homes import homes_for
from dispatch.store.unit_of_work import UnitOfWork

Row = TypeVar("Row", bound=SQLModel)


class ExitedAlready(Conflict):
    """这个点已经退出，没有改动。"""

    code = "exited_already"


class FeedsOthers(Conflict):
    """这个点的厨房还给其他点供餐，不能退出。请先给那些点换厨房。"""

    code = "feeds_others"


class NoOtherPoint(Conflict):
    """没有其他开着的点可以接收老人，不能退出。"""

    code = "no_other_point"


class Fate(StrEnum):
    """What becomes of an open order after the last day."""

    MOVED = "moved"  # the new point takes it over as it is
    RESEATED = "reseated"  # the new point's kitchen cooks the same dish
    HELD = "held"  # no such dish, no portion left, or paid already: ask the elder


@dataclass(frozen=True)
class Seat:
    """Where an order goes: its new point, and what is cooked for it there."""

    station: Station
    fate: Fate
    sitting: Sitting | None = None
    dish: MenuItem | None = None


@dataclass
class Exit:
    """Everything that is re-homed, as it stands now."""

    station: Station
    last_on: date
    homes: dict[UUID, Station]  # by household
    elders: list[Elder]
    orders: dict[UUID, Seat]
    helpers: list[Helper]
    accounts: list[Account]
    agreements: list[Agreement]
    keys: list[DoorKey]
    still_open: int  # orders up to the last day that are not over

    @property
    def digest(self) -> str:
        """Names this very plan."""
        lines = [
            f"{self.station.id} {self.last_on}",
            *(f"{door} {home.id}" for door, home in self.homes.items()),
            *(f"{elder.id} {elder.household_id}" for elder in self.elders),
            *(
                f"{order} {seat.station.id} {seat.fate}"
                for order, seat in self.orders.items()
            ),
            *(str(row.id) for rows in self._others() for row in rows),
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]

    def count(self, fate: Fate) -> int:
        """How many orders have this fate."""
        return sum(seat.fate is fate for seat in self.orders.values())

    def _others(self) -> tuple[list[Helper], list[Agreement], list[DoorKey]]:
        return self.helpers, self.agreements, self.keys


@dataclass(frozen=True, kw_only=True)
class NewHome:
    station_id: UUID
    name: str
    elders: int


@dataclass(frozen=True, kw_only=True)
class ExitPreview:
    """The exit by count, for the person who is to confirm it."""

    station_id: UUID
    name: str
    last_on: date
    elders: int
    homes: list[NewHome] = field(default_factory=list)
    orders_moved: int
    orders_reseated: int
    orders_held: int
    helpers: int
    accounts: int
    agreements: int
    keys: int
    still_open: int
    digest: str


def must_be_open(station: Station) -> Station:
    """The station itself. Raises: ExitedAlready."""
    if station.exited_on is not None:
        raise ExitedAlready
    return station


def plan_exit(uow: UnitOfWork, station: Station, last_on: date) -> Exit:
    """Work out an exit after a last day; nothing is changed.

    Raises:
        FeedsOthers, NoOtherPoint
    """
    session = uow.session
    _must_feed_nobody(session, station)
    elders = _of(session, Elder, station)
    doors = _of(session, Household, station)
    homes = homes_for(session, station, doors, last_on)
    if len(homes) < len(doors):
        raise NoOtherPoint
    holds = select(Agreement).where(
        Agreement.station_id == station.id,
        col(Agreement.until_on).is_(None) | (col(Agreement.until_on) > last_on),
    )
    return Exit(
        station=station,
        last_on=last_on,
        homes=homes,
        elders=elders,
        orders=_seats(session, station, homes, last_on, uow),
        helpers=_of(session, Helper, station),
        accounts=list(
            session.exec(
                select(Account).where(
                    Account.station_id == station.id, col(Account.active)
                )
            )
        ),
        agreements=list(session.exec(holds.order_by(col(Agreement.id)))),
        keys=_of(session, DoorKey, station),
        still_open=_count_today(session, station, last_on),
    )


def show_exit(found: Exit) -> ExitPreview:
    """An exit by count."""
    by_home = Counter(found.homes[elder.household_id].id for elder in found.elders)
    named = {home.id: home for home in found.homes.values()}
    return ExitPreview(
        station_id=found.station.id,
        name=found.station.name,
        last_on=found.last_on,
        elders=len(found.elders),
        homes=[
            NewHome(station_id=home, name=named[home].name, elders=count)
            for home, count in by_home.most_common()
        ],
        orders_moved=found.count(Fate.MOVED),
        orders_reseated=found.count(Fate.RESEATED),
        orders_held=found.count(Fate.HELD),
        helpers=len(found.helpers),
        accounts=len(found.accounts),
        agreements=len(found.agreements),
        keys=len(found.keys),
        still_open=found.still_open,
        digest=found.digest,
    )


def _must_feed_nobody(session: Session, station: Station) -> None:
    kitchen = session.get(Kitchen, station.kitchen_id)
    if kitchen is None:
        raise NotFound("没有找到这个点的厨房。")
    fed = select(Station.id).where(
        Station.kitchen_id == kitchen.id,
        Station.id != station.id,
        col(Station.exited_on).is_(None),
    )
    if is_at_kitchen(station, kitchen) and session.exec(fed).first() is not None:
        raise FeedsOthers


def _of(session: Session, kind: type[Row], station: Station) -> list[Row]:
    columns: Any = kind
    query = select(kind).where(columns.station_id == station.id)
    return list(session.exec(query.order_by(columns.id)))


def _count_today(session: Session, station: Station, last_on: date) -> int:
    """Orders up to the last day that are not over yet."""
    query = select(Order.id).where(
        Order.station_id == station.id,
        col(Order.serve_on) <= last_on,
        col(Order.state).not_in(ENDED_STATES),
    )
    return len(session.exec(query).all())


def _seats(
    session: Session,
    station: Station,
    homes: dict[UUID, Station],
    last_on: date,
    uow: UnitOfWork,
) -> dict[UUID, Seat]:
    query = (
        select(Order, Elder)
        .join(Elder, col(Elder.id) == Order.elder_id)
        .where(Order.station_id == station.id, col(Order.serve_on) > last_on)
        .where(col(Order.state).not_in(ENDED_STATES))
        .order_by(col(Order.placed_at), col(Order.id))
    )
    left: dict[UUID, int] = {}
    found = {}
    for order, elder in session.exec(query):
        home = homes.get(elder.household_id)
        if home is not None:
            found[order.id] = _seat(uow, order, elder, home, left)
    return found


def _seat(
    uow: UnitOfWork, order: Order, elder: Elder, home: Station, left: dict[UUID, int]
) -> Seat:
    """`left` counts the portions that this plan has not taken yet, by sitting."""
    if order.kitchen_id is None or order.kitchen_id == home.kitchen_id:
        return Seat(home, Fate.MOVED)
    sitting = find_sitting(uow.session, home.kitchen_id, order.serve_on, order.serving)
    was = order.menu_item_id and uow.session.get(MenuItem, order.menu_item_id)
    if sitting is None or not was or order.paid_fen or not _takes(sitting, uow):
        return Seat(home, Fate.HELD)
    free = left.setdefault(sitting.id, sitting.capacity - sitting.sold)
    for dish in list_menu(uow.session, sitting.id):
        if dish.code == was.code and suits(elder, dish) and free > 0:
            left[sitting.id] = free - 1
            return Seat(home, Fate.RESEATED, sitting, dish)
    return Seat(home, Fate.HELD)


def _takes(sitting: Sitting, uow: UnitOfWork) -> bool:
    return sitting.cooked is None and uow.now <= sitting.cut_off_at
