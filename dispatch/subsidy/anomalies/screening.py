"""Screening: at posting the order by itself, at night the whole day once more.

At posting only what is known of the order and of what stands beside it is asked, so
that a hold comes before the money. What needs a day, a month or other people's rows is
asked when the day is over.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from sqlmodel import Session

from dispatch.orders.orders import Order, get_order, tell_order
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies import money, persons, pictures, presence, proofs
from dispatch.subsidy.anomalies.anomaly import Anomaly, FoundBy, known_keys
from dispatch.subsidy.anomalies.done import (
    Done,
    beside,
    done_of,
    list_done,
    same_day,
)
from dispatch.subsidy.anomalies.finding import (
    AnomalyRule,
    Finding,
    Threshold,
    thresholds,
)
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.rule_versions import rules_on
from dispatch.subsidy.windows import month_of

REPLY_WITHIN: Final = timedelta(days=3)
_HOURS: Final = 2  # a visit's length, on both sides

Told = Mapping[AnomalyRule, Threshold]


def screen_order(uow: UnitOfWork, order: Order) -> list[Anomaly]:
    """Look at an order before its money is posted; the caller holds its row.

    Returns:
        what was found for the first time; `is_held` says what stands.
    """
    done = done_of(uow.session, order.id)
    if done is None:
        return []
    told = thresholds(rules_on(uow.session, order.serve_on).policy.anomalies)
    found = [
        one
        for one in _enabled(told, _of_order(uow.session, done, told))
        if one.order_id == order.id
    ]
    return keep(uow, found, told, FoundBy.POSTING)


def _of_order(session: Session, done: Done, told: Told) -> Iterator[Finding]:
    yield from persons.after_death(session, done.serve_on, done.elder_id)
    yield from persons.absent(session, done.serve_on, done.elder_id)
    if done.helper_id is None:
        meals = [done, *same_day(session, done)]
        if len(meals) > 1:
            spots = proofs.station_spots(session)
            yield from proofs.two_points(meals, spots, told[AnomalyRule.TWO_POINTS])
        return
    walk = [done, *beside(session, done, _HOURS)]
    yield from _of_walk(walk, told)
    yield from _alone([done], told)
    for look, rule in _BY_BYTES:
        yield from look(session, [done], told[rule])


def find_of_day(session: Session, day: date) -> tuple[int, list[Finding]]:
    """Everything that the rules find in a day; nothing is written.

    Returns:
        how many orders were looked at, and the findings.
    """
    policy = rules_on(session, day).policy
    told = thresholds(policy.anomalies)
    done = list_done(session, day)
    found = [
        *_of_people(session, done, day, told),
        *_of_walk(done, told),
        *_alone(done, told),
        *_of_proofs(session, done, day, told),
        *_of_money(session, policy, day, told),
    ]
    return len(done), list(_enabled(told, found))


def _of_people(
    session: Session, done: list[Done], day: date, told: Told
) -> Iterator[Finding]:
    yield from persons.after_death(session, day)
    yield from persons.absent(session, day)
    yield from persons.unseen(session, done, day, told[AnomalyRule.UNSEEN])
    yield from persons.shared_phones(session, day, told[AnomalyRule.SHARED])


def _of_walk(walk: list[Done], told: Told) -> Iterator[Finding]:
    yield from presence.overlaps(walk, told[AnomalyRule.OVERLAP])
    yield from presence.batches(walk, told[AnomalyRule.BATCH])


def _alone(done: Iterable[Done], told: Told) -> Iterator[Finding]:
    for one in done:
        found = (
            presence.elsewhere(one, told[AnomalyRule.ELSEWHERE]),
            presence.too_short(one, told[AnomalyRule.SHORT]),
            proofs.without_proof(one),
        )
        yield from (each for each in found if each is not None)


_BY_BYTES: Final[tuple[tuple[Callable[..., Iterator[Finding]], AnomalyRule], ...]] = (
    (pictures.same_pictures, AnomalyRule.PICTURE),
    (pictures.same_signature, AnomalyRule.NO_PROOF),
)


def _of_proofs(
    session: Session, done: list[Done], day: date, told: Told
) -> Iterator[Finding]:
    spots = proofs.station_spots(session)
    yield from proofs.two_points(done, spots, told[AnomalyRule.TWO_POINTS])
    for look, rule in _BY_BYTES:
        yield from look(session, done, told[rule])
    yield from pictures.alike_pictures(session, done, told[AnomalyRule.PICTURE])
    yield from proofs.always_good(session, done, told[AnomalyRule.ALWAYS_GOOD])
    jump = told[AnomalyRule.JUMP]
    counted = proofs.count_days(session, day, int(jump["weeks"]))
    yield from proofs.jumps(counted, day, jump)


def _of_money(
    session: Session, policy: Policy, day: date, told: Told
) -> Iterator[Finding]:
    paid = money.list_paid(session, day)
    elders = {one.elder_id for one in paid}
    around = money.paid_around(session, policy, elders, day)
    yield from money.twice(policy, around, day)
    yield from money.excluded(session, policy, paid, day)
    yield from money.overspent(policy, paid, told[AnomalyRule.OVERSPENT])


def _enabled(told: Told, found: Iterable[Finding]) -> Iterator[Finding]:
    return (one for one in found if told[one.rule].enabled)


def keep(
    uow: UnitOfWork, found: Iterable[Finding], told: Told, by: FoundBy
) -> list[Anomaly]:
    """Keep what was not found before, and tell the order's story of it."""
    fresh = {one.key: one for one in found}
    known = known_keys(uow.session, fresh)
    kept = [
        _row(uow, one, told[one.rule], by)
        for key, one in fresh.items()
        if key not in known
    ]
    uow.session.add_all(kept)
    uow.session.flush()
    for row in kept:
        if row.order_id is not None:
            order = get_order(uow.session, row.order_id, lock=True)
            kind = "order.money_held" if row.holds else "order.doubted"
            tell_order(uow, order, kind, rule=row.rule.value)
    return kept


def _row(uow: UnitOfWork, one: Finding, told: Threshold, by: FoundBy) -> Anomaly:
    level = one.level or told.level
    return Anomaly(
        rule=one.rule,
        level=level,
        key=one.key,
        holds=level.holds and one.order_id is not None,
        order_id=one.order_id,
        other_order_id=one.other_order_id,
        elder_id=one.elder_id,
        helper_id=one.helper_id,
        station_id=one.station_id,
        street_code=one.street_code,
        service_on=one.service_on,
        period=month_of(one.service_on),
        reason=one.reason,
        measured=one.measured,
        found_by=by,
        found_at=uow.now,
        reply_until_at=uow.now + REPLY_WITHIN,
    )
