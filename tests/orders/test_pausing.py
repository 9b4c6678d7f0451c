"""While an elder is away nothing is cooked, carried or lost for them."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.catalogue.sittings import Sitting
from dispatch.errors import Refusal
from dispatch.orders.cancelling import cancel_order, undo_cancel
from dispatch.orders.kitchen_sheet import KitchenCount, count_portions
from dispatch.orders.ordering import Override, place_order
from dispatch.orders.orders import Channel, Order, OrderState, list_of_sitting
from dispatch.orders.pausing import (
    AlreadyResumed,
    Effect,
    PauseBackwards,
    PauseDraft,
    pause,
    resume,
)
from dispatch.orders.refusals import ElderPaused
from dispatch.orders.sitting_close import close_sitting, cook
from dispatch.people.pauses import PauseReason, PauseScope, find_pause
from dispatch.planning.plans import find_carriers
from dispatch.promises.checking import Look, Premises
from dispatch.promises.orders import check_orders
from dispatch.store.unit_of_work import in_one_transaction, unit_of_work
from tests.crossing import until_somebody_waits
from tests.field.walk import publish_walk
from tests.little_town import EIGHT, ELEVEN, TODAY, LittleTown
from tests.subsidy.ledger_town import AT_TABLE, do, order_lunch, pay_all, rows

DAY = timedelta(days=1)
VISIT: dict[str, Any] = {"service": "VISIT_HOME", "channel": Channel.VISIT}


def hold(town: LittleTown, elder_id: UUID, *days: int, **about: Any) -> Effect:
    """Pause from so many days after today, until so many if given."""
    first, last = TODAY + days[0] * DAY, TODAY + days[1] * DAY if days[1:] else None
    facts = {"reason": PauseReason.HOSPITAL} | about
    draft = PauseDraft(elder_id, first, until_on=last, **facts)
    return do(town, pause, draft, key=uuid4().hex)


def place(town: LittleTown, elder_id: UUID, **about: Any) -> Order:
    return do(town, place_order, town.lunch(elder_id, **about), key=uuid4().hex)


def state(town: LittleTown, order: Order) -> tuple[str, str | None]:
    with Session(town.engine) as session:
        now = session.get_one(Order, order.id)
        return now.state.value, now.reason


def count(town: LittleTown) -> tuple[int, KitchenCount]:
    with Session(town.engine) as session:
        sitting = session.get_one(Sitting, town.sitting_id)
        return sitting.sold, count_portions(
            sitting, list_of_sitting(session, sitting.id)
        )


def broken(town: LittleTown) -> list[str]:
    look = Look()
    with Session(town.engine) as session:
        check_orders(Premises(session), look)
    return look.broken


def test_a_pause_holds_what_is_ordered_and_coming_back_lets_it_wait(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    lunch, visit = place(town, elder_id), place(town, elder_id, **VISIT)

    held = hold(town, elder_id, 0)

    assert {order.id for order in held.moved} == {lunch.id, visit.id}
    assert state(town, lunch) == ("held", "paused_hospital")
    assert count(town)[0] == 0
    assert broken(town) == []
    with pytest.raises(ElderPaused):
        place(town, elder_id, **VISIT)
    back = do(town, resume, held.pause.id)
    assert (len(back.moved), back.left) == (2, [])
    assert state(town, lunch) == ("waiting", None)
    assert count(town)[0] == 1
    assert broken(town) == []
    with pytest.raises(AlreadyResumed):
        do(town, resume, held.pause.id)


def test_a_planned_box_leaves_its_round_while_its_elder_is_away(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    order = place(town, elder_id)
    helper = town.add_account("courier", Role.HELPER, helper_id=town.add_helper())
    in_one_transaction(
        town.engine,
        lambda uow: publish_walk(uow, town, helper, [order.id], published_at=EIGHT),
    )

    held = hold(town, elder_id, 0, 3)

    with Session(town.engine) as session:
        assert order.wave_id
        assert find_carriers(session, order.wave_id) == {}
    assert broken(town) == []
    do(town, resume, held.pause.id)
    assert state(town, order)[0] == "waiting"
    assert broken(town) == []


def test_what_is_still_held_at_the_close_is_called_off_and_paid_back(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    order = order_lunch(town, elder_id)
    pay_all(town, order)
    town.at(ELEVEN)
    do(town, cook, town.sitting_id)

    hold(town, elder_id, 0)
    assert count(town) == (0, KitchenCount(4, 0, 0, 0, 0, 0, 4, 0))
    do(town, close_sitting, town.sitting_id)

    assert state(town, order) == ("cancelled", "paused_hospital")
    assert rows(town, Order)[0].paid_fen == 0
    assert count(town)[1].ties


def test_what_was_sold_meanwhile_stays_held_for_a_person(town: LittleTown) -> None:
    elder_id = town.add_elder()
    order = order_lunch(town, elder_id)
    held = hold(town, elder_id, 0)
    with Session(town.engine) as session:
        session.get_one(Sitting, town.sitting_id).capacity = 1
        session.commit()
    order_lunch(town, town.add_elder())

    back = do(town, resume, held.pause.id)

    assert ([o.id for o in back.left], back.moved) == ([order.id], [])
    assert state(town, order)[0] == "held"


def test_of_several_pauses_each_holds_its_own_days_and_kinds(town: LittleTown) -> None:
    elder_id = town.add_elder()
    meals = hold(town, elder_id, 1, 2, scope=PauseScope.MEALS).pause
    hold(town, elder_id, 2, 4, reason=PauseReason.AWAY)

    def paused(days: int, *, is_meal: bool) -> str | None:
        with Session(town.engine) as session:
            found = find_pause(session, elder_id, TODAY + days * DAY, is_meal=is_meal)
            return found.reason.value if found else None

    assert [paused(n, is_meal=True) for n in range(6)] == [
        *(None, "hospital", "hospital", "away", "away", None)
    ]
    assert [paused(n, is_meal=False) for n in range(6)] == [
        *(None, None, "away", "away", "away", None)
    ]
    do(town, resume, meals.id, TODAY + 2 * DAY)
    assert [paused(n, is_meal=True) for n in (1, 2)] == ["hospital", "away"]
    with pytest.raises(PauseBackwards):
        hold(town, elder_id, 2, 1)


def test_who_stands_at_the_counter_or_gives_a_reason_is_served(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    hold(town, elder_id, 0)
    there = place(town, elder_id, **AT_TABLE, source="walk_in")
    do(town, cancel_order, there.id, "by_elder")
    why = Override("pause", "周末回家吃饭")
    assert place(town, elder_id, **AT_TABLE, override=why).state is OrderState.WAITING


def test_an_order_that_crosses_a_pause_is_refused_or_held(town: LittleTown) -> None:
    first, second = town.add_elder(), town.add_elder()
    away = PauseDraft(first, TODAY, PauseReason.HOSPITAL)
    with ThreadPoolExecutor(1) as one:
        with unit_of_work(town.engine, town.staff) as uow:
            pause(uow, away, key="first")
            late = one.submit(place, town, first)
            until_somebody_waits(town.engine)
        with pytest.raises(ElderPaused):
            late.result()

        with unit_of_work(town.engine, town.staff) as uow:
            order = place_order(uow, town.lunch(second), key="second")
            held = one.submit(hold, town, second, 0)
            until_somebody_waits(town.engine)
        assert [each.id for each in held.result().moved] == [order.id]
    assert broken(town) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_paused_and_resumed_no_portion_is_lost(
    town: LittleTown, seed: int
) -> None:
    """Random pauses, orders, cancellations and undoings around one lunch."""
    chance = random.Random(seed)
    elders = [town.add_elder() for _ in range(3)]
    channels: list[dict[str, Any]] = [{}, AT_TABLE, VISIT]
    pauses: list[UUID] = []

    def begin(elder_id: UUID) -> None:
        begins = chance.choice((0, 0, 1))
        pauses.append(hold(town, elder_id, begins, begins + 2).pause.id)

    def order(deed: Callable[..., Any], *more: str) -> None:
        ids = [one.id for one in rows(town, Order)]
        if ids:
            do(town, deed, chance.choice(ids), *more)

    deeds: list[Callable[[UUID], Any]] = [
        begin,
        lambda _: pauses and do(town, resume, chance.choice(pauses)),
        lambda elder_id: place(town, elder_id, **chance.choice(channels)),
        lambda _: order(cancel_order, "by_elder"),
        lambda _: order(undo_cancel),
    ]
    for step in range(36):
        if step == 24:
            town.at(ELEVEN)
            do(town, cook, town.sitting_id)
        try:
            chance.choice(deeds)(chance.choice(elders))
        except Refusal:
            continue
        assert broken(town) == []
    do(town, close_sitting, town.sitting_id)
    assert broken(town) == []
    with Session(town.engine) as session:
        open_ = [one.state for one in session.exec(select(Order)) if one.is_meal]
    assert {*open_} <= {OrderState.CANCELLED, OrderState.FAILED, OrderState.DONE}
