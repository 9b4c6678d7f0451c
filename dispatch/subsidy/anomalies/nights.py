"""The night: each day that is over is looked through once more, whole.

So is what was told on that day of elders whose lines stand in months that are shut.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Engine

from dispatch.clock import town_day, town_seconds
from dispatch.field.earning import settle_done
from dispatch.orders.orders import get_order
from dispatch.store.alone import do_alone
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from dispatch.subsidy.anomalies.anomaly import (
    Anomaly,
    FoundBy,
    NightScreen,
    screened_since,
)
from dispatch.subsidy.anomalies.finding import Finding, thresholds
from dispatch.subsidy.anomalies.screening import find_of_day, keep
from dispatch.subsidy.ledger import find_live_entry
from dispatch.subsidy.months.periods import is_open
from dispatch.subsidy.months.told_after import list_told_after, propose_told
from dispatch.subsidy.rule_versions import rules_on

_FROM_SECONDS: Final = 2 * 3600  # of the local day: phones had time to hand in theirs
_CATCHES_UP: Final = 7
_AT_ONCE: Final = 100


def screen_night(uow: UnitOfWork, day: date) -> list[Anomaly]:
    """Look a day through and keep what is new; money already granted is held back."""
    looked_at, found = find_of_day(uow.session, day)
    kept = hold_back(uow, day, found)
    note_night(uow, day, looked_at, len(found))
    return kept


def look_over_nights(
    engine: Engine, also: Callable[[UnitOfWork, date], object] | None = None
) -> int:
    """One day that is over and was not looked through yet, the oldest first.

    It is read beside everybody's work and written in small pieces; when nothing is
    due it costs one query.

    Args:
        also: what else is done for that day, in the last transaction.

    Returns:
        how much was found.
    """
    with picture(engine) as seen:
        day = due_night(seen)
        if day is None:
            return 0
        looked_at, found = find_of_day(seen.session, day)
        told = list_told_after(seen.session, day)
    for start in range(0, len(found), _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        in_one_transaction(engine, partial(hold_back, day=day, found=part))
    for elder_id, first_on in told.items():
        asked = partial(propose_told, elder_id=elder_id, first_on=first_on, told_on=day)
        about = {"day": day.isoformat(), "elder": str(elder_id)}
        do_alone(engine, asked, "night.not_reckoned", **about)

    def end(uow: UnitOfWork) -> None:
        note_night(uow, day, looked_at, len(found))
        if also is not None:
            also(uow, day)

    in_one_transaction(engine, end)
    return len(found)


def due_night(uow: UnitOfWork) -> date | None:
    """The oldest of the last days that nobody has looked through."""
    today = town_day(uow.now)
    begins = 1 if town_seconds(uow.now, today) >= _FROM_SECONDS else 2
    days = [today - timedelta(days=n) for n in range(_CATCHES_UP, begins - 1, -1)]
    known = screened_since(uow.session, days[0])
    return next((day for day in days if day not in known), None)


def hold_back(uow: UnitOfWork, day: date, found: Sequence[Finding]) -> list[Anomaly]:
    """Keep findings; what was granted for a held order is taken back in its month.

    A closed month never moves by a rule: what is found there waits for a person's
    word, and only that is booked, in the open month.
    """
    told = thresholds(rules_on(uow.session, day).policy.anomalies)
    kept = keep(uow, found, told, FoundBy.NIGHT)
    for row in kept:
        if row.holds and row.order_id is not None:
            entry = find_live_entry(uow.session, row.order_id)
            if entry is not None and is_open(uow.session, entry.period):
                settle_done(uow, get_order(uow.session, row.order_id, lock=True))
    return kept


def note_night(uow: UnitOfWork, day: date, looked_at: int, found: int) -> None:
    """Write down that the day was looked through; again is once."""
    uow.session.merge(
        NightScreen(day=day, orders=looked_at, found=found, screened_at=uow.now)
    )
    uow.session.flush()
