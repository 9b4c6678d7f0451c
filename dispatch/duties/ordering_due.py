"""The nightly run: what is due becomes an order, once, with its deadline and tier."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day, town_seconds
from dispatch.duties.declining import DECLINED, has_declined
from dispatch.duties.due_orders import DutyOrder, DutyRun, list_of_elders
from dispatch.duties.gathering import Looked, look_at
from dispatch.duties.rules import duties_on
from dispatch.duties.standing import Standing, State
from dispatch.duties.unreachable import propose_suspensions
from dispatch.duties.week_plans import planned_on
from dispatch.errors import Conflict, NotFound, Refusal
from dispatch.log.events import record
from dispatch.orders.ordering import OrderDraft, make_order
from dispatch.orders.orders import ENDED_STATES, Channel, Order
from dispatch.orders.origins import Source
from dispatch.people.elders import Elder
from dispatch.people.places import Station
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

RUNS_AT_SECONDS: Final = 5 * 3600  # before anybody plans the day
LAST_CALL_SECONDS: Final = 14 * 3600  # ordered by hand later than this: tomorrow
_PAUSED: Final = "paused"
_TAKEN: Final = "ordered_already"
_PRESSING: Final = (State.AT_RISK, State.OVERDUE)


class NothingToOrder(Conflict):
    """这项应办事项现在不能下单，没有保存。请看原因后处理。"""

    code = "nothing_to_order"


def stations_to_run(uow: UnitOfWork) -> list[UUID]:
    """Whose run of today is still to be made; none before five in the morning."""
    today = town_day(uow.now)
    if town_seconds(uow.now, today) < RUNS_AT_SECONDS:
        return []
    made = select(DutyRun.station_id).where(DutyRun.on == today)
    query = select(Station.id).where(
        col(Station.exited_on).is_(None), col(Station.id).not_in(made)
    )
    return list(uow.session.exec(query.order_by(col(Station.code))))


def run_station(uow: UnitOfWork, station_id: UUID) -> DutyRun:
    """Order today what is due of a station's elders; doing it again changes nothing."""
    on = town_day(uow.now)
    if kept := uow.session.get(DutyRun, (station_id, on)):
        return kept
    run = DutyRun(station_id=station_id, on=on, at=uow.now)
    try:
        with uow.session.begin_nested():
            uow.session.add(run)
            uow.session.flush()
    except IntegrityError:  # two schedules looked at once
        return uow.session.get_one(DutyRun, (station_id, on))
    elders = uow.session.exec(
        scoped(uow.actor, Elder)
        .where(Elder.station_id == station_id, col(Elder.died_on).is_(None))
        .order_by(col(Elder.number))
    ).all()
    looked = look_at(uow.session, elders, on)
    run.owed = sum(len(each.standings) for each in looked)
    planned = planned_on(uow.session, station_id, on)
    for each, standing in _pressing(looked, planned):
        run.due += 1
        ordered = order_duty(uow, each.elder, standing, on)
        run.ordered += ordered
        run.not_ordered += not ordered
    propose_suspensions(uow, elders, on)
    uow.session.add(run)
    record(
        uow,
        "duty.run",
        "station",
        station_id,
        facts={"owed": run.owed, "due": run.due, "ordered": run.ordered},
        station_id=station_id,
    )
    return run


def _pressing(
    looked: Sequence[Looked], planned: set[tuple[UUID, str]]
) -> list[tuple[Looked, Standing]]:
    """What is ordered by itself today, the most urgent first: what presses, and what
    the planned week has put on this day.
    """
    found = [
        (each, standing)
        for each in looked
        for standing in each.standings
        if standing.held.rule.by_itself
        and (standing.state in _PRESSING or (each.elder.id, standing.duty) in planned)
    ]
    return sorted(found, key=lambda one: (one[1].order_of_work, one[0].elder.number))


def order_duty(uow: UnitOfWork, elder: Elder, standing: Standing, on: date) -> bool:
    """Order for one duty, unless an order of its kind stands; or keep why not.

    The row of the duty's period names the order; an order serves one duty only. What
    the elder called off is not ordered again by itself.

    Returns:
        whether an order stands for it now.
    """
    return _stand_for(uow, elder, standing, on)[1]


def _stand_for(
    uow: UnitOfWork,
    elder: Elder,
    standing: Standing,
    on: date,
    *,
    by_hand: bool = False,
) -> tuple[DutyOrder, bool]:
    row = _row_of(uow, elder, standing)
    if row.order_id is not None and _is_open(uow, row.order_id):
        return row, True
    order, reason = _ordered(uow, elder, standing, on, by_hand=by_hand)
    row.order_id = order.id if order else None
    row.reason = None if order else reason
    row.tries += order is not None
    row.state, row.looked_on = standing.state, on
    row.rules = duties_on(on).version.id
    uow.session.add(row)
    uow.session.flush()
    return row, order is not None


