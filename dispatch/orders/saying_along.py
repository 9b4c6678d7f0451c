"""A word to the helper: it goes with the next order that somebody brings home."""

from typing import Final

from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.errors import Conflict
from dispatch.orders.orders import (
    ENDED_STATES,
    Channel,
    Order,
    OrderState,
    tell_order,
)
from dispatch.people.messaging import send_message
from dispatch.planning.plans import find_carriers
from dispatch.store.unit_of_work import UnitOfWork

_AT_HOME: Final = (Channel.DELIVERY, Channel.VISIT)


class NobodyComes(Conflict):
    """这几天没有安排人上门，没有发送。可以发给驿站。"""

    code = "nobody_comes"


def find_next_home(uow: UnitOfWork) -> Order | None:
    """The next order of the link's elder that somebody is to bring home."""
    return uow.session.exec(
        scoped(uow.actor, Order)
        .where(col(Order.channel).in_(_AT_HOME), Order.serve_on >= town_day(uow.now))
        .where(col(Order.state).not_in(ENDED_STATES))
        .where(Order.state != OrderState.BLOCKED)
        .order_by(col(Order.window_from_at), col(Order.id))
    ).first()


def say_along(uow: UnitOfWork, words: str, *, key: str | None) -> None:
    """Words for whoever comes next; the station reads them, too.

    Raises:
        NobodyComes: nothing is ordered that somebody would bring.
        NoWords, NotOptedIn, KeyReused
    """
    order = find_next_home(uow)
    if order is None:
        raise NobodyComes
    send_message(uow, words, key=key, order_id=order.id)
    carriers = find_carriers(uow.session, order.wave_id) if order.wave_id else {}
    for helper_id in carriers.get(order.id, ()):
        tell_order(uow, order, "order.words", helper_id=helper_id)
