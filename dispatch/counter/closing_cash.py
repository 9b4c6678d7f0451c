"""Closing a counter's cash: counted by one, named differences, a second look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, delete, select

from dispatch.access.accounts import Account
from dispatch.clock import town_day
from dispatch.counter.cash_days import (
    CashDay,
    CashDifference,
    CashState,
    find_cash_day,
    hold_for_closing,
    list_differences,
    sum_booked,
)
from dispatch.counter.payments import PayMethod
from dispatch.counter.till_deeds import TillDeed, find_deeds, list_unbooked_cash
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.log.events import record
from dispatch.orders.station_day import station_for
from dispatch.people.places import Station
from dispatch.people.showing import shown_name
from dispatch.people.vault import erase, seal, unseal
from dispatch.store.unit_of_work import UnitOfWork


class CashIsClosed(Conflict):
    """这一天的现金已日结，不能再改。以后的账记入下一天。"""

    code = "cash_is_closed"


class CashNotCounted(Conflict):
    """现金还没有清点，不能复核。请先清点。"""

    code = "cash_not_counted"


class CashMovedOn(Conflict):
    """清点之后账又有变动，没有日结。请重新清点。"""

    code = "cash_moved_on"


class DifferenceUnnamed(BadInput):
    """长短款没有写清：各项差异之和要等于实点减应有。没有保存。"""

    code = "difference_unnamed"


class SamePerson(NotAllowed):
    """清点和复核要两个人，不能自己复核自己。没有日结。"""

    code = "same_person"


class NotYetThatDay(BadInput):
    """这一天还没有到，不能清点。"""

    code = "not_yet_that_day"


@dataclass(frozen=True)
class Named:
    """A difference that somebody names: how much, whom it concerns, why."""

    fen: int
    who: str
    why: str


@dataclass(frozen=True, kw_only=True)
class DifferenceLine:
    """A named difference; `deed_id` where the counter's page took the money."""

    fen: int
    who: str
    why: str
    deed_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CashSheet:
    """One drawer on one day. `off_fen` is counted less expected."""

    station_id: UUID
    on: date
    state: str
    float_fen: int
    booked_fen: int
    expected_fen: int
    counted_fen: int | None
    off_fen: int | None
    card_fen: int
    stored_fen: int
    unbooked: list[DifferenceLine]
    differences: list[DifferenceLine]
    counted_by: str | None
    counted_at: datetime | None
    seconded_by: str | None
    seconded_at: datetime | None
    own_count: bool


def show_cash(uow: UnitOfWork, on: date, station_id: UUID | None = None) -> CashSheet:
    """The drawer of a day as it stands; what is closed shows what was closed.

    Raises:
        NotFound: the station is out of reach.
    """
    station = station_for(uow, station_id)
    day = find_cash_day(uow.session, station.id, on) or _untouched(station, on)
    booked = sum_booked(uow.session, station.id, on)
    closed = day.state is CashState.CLOSED
    expected = day.float_fen + booked[PayMethod.CASH]
    counted = day.counted_fen
    names = _titles(uow, day)
    return CashSheet(
        station_id=station.id,
        on=on,
        state=day.state.value,
        float_fen=day.float_fen,
        booked_fen=booked[PayMethod.CASH],
        expected_fen=expected,
        counted_fen=counted,
        off_fen=None if counted is None else counted - expected,
        card_fen=booked[PayMethod.CARD],
        stored_fen=booked[PayMethod.STORED],
        unbooked=[] if closed else _unbooked(uow, station.id, on),
        differences=_named(uow, day),
        counted_by=names.get(day.counted_by),
        counted_at=day.counted_at,
        seconded_by=names.get(day.seconded_by),
        seconded_at=day.seconded_at,
        own_count=day.counted_by == uow.actor.account_id,
    )


def count_cash(
    uow: UnitOfWork, on: date, float_fen: int, counted_fen: int, named: list[Named]
) -> CashDay:
    """Say what lies in the own drawer; it may be counted again until it is closed.

    What the page took and could not book is named by itself; the rest is named here.

    Raises:
        NotYetThatDay, CashIsClosed
        DifferenceUnnamed: the parts are not what the drawer is off by.
    """
    if on > town_day(uow.now):
        raise NotYetThatDay
    station = station_for(uow, None)
    day = hold_for_closing(uow.session, station, on)
    if day.state is CashState.CLOSED:
        raise CashIsClosed
    expected = float_fen + sum_booked(uow.session, station.id, on)[PayMethod.CASH]
    unbooked = list_unbooked_cash(uow.session, station.id, on)
    explained = sum(one.fen for one in named) + sum(one.fen or 0 for one in unbooked)
    if counted_fen - expected != explained:
        raise DifferenceUnnamed(off_fen=counted_fen - expected, named_fen=explained)
    _forget_differences(uow, day)
    day.state, day.float_fen = CashState.COUNTED, float_fen
    day.expected_fen, day.counted_fen = expected, counted_fen
    day.counted_by, day.counted_at = uow.actor.account_id, uow.now
    uow.session.add(day)
    uow.session.flush()
    for one in unbooked:
        _keep(uow, day, one.fen or 0, _why(one), deed=one)
    for each in named:
        _keep(uow, day, each.fen, each.why, who=each.who)
    _tell(uow, day, "cash.counted", off_fen=counted_fen - expected)
    return day


