"""The coordinator's board: one picture of the day, and where the feed stood then.

Whoever calls reads it in one `picture`, so that everything after the feed's number
is exactly what this picture does not show yet.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day
from dispatch.log.events import Outbox
from dispatch.log.feed import feed_position
from dispatch.orders.orders import Order, OrderState
from dispatch.orders.showing import Carrying, find_carrying
from dispatch.planning.board_orders import BoardOrder, show_board_orders
from dispatch.planning.board_rows import (
    HelperRow,
    RoundRow,
    delay_of,
    show_helpers,
    show_rounds,
)
from dispatch.planning.plan_history import WaveRow, show_waves
from dispatch.planning.waves import Wave
from dispatch.safety.case_file import CaseRow, show_cases
from dispatch.safety.cases import Case
from dispatch.safety.help_calls import Away, list_away
from dispatch.safety.reaching import cases_in_reach
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Position:
    """A number of the feed, and the epoch that it belongs to."""

    epoch: UUID
    seq: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """The day of the waves within reach; the counts add up to the total."""

    feed: Position
    now: datetime
    on: date
    waves: list[WaveRow]
    counts: dict[str, int]
    total: int
    orders: list[BoardOrder]
    helpers: list[HelperRow]
    rounds: list[RoundRow]
    cases: list[CaseRow]
    last_event_at: datetime | None


def show_board(
    uow: UnitOfWork,
    on: date | None = None,
    serving: Serving | None = None,
    street_code: str | None = None,
) -> Board:
    """Everything that is carried on a day, today unless told otherwise."""
    on = on or town_day(uow.now)
    waves = list_waves(uow, on, serving, street_code)
    wave_ids = [wave.id for wave in waves]
    orders = list_carried(uow, wave_ids)
    rounds = show_rounds(uow, wave_ids)
    streets = sorted({wave.street_code for wave in waves})
    away = list_away(uow.session, at=uow.now)
    return compose(
        uow,
        on,
        Parts(
            waves=show_waves(uow, waves),
            orders=orders,
            carried=find_carrying(uow.session, [order.id for order in orders]),
            helpers=show_helpers(uow, streets, on, rounds, away),
            away=away,
            rounds=rounds,
            cases=show_cases(uow, _open_cases(uow, street_code)),
            last_event_at=_last_event_at(uow),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a board is put together from: of this moment, or of one that has been."""

    waves: list[WaveRow]
    orders: Sequence[Order]
    carried: Mapping[UUID, Carrying]
    helpers: list[HelperRow]
    away: Mapping[UUID, Away]
    rounds: list[RoundRow]
    cases: list[CaseRow]
    last_event_at: datetime | None


def compose(uow: UnitOfWork, on: date, of: Parts) -> Board:
    """The board of the moment of `uow`, from its parts."""
    epoch, seq = feed_position(uow.session)
    counts = Counter(order.state.value for order in of.orders)
    behind = {
        one.id: delay_of(one, uow.now, of.away.get(one.helper_id)) for one in of.rounds
    }
    return Board(
        feed=Position(epoch=epoch, seq=seq),
        now=uow.now,
        on=on,
        waves=of.waves,
        counts={state.value: counts[state.value] for state in OrderState},
        total=len(of.orders),
        orders=show_board_orders(uow, of.orders, of.carried, behind, of.cases),
        helpers=of.helpers,
        rounds=of.rounds,
        cases=of.cases,
        last_event_at=of.last_event_at,
    )


def list_waves(
    uow: UnitOfWork, on: date, serving: Serving | None, street_code: str | None
) -> Sequence[Wave]:
    """The waves of a day within reach, by the time of their plan."""
    query = scoped(uow.actor, Wave).where(Wave.serve_on == on)
    if serving is not None:
        query = query.where(Wave.serving == serving)
    if street_code is not None:
        query = query.where(Wave.street_code == street_code)
    return uow.session.exec(query.order_by(col(Wave.plan_at), col(Wave.id))).all()


def list_carried(uow: UnitOfWork, wave_ids: Sequence[UUID]) -> Sequence[Order]:
    """The orders of some waves within reach, by their latest time."""
    query = scoped(uow.actor, Order).where(col(Order.wave_id).in_(wave_ids))
    by = (col(Order.window_until_at), col(Order.number))
    return uow.session.exec(query.order_by(*by)).all()


def _open_cases(uow: UnitOfWork, street_code: str | None) -> Sequence[Case]:
    """Open cases of any day: one is never forgotten because midnight came."""
    query = cases_in_reach(uow.actor).where(col(Case.closed_at).is_(None))
    if street_code is not None:
        query = query.where(Case.street_code == street_code)
    return uow.session.exec(query.order_by(col(Case.deadline_at), col(Case.id))).all()


def _last_event_at(uow: UnitOfWork) -> datetime | None:
    query = scoped(uow.actor, Outbox).order_by(col(Outbox.id).desc()).limit(1)
    last = uow.session.exec(query).first()
    return last.at if last else None
