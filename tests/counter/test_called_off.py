"""Who comes for a meal that was called off gets none on that order."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlmodel import Session

from dispatch.catalogue.sittings import get_sitting
from dispatch.counter.serving import Handing, Identity, serve
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import (
    Channel,
    OrderCannotMove,
    OrderState,
    get_order,
)
from dispatch.orders.sitting_close import close_sitting
from dispatch.store.unit_of_work import in_one_transaction, unit_of_work
from tests.crossing import until_somebody_waits
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


@pytest.mark.proves("F24")
def test_closing_and_cancelling_take_their_rows_in_one_order(
    town: LittleTown,
) -> None:
    """Neither holds what the other waits for: no deadlock to try again after."""
    draft = town.lunch(town.add_elder())
    order = in_one_transaction(
        town.engine,
        lambda uow: place_order(uow, draft, key=uuid4().hex),
        actor=town.staff,
    )

    def close() -> None:
        with unit_of_work(town.engine) as uow:
            close_sitting(uow, town.sitting_id)

    with ThreadPoolExecutor(1) as one:
        with unit_of_work(town.engine, town.staff) as uow:
            get_order(uow.session, order.id, lock=True)
            closer = one.submit(close)
            until_somebody_waits(town.engine)
            cancel_order(uow, order.id, "changed_mind")
        closer.result()

    with Session(town.engine) as session:
        assert get_order(session, order.id).state is OrderState.CANCELLED
        assert get_sitting(session, town.sitting_id).closed_at is not None
