"""Telling webhooks: what the feed says, signed, in order, again until it arrives."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import col, select

from dispatch.clock import wall_now
from dispatch.exchange.deliveries import WebhookDelivery, keep_delivery
from dispatch.exchange.posting import Post, post_json
from dispatch.exchange.webhooks import Webhook, secret_of
from dispatch.log.events import Outbox
from dispatch.log.feed import feed_position, list_feed
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture

_AT_ONCE: Final = 200
_FIRST_WAIT_SECONDS: Final = 10
_LONGEST_WAIT_SECONDS: Final = 3600


@dataclass(frozen=True)
class Parcel:
    """One request: to whom, which events, and up to which number of the feed."""

    webhook_id: UUID
    url: str
    secret: str
    events: tuple[dict[str, Any], ...]
    after_seq: int
    until_seq: int


def tell_webhooks(engine: Engine, post: Post | None = None) -> int:
    """Send what each webhook has not heard yet; no transaction waits for an answer.

    An answer of 2xx moves on; anything else is tried again after 10 s, 20 s … 1 h,
    from the same event: nothing is left out, and `id` tells what came twice.

    Returns:
        how many requests arrived.
    """
    with picture(engine) as seen:
        parcels = _parcels(seen, wall_now())
    arrived = 0
    for parcel in parcels:
        trouble = _send(parcel, post) if parcel.events else ""
        arrived += bool(parcel.events and not trouble)
        in_one_transaction(engine, lambda uow, p=parcel, t=trouble: _note(uow, p, t))  # type: ignore[misc]
    return arrived


def _parcels(uow: UnitOfWork, now: datetime) -> list[Parcel]:
    _, head = feed_position(uow.session)
    query = select(Webhook).where(Webhook.active, col(Webhook.sent_seq) < head)
    found = []
    for hook in uow.session.exec(query.order_by(col(Webhook.name))):
        if hook.next_at is not None and hook.next_at > now:
            continue
        part = list_feed(uow.session, hook.sent_seq, limit=_AT_ONCE)
        events = tuple(_told(one) for one in part if hook.hears(one.kind))
        until = max((one.feed_seq or 0 for one in part), default=hook.sent_seq)
        secret = secret_of(uow, hook.id)
        found.append(Parcel(hook.id, hook.url, secret, events, hook.sent_seq, until))
    return found


def _told(one: Outbox) -> dict[str, Any]:
    """Ids and words only: whoever may know more asks for it by the id."""
    ids: Sequence[str] = ("order_id", "wave_id", "case_id", "station_id")
    told = {name: str(getattr(one, name)) for name in ids if getattr(one, name)}
    return {
        "id": str(one.event_id),
        "seq": one.feed_seq,
        "kind": one.kind,
        "state": one.state,
        "at": one.at.isoformat(),
        **told,
    }


def _send(parcel: Parcel, post: Post | None) -> str:
    """Empty when it arrived; else in one word why not."""
    body = json.dumps({"events": parcel.events}, separators=(",", ":")).encode()
    trouble = post_json(parcel.url, body, parcel.secret, post)
    return trouble.word if trouble else ""


def _note(uow: UnitOfWork, parcel: Parcel, trouble: str) -> None:
    hook = uow.session.get(Webhook, parcel.webhook_id, with_for_update=True)
    if hook is None:
        return
    if parcel.events:
        tried = WebhookDelivery(
            webhook_id=hook.id,
            after_seq=parcel.after_seq,
            until_seq=parcel.until_seq,
            events=len(parcel.events),
            sent_at=wall_now(),
            trouble=trouble[:60],
        )
        keep_delivery(uow, tried)
    if hook.sent_seq != parcel.after_seq:  # somebody asked for it from elsewhere
        return
    if trouble:
        wait = min(_FIRST_WAIT_SECONDS * 2**hook.tries, _LONGEST_WAIT_SECONDS)
        hook.tries = min(hook.tries + 1, 20)
        hook.next_at = wall_now() + timedelta(seconds=wait)
        hook.last_error = trouble[:60]
    else:
        hook.sent_seq, hook.tries, hook.next_at = parcel.until_seq, 0, None
        hook.last_error, hook.sent_at = None, wall_now()
    uow.session.add(hook)
