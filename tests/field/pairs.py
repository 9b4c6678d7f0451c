"""Two helpers with one visit between them, for tests."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.catalogue.services import Service
from dispatch.orders.orders import OrderState, get_order, move_order
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.field.walk import HALF_PAST, Walk, make_walk, publish_walk
from tests.little_town import ELEVEN, LittleTown

MINUTE: Final = timedelta(minutes=1)


def make_pair(town: LittleTown) -> tuple[Walk, Walk]:
    """One visit for two, on the rounds of two helpers."""
    with Session(town.engine) as session:
        session.get_one(Service, "VISIT_HOME").people = 2
        session.commit()
    walk = make_walk(town, visits=[town.add_elder()])
    return walk, walk_along(town, walk)


def walk_along(town: LittleTown, walk: Walk) -> Walk:
    """One more round with the same visit; the rounds before it stand."""
    helper = town.add_account("other", Role.HELPER, helper_id=town.add_helper())

    def do(uow: UnitOfWork) -> tuple[Walk, datetime]:
        order = get_order(uow.session, walk.orders[0], lock=True)
        if order.state is OrderState.UNASSIGNED:
            move_order(uow, order, OrderState.WAITING)
        at = HALF_PAST if order.state is OrderState.WAITING else ELEVEN + MINUTE
        along = publish_walk(uow, town, helper, walk.orders, published_at=at, keep=True)
        return along, at

    along, at = in_one_transaction(town.engine, do)
    town.at(at)
    return along
