"""Sightings: when an elder was seen or heard, and by whom, as their family reads it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import Account
from dispatch.access.masking import surname
from dispatch.clock import town_day, town_moment
from dispatch.duties.encounters import Way
from dispatch.duties.outreach import Outreach
from dispatch.duties.proofs import encounter_of
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.people.vault import unseal
from dispatch.safety.cases import Case, CaseOutcome
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

_WEEK: Final = timedelta(days=7)
STATION: Final = "驿站"
_OTHERS: Final = frozenset({"family", "neighbour", "staff"})  # who took it instead


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One time. `by` is a title such as 送餐员赵师傅, never a full name."""

    at: datetime
    way: str
    by: str


@dataclass(frozen=True, kw_only=True)
class SeenWeek:
    """Today's sightings, the last one first, and how many since Monday.

    `last_at` is the last of all, also of an earlier week; None: never yet. `taken` are
    today's deliveries that somebody else took, which is no sighting.
    """

    today: list[Sighting]
    times: int
    last_at: datetime | None
    taken: list[Sighting]


def show_seen(uow: UnitOfWork, elder: Elder) -> SeenWeek:
    """When this elder was seen or heard; five queries. The caller found who may ask."""
    today = town_day(uow.now)
    monday = today - timedelta(days=today.weekday())
    since = town_moment(monday, 0)
    proven, taken = _proven(uow.session, elder.id, since)
    found = [
        *proven,
        *_talked(uow.session, elder.id, since),
        *_found_well(uow.session, elder.id, since),
    ]
    found = sorted(
        (one for one in found if since <= one.at <= uow.now),
        key=lambda one: (one.at, one.way),
        reverse=True,
    )
    return SeenWeek(
        today=[one for one in found if town_day(one.at) == today],
        times=len(found) + _known_otherwise(elder, found, since),
        last_at=elder.last_seen_at,
        taken=[one for one in taken if town_day(one.at) == today],
    )


def _known_otherwise(elder: Elder, found: Iterable[Sighting], since: datetime) -> bool:
    """The last time is of this week and stands on the file only: it counts as one."""
    last = elder.last_seen_at
    if last is None or last < since:
        return False
    return town_day(last) not in {town_day(one.at) for one in found}


def _proven(
    session: Session, elder_id: UUID, since: datetime
) -> tuple[list[Sighting], list[Sighting]]:
    """Who met the elder, and what was handed to another for them."""
    rows = session.exec(
        select(Order, Evidence)
        .join(Evidence, col(Evidence.order_id) == Order.id)
        .where(Order.elder_id == elder_id, Evidence.counts)
        .where(Evidence.at >= since, col(Order.serve_on) >= town_day(since) - _WEEK)
    ).all()
    helpers = _called(session, {proof.helper_id for _, proof in rows})
    seen, taken = [], []
    for order, proof in rows:
        met = encounter_of(order, proof)
        by = helpers.get(proof.helper_id, STATION)
        if met.seen:
            seen.append(Sighting(at=met.at, way=met.way.value, by=by))
        elif (whom := str(proof.basis.get("to"))) in _OTHERS:
            taken.append(Sighting(at=met.at, way=whom, by=by))
    return seen, taken


def _talked(session: Session, elder_id: UUID, since: datetime) -> Iterator[Sighting]:
    query = select(Outreach).where(Outreach.elder_id == elder_id, Outreach.at >= since)
    for one in session.exec(query):
        if one.heard:
            yield Sighting(at=one.at, way=one.way.value, by=STATION)


def _found_well(
    session: Session, elder_id: UUID, since: datetime
) -> Iterator[Sighting]:
    """Cases that somebody ended by having seen them."""
    query = (
        select(Case.closed_at, Account.title)
        .join(Account, col(Account.id) == Case.closed_by)
        .where(Case.elder_id == elder_id, Case.outcome == CaseOutcome.SEEN_WELL)
        .where(col(Case.closed_at) >= since)
    )
    for at, title in session.exec(query):
        if at is not None:
            yield Sighting(at=at, way=Way.HOME.value, by=title)


def _called(session: Session, ids: set[UUID | None]) -> dict[UUID | None, str]:
    """送餐员赵师傅: what they are, and the family name."""
    wanted = {one for one in ids if one is not None}
    names = unseal(session, sorted(wanted), ["name"])
    query = select(Helper).where(col(Helper.id).in_(wanted))
    return {
        one.id: f"{say('kind', one.kind.value)}{surname(names[one.id]['name'])}师傅"
        if names[one.id].get("name")
        else say("kind", one.kind.value)
        for one in session.exec(query)
    }
