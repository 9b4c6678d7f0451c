"""Who comes for a meal that was called off gets none on that order."""

from uuid import uuid4

import pytest
from sqlmodel import Session

from dispatch.catalogue.sittings import get_sitting
from dispatch.counter.serving import Handing, Identity, serve
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, OrderCannotMove
from dispatch.store.unit_of_work import in_one_transaction
from tests.little_town import ELEVEN, LittleTown


def test_a_meal_called_off_is_not_handed_over(town: LittleTown) -> None:
    draft = town.lunch(town.add_elder(), service="MEAL_DINEIN", channel=Channel.DINE_IN)
    order = in_one_transaction(
        town.engine,
        lambda uow: place_order(uow, draft, key=uuid4().hex),
        actor=town.staff,
    )
    in_one_transaction(
        town.engine,
        lambda uow: cancel_order(uow, order.id, "changed_mind"),
        actor=town.staff,
    )
    town.at(ELEVEN)
    with pytest.raises(OrderCannotMove):
        in_one_transaction(
            town.engine,
            lambda uow: serve(uow, order.id, Handing(Identity.CARD)),
            actor=town.staff,
        )
    with Session(town.engine) as session:
        assert order.sitting_id is not None
        assert get_sitting(session, order.sitting_id).sold == 0
