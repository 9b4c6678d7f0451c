"""Posting what a station's month earned: always the difference to what was posted."""

from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.clock import town_day
from dispatch.errors import Conflict
from dispatch.log.book_chain import Book, to_seal
from dispatch.log.events import record
from dispatch.people.places import Station, hold_station
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import AccountKind, Amount, Entry, EntryKind, post
from dispatch.subsidy.months.periods import first_day, period_for
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.rule_versions import adopt, rules_on
from dispatch.subsidy.station_duties import last_day
from dispatch.subsidy.station_months import StationCount, count_station, earn
from dispatch.subsidy.station_rules import StationOutcome
from dispatch.subsidy.station_tallies import (
    Earned,
    StationTally,
    find_tally,
    list_posted,
)


class MonthNotOver(Conflict):
    """这个月还没有结束，不能核算驿站补贴。请在月末之后办理。"""

    code = "month_not_over"


def post_station_month(
    uow: UnitOfWork, station_id: UUID, month: str
) -> StationTally | None:
    """Count a station's month and post what it earned beyond what was posted before.

    What is found after the month was closed goes to the open month and names the one
    that it adjusts, above or below 0. By the rules of the month's first day. Nothing
    is written when the same was counted before.

    Raises:
        NotFound, MonthNotOver, BadInput
    """
    if town_day(uow.now) <= last_day(month):
        raise MonthNotOver
    station = get_scoped(uow, Station, station_id)
    hold_station(uow.session, station)
    rules = rules_on(uow.session, first_day(month))
    counted = count_station(uow.session, rules.policy, station, month)
    outcome = earn(rules.policy, counted)
    kept = find_tally(uow.session, station.id, month)
    tally = _tally(uow, rules.policy, counted, outcome)
    if kept is not None and _same(kept, tally):
        return None
    adopt(uow, rules)
    entry = _post(uow, rules.policy, counted, outcome)
    tally.entry_id = entry.id if entry else None
    uow.session.add(tally)
    to_seal(uow, Book.STATION_TALLY, tally.id)
    uow.session.flush()
    record(
        uow,
        "station.month_counted",
        "station",
        station.id,
        facts={"month": month, "fen": outcome.total_fen},
        station_id=station.id,
        street_code=station.street_code,
    )
    return tally


def post_station_months(uow: UnitOfWork, month: str) -> list[StationTally]:
    """The same for every station within reach; those that were counted anew."""
    query = scoped(uow.actor, Station).order_by(col(Station.code))
    stations = [one.id for one in uow.session.exec(query)]
    made = [post_station_month(uow, station_id, month) for station_id in stations]
    return [tally for tally in made if tally is not None]


_SAID_LATER = {"id", "entry_id", "counted_at", "counted_by"}


def _same(kept: StationTally, tally: StationTally) -> bool:
    return kept.model_dump(exclude=_SAID_LATER) == tally.model_dump(exclude=_SAID_LATER)


def _tally(
    uow: UnitOfWork, policy: Policy, counted: StationCount, outcome: StationOutcome
) -> StationTally:
    return StationTally(
        station_id=counted.station.id,
        month=counted.month,
        rule_version=policy.version.id,
        operator_id=counted.operator_id,
        rural=counted.station.rural,
        star=counted.star,
        signed_persons=counted.signed_persons,
        visits_due=counted.visits.due,
        visits_done=counted.visits.done,
        haircuts_due=counted.haircuts.due,
        haircuts_done=counted.haircuts.done,
        persons_days=counted.persons_days,
        earned=dict(outcome.lines),
        refused=dict(outcome.refused),
        counted_at=uow.now,
        counted_by=uow.actor.account_id,
    )


def _post(
    uow: UnitOfWork, policy: Policy, counted: StationCount, outcome: StationOutcome
) -> Entry | None:
    payers = {rule.id: rule.payer for rule in policy.station_subsidy}
    missing: Earned = {(payers[name], name): fen for name, fen in outcome.lines}
    station = counted.station
    for key, fen in list_posted(uow.session, station.id, counted.month).items():
        missing[key] = missing.get(key, 0) - fen
    if not any(missing.values()):
        return None
    on = last_day(counted.month)
    booked = period_for(uow.session, on)
    entry = Entry(
        business_key=_business_key(uow.session, station, counted.month),
        kind=EntryKind.STATION,
        period=booked.period,
        adjusts_period=booked.adjusts_period,
        service_on=on,
        rule_version=policy.version.id,
        station_id=station.id,
        street_code=station.street_code,
        made_at=uow.now,
    )
    amounts = [Amount(AccountKind.DUE, fen, *key) for key, fen in missing.items()]
    earned = Amount(
        AccountKind.SUPPORT,
        -sum(missing.values()),
        operator_id=counted.operator_id,
    )
    return post(uow, entry, [*amounts, earned])


def _business_key(session: Session, station: Station, month: str) -> str:
    start = f"station:{station.id}:{month}:"
    query = select(func.count()).where(col(Entry.business_key).startswith(start))
    return f"{start}{session.exec(query).one() + 1}"
