"""The feed: numbered without gap by one relay, read by every open page."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from dispatch.log.events import Feed, Outbox
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork

_GIVE: Final = (
    update(Outbox)
    .where(col(Outbox.id) == bindparam("row"))
    .values(feed_seq=bindparam("seq"))
)


def number_outbox(uow: UnitOfWork, *, limit: int = 500) -> list[int]:
    """Give the next feed numbers to what is not yet in the feed.

    The head's row is taken first: two relays follow each other and never share a
    number; a rolled-back transaction leaves no gap because the head rolls back too.

    Returns:
        the numbers given, in order; empty when nothing waits.
    """
    session = uow.session
    if not is_anything_waiting(session):
        return []
    held = update(Feed).where(col(Feed.id) == 1).values(head=Feed.head)
    head: int = session.exec(held.returning(col(Feed.head))).one()[0]
    rows = session.exec(
        select(Outbox.id)
        .where(col(Outbox.feed_seq).is_(None))
        .order_by(col(Outbox.id))
        .limit(limit)
    ).all()
    if not rows:
        return []
    numbers = list(range(head + 1, head + len(rows) + 1))
    session.connection().execute(
        _GIVE,
        [{"row": row, "seq": seq} for row, seq in zip(rows, numbers, strict=True)],
    )
    session.exec(update(Feed).where(col(Feed.id) == 1).values(head=head + len(rows)))
    fail_point("feed.numbered")
    return numbers


def is_anything_waiting(session: Session) -> bool:
    """Something is not in the feed yet."""
    waits = select(Outbox.id).where(col(Outbox.feed_seq).is_(None))
    return session.exec(waits.limit(1)).first() is not None


def feed_position(session: Session) -> tuple[UUID, int]:
    """The epoch and the head of the feed."""
    feed = session.get(Feed, 1, populate_existing=True)
    if feed is None:
        raise LookupError("the feed's row is missing: run the migrations")
    return feed.epoch, feed.head


def list_feed(session: Session, after: int, *, limit: int = 500) -> Sequence[Outbox]:
    """What the feed says after a number, in its order."""
    return session.exec(
        select(Outbox)
        .where(col(Outbox.feed_seq) > after)
        .order_by(col(Outbox.feed_seq))
        .limit(limit)
    ).all()
