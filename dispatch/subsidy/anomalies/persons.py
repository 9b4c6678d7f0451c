"""The person who got it: dead, away, unseen for half a year, one phone for many.

AN01, AN10, AN13 and AN14. Facts about people are told late, so the last two months
are asked, not the last day alone; of the dead the last year, as long as a death may be
told afterwards.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.clock import town_moment
from dispatch.orders.orders import Order, OrderState
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.people.pauses import Pause, PauseReason
from dispatch.people.vault import Sealed
from dispatch.subsidy.anomalies.done import Done
from dispatch.subsidy.anomalies.finding import AnomalyRule, Finding, Threshold
from dispatch.subsidy.windows import month_of

_LATELY: Final = timedelta(days=62)
_TOLD_AFTER: Final = timedelta(days=366)  # a death
_ABSENT: Final = (PauseReason.HOSPITAL, PauseReason.AWAY, PauseReason.INSTITUTION)


def after_death(
    session: Session, day: date, elder_id: UUID | None = None
) -> Iterator[Finding]:
    """AN01: what was done after the day of death; of one elder, or of all."""
    query: Any = (
        select(Order, col(Elder.died_on))
        .join(Elder, col(Elder.id) == Order.elder_id)
        .where(col(Elder.died_on) >= day - _TOLD_AFTER, Order.state == OrderState.DONE)
        .where(col(Order.serve_on) > col(Elder.died_on), col(Order.serve_on) <= day)
    )
    if elder_id is not None:
        query = query.where(Elder.id == elder_id)
    for order, died_on in session.exec(query.order_by(col(Order.id))):
        yield _about(order, AnomalyRule.DEATH, "after_death", {"died_on": str(died_on)})


def absent(
    session: Session, day: date, elder_id: UUID | None = None
) -> Iterator[Finding]:
    """AN10: done in the middle of an absence; on its first and last day one may eat."""
    query: Any = (
        select(Order, Pause)
        .join(Pause, col(Pause.elder_id) == Order.elder_id)
        .where(col(Pause.reason).in_(_ABSENT), Order.state == OrderState.DONE)
        .where(col(Order.serve_on).between(day - _LATELY, day))
        .where(col(Order.serve_on) > col(Pause.from_on))
    )
    if elder_id is not None:
        query = query.where(Order.elder_id == elder_id)
    for order, pause in session.exec(query.order_by(col(Order.id), col(Pause.id))):
        last = pause.until_on == order.serve_on
        if not last and pause.covers(order.serve_on, is_meal=order.is_meal):
            said = {"from": str(pause.from_on), "reason": pause.reason.value}
            yield _about(order, AnomalyRule.ABSENT, pause.reason.value, said)


def unseen(
    session: Session, done: Sequence[Done], day: date, told: Threshold
) -> Iterator[Finding]:
    """AN13: served again and again, and nobody has seen them for half a year."""
    since = town_moment(day - timedelta(days=int(told["days"])), 0)
    by_elder = {one.elder_id: one for one in done}
    for part in _parts(by_elder):
        query: Any = (
            select(col(Elder.id), col(Elder.last_seen_at))
            .where(col(Elder.id).in_(part), Elder.made_at < since)
            .where(func.coalesce(Elder.last_seen_at, Elder.made_at) < since)
        )
        for elder_id, seen_at in session.exec(query):
            one = by_elder[elder_id]
            yield Finding(
                rule=AnomalyRule.UNSEEN,
                about=f"{elder_id}:{month_of(day)}",
                station_id=one.station_id,
                street_code=one.street_code,
                service_on=day,
                reason="unseen",
                measured={"last_seen": seen_at.isoformat() if seen_at else None},
                elder_id=elder_id,
            )


def shared_phones(session: Session, day: date, told: Threshold) -> Iterator[Finding]:
    """AN14: one number for many elders, or an elder with a helper's number.

    Equal numbers are found by the vault's blind index; nobody reads a number.
    """
    owners: dict[str, list[UUID]] = defaultdict(list)
    many = _often(int(told["elders"]))
    for blind, owner_id in session.exec(many):
        owners[blind].append(owner_id)
    elders = _elders(session, {each for some in owners.values() for each in some})
    for blind, some in owners.items():
        known = [elders[each] for each in some if each in elders]
        homes = {one.household_id for one in known}
        if len(known) >= told["elders"] and len(homes) > 1:
            yield _shared(known, f"{blind}:{len(known)}", "shared", day)
    of_staff = session.exec(_of_staff()).all()
    elders = _elders(session, {elder_id for elder_id, _, _ in of_staff})
    for elder_id, helper_id, blind in of_staff:
        if one := elders.get(elder_id):
            found = _shared([one], f"{blind}:{elder_id}", "of_a_helper", day)
            yield Finding(**{**vars(found), "helper_id": helper_id})


def _often(least: int) -> Any:
    shared = (
        select(Sealed.blind)
        .where(Sealed.field == "phone", col(Sealed.blind).is_not(None))
        .group_by(col(Sealed.blind))
        .having(func.count() >= least)
    )
    return (
        select(Sealed.blind, Sealed.owner_id)
        .where(Sealed.field == "phone", col(Sealed.blind).in_(shared))
        .order_by(col(Sealed.blind), col(Sealed.owner_id))
    )


def _of_staff() -> Any:
    theirs = select(Sealed.blind, Sealed.owner_id).join(
        Helper, col(Helper.id) == Sealed.owner_id
    )
    staff = theirs.where(Sealed.field == "phone").subquery()
    return (
        select(Sealed.owner_id, staff.c.owner_id, Sealed.blind)
        .join(staff, staff.c.blind == col(Sealed.blind))
        .join(Elder, col(Elder.id) == Sealed.owner_id)
        .where(Sealed.field == "phone")
        .order_by(col(Sealed.owner_id))
    )


def _elders(session: Session, ids: Collection[UUID]) -> dict[UUID, Elder]:
    found: dict[UUID, Elder] = {}
    for part in _parts(ids):
        query = select(Elder).where(col(Elder.id).in_(part))
        query = query.where(col(Elder.died_on).is_(None))
        found |= {one.id: one for one in session.exec(query)}
    return found


def _shared(known: Sequence[Elder], about: str, reason: str, day: date) -> Finding:
    """Said of the station that answers for most of them."""
    station_id, _ = Counter(one.station_id for one in known).most_common(1)[0]
    there = next(one for one in known if one.station_id == station_id)
    return Finding(
        rule=AnomalyRule.SHARED,
        about=about,
        station_id=station_id,
        street_code=there.street_code,
        service_on=day,
        reason=reason,
        measured={"elders": [str(one.id) for one in known], "n": len(known)},
        elder_id=there.id,
    )


def _parts(ids: Iterable[UUID], size: int = 500) -> Iterator[list[UUID]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), size):
        yield wanted[start : start + size]


def _about(
    order: Order, rule: AnomalyRule, reason: str, measured: Mapping[str, object]
) -> Finding:
    return Finding(
        rule=rule,
        about=str(order.id),
        station_id=order.station_id,
        street_code=order.street_code,
        service_on=order.serve_on,
        reason=reason,
        measured=dict(measured),
        order_id=order.id,
        elder_id=order.elder_id,
    )
