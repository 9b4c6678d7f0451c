"""Feed tickets: one use, thirty seconds, tied to the session that asked for it.

A socket cannot send a header of its own, and a cookie alone would let another site's
page open one; so the page fetches a ticket first. The ticket alone opens nothing
either: whoever brings it has to be the session that it was given to. From where it is
brought is not asked: a phone goes from one network to another between the two requests.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Field, SQLModel, col, delete, select

from dispatch.access.accounts import Account, SignedIn, actor_of, is_idle
from dispatch.clock import wall_now
from dispatch.errors import NotSignedIn
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import Actor, UnitOfWork

TICKET_SECONDS: Final = 30


class FeedTicket(SQLModel, table=True):
    """One ticket, kept as a hash; gone as soon as it is used. Wall time."""

    __tablename__ = "feed_ticket"

    ticket_sha256: str = Field(primary_key=True, max_length=64)
    session_sha256: str = Field(foreign_key="signed_in.token_sha256", max_length=64)
    expires_at: datetime = Field(sa_type=Instant)


def give_ticket(uow: UnitOfWork, session_token: str) -> str:
    """A ticket for the session of this token; old ones are swept away."""
    late = col(FeedTicket.expires_at) < wall_now()
    uow.session.exec(delete(FeedTicket).where(late))
    ticket = secrets.token_urlsafe(24)
    uow.session.add(
        FeedTicket(
            ticket_sha256=_sha256(ticket),
            session_sha256=_sha256(session_token),
            expires_at=wall_now() + timedelta(seconds=TICKET_SECONDS),
        )
    )
    return ticket


def use_ticket(uow: UnitOfWork, ticket: str, session_token: str) -> tuple[str, Actor]:
    """Trade a ticket, once, for the session's hash and what it may see.

    Raises:
        NotSignedIn: unknown, used or expired, another session's, or it is over.
    """
    taken = uow.session.exec(
        delete(FeedTicket)
        .where(col(FeedTicket.ticket_sha256) == _sha256(ticket))
        .where(col(FeedTicket.session_sha256) == _sha256(session_token))
        .where(col(FeedTicket.expires_at) > wall_now())
        .returning(col(FeedTicket.session_sha256))
    ).first()
    if taken is not None:
        session_hash = str(taken[0])
        if actor := list_standing(uow, [session_hash]).get(session_hash):
            return session_hash, actor
    raise NotSignedIn


def list_standing(uow: UnitOfWork, sessions: Collection[str]) -> dict[str, Actor]:
    """Which of these sessions still stand, with their rights of this moment."""
    asked, found = sorted(sessions), list[tuple[str, UUID, datetime]]()
    for start in range(0, len(asked), 500):
        rows = uow.session.exec(
            select(SignedIn.token_sha256, SignedIn.account_id, SignedIn.seen_at)
            .where(col(SignedIn.token_sha256).in_(asked[start : start + 500]))
            .where(col(SignedIn.expires_at) > wall_now(), ~col(SignedIn.revoked))
        )
        found += rows.all()
    actors, now = _list_actors(uow, sorted({one for _, one, _ in found})), wall_now()
    return {
        token: actor
        for token, account_id, seen_at in found
        if (actor := actors.get(account_id)) and not is_idle(actor.role, now - seen_at)
    }


def _list_actors(uow: UnitOfWork, account_ids: Sequence[UUID]) -> dict[UUID, Actor]:
    """What the active ones of these accounts may reach; many pages may be one's."""
    found: dict[UUID, Actor] = {}
    for start in range(0, len(account_ids), 500):
        part = account_ids[start : start + 500]
        query = select(Account).where(col(Account.id).in_(part), col(Account.active))
        found.update({one.id: actor_of(one) for one in uow.session.exec(query)})
    return found


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
