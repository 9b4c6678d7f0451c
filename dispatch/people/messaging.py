"""A few words from an elder or their family to the station, read and answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, or_, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict
from dispatch.log.events import record
from dispatch.people.elders import Contact, Elder
from dispatch.people.family import (
    FamilyDeed,
    FamilyMessage,
    NotOptedIn,
    need_opt_in,
)
from dispatch.people.showing import shown_name
from dispatch.people.vault import seal, unseal
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork

LONGEST: Final = 200
_STILL_SHOWN: Final = timedelta(hours=12)
_AT_ONCE: Final = 60  # the unread ones first; nobody scrolls further
_OWN_SHOWN: Final = 3


class NoWords(BadInput):
    """请写几个字（最多 200 字），没有发送。"""

    code = "no_words"


class AlreadyAnswered(Conflict):
    """这条留言已经回复过了，没有发送。请刷新后查看。"""

    code = "already_answered"


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """One message as the station reads it; `relation` None: the elder themselves."""

    id: UUID
    elder_id: UUID
    elder_name: str
    relation: str | None
    words: str
    sent_at: datetime
    read_at: datetime | None
    answer: str | None
    to_helper: bool
    shown_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OwnMessage:
    """What whoever holds the link has written, and what became of it."""

    words: str
    sent_on: date
    read: bool
    shown_at: datetime | None  # to whoever came with the order it went along with
    answer: str | None


def send_message(
    uow: UnitOfWork, words: str, *, key: str | None, order_id: UUID | None = None
) -> None:
    """Send words to the elder's station; under the same key once.

    Args:
        order_id: whoever comes with this order gets them, too. The caller knows that
            it is the elder's.

    Raises:
        NoWords, NotFound, KeyReused
        NotOptedIn: a family member whom the elder has not let write.
    """
    said = words.strip()
    if not 0 < len(said) <= LONGEST or uow.actor.elder_id is None:
        raise NoWords
    elder = get_scoped(uow, Elder, uow.actor.elder_id)
    _must_be_let(uow, elder.id)
    if not takes_effect(uow, key, "message", f"{order_id or ''} {said}"):
        return
    sent = FamilyMessage(
        elder_id=elder.id,
        station_id=elder.station_id,
        contact_id=uow.actor.contact_id,
        order_id=order_id,
        sent_at=uow.now,
    )
    uow.session.add(sent)
    uow.session.flush()
    seal(uow.session, sent.id, {"message": said})
    _tell(uow, sent, "family.message")


def list_messages(uow: UnitOfWork) -> list[MessageRow]:
    """What nobody at the station has read yet, the oldest first; then, the newest
    first, what was read in the last half day, so that it can still be answered.
    """
    since = uow.now - _STILL_SHOWN
    messages = uow.session.exec(
        scoped(uow.actor, FamilyMessage)
        .where(
            or_(
                col(FamilyMessage.read_at).is_(None),
                col(FamilyMessage.read_at) >= since,
            )
        )
        .order_by(
            col(FamilyMessage.read_at).is_not(None),
            col(FamilyMessage.read_at).desc(),
            col(FamilyMessage.sent_at),
            col(FamilyMessage.id),
        )
        .limit(_AT_ONCE)
    ).all()
    words = unseal(uow.session, [one.id for one in messages], ["message", "answer"])
    names = unseal(uow.session, {one.elder_id for one in messages}, ["name"])
    return [
        MessageRow(
            id=one.id,
            elder_id=one.elder_id,
            elder_name=shown_name(uow.actor, names[one.elder_id].get("name", "")),
            relation=_relation(uow, one),
            words=words[one.id].get("message", ""),
            sent_at=one.sent_at,
            read_at=one.read_at,
            answer=words[one.id].get("answer"),
            to_helper=one.order_id is not None,
            shown_at=one.shown_at,
        )
        for one in messages
    ]


def list_own(uow: UnitOfWork) -> list[OwnMessage]:
    """The last few that this holder of a link has written, the newest first.

    A daughter reads her own words and answers, never her brother's, and none once
    her mother no longer lets her write.
    """
    if uow.actor.elder_id is None:
        return []
    try:
        _must_be_let(uow, uow.actor.elder_id)
    except NotOptedIn:
        return []
    messages = uow.session.exec(
        scoped(uow.actor, FamilyMessage)
        .where(FamilyMessage.contact_id == uow.actor.contact_id)
        .order_by(col(FamilyMessage.sent_at).desc(), col(FamilyMessage.id))
        .limit(_OWN_SHOWN)
    ).all()
    words = unseal(uow.session, [one.id for one in messages], ["message", "answer"])
    return [
        OwnMessage(
            words=words[one.id].get("message", ""),
            sent_on=town_day(one.sent_at),
            read=one.read_at is not None,
            shown_at=one.shown_at,
            answer=words[one.id].get("answer"),
        )
        for one in messages
    ]


def take_along(uow: UnitOfWork, order_ids: Collection[UUID]) -> dict[UUID, str]:
    """What families want whoever comes with these orders to know; they have it now.

    The caller has made sure that the actor may see these doors.
    """
    sent = uow.session.exec(
        select(FamilyMessage)
        .where(col(FamilyMessage.order_id).in_(order_ids))
        .order_by(col(FamilyMessage.sent_at), col(FamilyMessage.id))
    ).all()
    words = unseal(uow.session, [one.id for one in sent], ["message"])
    found: dict[UUID, str] = {}
    for one in sent:
        relation, said = _relation(uow, one), words[one.id].get("message", "")
        line = f"{relation}：{said}" if relation else said
        if one.order_id is not None:
            before = found.get(one.order_id)
            found[one.order_id] = f"{before}；{line}" if before else line
        if one.shown_at is None:
            one.shown_at = uow.now
            uow.session.add(one)
    return found


def mark_read(uow: UnitOfWork, message_id: UUID) -> None:
    """Somebody at the station has read it. Raises: NotFound."""
    _note_read(uow, get_scoped(uow, FamilyMessage, message_id, lock=True))


def answer_message(
    uow: UnitOfWork, message_id: UUID, words: str, *, key: str | None
) -> None:
    """Answer it, once; whoever wrote reads the answer on their own page.

    Raises:
        NoWords, NotFound, KeyReused
        AlreadyAnswered: by somebody else, or with other words.
    """
    said = words.strip()
    if not 0 < len(said) <= LONGEST:
        raise NoWords
    message = get_scoped(uow, FamilyMessage, message_id, lock=True)
    if not takes_effect(uow, key, "answer", [message_id, said]):
        return
    if message.answered_at is not None:
        raise AlreadyAnswered
    _note_read(uow, message)
    message.answered_at, message.answered_by = uow.now, uow.actor.account_id
    seal(uow.session, message.id, {"answer": said})
    _tell(uow, message, "family.answer")


def _tell(uow: UnitOfWork, message: FamilyMessage, kind: str) -> None:
    """The station's page hears that there is something to read; never the words."""
    record(uow, kind, "message", message.id, station_id=message.station_id)


def _must_be_let(uow: UnitOfWork, elder_id: UUID) -> None:
    if uow.actor.role == "family":
        contact = uow.actor.contact_id
        need_opt_in(uow.session, elder_id, contact, FamilyDeed.MESSAGE)


def _note_read(uow: UnitOfWork, message: FamilyMessage) -> None:
    if message.read_at is None:
        message.read_at, message.read_by = uow.now, uow.actor.account_id
    uow.session.add(message)


def _relation(uow: UnitOfWork, message: FamilyMessage) -> str | None:
    if message.contact_id is None:
        return None
    contact = uow.session.get(Contact, message.contact_id)
    return contact.relation if contact else None
