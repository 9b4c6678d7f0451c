"""Sending notices out of the house: after the commit, again until they arrive.

Messages go to the district's own gateway as signed requests, because every vendor has
another one; the duty's group is told by its robot. Where neither is set up a notice is
kept, and people read it in the inbox. Nothing here is waited for by anybody.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import col, select

from dispatch.clock import wall_now
from dispatch.exchange.posting import Post, Trouble, post_json, poster
from dispatch.inside import NOBODY, Allowed
from dispatch.people.vault import unseal
from dispatch.safety.notices import Notice, NoticeState, Way
from dispatch.safety.notifying import DUTY_PHONE
from dispatch.settings import Settings
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture

MOST_TRIES: Final = 6
_AT_ONCE: Final = 50
_LEASE: Final = timedelta(seconds=30)  # nobody else sends it meanwhile
_WAITS_SECONDS: Final = (5, 10, 30, 60, 120)
_NO_WAY: Final = Trouble("no way out", away=False)  # such a notice is kept


@dataclass(frozen=True)
class Gateways:
    """Where notices leave; an empty address is a way that is not set up."""

    sms_url: str = ""
    sms_secret: str = ""
    group_url: str = ""
    allowed: Allowed = NOBODY

    @classmethod
    def of(cls, chosen: Settings) -> "Gateways":
        """The operator named them: they may stand inside the network."""
        sms, group = chosen.sms_url, chosen.group_url.get_secret_value()
        allowed = Allowed.of(chosen.inner_hosts).and_hosts_of(sms, group)
        return cls(sms, chosen.sms_secret.get_secret_value(), group, allowed)

    def address(self, way: Way) -> str:
        return self.sms_url if way is Way.SMS else self.group_url


def send_notices(engine: Engine, gateways: Gateways, post: Post | None = None) -> int:
    """Send what waits; no transaction is open while somebody answers.

    A way on which nobody answers is left for the next pass: no message waits behind a
    dead receiver of the other way, and what waits for this one loses no try.

    Returns:
        how many arrived.
    """
    return sum(_send_by(engine, gateways, way, post) for way in (Way.SMS, Way.GROUP))


def _send_by(engine: Engine, gateways: Gateways, way: Way, post: Post | None) -> int:
    with picture(engine) as seen:
        due = _due(seen, way)
    arrived = 0
    for notice_id in due:
        taken = in_one_transaction(engine, lambda uow, n=notice_id: _take(uow, n))  # type: ignore[misc]
        if taken is None:
            continue
        trouble = _send(taken, gateways, post)
        in_one_transaction(engine, lambda uow, n=notice_id, t=trouble: _note(uow, n, t))  # type: ignore[misc]
        if trouble is not None and trouble.away:
            break
        arrived += trouble is None
    return arrived


@dataclass(frozen=True)
class _Parcel:
    id: UUID
    way: Way
    words: str
    phone: str


def _due(uow: UnitOfWork, way: Way) -> list[UUID]:
    query = (
        select(Notice.id)
        .where(Notice.way == way)
        .where(Notice.state == NoticeState.WAITING, col(Notice.next_at) <= wall_now())
        .order_by(col(Notice.next_at), col(Notice.id))
        .limit(_AT_ONCE)
    )
    return list(uow.session.exec(query))


def _take(uow: UnitOfWork, notice_id: UUID) -> _Parcel | None:
    """Lease it, so that of two relays one sends it."""
    notice = uow.session.get(Notice, notice_id, with_for_update=True)
    now = wall_now()
    if notice is None or notice.state is not NoticeState.WAITING:
        return None
    if notice.next_at is None or notice.next_at > now:
        return None
    notice.next_at, notice.tries = now + _LEASE, notice.tries + 1
    uow.session.add(notice)
    whose = notice.account_id or notice.contact_id
    kept = unseal(uow.session, [whose], [DUTY_PHONE])[whose] if whose else {}
    phone = kept.get(DUTY_PHONE, "")
    return _Parcel(notice.id, notice.way, notice.words, phone)


def _send(parcel: _Parcel, gateways: Gateways, post: Post | None) -> Trouble | None:
    """None when it arrived."""
    url = gateways.address(parcel.way)
    sms = parcel.way is Way.SMS
    if not url or (sms and not parcel.phone):
        return _NO_WAY
    said = _sms(parcel) if sms else _group(url, parcel.words)
    body = json.dumps(said, ensure_ascii=False).encode()
    post = post or poster(gateways.allowed)
    return post_json(url, body, gateways.sms_secret if sms else None, post)


def _sms(parcel: _Parcel) -> dict[str, Any]:
    return {"id": str(parcel.id), "to": parcel.phone, "words": parcel.words}


def _group(url: str, words: str) -> dict[str, Any]:
    """A text as the robot of that chat takes it: 飞书, else 企业微信 and 钉钉."""
    if (urlsplit(url).hostname or "").endswith(("feishu.cn", "larksuite.com")):
        return {"msg_type": "text", "content": {"text": words}}
    return {"msgtype": "text", "text": {"content": words}}


def _note(uow: UnitOfWork, notice_id: UUID, trouble: Trouble | None) -> None:
    notice = uow.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.state is not NoticeState.WAITING:
        return
    if trouble is _NO_WAY:
        notice.state = NoticeState.KEPT
    elif trouble is None:
        notice.state, notice.sent_at = NoticeState.SENT, wall_now()
    elif notice.tries >= MOST_TRIES:
        notice.state, notice.last_error = NoticeState.GIVEN_UP, trouble.word[:60]
    else:
        wait = _WAITS_SECONDS[notice.tries - 1]
        notice.next_at = wall_now() + timedelta(seconds=wait)
        notice.last_error = trouble.word[:60]
    uow.session.add(notice)