def close_cash(uow: UnitOfWork, on: date, station_id: UUID | None = None) -> CashDay:
    """The second look: another person agrees, and the day is fixed for good.

    Raises:
        CashNotCounted, CashIsClosed
        SamePerson: who counted cannot agree with themselves.
        CashMovedOn: the book is not what it was when the drawer was counted.
    """
    station = station_for(uow, station_id)
    day = hold_for_closing(uow.session, station, on)
    if day.state is CashState.CLOSED:
        raise CashIsClosed
    if day.state is CashState.OPEN:
        raise CashNotCounted
    if day.counted_by == uow.actor.account_id:
        raise SamePerson
    booked = sum_booked(uow.session, station.id, on)[PayMethod.CASH]
    named = {one.deed_id for one in list_differences(uow.session, day.id)}
    unbooked = {one.id for one in list_unbooked_cash(uow.session, station.id, on)}
    if day.float_fen + booked != day.expected_fen or not unbooked <= named:
        raise CashMovedOn
    day.state = CashState.CLOSED
    day.seconded_by, day.seconded_at = uow.actor.account_id, uow.now
    uow.session.add(day)
    uow.session.flush()
    _tell(uow, day, "cash.closed")
    return day


def _untouched(station: Station, on: date) -> CashDay:
    return CashDay(station_id=station.id, street_code=station.street_code, cash_on=on)


def _keep(
    uow: UnitOfWork,
    day: CashDay,
    fen: int,
    why: str,
    *,
    who: str = "",
    deed: TillDeed | None = None,
) -> None:
    if fen == 0:
        return
    kept = CashDifference(
        cash_day_id=day.id, fen=fen, why=why, deed_id=deed.id if deed else None
    )
    uow.session.add(kept)
    uow.session.flush()
    if who:
        seal(uow.session, kept.id, {"name": who})


def _forget_differences(uow: UnitOfWork, day: CashDay) -> None:
    """A new count names its own."""
    for one in list_differences(uow.session, day.id):
        erase(uow.session, one.id)
    mine = col(CashDifference.cash_day_id) == day.id
    uow.session.exec(delete(CashDifference).where(mine))


def _why(deed: TillDeed) -> str:
    return f"deed:{deed.why}"


def _unbooked(uow: UnitOfWork, station_id: UUID, on: date) -> list[DifferenceLine]:
    deeds = list_unbooked_cash(uow.session, station_id, on)
    elders = [deed.elder_id for deed in deeds if deed.elder_id]
    names = unseal(uow.session, elders, ["name"])
    return [
        DifferenceLine(
            fen=deed.fen or 0,
            who=_name(uow, names, deed.elder_id),
            why=_why(deed),
            deed_id=deed.id,
        )
        for deed in deeds
    ]


def _named(uow: UnitOfWork, day: CashDay) -> list[DifferenceLine]:
    kept = list_differences(uow.session, day.id)
    deeds = find_deeds(uow.session, [one.deed_id for one in kept if one.deed_id])
    owners = {
        one.id: (one.deed_id and deeds[one.deed_id].elder_id) or one.id for one in kept
    }
    names = unseal(uow.session, list(owners.values()), ["name"])
    return [
        DifferenceLine(
            fen=one.fen,
            who=_name(uow, names, owners[one.id]),
            why=one.why,
            deed_id=one.deed_id,
        )
        for one in kept
    ]


def _name(
    uow: UnitOfWork, names: Mapping[UUID, Mapping[str, str]], whose: UUID | None
) -> str:
    kept = names.get(whose, {}) if whose else {}
    return shown_name(uow.actor, kept.get("name", ""))


def _titles(uow: UnitOfWork, day: CashDay) -> dict[UUID | None, str]:
    wanted = [one for one in (day.counted_by, day.seconded_by) if one]
    query = select(Account).where(col(Account.id).in_(wanted))
    return {account.id: account.title for account in uow.session.exec(query)}


def _tell(uow: UnitOfWork, day: CashDay, kind: str, **about: int) -> None:
    record(
        uow,
        kind,
        "cash_day",
        day.id,
        facts={"on": day.cash_on.isoformat(), **about},
        station_id=day.station_id,
        street_code=day.street_code,
    )
