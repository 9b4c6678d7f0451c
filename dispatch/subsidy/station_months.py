"""A station's month, counted from what is kept: who signed, what was done, who ate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from dispatch.catalogue.services import Service
from dispatch.people.agreements import Agreement
from dispatch.people.elders import Elder
from dispatch.people.operators import Operation, list_operations, stars_on
from dispatch.people.places import Station
from dispatch.subsidy.ledger import Entry, EntryKind
from dispatch.subsidy.months.periods import first_day
from dispatch.subsidy.policy import ANY, Policy
from dispatch.subsidy.rule_versions import rules_on
from dispatch.subsidy.station_duties import Duty, count_duties, last_day
from dispatch.subsidy.station_rules import (
    ByYear,
    PerPersonDay,
    StationMonth,
    StationOutcome,
    grant_station,
)
from dispatch.subsidy.station_tallies import StationTally

_DAY_CARE: Final = "DAYCARE_"


@dataclass(frozen=True)
class StationCount:
    """What counts about a station in one month. `persons_days` is by rule."""

    station: Station
    month: str
    operator_id: UUID | None
    star: int
    signed_persons: int
    visits: Duty
    haircuts: Duty
    persons_days: dict[str, int] = field(default_factory=dict)
    care_days: int = 0
    years_in_chain: int | None = None

    def as_asked_by(self, rule_id: str) -> StationMonth:
        """The month as one rule sees it."""
        return StationMonth(
            id=self.station.code,
            rural=self.station.rural,
            star=self.star,
            signed_persons=self.signed_persons,
            visit_pct=self.visits.pct,
            haircut_pct=self.haircuts.pct,
            persons_days=self.persons_days.get(rule_id, 0),
            care_days=self.care_days,
            years_in_chain=self.years_in_chain,
        )


def count_station(
    session: Session, policy: Policy, station: Station, month: str
) -> StationCount:
    """Count a station's month, as far as it is known by now.

    Signed is who has an agreement on the last day. Visits and haircuts are what the
    duties of these persons asked for in periods that end within the month.
    """
    last = last_day(month)
    signed = _signed(session, station.id, last)
    runs = list_operations(session, [station.id], last)
    codes = list(session.exec(select(Service.code)))
    visits, haircuts = count_duties(session, signed, month)
    return StationCount(
        station=station,
        month=month,
        operator_id=runs[station.id].id if station.id in runs else None,
        star=stars_on(session, [station], last)[station.id],
        signed_persons=len(signed),
        visits=visits,
        haircuts=haircuts,
        persons_days={
            rule.id: _persons_days(
                session,
                *(station.id, month),
                [code for code in codes if policy.touches(rule.services, code)],
                rule.beneficiaries,
            )
            for rule in policy.station_subsidy
            if isinstance(rule, PerPersonDay)
        },
        care_days=_persons_days(
            session,
            *(station.id, month),
            [code for code in codes if code.startswith(_DAY_CARE)],
        ),
        years_in_chain=_years_in_chain(session, station.id, month),
    )


def earn(policy: Policy, counted: StationCount) -> StationOutcome:
    """What the month earns by each station-side rule in force on its first day."""
    in_force = policy.version.holds_on(first_day(counted.month))
    outcomes = [
        grant_station((rule,), counted.as_asked_by(rule.id), in_force=in_force)
        for rule in policy.station_subsidy
    ]
    return StationOutcome(
        tuple(line for outcome in outcomes for line in outcome.lines),
        tuple(refused for outcome in outcomes for refused in outcome.refused),
    )


def list_uncounted(session: Session, month: str) -> dict[UUID, str]:
    """Stations, with their streets, that nobody has counted and no entry is of, to
    which the rules may give something for the month: for those who have signed, say.

    What they have done of their duties only the count tells.
    """
    first, last = first_day(month), last_day(month)
    policy = rules_on(session, first).policy
    if not policy.station_subsidy or not policy.version.holds_on(first):
        return {}
    stations = _without_entries(session, month, last)
    stars = stars_on(session, stations, last)
    signed = _count_signed(session, [station.id for station in stations], last)
    every = Duty(due=1, done=1)
    in_years = any(isinstance(rule, ByYear) for rule in policy.station_subsidy)
    counts = (
        StationCount(
            station=one,
            month=month,
            operator_id=None,
            star=stars[one.id],
            signed_persons=signed.get(one.id, 0),
            visits=every,
            haircuts=every,
            years_in_chain=_years_in_chain(session, one.id, month)
            if in_years
            else None,
        )
        for one in stations
    )
    return {
        count.station.id: count.station.street_code
        for count in counts
        if earn(policy, count).total_fen
    }


def _without_entries(session: Session, month: str, last: date) -> list[Station]:
    of_it = col(Station.id)
    booked = exists().where(col(Entry.period) == month, col(Entry.station_id) == of_it)
    counted = exists().where(
        col(StationTally.month) == month, col(StationTally.station_id) == of_it
    )
    exited = col(Station.exited_on)
    query = select(Station).where(
        ~booked,
        ~counted,
        Station.entered_on <= last,
        or_(exited.is_(None), exited > first_day(month)),
    )
    return list(session.exec(query.order_by(col(Station.code))))


def _signed(session: Session, station_id: UUID, on: date) -> list[Elder]:
    query = (
        select(Elder)
        .join(Agreement, col(Agreement.elder_id) == col(Elder.id))
        .where(Agreement.station_id == station_id, _holds_on(on))
        .distinct()
        .order_by(col(Elder.id))
    )
    return list(session.exec(query))


def _count_signed(
    session: Session, stations: Sequence[UUID], on: date
) -> dict[UUID, int]:
    query = (
        select(Agreement.station_id, func.count(col(Agreement.elder_id).distinct()))
        .where(col(Agreement.station_id).in_(stations), _holds_on(on))
        .group_by(col(Agreement.station_id))
    )
    return dict(session.exec(query).all()) if stations else {}


def _holds_on(on: date) -> ColumnElement[bool]:
    until = col(Agreement.until_on)
    return and_(col(Agreement.from_on) <= on, or_(until.is_(None), until >= on))


def _persons_days(
    session: Session,
    station_id: UUID,
    month: str,
    codes: Sequence[str],
    among: Sequence[str] = (ANY,),
) -> int:
    """Persons and days with an evidenced service of these codes; each counts once."""
    back = aliased(Entry)
    taken_back = select(back.id).where(col(back.reverses_id) == col(Entry.id)).exists()
    own = col(Entry.adjusts_period).is_(None) & (col(Entry.period) == month)
    query = (
        select(col(Entry.elder_id), col(Entry.service_on))
        .where(
            Entry.station_id == station_id,
            Entry.kind == EntryKind.SERVICE,
            own | (col(Entry.adjusts_period) == month),
            col(Entry.service).in_(codes),
            ~taken_back,
        )
        .distinct()
    )
    if ANY not in among:
        in_one = [col(Entry.categories).contains(f" {name} ") for name in among]
        query = query.where(or_(*in_one))
    return session.exec(select(func.count()).select_from(query.subquery())).one()


def _years_in_chain(session: Session, station_id: UUID, month: str) -> int | None:
    """The years that this month completes with an operator who runs several points."""
    last = last_day(month)
    run = session.exec(
        select(Operation).where(Operation.station_id == station_id, _runs_on(last))
    ).first()
    if run is None:
        return None
    several = select(func.count()).where(
        Operation.operator_id == run.operator_id, _runs_on(last)
    )
    years = last.year - run.from_on.year
    if session.exec(several).one() < 2 or run.from_on.month != last.month or years < 1:
        return None
    return years


def _runs_on(day: date) -> ColumnElement[bool]:
    until = col(Operation.until_on)
    return and_(col(Operation.from_on) <= day, or_(until.is_(None), until >= day))
