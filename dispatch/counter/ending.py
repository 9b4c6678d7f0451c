"""One counter's serving: numbers at its start, left-over portions at its end."""

from uuid import UUID

from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.catalogue.sittings import get_sitting
from dispatch.counter.serving_ends import ServingEnd, find_end
from dispatch.counter.showing import reachable_sitting
from dispatch.counter.tokens import Token, give_token, may_have_token
from dispatch.errors import BadInput, Conflict
from dispatch.log.events import record
from dispatch.orders.orders import COUNTER_CHANNELS, Order, OrderState
from dispatch.orders.station_day import station_for
from dispatch.store.unit_of_work import UnitOfWork


class ServingNotClosed(Conflict):
    """这一餐还没有收餐，不能清点剩余。请先收餐。"""

    code = "serving_not_closed"


class UnsoldWentNowhere(BadInput):
    """有剩余时要写明怎么处理。没有保存。"""

    code = "unsold_went_nowhere"


def give_tokens(uow: UnitOfWork, sitting_id: UUID) -> list[Token]:
    """Give each who fetches at the own counter a number; nobody gets a second one.

    Raises:
        NotFound: another kitchen's sitting.
    """
    sitting = reachable_sitting(uow, sitting_id)
    get_sitting(uow.session, sitting.id, lock=True)
    orders = [one for one in _own_orders(uow, sitting.id) if may_have_token(one)]
    return [give_token(uow, sitting.id, order) for order in orders]


def count_left_over(
    uow: UnitOfWork, sitting_id: UUID, unsold: int, went_to: str
) -> ServingEnd:
    """Keep how the serving ended at the own counter; counting again replaces it.

    Raises:
        NotFound: another kitchen's sitting.
        ServingNotClosed, UnsoldWentNowhere
    """
    sitting = reachable_sitting(uow, sitting_id)
    get_sitting(uow.session, sitting.id, lock=True)
    if sitting.closed_at is None:
        raise ServingNotClosed
    if unsold and not went_to.strip():
        raise UnsoldWentNowhere
    station = station_for(uow, None)
    orders = _own_orders(uow, sitting.id)
    served = [one for one in orders if one.state is OrderState.DONE]
    end = find_end(uow.session, sitting.id, station.id) or ServingEnd(
        sitting_id=sitting.id, station_id=station.id, counted_at=uow.now
    )
    counts = {
        "served": len(served),
        "walk_ins": sum(one.source == "walk_in" for one in served),
        "no_show": sum(one.state is OrderState.FAILED for one in orders),
        "unsold": unsold,
    }
    end.sqlmodel_update(counts)
    end.went_to, end.counted_at = went_to.strip(), uow.now
    end.account_id = uow.actor.account_id
    uow.session.add(end)
    uow.session.flush()
    record(
        uow, "sitting.counted", "sitting", sitting.id,
        facts={**counts, "went_to": end.went_to},
        station_id=station.id, street_code=station.street_code,
    )  # fmt: skip
    return end


def _own_orders(uow: UnitOfWork, sitting_id: UUID) -> list[Order]:
    """The counter orders of the own station in a sitting, in the order of placing."""
    station = station_for(uow, None)
    query = (
        scoped(uow.actor, Order)
        .where(Order.sitting_id == sitting_id, Order.station_id == station.id)
        .where(col(Order.channel).in_(COUNTER_CHANNELS))
        .order_by(col(Order.placed_at), col(Order.id))
    )
    return list(uow.session.exec(query))
