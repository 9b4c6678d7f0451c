"""The inbox (收件箱): what one was told, and what was to leave the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import scoped
from dispatch.errors import NotFound
from dispatch.people.elders import Contact
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.notices import Notice, Way
from dispatch.store.unit_of_work import UnitOfWork

MOST: Final = 60


@dataclass(frozen=True, kw_only=True)
class NoticeRow:
    """One notice; a contact is named by relation only, no number is shown."""

    id: UUID
    case_id: UUID | None
    way: str
    to: str
    words: str
    state: str
    made_at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    mine: bool


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """Mine first, then what left the house for others within reach."""

    unread: int
    mine: list[NoticeRow]
    outgoing: list[NoticeRow]


def show_inbox(uow: UnitOfWork) -> Inbox:
    """Mine that I have not read, then the others; each the newest first. However many
    come in, none goes out of sight unread.
    """
    me = uow.actor.account_id
    own = select(Notice).where(Notice.account_id == me, Notice.way == Way.INBOX)
    newest = (col(Notice.made_at).desc(), col(Notice.id))
    was_read = col(Notice.read_at).is_not(None)
    mine = uow.session.exec(own.order_by(was_read, *newest).limit(MOST)).all()
    unread = select(func.count()).where(
        Notice.account_id == me, Notice.way == Way.INBOX, col(Notice.read_at).is_(None)
    )
    sealed = select(Case.id).where(Case.kind == CaseKind.ALLEGATION)
    out = scoped(uow.actor, Notice).where(
        Notice.way != Way.INBOX,
        col(Notice.case_id).is_(None) | col(Notice.case_id).not_in(sealed),
    )
    outgoing = uow.session.exec(out.order_by(*newest).limit(MOST)).all()
    names = _names(uow, [*mine, *outgoing])
    return Inbox(
        unread=int(uow.session.exec(unread).one()),
        mine=[_row(uow, one, names) for one in mine],
        outgoing=[_row(uow, one, names) for one in outgoing],
    )


def mark_notice_read(uow: UnitOfWork, notice_id: UUID) -> None:
    """Its receiver has read it. Raises: NotFound."""
    notice = uow.session.get(Notice, notice_id)
    if notice is None or notice.account_id != uow.actor.account_id:
        raise NotFound
    if notice.read_at is None:
        notice.read_at = uow.now
        uow.session.add(notice)


def _names(uow: UnitOfWork, notices: list[Notice]) -> dict[UUID | None, str]:
    contacts = {one.contact_id for one in notices if one.contact_id}
    relations = select(Contact.id, Contact.relation).where(
        col(Contact.id).in_(contacts)
    )
    titles = titles_of(uow.session, (one.account_id for one in notices))
    return titles | dict(uow.session.exec(relations).all())


def _row(uow: UnitOfWork, one: Notice, names: dict[UUID | None, str]) -> NoticeRow:
    whose = one.account_id or one.contact_id
    return NoticeRow(
        id=one.id,
        case_id=one.case_id,
        way=one.way.value,
        to=names.get(whose, "") if whose else "值班群",
        words=one.words,
        state=one.state.value,
        made_at=one.made_at,
        sent_at=one.sent_at,
        read_at=one.read_at,
        mine=one.account_id == uow.actor.account_id,
    )
