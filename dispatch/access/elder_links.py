"""Personal links: an elder's or a family member's way in, without a password.

The link is printed, or sent by the station; whoever holds it acts for this one elder
and reaches nothing else. It can be ended at once.
"""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.access.scope import get_scoped
from dispatch.errors import NotFound
from dispatch.log.audit import write_down
from dispatch.people.elders import Contact, Elder
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import Actor, UnitOfWork

_TOKEN_BYTES = 18


class LinkIsOver(NotFound):
    """这个链接已经停用。请联系驿站，重新领取。"""

    code = "link_is_over"


class ElderLink(SQLModel, table=True):
    """One link; only the token's hash is kept. Without a contact it is the elder's."""

    __tablename__ = "elder_link"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    token_sha256: str = Field(max_length=64, unique=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    made_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


def give_link(
    uow: UnitOfWork, elder_id: UUID, contact_id: UUID | None = None
) -> tuple[ElderLink, str]:
    """A new link for the elder or one of their contacts; the one before it ends.

    Returns:
        the link and its token, which is shown once and kept nowhere.

    Raises:
        NotFound: no such elder within reach, or not their contact.
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    if contact_id is not None:
        contact = uow.session.get(Contact, contact_id)
        if contact is None or contact.elder_id != elder.id:
            raise NotFound("没有找到这位联系人。")
    for standing in list_links(uow.session, elder.id):
        if standing.contact_id == contact_id:
            _end(uow, standing)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link = ElderLink(
        elder_id=elder.id,
        contact_id=contact_id,
        token_sha256=_sha256(token),
        account_id=uow.actor.account_id,
        made_at=uow.now,
    )
    uow.session.add(link)
    uow.session.flush()
    write_down(uow, "link_given", "elder", elder.id)
    return link, token


def revoke_link(uow: UnitOfWork, elder_id: UUID, link_id: UUID) -> ElderLink:
    """End a link at once; ending it again changes nothing. Raises: NotFound."""
    elder = get_scoped(uow, Elder, elder_id)
    link = uow.session.get(ElderLink, link_id)
    if link is None or link.elder_id != elder.id:
        raise NotFound
    if link.revoked_at is None:
        _end(uow, link)
        write_down(uow, "link_ended", "elder", elder.id)
    return link


def list_links(session: Session, elder_id: UUID) -> list[ElderLink]:
    """The links of an elder that still stand, the oldest first."""
    return list(
        session.exec(
            select(ElderLink)
            .where(ElderLink.elder_id == elder_id)
            .where(col(ElderLink.revoked_at).is_(None))
            .order_by(col(ElderLink.made_at), col(ElderLink.id))
        )
    )


def holder_of(session: Session, token: str) -> Actor:
    """Who comes with this token: the elder, or one of their family.

    Raises:
        LinkIsOver: unknown, or ended.
    """
    link = session.exec(
        select(ElderLink)
        .where(ElderLink.token_sha256 == _sha256(token))
        .where(col(ElderLink.revoked_at).is_(None))
    ).first()
    if link is None:
        raise LinkIsOver
    return Actor(
        role="family" if link.contact_id else "elder",
        elder_id=link.elder_id,
        contact_id=link.contact_id,
        link_id=link.id,
    )


def _end(uow: UnitOfWork, link: ElderLink) -> None:
    link.revoked_at = uow.now
    uow.session.add(link)
    uow.session.flush()


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
