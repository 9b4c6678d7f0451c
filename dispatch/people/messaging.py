"""A few words from an elder or their family to the station, read once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import col

from dispatch.access.scope import get_scoped, scoped
from dispatch.errors import BadInput
from dispatch.people.elders import Contact, Elder
from dispatch.people.family import FamilyDeed, FamilyMessage, need_opt_in
from dispatch.people.showing import shown_name
from dispatch.people.vault import seal, unseal
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork

LONGEST: Final = 200


class NoWords(BadInput):
    """请写几个字（最多 200 字），没有发送。"""

    code = "no_words"


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """One message as the station reads it."""

    id: UUID
    elder_id: UUID
    elder_name: str
    relation: str | None
    words: str
    sent_at: datetime


def send_message(uow: UnitOfWork, words: str, *, key: str | None) -> None:
    """Send words to the elder's station; under the same key once.

    Raises:
        NoWords, NotFound, KeyReused
        NotOptedIn: a family member whom the elder has not let write.
    """
    said = words.strip()
    if not 0 < len(said) <= LONGEST or uow.actor.elder_id is None:
        raise NoWords
    elder = get_scoped(uow, Elder, uow.actor.elder_id)
    if uow.actor.role == "family":
        contact = uow.actor.contact_id
        need_opt_in(uow.session, elder.id, contact, FamilyDeed.MESSAGE)
    if not takes_effect(uow, key, "message", said):
        return
    sent = FamilyMessage(
        elder_id=elder.id,
        station_id=elder.station_id,
        contact_id=uow.actor.contact_id,
        sent_at=uow.now,
    )
    uow.session.add(sent)
    seal(uow.session, sent.id, {"message": said})


def list_unread(uow: UnitOfWork) -> list[MessageRow]:
    """What nobody at the station has read yet, the oldest first."""
    messages = uow.session.exec(
        scoped(uow.actor, FamilyMessage)
        .where(col(FamilyMessage.read_at).is_(None))
        .order_by(col(FamilyMessage.sent_at), col(FamilyMessage.id))
    ).all()
    words = unseal(uow.session, [one.id for one in messages], ["message"])
    names = unseal(uow.session, {one.elder_id for one in messages}, ["name"])
    return [
        MessageRow(
            id=one.id,
            elder_id=one.elder_id,
            elder_name=shown_name(uow.actor, names[one.elder_id].get("name", "")),
            relation=_relation(uow, one),
            words=words[one.id].get("message", ""),
            sent_at=one.sent_at,
        )
        for one in messages
    ]


def mark_read(uow: UnitOfWork, message_id: UUID) -> None:
    """Somebody at the station has read it. Raises: NotFound."""
    message = get_scoped(uow, FamilyMessage, message_id)
    if message.read_at is None:
        message.read_at, message.read_by = uow.now, uow.actor.account_id
        uow.session.add(message)


def _relation(uow: UnitOfWork, message: FamilyMessage) -> str | None:
    if message.contact_id is None:
        return None
    contact = uow.session.get(Contact, message.contact_id)
    return contact.relation if contact else None
