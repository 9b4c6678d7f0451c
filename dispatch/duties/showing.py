"""「该看谁」: a station's elders by how their duties stand, overdue first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import scoped
from dispatch.clock import town_day, town_moment
from dispatch.duties.due_orders import DutyOrder, list_of_elders
from dispatch.duties.encounters import Encounter
from dispatch.duties.gathering import Looked, encounters_of, look_at
from dispatch.duties.referral_rows import ReferralRow, show_open
from dispatch.duties.standing import Standing, State
from dispatch.duties.week_rows import WeekLeft, WeekRow, show_left, show_week
from dispatch.orders.orders import Order
from dispatch.orders.station_day import StationName, station_for
from dispatch.people.elders import Elder
from dispatch.people.responsible import Responsible, responsible_on
from dispatch.people.showing import ElderRow, show_elders, shown_name
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

UNSEEN_DAYS: Final = 7  # who was not seen for so long is on the list as well
_SEEN_WITHIN: Final = timedelta(days=35)
_PRESSING: Final = (State.OVERDUE, State.AT_RISK)


@dataclass(frozen=True, kw_only=True)
class DutyLine:
    """One duty of one elder, and what was ordered for it."""

    duty: str
    name: str
    name_en: str
    state: str
    first_on: date
    until_on: date
    overdue_since: date | None
    missed: int
    needed: int
    got: int
    minutes: bool
    whose: str
    paused: bool
    service: str | None
    order_id: UUID | None
    order_state: str | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class DutyElder:
    """One elder who is to be looked after. Days are whole days of the town."""

    elder: ElderRow
    days_unseen: int | None
    seen_on: dict[str, date]  # the last day by each way of meeting
    visited_on: date | None
    responsible: str | None
    backup: str | None
    duties: list[DutyLine]


@dataclass(frozen=True, kw_only=True)
class StationDuties:
    """Everything that the page shows. `visits_met` of `visits_owed` this month."""

    station: StationName
    on: date
    counts: dict[str, int]
    visits_owed: int
    visits_met: int
    total: int
    elders: list[DutyElder]
    referrals: list[ReferralRow]
    week: list[WeekRow]
    week_left: list[WeekLeft]  # visits of the coming days that nobody can make


def show_duties(
    uow: UnitOfWork, station_id: UUID | None = None, *, everyone: bool = False
) -> StationDuties:
    """A station's duties today.

    Args:
        everyone: also those of whom nothing is pressing.

    Raises:
        NotFound: no station is named, or it is out of reach.
    """
    station = station_for(uow, station_id)
    today = town_day(uow.now)
    elders = uow.session.exec(
        scoped(uow.actor, Elder)
        .where(Elder.station_id == station.id, col(Elder.died_on).is_(None))
        .order_by(col(Elder.number))
    ).all()
    looked = look_at(uow.session, elders, today)
    shown = [one for one in looked if everyone or _is_pressing(one, today)]
    shown.sort(key=lambda one: _order_of_work(one, today))
    owed = [one for one in looked if _owes_visit(one)]
    return StationDuties(
        station=StationName(
            id=station.id, name=station.name, kitchen_id=station.kitchen_id
        ),
        on=today,
        counts=_counts(looked),
        visits_owed=len(owed),
        visits_met=sum(_was_visited(one, today) for one in owed),
        total=len(looked),
        elders=show_rows(uow, shown, today),
        referrals=show_open(uow, station.id),
        week=show_week(uow, station.id, today),
        week_left=show_left(uow, station.id),
    )


def _counts(looked: Iterable[Looked]) -> dict[str, int]:
    """Elders by the worst state that one of their duties is in."""
    counts = {state.value: 0 for state in State}
    for one in looked:
        if one.standings:
            states = [standing.state for standing in one.standings]
            worst = min(states, key=list(State).index)
            counts[worst.value] += 1
    return counts


def _is_pressing(one: Looked, today: date) -> bool:
    unseen = _days_unseen(one.elder, today)
    owed = bool(one.standings)
    return any(standing.state in _PRESSING for standing in one.standings) or (
        owed and (unseen is None or unseen >= UNSEEN_DAYS)
    )


def _order_of_work(one: Looked, today: date) -> tuple[int, date, int, str]:
    """By the most urgent duty; then who was not seen the longest."""
    first = min((s.order_of_work for s in one.standings), default=None)
    unseen = _days_unseen(one.elder, today)
    state, since = (first[0], first[1]) if first else (len(State), today)
    return state, since, -(10_000 if unseen is None else unseen), one.elder.number


def _days_unseen(elder: Elder, today: date) -> int | None:
    seen = elder.last_seen_at
    return None if seen is None else (today - town_day(seen)).days


def _owes_visit(one: Looked) -> bool:
    return any(
        credit.paid_visit
        for standing in one.standings
        for credit in standing.held.rule.credit
    )


def _was_visited(one: Looked, today: date) -> bool:
    month = (today.year, today.month)
    return any(
        each.paid and (each.on.year, each.on.month) == month for each in one.encounters
    )


def show_rows(uow: UnitOfWork, shown: Sequence[Looked], today: date) -> list[DutyElder]:
    """Lines for these elders, in their order; names as the role sees them."""
    session = uow.session
    elders = [one.elder for one in shown]
    ids = [elder.id for elder in elders]
    names = {row.id: row for row in show_elders(uow, elders)}
    since = town_moment(today, 0) - _SEEN_WITHIN
    lately = encounters_of(session, elders, since)
    ordered = list_of_elders(session, ids, today)
    states = _states(session, ordered.values())
    answering = responsible_on(session, ids, today)
    people = _people(uow, answering)
    return [
        DutyElder(
            elder=names[one.elder.id],
            days_unseen=_days_unseen(one.elder, today),
            seen_on=_seen_on(lately[one.elder.id]),
            visited_on=_last_visit(one.encounters),
            responsible=_named(answering[one.elder.id], people, 1),
            backup=_named(answering[one.elder.id], people, 2),
            duties=[
                _line(each, ordered.get((one.elder.id, each.duty)), states)
                for each in sorted(one.standings, key=lambda s: s.order_of_work)
            ],
        )
        for one in shown
    ]


def _seen_on(lately: Iterable[Encounter]) -> dict[str, date]:
    found: dict[str, date] = {}
    for each in sorted(lately, key=lambda e: e.at):
        if each.seen:
            found[each.way.value] = each.on
    return found


def _last_visit(encounters: Iterable[Encounter]) -> date | None:
    return max((each.on for each in encounters if each.paid), default=None)


def _line(
    standing: Standing, row: DutyOrder | None, states: dict[UUID, str]
) -> DutyLine:
    rule = standing.held.rule
    mine = row if row is not None and row.until_on == standing.span.until_on else None
    order_id = mine.order_id if mine else None
    return DutyLine(
        duty=rule.id,
        name=rule.name,
        name_en=rule.name_en,
        state=standing.state.value,
        first_on=standing.span.first_on,
        until_on=standing.span.until_on,
        overdue_since=standing.overdue_since,
        missed=standing.missed,
        needed=standing.needed,
        got=standing.got,
        minutes=standing.held.minutes is not None,
        whose=standing.whose.value,
        paused=standing.paused,
        service=rule.orders,
        order_id=order_id,
        order_state=states.get(order_id) if order_id else None,
        reason=mine.reason if mine else None,
    )


def _states(session: Session, rows: Iterable[DutyOrder]) -> dict[UUID, str]:
    wanted = [row.order_id for row in rows if row.order_id is not None]
    found = session.exec(select(Order.id, Order.state).where(col(Order.id).in_(wanted)))
    return {order_id: str(state) for order_id, state in found}


def _people(
    uow: UnitOfWork, answering: dict[UUID, list[Responsible]]
) -> dict[UUID | None, str]:
    """The names of who answers: a helper's from the vault, an account's title."""
    named = [one for each in answering.values() for one in each]
    helpers = {one.helper_id for one in named if one.helper_id is not None}
    kept = unseal(uow.session, sorted(helpers), ["name"])
    found = {who: shown_name(uow.actor, kept[who].get("name", "")) for who in helpers}
    return titles_of(uow.session, (one.account_id for one in named)) | found


def _named(
    answering: Iterable[Responsible], people: dict[UUID | None, str], rank: int
) -> str | None:
    return next((people[one.person_id] for one in answering if one.rank == rank), None)
