"""What befalls an elder, and all that follows from it, in one transaction.

Open orders of the days that it touches are held or called off, agreements end,
entitlements end with them. What is under way stays with its helper, and a safety case
stays open until a person closes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict
from dispatch.log.events import record
from dispatch.orders.holding import call_off, list_open
from dispatch.orders.orders import Order, OrderState
from dispatch.orders.pausing import PauseDraft, add_pause
from dispatch.orders.rehoming import rehome_orders
from dispatch.people.agreements import end_agreement, list_agreements, sign
from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.people.housing import Address, Point, make_household
from dispatch.people.life_events import LifeEvent, LifeKind, get_life_event
from dispatch.people.pauses import PauseReason
from dispatch.people.places import get_station
from dispatch.people.responsible import Responsible
from dispatch.store.columns import Json
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.allowance_stops import stop_allowances

_EARLIEST: Final = timedelta(days=366)
_AHEAD: Final = timedelta(days=92)


class AlreadyDied(Conflict):
    """这位老人已登记离世，没有重复保存。"""

    code = "already_died"


class BadEventDay(BadInput):
    """发生日期不合理，没有保存。请核对日期。"""

    code = "bad_event_day"


class NewAddressMissing(BadInput):
    """区内搬家请填写新住址，没有保存。"""

    code = "new_address_missing"


@dataclass(frozen=True)
class Event:
    """What happened to whom on which day, and who says so.

    `address`, `point` and `station_id` are of a move within the district; without a
    station the present one goes on answering.
    """

    elder_id: UUID
    kind: LifeKind
    happened_on: date
    source: str = "station"
    words: str = ""
    address: Address | None = None
    point: Point | None = None
    station_id: UUID | None = None


def befall(uow: UnitOfWork, event: Event, *, key: str | None) -> LifeEvent:
    """Write an event down with all that follows; the same key again changes nothing.

    `did` of what comes back names the orders: `held`, `called_off`, `moved`, and
    `under_way`, which somebody must look after by hand.

    Raises:
        NotFound: no such elder within reach.
        AlreadyDied, BadEventDay, NewAddressMissing, KeyMissing, KeyReused
    """
    made = claim(uow, key, "befall", asdict(event))
    if made:
        return get_life_event(uow.session, made)
    kept = add_event(uow, event)
    keep_result(uow, key or "", kept.id)
    return kept


def add_event(uow: UnitOfWork, event: Event) -> LifeEvent:
    """The same inside somebody's claimed request."""
    elder = get_scoped(uow, Elder, event.elder_id, lock=True)
    _check(uow, elder, event)
    did = _FOLLOWS[event.kind](uow, elder, event)
    did["under_way"] = _ids(_under_way(uow, elder))
    kept = LifeEvent(
        elder_id=elder.id,
        kind=event.kind,
        happened_on=event.happened_on,
        source=event.source,
        words=event.words,
        did=did,
        made_at=uow.now,
        made_by=uow.actor.account_id,
    )
    uow.session.add(kept)
    uow.session.flush()
    tell_life(uow, elder, f"elder.{event.kind.value}", kept)
    stop_allowances(uow, elder, kept)
    return kept


def tell_life(uow: UnitOfWork, elder: Elder, kind: str, kept: LifeEvent) -> None:
    """Record what befell an elder, whose row is held."""
    said = {"life_event_id": str(kept.id), "source": kept.source}
    said["happened_on"] = kept.happened_on.isoformat()
    record(
        uow,
        kind,
        "elder",
        elder.id,
        facts=said,
        station_id=elder.station_id,
        street_code=elder.street_code,
    )


def _check(uow: UnitOfWork, elder: Elder, event: Event) -> None:
    today = town_day(uow.now)
    if elder.died_on is not None:
        raise AlreadyDied
    latest = today if event.kind is LifeKind.DIED else today + _AHEAD
    if not max(elder.born_on, today - _EARLIEST) <= event.happened_on <= latest:
        raise BadEventDay
    if event.kind is LifeKind.MOVED and event.address is None:
        raise NewAddressMissing