def order_by_hand(
    uow: UnitOfWork, elder_id: UUID, duty: str, *, key: str | None
) -> UUID:
    """Somebody presses the key: order what this duty wants, today or tomorrow.

    Returns:
        the order that stands for it.

    Raises:
        NotFound: no such elder within reach, or no such duty of theirs.
        NothingToOrder: nothing is ordered for this duty, or it cannot be.
        KeyMissing, KeyReused
    """
    if made := claim(uow, key, "duty_order", [elder_id, duty]):
        return made
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    today = town_day(uow.now)
    late = town_seconds(uow.now, today) > LAST_CALL_SECONDS
    on = today + timedelta(days=1) if late else today
    order_id = _order_for(uow, elder, standing_of(uow, elder, duty, today), on)
    keep_result(uow, key or "", order_id)
    return order_id


def order_ahead(uow: UnitOfWork, elder: Elder, duty: str, on: date) -> UUID:
    """Order for a coming day what a duty will want then. The elder's row is held.

    Raises:
        NotFound: they will have no such duty.
        NothingToOrder: nothing is ordered for this duty, or it cannot be.
    """
    return _order_for(uow, elder, standing_of(uow, elder, duty, on), on)


def standing_of(uow: UnitOfWork, elder: Elder, duty: str, on: date) -> Standing:
    """How one duty of an elder stands on a day, as far as is known today.

    Raises:
        NotFound: they have no such duty that day.
    """
    [looked] = look_at(uow.session, [elder], on)
    for one in looked.standings:
        if one.duty == duty:
            return one
    raise NotFound("没有找到这项应办事项。")


def _order_for(uow: UnitOfWork, elder: Elder, standing: Standing, on: date) -> UUID:
    row, ordered = _stand_for(uow, elder, standing, on, by_hand=True)
    if not ordered or row.order_id is None:
        raise NothingToOrder(why=row.reason)
    return row.order_id


def _row_of(uow: UnitOfWork, elder: Elder, standing: Standing) -> DutyOrder:
    key = (elder.id, standing.duty)
    row = list_of_elders(uow.session, [elder.id], standing.span.until_on).get(key)
    if row is not None and row.until_on == standing.span.until_on:
        return row
    return DutyOrder(
        elder_id=elder.id,
        station_id=elder.station_id,
        street_code=elder.street_code,
        duty=standing.duty,
        rules="",
        first_on=standing.span.first_on,
        until_on=standing.span.until_on,
        state=standing.state,
        looked_on=standing.span.first_on,
    )


def _is_open(uow: UnitOfWork, order_id: UUID) -> bool:
    return uow.session.get_one(Order, order_id).state not in ENDED_STATES


def _ordered(
    uow: UnitOfWork, elder: Elder, standing: Standing, on: date, *, by_hand: bool
) -> tuple[Order | None, str]:
    if standing.paused:
        return None, _PAUSED
    service = standing.held.rule.orders or ""
    standing_ones = _open_orders(uow, elder.id, service, on)
    for order in standing_ones:
        if not _serves_another(uow, order.id):
            return _urgent(uow, order, standing), ""
    if standing_ones:
        return None, _TAKEN
    if not by_hand and has_declined(uow.session, elder.id, standing, on):
        return None, DECLINED
    draft = OrderDraft(
        elder_id=elder.id,
        service=service,
        channel=Channel.VISIT,
        serve_on=on,
        serving=Serving.LUNCH,
        source=Source.DUTY,
    )
    try:
        with uow.session.begin_nested():
            return _urgent(uow, make_order(uow, draft), standing), ""
    except Refusal as refusal:
        return None, refusal.code[:24]


def _open_orders(
    uow: UnitOfWork, elder_id: UUID, service: str, on: date
) -> Sequence[Order]:
    """Somebody has ordered it by hand for this day, or it is on its way."""
    return uow.session.exec(
        select(Order)
        .where(Order.elder_id == elder_id, Order.service == service)
        .where(Order.serve_on == on, col(Order.state).not_in(ENDED_STATES))
        .order_by(col(Order.placed_at), col(Order.id))
    ).all()


def _serves_another(uow: UnitOfWork, order_id: UUID) -> bool:
    query = select(DutyOrder.id).where(DutyOrder.order_id == order_id)
    return uow.session.exec(query).first() is not None


def _urgent(uow: UnitOfWork, order: Order, standing: Standing) -> Order:
    """The order stands as far before others as the duty's rule says."""
    order.tier = max(order.tier, standing.tier)
    uow.session.add(order)
    return order
