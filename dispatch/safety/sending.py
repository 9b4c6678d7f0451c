"""Sending notices out of the house: after the commit, again until they arrive.

Messages go to the district's own gateway as signed requests, because every vendor has
another one; the duty's group is told by its robot. Where neither is set up a notice is
kept, and people read it in the inbox. Nothing here is waited for by anybody.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from sqlalchemy import Engine
from sqlmodel import col, select

from dispatch.clock import wall_now
from dispatch.exchange.telling import SIGNATURE, sign
from dispatch.people.vault import unseal
from dispatch.safety.notices import Notice, NoticeState, Way
from dispatch.safety.notifying import DUTY_PHONE
from dispatch.settings import Settings
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture

MOST_TRIES: Final = 6
_AT_ONCE: Final = 50
_PATIENCE_SECONDS: Final = 5.0
_LEASE: Final = timedelta(seconds=30)  # nobody else sends it meanwhile
_WAITS_SECONDS: Final = (5, 10, 30, 60, 120)

Post = Callable[[str, bytes, Mapping[str, str]], int]  # → the status of the answer


@dataclass(frozen=True)
class Gateways:
    """Where notices leave; an empty address is a way that is not set up."""

    sms_url: str = ""
    sms_secret: str = ""
    group_url: str = ""

    @classmethod
    def of(cls, chosen: Settings) -> "Gateways":
        return cls(
            chosen.sms_url,
            chosen.sms_secret.get_secret_value(),
            chosen.group_url.get_secret_value(),
        )

    def address(self, way: Way) -> str:
        return self.sms_url if way is Way.SMS else self.group_url


def send_notices(engine: Engine, gateways: Gateways, post: Post | None = None) -> int:
    """Send what waits; no transaction is open while somebody answers.

    Returns:
        how many arrived.
    """
    with picture(engine) as seen:
        due = _due(seen)
    arrived = 0
    for notice_id in due:
        taken = in_one_transaction(engine, lambda uow, n=notice_id: _take(uow, n))  # type: ignore[misc]
        if taken is None:
            continue
        trouble = _send(taken, gateways, post or _post)
        arrived += trouble == ""
        in_one_transaction(engine, lambda uow, n=notice_id, t=trouble: _note(uow, n, t))  # type: ignore[misc]
    return arrived


@dataclass(frozen=True)
class _Parcel:
    id: UUID
    way: Way
    words: str
    phone: str


def _due(uow: UnitOfWork) -> list[UUID]:
    query = (
        select(Notice.id)
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


def _send(parcel: _Parcel, gateways: Gateways, post: Post) -> str | None:
    """Empty when it arrived, in a word why not, None where there is no such way."""
    url = gateways.address(parcel.way)
    if not url or (parcel.way is Way.SMS and not parcel.phone):
        return None
    said = _sms(parcel) if parcel.way is Way.SMS else _group(url, parcel.words)
    body = json.dumps(said, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    if parcel.way is Way.SMS:
        at = int(wall_now().timestamp())
        headers[SIGNATURE] = sign(gateways.sms_secret, at, body)
    try:
        status = post(url, body, headers)
    except httpx.HTTPError as trouble:
        return type(trouble).__name__
    return "" if 200 <= status < 300 else f"status {status}"


def _sms(parcel: _Parcel) -> dict[str, Any]:
    return {"id": str(parcel.id), "to": parcel.phone, "words": parcel.words}


def _group(url: str, words: str) -> dict[str, Any]:
    """A text as the robot of that chat takes it: 飞书, else 企业微信 and 钉钉."""
    if (urlsplit(url).hostname or "").endswith(("feishu.cn", "larksuite.com")):
        return {"msg_type": "text", "content": {"text": words}}
    return {"msgtype": "text", "text": {"content": words}}


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    patience = _PATIENCE_SECONDS
    answer = httpx.post(url, content=body, headers=dict(headers), timeout=patience)
    return answer.status_code


def _note(uow: UnitOfWork, notice_id: UUID, trouble: str | None) -> None:
    notice = uow.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.state is not NoticeState.WAITING:
        return
    if trouble is None:
        notice.state = NoticeState.KEPT
    elif not trouble:
        notice.state, notice.sent_at = NoticeState.SENT, wall_now()
    elif notice.tries >= MOST_TRIES:
        notice.state, notice.last_error = NoticeState.GIVEN_UP, trouble[:60]
    else:
        wait = _WAITS_SECONDS[notice.tries - 1]
        notice.next_at = wall_now() + timedelta(seconds=wait)
        notice.last_error = trouble[:60]
    uow.session.add(notice)
