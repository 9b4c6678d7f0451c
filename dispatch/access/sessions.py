"""One's own sessions: where one is signed in, and how each is ended."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, select, update

from dispatch.access.accounts import TOKEN_BYTES, SignedIn, hash_token
from dispatch.clock import wall_now
from dispatch.errors import NotFound
from dispatch.log.audit import write_down
from dispatch.store.database import Database, is_away
from dispatch.store.unit_of_work import Actor, UnitOfWork

SEEN_SECONDS: Final = 60  # not oftener is it written down that somebody is there
_BROWSERS: Final = (
    *(("MicroMessenger", "微信"), ("Edg/", "Edge"), ("QQBrowser", "QQ 浏览器")),
    *(("360SE", "360"), ("Firefox", "Firefox"), ("Chrome", "Chrome")),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    *(("HarmonyOS", "鸿蒙"), ("OpenHarmony", "鸿蒙"), ("Android", "Android")),
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "Mac"), ("Linux", "Linux")),
)


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session that stands; `id` names it to its holder and opens nothing."""

    id: str
    device: str
    opened_at: datetime
    seen_at: datetime
    here: bool


def device_of(user_agent: str) -> str:
    """What a person calls the thing they sit at: Chrome · Windows."""
    found = [
        next((name for sign, name in signs if sign in user_agent), "")
        for signs in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, found))


def list_sessions(uow: UnitOfWork, token: str) -> list[SessionRow]:
    """The actor's sessions that stand, the one that asks first, then the latest."""
    here = hash_token(token)
    rows = [
        SessionRow(
            id=_name_of(one.token_sha256),
            device=one.device,
            opened_at=one.opened_at,
            seen_at=one.seen_at,
            here=one.token_sha256 == here,
        )
        for one in _standing(uow)
    ]
    return sorted(rows, key=lambda row: (row.here, row.seen_at), reverse=True)


def end_session(uow: UnitOfWork, session_id: str) -> None:
    """End one of the actor's own sessions at once.

    Raises:
        NotFound: it is over already, or somebody else's.
    """
    for one in _standing(uow):
        if _name_of(one.token_sha256) == session_id:
            _end(uow, [one])
            return
    raise NotFound


def end_others(uow: UnitOfWork, token: str) -> int:
    """End all of the actor's sessions but the one that asks; how many stood."""
    here = hash_token(token)
    others = [one for one in _standing(uow) if one.token_sha256 != here]
    _end(uow, others)
    return len(others)


def renew_session(uow: UnitOfWork, token: str) -> str:
    """What this session opens has grown: it goes on under a token that nobody can have
    seen before, and every other one of the actor's ends, the old one among them.

    Returns: the cookie's token from now on; what forms carry stays the same.
    """
    kept = uow.session.get_one(SignedIn, hash_token(token))
    fresh = secrets.token_urlsafe(TOKEN_BYTES)
    told = kept.model_dump() | {"token_sha256": hash_token(fresh)}
    uow.session.add(SignedIn(**told))
    uow.session.flush()
    end_others(uow, fresh)
    return fresh


def note_seen(database: Database, actor: Actor, token: str) -> None:
    """Somebody is there. Where it cannot be written nothing is lost but a minute."""
    seen = (
        update(SignedIn)
        .where(col(SignedIn.token_sha256) == hash_token(token))
        .values(seen_at=wall_now())
    )
    try:
        database.change(lambda uow: uow.session.exec(seen), actor)
    except Exception as error:
        if not is_away(error):
            raise


def was_long_unseen(kept: SignedIn) -> bool:
    """It is time to write down that somebody is there."""
    return wall_now() - kept.seen_at > timedelta(seconds=SEEN_SECONDS)


def _standing(uow: UnitOfWork) -> list[SignedIn]:
    account_id, role = uow.actor.account_id, uow.actor.role
    query = select(SignedIn).where(
        SignedIn.account_id == account_id,
        ~col(SignedIn.revoked),
        col(SignedIn.expires_at) > wall_now(),
    )
    return [one for one in uow.session.exec(query) if one.stands(role)]


def _end(uow: UnitOfWork, sessions: list[SignedIn]) -> None:
    for one in sessions:
        one.revoked = True
        uow.session.add(one)
    if sessions and uow.actor.account_id:
        write_down(uow, "session_ended", "account", uow.actor.account_id)


def _name_of(token_sha256: str) -> str:
    return token_sha256[:16]
