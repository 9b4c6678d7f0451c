"""Given back on the way, or handed over after all: no order falls between two plans."""

from uuid import UUID

import pytest
from sqlmodel import Session, select

from dispatch.field.paper import SheetLine, type_in_sheet
from dispatch.orders.cancelling import cancel_order, undo_cancel
from dispatch.orders.orders import Order, OrderState, move_order
from dispatch.orders.refusals import UndoTooLate
from dispatch.orders.sitting_close import close_sitting
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.chasing import ask_for_due_waves
from dispatch.planning.jobs import carry_out
from dispatch.planning.plans import Round, RoundState
from dispatch.promises.checking import Look, Premises
from dispatch.promises.orders import check_orders
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import NOON, LittleTown
from tests.planning.lunch_wave import quick


def _broken(town: LittleTown) -> list[str]:
    """What promise 1 finds broken."""
    look = Look()
    with Session(town.engine) as session:
        check_orders(Premises(session), look)
    assert look.checked > 0
    return look.broken


def _give_back(walk: Walk) -> None:
    phone = Phone(walk)
    phone.say("picked_up", HALF_PAST, stop_id=walk.pickup_id)
    phone.at_stop("cannot", HALF_PAST, detail={"reason": "电动车坏了"})
    assert [a.result for a in phone.sync(HALF_PAST)] == ["accepted", "accepted"]


@pytest.mark.proves("F37")
def test_what_a_helper_gives_back_on_the_way_is_planned_for_another(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    _give_back(walk)
    assert walk.order().state is OrderState.UNASSIGNED
    assert _broken(town) == []

    other = town.add_helper()
    [wave_id] = in_one_transaction(town.engine, ask_for_due_waves)
    request = in_one_transaction(
        town.engine, lambda uow: ask_for_plan(uow, wave_id, "due")
    )
    assert carry_out(town.engine, request.id, thinking=quick)

    assert walk.order().state is OrderState.PLANNED
    with Session(town.engine) as session:
        made = select(Round).where(Round.helper_id == other)
        assert session.exec(made).one().state is RoundState.READY
    assert _broken(town) == []


def test_a_cancellation_stays_when_the_round_has_begun(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    phone = Phone(walk)
    phone.say("loaded", HALF_PAST, round_id=walk.round_id)
    phone.sync(HALF_PAST)
    order_id = walk.orders[0]

    def cancel(uow: UnitOfWork) -> Order:
        return cancel_order(uow, order_id, "family")

    in_one_transaction(town.engine, cancel, actor=town.staff)
    with pytest.raises(UndoTooLate):
        in_one_transaction(
            town.engine, lambda uow: undo_cancel(uow, order_id), actor=town.staff
        )
    assert walk.order().state is OrderState.CANCELLED


@pytest.mark.parametrize("by_paper", [True, False])
def test_a_box_counted_back_and_handed_over_after_all_leaves_the_spare_ones(
    town: LittleTown, *, by_paper: bool
) -> None:
    """The plan lost it while its helper, without a network, carried it anyway."""
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    town.at(NOON)
    in_one_transaction(town.engine, lambda uow: _lose(uow, town, walk.orders[0]))
    assert walk.order().reason == "not_carried"
    assert _broken(town) == []

    if by_paper:
        line = SheetLine(walk.orders[0], HALF_PAST, "self")
        in_one_transaction(
            town.engine, lambda uow: type_in_sheet(uow, line), actor=town.dispatcher
        )
    else:
        phone.sync(NOON)

    assert walk.order().state is OrderState.DONE
    assert _broken(town) == []


def _lose(uow: UnitOfWork, town: LittleTown, order_id: UUID) -> None:
    order = uow.session.get_one(Order, order_id)
    order.explanation = {"why": "nobody"}
    move_order(uow, order, OrderState.UNASSIGNED)
    close_sitting(uow, town.sitting_id)
