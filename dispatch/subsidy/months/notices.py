"""The public notice (公示) of a month: who was subsidised, masked and for a few days.

It says no more than a neighbour needs to object: family name, station, on how many
days and how much; no category, which would tell of poverty or illness. Who has died
is counted in the sum and not named. When its days are over it is gone: nothing of it
is kept.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.masking import surname
from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.errors import NotFound
from dispatch.people.elders import Elder
from dispatch.people.places import Station, Street
from dispatch.people.vault import unseal
from dispatch.reports.month_sums import MonthGrant
from dispatch.reports.spans import span_of
from dispatch.reports.sums import sums_by
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger_accounts import OWED
from dispatch.subsidy.months.periods import Period, PeriodState
from dispatch.subsidy.months.steps import PeriodStep, Step

MOST_ROWS: Final = 500
_PLACE: Final[Any] = (Station.code, Station.name, Street.name, Station.phone)


class NoNotice(NotFound):
    """这个月没有正在进行的公示。公示期满后名单即撤下。"""

    code = "no_notice"


@dataclass(frozen=True)
class NoticePlace:
    """A station, as the public knows it."""

    code: str
    station: str
    street: str
    phone: str


@dataclass(frozen=True)
class RunningNotice:
    """A month that is up now; `until_on` is its last day."""

    month: str
    until_on: date
    places: tuple[NoticePlace, ...]


@dataclass(frozen=True)
class PublicRow:
    """One person at one station; `days` are those on which a subsidy stands."""

    label: str
    station: str
    days: int
    fen: int


@dataclass(frozen=True)
class PublicNotice:
    """A page of the notice, and the whole that it is a page of.

    `living` is how many rows there are: who has died is in `persons` only.
    """

    month: str
    until_on: date
    persons: int
    living: int
    fen: int
    rows: tuple[PublicRow, ...]


def list_running(uow: UnitOfWork) -> list[RunningNotice]:
    """What is up today, the latest month first; its stations by street."""
    return [
        RunningNotice(month, until_on, _places(uow.session, month))
        for month, until_on in sorted(_running(uow).items(), reverse=True)
    ]


def notice_of(
    uow: UnitOfWork,
    month: str,
    *,
    station_id: UUID | None = None,
    limit: int = 100,
    offset: int = 0,
) -> PublicNotice:
    """The running notice within the actor's reach, by station and person.

    Raises:
        NoNotice: the month was not put up, or its days are over.
    """
    until_on = _running(uow).get(month)
    if until_on is None:
        raise NoNotice
    whole = _granted(uow, month, station_id).subquery()
    persons, fen = uow.session.exec(
        select(func.count(), func.coalesce(func.sum(whole.c.fen), 0))
    ).one()
    living = (
        select(whole, Station.name, func.count().over())
        .join(Station, col(Station.id) == whole.c.station_id)
        .join(Elder, col(Elder.id) == whole.c.elder_id)
        .where(col(Elder.died_on).is_(None))
    )
    page = living.order_by(col(Station.name), whole.c.station_id, whole.c.elder_id)
    limit = min(limit, MOST_ROWS)
    found = list(uow.session.execute(page.limit(limit).offset(offset)))
    shown = found[-1][-1] if found else 0
    rows = _rows(uow, month, found)
    return PublicNotice(month, until_on, persons, shown, int(fen), rows)


def notice_at(
    uow: UnitOfWork, month: str, code: str, *, limit: int = 100, offset: int = 0
) -> tuple[NoticePlace, PublicNotice]:
    """A station, by its code, and its part of the running notice. Raises: NoNotice."""
    query = (
        select(Station.id, *_PLACE)
        .join(Street, col(Street.code) == col(Station.street_code))
        .where(Station.code == code)
    )
    if (found := uow.session.execute(query).first()) is None:
        raise NoNotice
    page = {"limit": limit, "offset": offset}
    return NoticePlace(*found[1:]), notice_of(uow, month, station_id=found[0], **page)


def _granted(uow: UnitOfWork, month: str, station_id: UUID | None) -> Any:
    """What stands granted to each person at each station, from the month's sums."""
    mine = scoped(uow.actor, MonthGrant).where(
        MonthGrant.period == month, col(MonthGrant.kind).in_(OWED)
    )
    if station_id is not None:
        mine = mine.where(MonthGrant.station_id == station_id)
    sums = mine.subquery()
    fen = func.sum(sums.c.fen)
    return (
        select(sums.c.elder_id, sums.c.station_id, fen.label("fen"))
        .group_by(sums.c.elder_id, sums.c.station_id)
        .having(fen > 0)
    )


def _rows(uow: UnitOfWork, month: str, found: list[Any]) -> tuple[PublicRow, ...]:
    elders = [row.elder_id for row in found]
    if not elders:
        return ()
    names = unseal(uow.session, set(elders), ["name"])
    by, only = ("elder_id", "station_id"), {"elder_id": elders}
    sums = sums_by(uow.session, uow.actor, span_of(month), by, only)
    return tuple(
        PublicRow(
            _label(names[row.elder_id]),
            row.name,
            sums[str(row.elder_id), str(row.station_id)].granted_days,
            int(row.fen),
        )
        for row in found
    )


def _label(told: dict[str, str]) -> str:
    """王小英 → 王**: a list that anybody may read says less than an official's."""
    return surname(told.get("name", "")) + "**"


def _running(uow: UnitOfWork) -> dict[str, date]:
    """The months that are up today, each with its last day."""
    query = (
        select(PeriodStep.month, col(PeriodStep.until_on))
        .join(Period, col(Period.month) == col(PeriodStep.month))
        .where(
            PeriodStep.step == Step.PUBLISH,
            PeriodStep.begun == Period.begun,
            Period.state != PeriodState.OPEN,
            col(PeriodStep.until_on) >= town_day(uow.now),
        )
    )
    return {month: until_on for month, until_on in uow.session.exec(query) if until_on}


def _places(session: Session, month: str) -> tuple[NoticePlace, ...]:
    query = (
        select(*_PLACE)
        .join(Street, col(Street.code) == col(Station.street_code))
        .join(PeriodStep, col(PeriodStep.station_id) == col(Station.id))
        .join(Period, col(Period.month) == col(PeriodStep.month))
        .where(
            PeriodStep.month == month,
            PeriodStep.step == Step.CONFIRM,
            PeriodStep.begun == Period.begun,
        )
        .distinct()
        .order_by(col(Street.name), col(Station.name), col(Station.code))
    )
    return tuple(NoticePlace(*row) for row in session.execute(query))
