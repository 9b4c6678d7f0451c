"""The promise that the bank stands for: who holds how many minutes, and since when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, or_, select

from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.people.elders import Elder, age_on
from dispatch.people.helpers import Helper
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.timebank.accounts import (
    Team,
    TimeAccount,
    TimeAccountKind,
    count_members,
)
from dispatch.timebank.moves import MoveKind, TimeMove, balances
from dispatch.timebank.rules import time_rules_on

_BANDS: Final = ((0, "under_50"), (50, "50_59"), (60, "60_69"), (70, "70_79"))
_OLDEST: Final = "80_up"
_UNKNOWN: Final = "age_unknown"


@dataclass(frozen=True, kw_only=True)
class Band:
    """Holders of one age, or a kind that has none: how many, and their minutes."""

    band: str
    accounts: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class EarnedIn:
    """Minutes still held that came in this year; what is spent is the oldest."""

    year: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    id: UUID
    name: str
    members: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Bank:
    """The bank as it stands. `owed_minutes`: what all holders within reach have;
    over the district it equals what was minted less what was redeemed.
    """

    as_of: datetime
    rules: str
    from_age: int
    most_minutes_kept: int
    owed_minutes: int
    minted_minutes: int
    redeemed_minutes: int
    pool_minutes: int
    is_zero_sum: bool
    bands: list[Band]
    years: list[EarnedIn]
    teams: list[TeamRow]


@dataclass(frozen=True)
class _Holder:
    account: TimeAccount
    born_on: date | None


def show_bank(uow: UnitOfWork) -> Bank:
    """The promise within the actor's reach; the pool is the whole district's."""
    today = town_day(uow.now)
    rules = time_rules_on(today)
    holders = _holders(uow)
    held = balances(uow.session, [one.account.id for one in holders])
    whole = _by_kind(uow)
    pool = whole.get(TimeAccountKind.POOL, 0)
    teams = list(uow.session.exec(scoped(uow.actor, Team).order_by(col(Team.name))))
    members = count_members(uow.session, [team.id for team in teams])
    of_team = {one.account.team_id: held[one.account.id] for one in holders}
    minted, redeemed = _made(uow)
    return Bank(
        as_of=uow.now,
        rules=rules.version.id,
        from_age=rules.use.from_age,
        most_minutes_kept=rules.mint.most_minutes_kept,
        owed_minutes=sum(held.values()) + pool,
        minted_minutes=minted,
        redeemed_minutes=redeemed,
        pool_minutes=pool,
        is_zero_sum=sum(whole.values()) == 0
        and -whole.get(TimeAccountKind.ISSUE, 0) == minted - redeemed,
        bands=_bands(holders, held, today),
        years=_years(uow, set(held), pool),
        teams=[
            TeamRow(
                id=team.id,
                name=team.name,
                members=members.get(team.id, 0),
                minutes=of_team.get(team.id, 0),
            )
            for team in teams
        ],
    )


def _holders(uow: UnitOfWork) -> list[_Holder]:
    """Accounts of the people and teams within reach, with when they were born."""
    helpers: Any = scoped(uow.actor, Helper).subquery()
    elders: Any = scoped(uow.actor, Elder).subquery()
    teams: Any = scoped(uow.actor, Team).subquery()
    query: Any = (
        select(TimeAccount, func.coalesce(helpers.c.born_on, elders.c.born_on))
        .outerjoin(helpers, helpers.c.id == col(TimeAccount.helper_id))
        .outerjoin(elders, elders.c.id == col(TimeAccount.elder_id))
        .outerjoin(teams, teams.c.id == col(TimeAccount.team_id))
        .where(
            or_(
                helpers.c.id.is_not(None),
                elders.c.id.is_not(None),
                teams.c.id.is_not(None),
            )
        )
        .order_by(col(TimeAccount.id))
    )
    return [_Holder(account, born_on) for account, born_on in uow.session.exec(query)]


def _by_kind(uow: UnitOfWork) -> dict[TimeAccountKind, int]:
    """The balance of all accounts of each kind together, over the whole district."""
    sums: dict[TimeAccountKind, int] = defaultdict(int)
    for column, sign in ((TimeMove.to_id, 1), (TimeMove.from_id, -1)):
        query = (
            select(TimeAccount.kind, func.sum(TimeMove.minutes))
            .join(TimeMove, col(column) == col(TimeAccount.id))
            .group_by(col(TimeAccount.kind))
        )
        for kind, minutes in uow.session.exec(query).all():
            sums[TimeAccountKind(kind)] += sign * int(minutes)
    return sums


def _made(uow: UnitOfWork) -> tuple[int, int]:
    """Minutes that came into being, and that were used, less what was taken back."""
    issue = select(TimeAccount.id).where(TimeAccount.kind == TimeAccountKind.ISSUE)
    query = (
        select(
            TimeMove.kind, col(TimeMove.from_id).in_(issue), func.sum(TimeMove.minutes)
        )
        .where(or_(col(TimeMove.from_id).in_(issue), col(TimeMove.to_id).in_(issue)))
        .group_by(col(TimeMove.kind), col(TimeMove.from_id).in_(issue))
    )
    minted = redeemed = 0
    for kind, from_issue, minutes in uow.session.exec(query):
        if kind is MoveKind.REDEEM or (kind is MoveKind.REVERSAL and from_issue):
            redeemed += -int(minutes) if from_issue else int(minutes)
        else:
            minted += int(minutes) if from_issue else -int(minutes)
    return minted, redeemed


def _bands(
    holders: Iterable[_Holder], held: dict[UUID, int], today: date
) -> list[Band]:
    minutes: dict[str, int] = defaultdict(int)
    accounts: dict[str, int] = defaultdict(int)
    for one in holders:
        name = band_of(one.account.kind, one.born_on, today)
        minutes[name] += held[one.account.id]
        accounts[name] += 1
    order = [*(name for _, name in _BANDS), _OLDEST, _UNKNOWN, "team"]
    return [
        Band(band=name, accounts=accounts[name], minutes=minutes[name])
        for name in order
        if accounts[name]
    ]


def band_of(kind: TimeAccountKind, born_on: date | None, today: date) -> str:
    """In which line of the promise a holder stands."""
    if kind is TimeAccountKind.TEAM:
        return "team"
    if born_on is None:
        return _UNKNOWN
    age = age_on(born_on, today)
    if age >= 80:
        return _OLDEST
    return next(name for least, name in reversed(_BANDS) if age >= least)


def _years(uow: UnitOfWork, account_ids: set[UUID], pool: int) -> list[EarnedIn]:
    """Of what is held, how much came in which year, the oldest spent first."""
    came: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    spent: dict[UUID, int] = defaultdict(int)
    moves = select(
        TimeMove.from_id, TimeMove.to_id, TimeMove.minutes, TimeMove.made_at
    ).order_by(col(TimeMove.made_at))
    for from_id, to_id, minutes, made_at in uow.session.exec(moves):
        came[to_id].append((town_day(made_at).year, minutes))
        spent[from_id] += minutes
    years: dict[int, int] = defaultdict(int)
    pools = set(_pool_ids(uow)) if pool else set()
    for account_id in sorted(account_ids | pools):
        left = spent[account_id]
        for year, minutes in came[account_id]:
            used = min(left, minutes)
            left -= used
            years[year] += minutes - used
    return [EarnedIn(year=year, minutes=years[year]) for year in sorted(years)]


def _pool_ids(uow: UnitOfWork) -> list[UUID]:
    query = select(TimeAccount.id).where(TimeAccount.kind == TimeAccountKind.POOL)
    return list(uow.session.exec(query))
