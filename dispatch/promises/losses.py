"""Promise 8: nothing accepted is lost, and nothing happens twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.clock import wall_now
from dispatch.counter.payments import Payment
from dispatch.field.events import FieldEvent
from dispatch.log.events import Event, Feed, Outbox
from dispatch.orders.orders import Order
from dispatch.promises.checking import Look, Premises
from dispatch.promises.history import expect_history, read_history
from dispatch.store.idempotency import Idempotency

_QUIET: Final = timedelta(seconds=10)
_KEPT: Final[dict[str, type[Any]]] = {
    "order": Order,
    "payment": Payment,
    "field": FieldEvent,
}
_MADE_BY: Final = {
    "order": "order",
    "walk_in": "order",
    "pay": "payment",
    "refund": "payment",
}


def check_losses(premises: Premises, look: Look) -> None:
    """One effect per key; the feed is whole; what was acknowledged is kept."""
    _check_keys(premises.session, look)
    _check_feed(premises.session, look)
    _check_acknowledged(premises, look)


def _check_keys(session: Session, look: Look) -> None:
    """Each key made one thing, and each thing was made by one key."""
    kept = {kind: _ids(session, table) for kind, table in _KEPT.items()}
    made: Counter[UUID] = Counter()
    for row in session.exec(select(Idempotency)):
        if row.made_id is None:
            continue
        made[row.made_id] += 1
        if kind := _MADE_BY.get(row.verb):
            look.expect(
                row.made_id in kept[kind],
                f"key of {row.verb} made {row.made_id}, which is gone",
            )
    for made_id, times in made.items():
        look.expect(times == 1, f"{made_id} was made by {times} keys")


def _ids(session: Session, table: type[Any]) -> set[UUID]:
    return set(session.exec(select(table.id)))


def _check_feed(session: Session, look: Look) -> None:
    """Numbers 1 to head without gap or repeat; every event is in the outbox."""
    feed = session.exec(select(Feed)).one()
    numbers = list(
        session.exec(
            select(Outbox.feed_seq)
            .where(col(Outbox.feed_seq).is_not(None))
            .order_by(col(Outbox.feed_seq))
        )
    )
    look.expect(
        numbers == list(range(1, feed.head + 1)),
        f"the feed's {len(numbers)} numbers are not 1 to {feed.head}",
    )
    told = select(Outbox.event_id).where(Outbox.event_id == Event.id).exists()
    run_id = col(Event.facts)["import_id"].as_string()
    untold = select(run_id, func.count()).where(~told).group_by(run_id)
    # Of the many that a sheet enrols the feed hears once, by the run that wrote them.
    runs = select(Event.subject_id).where(Event.kind == "import.confirmed", told)
    heard = {str(one) for one in session.exec(runs)}
    missing = sum(n for run, n in session.exec(untold) if run not in heard)
    look.expect(missing == 0, f"{missing} events never entered the outbox")
    late = session.exec(
        select(func.count())
        .select_from(Outbox)
        .join(Event, col(Event.id) == Outbox.event_id)
        .where(col(Outbox.feed_seq).is_(None))
        .where(Event.recorded_at < wall_now() - _QUIET)
    ).one()
    look.expect(late == 0, f"{late} events wait for the feed longer than {_QUIET}")


def _check_acknowledged(premises: Premises, look: Look) -> None:
    """Whatever somebody was told is kept, is kept, and once."""
    expect_history(premises, look)
    kept: dict[str, set[UUID]] = {}
    told: dict[tuple[str, str], set[UUID]] = {}
    for line in _acknowledged(premises):
        kind, made = line["made"], UUID(line["id"])
        if kind not in kept:
            kept[kind] = _ids(premises.session, _KEPT[kind])
        look.expect(made in kept[kind], f"{kind} {made} was acknowledged and is gone")
        if key := line.get("key"):
            told.setdefault((line["who"], key), set()).add(made)
    for (who, key), ids in told.items():
        look.expect(len(ids) == 1, f"key {key} of {who} made {len(ids)} things")


def _acknowledged(premises: Premises) -> Iterator[dict[str, Any]]:
    for line in read_history(premises.home):
        if line.get("made") in _KEPT and line.get("id"):
            yield line
