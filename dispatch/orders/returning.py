"""Coming back, and taking back what was written down of the wrong person."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import Conflict, NotAllowed
from dispatch.orders.befalling import tell_life
from dispatch.orders.holding import hold_orders, release_orders
from dispatch.orders.orders import Order, OrderState, get_order
from dispatch.orders.pausing import AlreadyResumed, end_pause
from dispatch.people.agreements import Agreement
from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.people.life_events import LifeEvent, LifeKind, get_life_event
from dispatch.people.pauses import find_pause, get_pause
from dispatch.people.responsible import Responsible
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.allowance_stops import lift_stop

_AWAY: Final = frozenset(
    {LifeKind.HOSPITAL, LifeKind.INSTITUTION, LifeKind.UNREACHABLE}
)


class NotAway(Conflict):
    """这条记录没有“回来”这一步，没有保存。"""

    code = "not_away"


class CannotUndo(Conflict):
    """这条记录已经撤销或已经结束；搬家请按新住址再登记一次。没有保存。"""

    code = "cannot_undo"


def come_back(uow: UnitOfWork, event_id: UUID, on: date | None = None) -> LifeEvent:
    """Back from hospital or an institution, or found again, from a day on.

    What was held from that day on waits again; what could not is named in `did`
    as `still_held`.

    Raises:
        NotFound: no such event within reach.
        NotAway: of an event that has no way back, or they are back already.
    """
    kept, elder = _hold(uow, event_id)
    if kept.kind not in _AWAY or kept.ended_on or kept.undone_at:
        raise NotAway
    kept.ended_on = max(on or town_day(uow.now), kept.happened_on)
    _end_absence(uow, kept, elder, kept.ended_on)
    tell_life(uow, elder, "elder.came_back", kept)
    return kept


def undo_event(uow: UnitOfWork, event_id: UUID, because: str) -> LifeEvent:
    """It was never so: a wrong name, a wrong list. A person says it, with the reason.

    The agreement holds again, and orders wait again where the kitchen can still serve
    them; the others stay called off and are named in `did` as `lost`.

    Raises:
        NotFound: no such event within reach.
        NotAllowed: a process, not a person.
        CannotUndo: undone before, over, or a move.
    """
    if uow.actor.account_id is None:
        raise NotAllowed
    kept, elder = _hold(uow, event_id)
    if kept.undone_at or kept.ended_on or kept.kind is LifeKind.MOVED:
        raise CannotUndo
    kept.undone_at, kept.undone_by = uow.now, uow.actor.account_id
    kept.undone_because = because
    if kept.kind in _AWAY:
        _end_absence(uow, kept, elder, kept.happened_on)
    else:
        _open_again(uow, kept, elder)
        lift_stop(uow, kept)
    tell_life(uow, elder, "elder.undone", kept)
    return kept


def _hold(uow: UnitOfWork, event_id: UUID) -> tuple[LifeEvent, Elder]:
    kept = get_life_event(uow.session, event_id)
    elder = get_scoped(uow, Elder, kept.elder_id, lock=True)
    uow.session.refresh(kept)
    return kept, elder


def _end_absence(uow: UnitOfWork, kept: LifeEvent, elder: Elder, on: date) -> None:
    if kept.kind is LifeKind.INSTITUTION:
        home = {"resides_in_institution": False}
        back = FactChange(FactKind.INSTITUTION, home, on, source=kept.source)
        change_facts(uow, elder, [back], reason="came_back")
    try:
        made = get_pause(uow.session, UUID(kept.did["pause"]))
        effect = end_pause(uow, elder, made, on)
    except AlreadyResumed:  # somebody ended the pause itself before
        return
    still = [str(order.id) for order in effect.left]
    _note(uow, kept, {"freed": [str(o.id) for o in effect.moved], "still_held": still})


def _open_again(uow: UnitOfWork, kept: LifeEvent, elder: Elder) -> None:
    elder.died_on = None if kept.kind is LifeKind.DIED else elder.died_on
    elder.left_on = None if kept.kind is LifeKind.MOVED_OUT else elder.left_on
    uow.session.add(elder)
    if agreement_id := kept.did.get("agreement"):
        agreement = uow.session.get_one(Agreement, UUID(agreement_id))
        agreement.until_on = agreement.ended_reason = None
        uow.session.add(agreement)
    for named_id in kept.did.get("responsible", []):
        named = uow.session.get_one(Responsible, UUID(named_id))
        named.until_on = None
        uow.session.add(named)
    uow.session.flush()
    freed: list[str] = []
    lost: list[str] = []
    for order_id in kept.did.get("called_off", []):
        order = get_order(uow.session, UUID(order_id), lock=True)
        (freed if _waits_again(uow, order) else lost).append(order_id)
    _note(uow, kept, {"freed": freed, "lost": lost})


def _waits_again(uow: UnitOfWork, order: Order) -> bool:
    """Not if somebody else has the portion, or they have another meal by now."""
    if order.state is not OrderState.CANCELLED:
        return False
    try:
        with uow.session.begin_nested():
            freed, _ = release_orders(uow, [order])
    except IntegrityError:
        uow.session.refresh(order)
        return False
    if freed and (
        paused := find_pause(
            uow.session, order.elder_id, order.serve_on, is_meal=order.is_meal
        )
    ):
        hold_orders(uow, freed, paused.reason.value)
    return bool(freed)


def _note(uow: UnitOfWork, kept: LifeEvent, more: Json) -> None:
    kept.did = {**kept.did, **more}
    uow.session.add(kept)
    uow.session.flush()
