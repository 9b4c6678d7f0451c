"""What a change of somebody's rights or hours does to the rounds they have."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.field.parting import bring_back
from dispatch.field.partners import part
from dispatch.field.tracking import tell_round
from dispatch.orders.orders import Order, OrderState, move_order
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.holding import hold_helpers, hold_orders
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopOrder,
    not_given_back,
)
from dispatch.planning.waves import Wave, get_wave
from dispatch.store.unit_of_work import UnitOfWork

CREW_CHANGED: Final = "crew"


def plan_anew(uow: UnitOfWork, helper_id: UUID) -> int:
    """Ask for a plan of each wave in which this helper has a round before them.

    Returns:
        how many waves are planned anew.
    """
    waves = sorted({round_.wave_id for round_ in _not_begun(uow, helper_id)})
    for wave_id in waves:
        ask_for_plan(uow, wave_id, CREW_CHANGED)
    return len(waves)


def stop_rounds(uow: UnitOfWork, helper_id: UUID) -> int:
    """Take a helper's rounds that have not begun from them, now.

    Their orders wait for the plan that is asked for here. Where two come to one
    door, the other one is told, and looked after if they may stand there already.

    Returns:
        how many rounds were stopped.
    """
    rounds = _not_begun(uow, helper_id)
    by_wave: dict[UUID, list[UUID]] = {}
    for round_ in rounds:
        by_wave.setdefault(round_.wave_id, []).append(round_.id)
    held = {
        wave_id: hold_orders(
            uow.session, wave_id, only=_orders_on(uow, by_wave[wave_id])
        )
        for wave_id in sorted(by_wave)
    }
    waves = [get_wave(uow.session, wave_id, lock=True) for wave_id in sorted(by_wave)]
    hold_helpers(uow.session, [helper_id])
    stopped = 0
    for wave in waves:
        again = _hold_rounds(uow, by_wave[wave.id])
        for round_ in again:
            round_.state = RoundState.DROPPED
            uow.session.add(round_)
            tell_round(uow, round_, wave.street_code)
        uow.session.flush()
        _set_free(uow, held[wave.id].values(), _orders_on(uow, [r.id for r in again]))
        wave.orders_version += 1  # should the request fail, the sweep asks again
        uow.session.add(wave)
        ask_for_plan(uow, wave.id, CREW_CHANGED)
        stopped += len(again)
    return stopped


def count_under_way(uow: UnitOfWork, helper_id: UUID) -> int:
    """Rounds of a helper that have begun and are not over: a person must decide."""
    query = select(Round.id).where(
        Round.helper_id == helper_id,
        col(Round.state).in_((RoundState.LOADED, RoundState.UNDER_WAY)),
    )
    return len(uow.session.exec(query).all())


def _not_begun(uow: UnitOfWork, helper_id: UUID) -> list[Round]:
    query = (
        select(Round)
        .join(Wave, col(Wave.id) == Round.wave_id)
        .where(Round.helper_id == helper_id, Round.state == RoundState.READY)
        .where(Wave.ends_at > uow.now)
        .order_by(col(Round.id))
    )
    return list(uow.session.exec(query))


def _hold_rounds(uow: UnitOfWork, ids: Iterable[UUID]) -> list[Round]:
    query = (
        select(Round)
        .where(col(Round.id).in_(list(ids)), Round.state == RoundState.READY)
        .order_by(col(Round.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(uow.session.exec(query))


def _orders_on(uow: UnitOfWork, rounds: Iterable[UUID]) -> set[UUID]:
    query = (
        select(StopOrder.order_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .where(col(Stop.round_id).in_(list(rounds)), not_given_back())
    )
    return set(uow.session.exec(query))


def _set_free(uow: UnitOfWork, orders: Iterable[Order], taken: set[UUID]) -> None:
    for order in orders:
        if order.id not in taken or order.state is not OrderState.PLANNED:
            continue
        if bring_back(uow, order.id):  # somebody else comes, and must be told
            continue
        order.plan_version, order.explanation = None, None
        move_order(uow, order, OrderState.WAITING)
        part(uow, order)
