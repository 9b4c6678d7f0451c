"""Following the feed: what a page may hear, and where it can take up again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.access.tickets import list_standing
from dispatch.field.positions import Position
from dispatch.log.events import Outbox
from dispatch.log.feed import feed_position, list_feed
from dispatch.people.helpers import Helper
from dispatch.store.unit_of_work import Actor, UnitOfWork

LONGEST_REPLAY: Final = 500
AT_ONCE: Final = 100
# A place is as old as its phone says, within two minutes; see `keep_position`.
_OLD_NEWS: Final = timedelta(minutes=3)


@dataclass(frozen=True)
class FeedEvent:
    """What the feed says of one event: ids and states, never personal data."""

    seq: int
    kind: str
    order_id: UUID | None
    wave_id: UUID | None
    helper_id: UUID | None
    case_id: UUID | None
    station_id: UUID | None
    street_code: str | None
    at: datetime
    state: str | None


@dataclass(frozen=True)
class Seen:
    """Where a helper is, and whose map may show it."""

    helper_id: UUID
    street_code: str
    lat: float
    lon: float
    at: datetime


@dataclass(frozen=True)
class News:
    """One look at the feed's end; `standing` is None when nobody asked for it."""

    epoch: UUID
    head: int
    now: datetime
    events: tuple[FeedEvent, ...]
    standing: dict[str, Actor] | None


@dataclass(frozen=True)
class Replay:
    """What a page missed, all of it, up to `until`."""

    until: int
    events: tuple[FeedEvent, ...]


def look_for_news(
    uow: UnitOfWork, after: int | None, sessions: Collection[str], *, check: bool
) -> News:
    """The next of what came after a number (None: only where the feed stands).

    With events, or when asked to check, also which of the sessions still stand: in
    the same picture, so that nobody hears what came after their right ended.
    """
    epoch, head = feed_position(uow.session)
    ahead = after is not None and head > after
    rows = list_feed(uow.session, after or 0, limit=AT_ONCE) if ahead else ()
    events = tuple(map(_event, rows))
    standing = list_standing(uow, sessions) if events or check else None
    return News(epoch, head, uow.now, events, standing)


def replay(uow: UnitOfWork, epoch: UUID, after: int) -> Replay | None:
    """What the actor missed after a number, or None: then read everything anew.

    Never a part of it: another epoch, a number from the future, events that are no
    longer kept, or more than a page should work through, all give None.
    """
    ours, head = feed_position(uow.session)
    if epoch != ours or after > head:
        return None
    oldest = uow.session.exec(select(func.min(Outbox.feed_seq))).one()
    if after < head and (oldest is None or oldest > after + 1):
        return None
    rows = uow.session.exec(
        scoped(uow.actor, Outbox)
        .where(col(Outbox.feed_seq) > after)
        .order_by(col(Outbox.feed_seq))
        .limit(LONGEST_REPLAY + 1)
    ).all()
    if len(rows) > LONGEST_REPLAY:
        return None
    return Replay(head, tuple(map(_event, rows)))


def may_hear(actor: Actor, event: FeedEvent) -> bool:
    """The same reach as `scoped`, for an event in hand."""
    match actor.role:
        case "district" | "system":
            return True
        case "dispatcher" if actor.street_code is None:
            return True
        case "street" | "dispatcher":
            mine, its = actor.street_code, event.street_code
        case "station":
            return actor.station_id is not None and actor.station_id == event.station_id
        case "helper":
            return actor.helper_id is not None and actor.helper_id == event.helper_id
        case _:
            return False
    return mine is not None and mine == its


def ears_of(actor: Actor) -> tuple[object, ...]:
    """All that `may_hear` asks of somebody: whoever has the same hears the same."""
    return actor.role, actor.station_id, actor.street_code, actor.helper_id


def may_see_on_map(actor: Actor, street_code: str) -> bool:
    """Only those who coordinate see where helpers are."""
    if actor.role == "district" or (
        actor.role == "dispatcher" and actor.street_code is None
    ):
        return True
    coordinates = actor.role in {"street", "dispatcher"}
    return coordinates and actor.street_code == street_code


def list_positions(uow: UnitOfWork, since: datetime | None) -> Sequence[Seen]:
    """Where helpers are who show it, as far as told about a moment and since."""
    query = select(Position, Helper.street_code).join(
        Helper, col(Position.helper_id) == Helper.id
    )
    query = query.where(col(Helper.shows_position))
    if since is not None:
        query = query.where(col(Position.at) >= since - _OLD_NEWS)
    return [
        Seen(one.helper_id, street, one.lat, one.lon, one.at)
        for one, street in uow.session.exec(query)
    ]


def _event(row: Outbox) -> FeedEvent:
    return FeedEvent(
        seq=row.feed_seq or 0,
        kind=row.kind,
        order_id=row.order_id,
        wave_id=row.wave_id,
        helper_id=row.helper_id,
        case_id=row.case_id,
        station_id=row.station_id,
        street_code=row.street_code,
        at=row.at,
        state=row.state,
    )
