"""The duty roster as people see it: turns, hand-overs, and who may be entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from dispatch.access.accounts import Account, Role, titles_of
from dispatch.access.scope import scoped
from dispatch.clock import town_moment
from dispatch.people.places import get_station
from dispatch.safety.cases import Case
from dispatch.safety.duty import CaseDuty, DutyTurn, Handover
from dispatch.store.unit_of_work import UnitOfWork

# Helpers have shifts instead, and the others no business with alarms.
_TAKE_TURNS: Final = (Role.DISTRICT, Role.STREET, Role.STATION, Role.DISPATCHER)


@dataclass(frozen=True, kw_only=True)
class TurnRow:
    """One turn as people see it."""

    id: UUID
    account_id: UUID
    name: str
    rank: int
    starts_at: datetime
    ends_at: datetime
    station: bool
    now: bool
    mine: bool
    changeable: bool  # a station cannot change its street's turns


@dataclass(frozen=True, kw_only=True)
class HandoverRow:
    """One hand-over, offered or accepted."""

    id: UUID
    from_name: str
    to_name: str
    words: str
    cases: int
    offered_at: datetime
    accepted_at: datetime | None
    for_me: bool


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who may have a turn here."""

    id: UUID
    name: str
    me: bool


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The turns of some days, the last hand-overs, and who may be entered."""

    turns: list[TurnRow]
    handovers: list[HandoverRow]
    people: list[Person]
    my_cases: int


def show_roster(uow: UnitOfWork, on: date, days: int = 7) -> Roster:
    """The turns that touch these days within reach, by their beginning."""
    first = town_moment(on, 0)
    query = (
        _turns_seen(uow)
        .where(DutyTurn.ends_at > first)
        .where(DutyTurn.starts_at < first + timedelta(days=days))
        .order_by(col(DutyTurn.starts_at), col(DutyTurn.rank), col(DutyTurn.id))
    )
    turns = uow.session.exec(query).all()
    offers = uow.session.exec(
        scoped(uow.actor, Handover)
        .order_by(col(Handover.accepted_at).is_not(None))  # who waits stands first
        .order_by(col(Handover.offered_at).desc())
        .limit(10)
    ).all()
    people = list_people(uow)
    names = _names(uow, turns, offers)
    return Roster(
        turns=[_turn_row(uow, one, names[one.account_id]) for one in turns],
        handovers=[_handover_row(uow, one, names) for one in offers],
        people=[
            Person(id=one.id, name=one.title, me=one.id == uow.actor.account_id)
            for one in people
        ],
        my_cases=len(cases_of(uow, uow.actor.account_id)),
    )


def _turns_seen(uow: UnitOfWork) -> SelectOfScalar[DutyTurn]:
    """A station sees its own turns, and who has its street's alarms."""
    if uow.actor.station_id is None:
        return scoped(uow.actor, DutyTurn)
    street = get_station(uow.session, uow.actor.station_id).street_code
    return select(DutyTurn).where(
        DutyTurn.street_code == street,
        col(DutyTurn.station_id).is_(None)
        | (col(DutyTurn.station_id) == uow.actor.station_id),
    )


def list_people(uow: UnitOfWork) -> list[Account]:
    """Whoever may have a turn within reach."""
    query = scoped(uow.actor, Account).where(
        col(Account.active), col(Account.role).in_(_TAKE_TURNS)
    )
    if uow.actor.role == "dispatcher":
        query = query.where(Account.role == Role.DISPATCHER)
    return list(uow.session.exec(query.order_by(col(Account.login))))


def cases_of(uow: UnitOfWork, account_id: UUID | None) -> list[CaseDuty]:
    """The open cases that are this person's, taken or only asked for."""
    query = (
        select(CaseDuty)
        .join(Case, col(Case.id) == CaseDuty.case_id)
        .where(CaseDuty.account_id == account_id, col(Case.closed_at).is_(None))
    )
    return list(uow.session.exec(query.order_by(col(CaseDuty.case_id))))


def _names(
    uow: UnitOfWork, turns: Sequence[DutyTurn], offers: Sequence[Handover]
) -> dict[UUID | None, str]:
    """Also of those who have no turn any more."""
    ids = {one.account_id for one in turns}
    ids |= {one.from_id for one in offers} | {one.to_id for one in offers}
    return titles_of(uow.session, ids)


def _turn_row(uow: UnitOfWork, one: DutyTurn, name: str) -> TurnRow:
    return TurnRow(
        id=one.id,
        account_id=one.account_id,
        name=name,
        rank=one.rank,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        station=one.station_id is not None,
        now=one.starts_at <= uow.now < one.ends_at,
        mine=one.account_id == uow.actor.account_id,
        changeable=uow.actor.station_id in (None, one.station_id),
    )


def _handover_row(
    uow: UnitOfWork, one: Handover, names: dict[UUID | None, str]
) -> HandoverRow:
    waits = one.accepted_at is None
    return HandoverRow(
        id=one.id,
        from_name=names[one.from_id],
        to_name=names[one.to_id],
        words=one.words,
        cases=one.cases,
        offered_at=one.offered_at,
        accepted_at=one.accepted_at,
        for_me=waits and one.to_id == uow.actor.account_id,
    )
