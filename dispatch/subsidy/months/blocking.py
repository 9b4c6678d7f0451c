"""What keeps a month from being closed: each thing with how many, to be seen to."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from dispatch.clock import read_clock, town_day
from dispatch.counter.cash_days import CashDay, CashState
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import ENDED_STATES, Order, OrderState
from dispatch.people.places import Station, Street
from dispatch.subsidy.anomalies.anomaly import Anomaly, open_holds
from dispatch.subsidy.ledger import Entry, EntryState
from dispatch.subsidy.months.periods import (
    Period,
    PeriodState,
    find_period,
    first_day,
    month_after,
    state_of,
)
from dispatch.subsidy.months.steps import (
    Figures,
    PeriodStep,
    Step,
    figures_by_station,
    list_steps,
    together,
)
from dispatch.subsidy.months.told_later import told_later
from dispatch.subsidy.station_duties import last_day
from dispatch.subsidy.station_months import list_uncounted


@dataclass(frozen=True)
class Blocker:
    """One thing that is still open. `names` are those it waits for, at most twenty."""

    kind: str
    words: str
    count: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signed:
    """The newest signatures that still count: of this beginning, of these figures."""

    stations: Mapping[UUID, Figures]  # what there is to sign, by station
    street_of: Mapping[UUID, str]
    confirmed: Mapping[UUID, PeriodStep]
    reviewed: Mapping[str, PeriodStep]
    whole: Mapping[Step, PeriodStep]  # publish, approve, pay
    told_later: Mapping[UUID, int] = field(default_factory=dict)  # things, by station

    def streets(self) -> dict[str, Figures]:
        """What there is to review, by street."""
        found: dict[str, list[Figures]] = {}
        for station in sorted(self.stations):
            found.setdefault(self.street_of[station], []).append(self.stations[station])
        return {street: together(figures) for street, figures in found.items()}

    def unconfirmed(self, street: str | None = None) -> list[UUID]:
        """Stations whose figures of now nobody has confirmed."""
        return [
            station
            for station, figures in self.stations.items()
            if station not in self.confirmed
            or self.confirmed[station].digest != figures.digest
            or station in self.told_later
            if street is None or self.street_of[station] == street
        ]

    def changed(self, street: str | None = None) -> list[UUID]:
        """Those among them that had confirmed: something has changed since."""
        return [one for one in self.unconfirmed(street) if one in self.confirmed]

    def unreviewed(self) -> list[str]:
        """Streets whose figures of now nobody has reviewed."""
        again = {self.street_of[one] for one in self.changed()}
        return [
            street
            for street, figures in self.streets().items()
            if street not in self.reviewed
            or self.reviewed[street].digest != figures.digest
            or street in again
        ]


def signed_of(
    session: Session, month: str, only: Collection[UUID] | None = None
) -> Signed:
    """The signatures of a month beside the figures as they are now.

    Args:
        only: look at the figures of these stations alone.
    """
    period = find_period(session, month)
    begun = period.begun if period else 1
    confirmed: dict[UUID, PeriodStep] = {}
    reviewed: dict[str, PeriodStep] = {}
    whole: dict[Step, PeriodStep] = {}
    for step in list_steps(session, month):
        if step.begun != begun:
            continue
        if step.station_id is not None:
            confirmed[step.station_id] = step
        elif step.street_code is not None:
            reviewed[step.street_code] = step
        else:
            whole[step.step] = step
    found = figures_by_station(session, month, only)
    for station, street in uncounted(session, month).items():
        if only is None or station in only:
            found[station] = (street, Figures())
    # Once it is put up in public nothing more is booked in it: what is told then is
    # for a correction.
    is_open = period is None or period.state is PeriodState.OPEN
    return Signed(
        stations={station: figures for station, (_, figures) in found.items()},
        street_of={station: street for station, (street, _) in found.items()},
        confirmed=confirmed,
        reviewed=reviewed,
        whole=whole,
        told_later=told_later(session, month, confirmed, only)
        if confirmed and is_open
        else {},
    )


def uncounted(session: Session, month: str) -> dict[UUID, str]:
    """Stations, with their streets, that have something due for a month that is over,
    though nothing is booked of them: their confirming counts it.
    """
    over = town_day(read_clock(session)) > last_day(month)
    is_open = state_of(session, month) is PeriodState.OPEN
    return list_uncounted(session, month) if over and is_open else {}


def blockers(
    session: Session, period: str, signed: Signed | None = None
) -> list[Blocker]:
    """Everything that must be done before the month can be closed; empty: close it.

    Args:
        signed: its signatures, where the caller has read them.

    Raises: BadInput, for what is no month.
    """
    first_day(period)
    today = town_day(read_clock(session))
    signed = signed or signed_of(session, period)
    found = [*open_facts(session, period, today), *_missing(session, signed, today)]
    return [blocker for blocker in found if blocker.count]


def open_facts(
    session: Session, month: str, today: date, station_id: UUID | None = None
) -> Iterator[Blocker]:
    """What is not yet settled in the month, of one station or of all."""
    first, last = first_day(month), last_day(month)
    yield Blocker("not_over", f"{month} 还没有过完", int(today <= last))
    # A station does not wait for other months' closers to say that its own is right.
    earlier = _earlier_open(session, month) if station_id is None else ()
    yield Blocker("earlier_open", "更早的月份还没有月结", len(earlier), earlier)
    days = (first, last)
    orders = _count(session, _open_orders(days, station_id))
    yield Blocker("orders_open", f"还有 {orders} 单未完结", orders)
    unposted = _count(session, _unposted(days, station_id))
    yield Blocker("unposted", f"还有 {unposted} 单已收款、有凭证，没有入账", unposted)
    drafts = _count(session, _drafts(month, station_id))
    yield Blocker("drafts", f"还有 {drafts} 笔分录没有过账", drafts)
    cash = _count(session, _open_drawers(days, station_id))
    yield Blocker("cash_open", f"还有 {cash} 个现金日没有日结", cash)
    held = [a for a in open_holds(session, month) if station_id in (None, a.station_id)]
    yield Blocker("holds_open", f"还有 {len(held)} 条疑点没有结论", len(held))


def _missing(session: Session, signed: Signed, today: date) -> Iterator[Blocker]:
    """The steps that nobody has signed, or not for these figures."""
    changed = signed.changed()
    never = sorted(set(signed.unconfirmed()) - set(changed))
    yield Blocker(
        "not_confirmed",
        f"还有 {len(never)} 个驿站没有确认",
        len(never),
        _names(session, Station.id, Station.name, never),
    )
    yield Blocker(
        "changed_since",
        f"{len(changed)} 个驿站确认后数字或老人情况有变，须重新确认（届时自动重算）",
        len(changed),
        _names(session, Station.id, Station.name, changed),
    )
    streets = _names(session, Street.code, Street.name, signed.unreviewed())
    yield Blocker(
        "not_reviewed",
        f"还有 {len(streets)} 个街道没有初审，或初审后数字有变",
        len(streets),
        streets,
    )
    notice = signed.whole.get(Step.PUBLISH)
    yield Blocker("not_published", "还没有公示", int(notice is None))
    if notice is not None and notice.until_on is not None:
        running = int(today <= notice.until_on)
        yield Blocker("notice_running", f"公示到 {notice.until_on} 为止", running)
    for step, kind, words in (
        (Step.APPROVE, "not_approved", "区级还没有复审"),
        (Step.PAY, "not_paid", "财务还没有签字"),
    ):
        yield Blocker(kind, words, int(step not in signed.whole))


def _count(session: Session, query: Any) -> int:
    counting = select(func.count()).select_from(query.subquery())
    return int(session.exec(counting).one())


def _open_orders(days: tuple[date, date], station_id: UUID | None) -> Any:
    query = select(Order.id).where(
        col(Order.serve_on).between(*days), col(Order.state).not_in(ENDED_STATES)
    )
    return query if station_id is None else query.where(Order.station_id == station_id)


def _unposted(days: tuple[date, date], station_id: UUID | None) -> Any:
    """Done, paid and proven, without an entry; what somebody doubts is apart."""
    query = select(Order.id).where(
        col(Order.serve_on).between(*days),
        Order.state == OrderState.DONE,
        col(Order.paid_fen) >= col(Order.due_fen),
        col(Order.price_fen) + col(Order.fee_fen) > 0,
        exists().where(col(Evidence.order_id) == col(Order.id), col(Evidence.counts)),
        ~exists().where(col(Entry.order_id) == col(Order.id)),
        ~exists().where(col(Anomaly.order_id) == col(Order.id), col(Anomaly.holds)),
    )
    return query if station_id is None else query.where(Order.station_id == station_id)


def _drafts(month: str, station_id: UUID | None) -> Any:
    query = select(Entry.id).where(
        Entry.period == month, Entry.state == EntryState.DRAFT
    )
    return query if station_id is None else query.where(Entry.station_id == station_id)


def _open_drawers(days: tuple[date, date], station_id: UUID | None) -> Any:
    query = select(CashDay.id).where(
        col(CashDay.cash_on).between(*days), CashDay.state != CashState.CLOSED
    )
    if station_id is None:
        return query
    return query.where(CashDay.station_id == station_id)


def _earlier_open(session: Session, month: str) -> tuple[str, ...]:
    """Months before this one that have entries and are not closed."""
    closed = set(
        session.exec(select(Period.month).where(Period.state == PeriodState.CLOSED))
    )
    found = []
    at = session.exec(select(func.min(Entry.period))).one() or month
    while at < month:
        if (
            at not in closed
            and session.exec(
                select(Entry.id).where(Entry.period == at).limit(1)
            ).first()
        ):
            found.append(at)
        at = month_after(at)
    return tuple(found)


def _names(session: Session, key: Any, name: Any, wanted: list[Any]) -> tuple[str, ...]:
    if not wanted:
        return ()
    found = session.exec(select(name).where(key.in_(wanted)).order_by(name))
    return tuple(found)
