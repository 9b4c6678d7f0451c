"""The books as the office reads them: what is owed and paid, who bore it, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.masking import mask_name
from dispatch.access.scope import scoped
from dispatch.people.places import Station
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.allowance_stops import AllowanceStop, days_late
from dispatch.subsidy.externals import count_unredeemed
from dispatch.subsidy.five_ways import FiveWays, list_five_ways
from dispatch.subsidy.months.periods import find_period, first_day, month_after
from dispatch.subsidy.payers import list_payers
from dispatch.subsidy.payouts import list_owed, list_payouts
from dispatch.subsidy.station_tallies import StationTally


@dataclass(frozen=True, kw_only=True)
class OwedRow:
    """`kind`: advance (垫付), due (应付) or external (他方)."""

    station_id: UUID
    station: str
    payer: str
    payer_name: str
    kind: str
    fen: int
    paid_fen: int
    left_fen: int


@dataclass(frozen=True, kw_only=True)
class TransferRow:
    station: str
    payer_name: str
    kind: str
    fen: int
    paid_on: date
    voucher: str
    by: str


@dataclass(frozen=True, kw_only=True)
class TallyRow:
    """What a station's month was counted as, and what each rule gave or why not."""

    station_id: UUID
    station: str
    rule_version: str
    rural: bool
    star: int
    signed_persons: int
    visits_due: int
    visits_done: int
    haircuts_due: int
    haircuts_done: int
    persons_days: dict[str, int]
    earned: dict[str, int]
    refused: dict[str, str]
    counted_at: datetime


@dataclass(frozen=True, kw_only=True)
class AllowanceStopRow:
    id: UUID
    elder_id: UUID
    elder_label: str
    station: str
    why: str
    event_on: date
    stops_on: date
    days_late: int  # that a death was told after the family's time
    verify_until_on: date | None
    verified_at: datetime | None
    verified_by: str | None


@dataclass(frozen=True, kw_only=True)
class BookSheet:
    """One month. `unredeemed`: coupon lines whose number nobody wrote down."""

    month: str
    state: str
    unredeemed: int
    owed: list[OwedRow]
    transfers: list[TransferRow]
    ways: list[FiveWays]
    tallies: list[TallyRow]
    stops: list[AllowanceStopRow]


def show_books(uow: UnitOfWork, month: str) -> BookSheet:
    """A month's money within the actor's reach. Raises: BadInput."""
    first_day(month)
    query = scoped(uow.actor, Station).order_by(col(Station.code))
    names = {one.id: one.name for one in uow.session.exec(query)}
    period = find_period(uow.session, month)
    return BookSheet(
        month=month,
        state=period.state.value if period else "open",
        unredeemed=count_unredeemed(uow.session, month, list(names)),
        owed=_owed(uow.session, month, names),
        transfers=_transfers(uow.session, month, names),
        ways=list_five_ways(uow, month),
        tallies=_tallies(uow.session, month, names),
        stops=_stops(uow, month, names),
    )


def _payer_names(session: Session) -> dict[str, str]:
    return {payer.id: payer.name for payer in list_payers(session).values()}


def _owed(session: Session, month: str, names: dict[UUID, str]) -> list[OwedRow]:
    payers = _payer_names(session)
    return [
        OwedRow(
            station_id=owed.station_id,
            station=names[owed.station_id],
            payer=owed.payer,
            payer_name=payers.get(owed.payer, ""),
            kind=owed.kind.value,
            fen=owed.fen,
            paid_fen=owed.paid_fen,
            left_fen=owed.left_fen,
        )
        for owed in list_owed(session, month)
        if owed.station_id in names
    ]


def _transfers(
    session: Session, month: str, names: dict[UUID, str]
) -> list[TransferRow]:
    payers = _payer_names(session)
    kept = [one for one in list_payouts(session, month) if one.station_id in names]
    titles = titles_of(session, {one.made_by for one in kept})
    return [
        TransferRow(
            station=names[one.station_id],
            payer_name=payers.get(one.payer, one.payer),
            kind=one.kind.value,
            fen=one.fen,
            paid_on=one.paid_on,
            voucher=one.voucher,
            by=titles.get(one.made_by, "") if one.made_by else "",
        )
        for one in kept
    ]


def _tallies(session: Session, month: str, names: dict[UUID, str]) -> list[TallyRow]:
    query = select(StationTally).where(StationTally.month == month)
    newest = {
        one.station_id: one
        for one in session.exec(query.order_by(col(StationTally.counted_at)))
    }
    return [
        TallyRow(
            station_id=station_id,
            station=name,
            **{field: getattr(newest[station_id], field) for field in _COUNTED},
        )
        for station_id, name in names.items()
        if station_id in newest
    ]


_COUNTED: Final = (
    *("rule_version", "rural", "star", "signed_persons", "visits_due", "visits_done"),
    *("haircuts_due", "haircuts_done", "persons_days", "earned", "refused"),
    "counted_at",
)


def _stops(
    uow: UnitOfWork, month: str, names: dict[UUID, str]
) -> list[AllowanceStopRow]:
    """What stops in this month, and what somebody must still look into."""
    starts = (first_day(month), first_day(month_after(month)))
    waiting = col(AllowanceStop.verify_until_on).is_not(None) & col(
        AllowanceStop.verified_at
    ).is_(None)
    query = scoped(uow.actor, AllowanceStop).where(
        col(AllowanceStop.lifted_at).is_(None),
        waiting
        | (
            (col(AllowanceStop.stops_on) >= starts[0])
            & (col(AllowanceStop.stops_on) < starts[1])
        ),
    )
    kept = list(uow.session.exec(query.order_by(col(AllowanceStop.stops_on))))
    return _stop_rows(uow.session, kept, names)


def _stop_rows(
    session: Session, kept: Sequence[AllowanceStop], names: dict[UUID, str]
) -> list[AllowanceStopRow]:
    sealed = unseal(session, {one.elder_id for one in kept}, ["name"])
    titles = titles_of(session, {one.verified_by for one in kept})
    return [
        AllowanceStopRow(
            id=one.id,
            elder_id=one.elder_id,
            elder_label=mask_name(sealed.get(one.elder_id, {}).get("name", "")),
            station=names.get(one.station_id, ""),
            why=one.why.value,
            event_on=one.event_on,
            stops_on=one.stops_on,
            days_late=days_late(session, one),
            verify_until_on=one.verify_until_on,
            verified_at=one.verified_at,
            verified_by=titles.get(one.verified_by) if one.verified_by else None,
        )
        for one in kept
    ]