def _die(uow: UnitOfWork, elder: Elder, event: Event) -> Json:
    elder.died_on = event.happened_on
    uow.session.add(elder)
    return _end_all(uow, elder, event.happened_on, "deceased", last=event.happened_on)


def _move_out(uow: UnitOfWork, elder: Elder, event: Event) -> Json:
    elder.left_on = event.happened_on
    uow.session.add(elder)
    last = event.happened_on - timedelta(days=1)
    return _end_all(uow, elder, event.happened_on, "moved_out", last=last)


def _end_all(
    uow: UnitOfWork, elder: Elder, from_on: date, reason: str, *, last: date
) -> Json:
    """No order from a day on, no agreement after its last, nobody answers any more."""
    open_ = list_open(uow, elder.id, from_on)
    open_ += list_open(uow, elder.id, from_on, held=True)
    did: Json = {
        "was_held": _ids([one for one in open_ if one.state is OrderState.HELD])
    }
    did["called_off"] = _ids(call_off(uow, open_, reason))
    for agreement in list_agreements(uow.session, [elder.id]).get(elder.id, []):
        if agreement.until_on is None:
            end_agreement(uow, agreement, last, reason)
            did["agreement"] = str(agreement.id)
    stand = select(Responsible).where(
        Responsible.elder_id == elder.id, col(Responsible.until_on).is_(None)
    )
    did["responsible"] = []
    for named in uow.session.exec(stand).all():
        named.until_on = last
        uow.session.add(named)
        did["responsible"].append(str(named.id))
    return did


def _move(uow: UnitOfWork, elder: Elder, event: Event) -> Json:
    """Only this elder moves: whoever else lives behind the old door stays there."""
    station = get_station(uow.session, event.station_id or elder.station_id)
    assert event.address is not None  # noqa: S101 - _check has looked
    home = make_household(uow, station, event.address, event.point)
    did: Json = {"from_household": str(elder.household_id)}
    if station.id != elder.station_id:
        did["from_station"] = str(elder.station_id)
        if list_agreements(uow.session, [elder.id]).get(elder.id):
            sign(uow, elder, station.id, event.happened_on, "")
    elder.household_id, elder.station_id = home.id, station.id
    elder.street_code = station.street_code
    uow.session.add(elder)
    open_ = list_open(uow, elder.id, event.happened_on)
    open_ += list_open(uow, elder.id, event.happened_on, held=True)
    rehomed = rehome_orders(uow, open_, station, home)
    return did | {
        "moved": _ids(rehomed.moved),
        "called_off": _ids(rehomed.called_off),
    }


def _stay_away(uow: UnitOfWork, elder: Elder, event: Event) -> Json:
    """Everything is paused until they are back."""
    reason = PauseReason(event.kind.value)
    first = max(event.happened_on, town_day(uow.now) - timedelta(days=31))
    effect = add_pause(uow, elder, PauseDraft(elder.id, first, reason))
    return {"pause": str(effect.pause.id), "held": _ids(effect.moved)}


def _move_in(uow: UnitOfWork, elder: Elder, event: Event) -> Json:
    """An institution feeds and looks after them; rules hear of it from that day."""
    lives = FactChange(
        FactKind.INSTITUTION,
        {"resides_in_institution": True},
        event.happened_on,
        source=event.source,
    )
    change_facts(uow, elder, [lives], reason=event.words or event.kind.value)
    return _stay_away(uow, elder, event)


def _under_way(uow: UnitOfWork, elder: Elder) -> Sequence[Order]:
    query = select(Order).where(
        Order.elder_id == elder.id, Order.state == OrderState.UNDER_WAY
    )
    return uow.session.exec(query.order_by(col(Order.id))).all()


def _ids(orders: Sequence[Order]) -> list[str]:
    return [str(order.id) for order in orders]


_FOLLOWS: Final[dict[LifeKind, Callable[[UnitOfWork, Elder, Event], Json]]] = {
    LifeKind.DIED: _die,
    LifeKind.MOVED_OUT: _move_out,
    LifeKind.MOVED: _move,
    LifeKind.HOSPITAL: _stay_away,
    LifeKind.UNREACHABLE: _stay_away,
    LifeKind.INSTITUTION: _move_in,
}
