"""五方分担: who bore the price of a month's services in the end, station by station."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.access.scope import scoped
from dispatch.people.places import Station
from dispatch.reports.month_sums import MonthGrant, MonthSum
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.externals import LTCI
from dispatch.subsidy.payers import Source, list_payers

# A payer that no adopted rule file named.
_UNNAMED: Final = {LTCI: Source.SOCIETY}


@dataclass(frozen=True)
class FiveWays:
    """One station's month; the five add up to `price_fen`, fees included."""

    station_id: UUID
    station: str
    price_fen: int
    person_fen: int
    enterprise_fen: int
    government_fen: int
    collective_fen: int
    society_fen: int


def list_five_ways(uow: UnitOfWork, period: str) -> list[FiveWays]:
    """The stations within reach, by code. What the point itself bore is 企业."""
    session = uow.session
    shares = _shares(session, period)
    prices = _prices(session, period)
    stations = uow.session.exec(scoped(uow.actor, Station).order_by(col(Station.code)))
    return [
        FiveWays(
            one.id,
            one.name,
            prices[one.id],
            *(shares[one.id, source] for source in Source),
        )
        for one in stations
        if one.id in prices
    ]


def source_of(payers: dict[str, Source], payer: str) -> Source:
    """Which of the five a payer stands for."""
    return payers.get(payer) or _UNNAMED.get(payer, Source.GOVERNMENT)


def _prices(session: Session, period: str) -> dict[UUID, int]:
    query = (
        select(MonthSum.station_id, func.sum(MonthSum.price_fen))
        .where(MonthSum.period == period)
        .group_by(col(MonthSum.station_id))
    )
    return {station_id: int(fen) for station_id, fen in session.exec(query)}


def _shares(session: Session, period: str) -> dict[tuple[UUID, Source], int]:
    own = (
        select(
            MonthSum.station_id,
            func.sum(MonthSum.self_fen + MonthSum.other_fen),
            func.sum(MonthSum.borne_fen),
        )
        .where(MonthSum.period == period)
        .group_by(col(MonthSum.station_id))
    )
    granted = (
        select(MonthGrant.station_id, MonthGrant.payer, func.sum(MonthGrant.fen))
        .where(MonthGrant.period == period)
        .group_by(col(MonthGrant.station_id), col(MonthGrant.payer))
    )
    payers = {payer.id: payer.source for payer in list_payers(session).values()}
    found: dict[tuple[UUID, Source], int] = defaultdict(int)
    for station_id, person_fen, borne_fen in session.exec(own):
        found[station_id, Source.PERSON] += int(person_fen)
        found[station_id, Source.ENTERPRISE] += int(borne_fen)
    for station_id, payer, fen in session.exec(granted):
        found[station_id, source_of(payers, payer)] += int(fen)
    return found
