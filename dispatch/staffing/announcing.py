"""Telling many helpers at once: sent, shown on their phones, answered with 收到."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import get_scoped, scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, NotFound
from dispatch.orders.orders import Order
from dispatch.orders.showing import label_helpers
from dispatch.people.crew_messages import (
    LONGEST,
    Audience,
    CrewMessage,
    CrewReceipt,
)
from dispatch.people.helpers import Helper, Shift
from dispatch.people.places import Kitchen, Street
from dispatch.people.vault import seal, unseal
from dispatch.planning.plans import Round, RoundState, Stop, StopOrder, rounds_in_force
from dispatch.staffing.telling import tell_helper
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork

_SHOWN: Final = timedelta(hours=14)  # a working day; then it is old news
_AT_ONCE: Final = 20


class NoWords(BadInput):
    """请写几个字（最多 120 字），没有发送。"""

    code = "no_words"


class NobodyThere(BadInput):
    """这会儿没有人在班或在路上，没有发送。"""

    code = "nobody_there"


@dataclass(frozen=True, kw_only=True)
class CrewMessageRow:
    """A message as the coordinators see it: how many have it, who has not answered."""

    id: UUID
    audience: str
    place: str | None  # the kitchen's or the street's name
    words: str
    sent_at: datetime
    sent_by: str | None
    sent_to: int
    read: int
    missing: list[str]


@dataclass(frozen=True, kw_only=True)
class CrewPlace:
    """A kitchen (by its id) or a street (by its code) whose helpers can be told."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CrewBoard:
    """What was sent, and to whom something could be sent."""

    messages: list[CrewMessageRow]
    kitchens: list[CrewPlace]
    streets: list[CrewPlace]


@dataclass(frozen=True, kw_only=True)
class CrewNote:
    """A message as a helper's phone shows it until 收到 is pressed."""

    id: UUID
    words: str
    sent_at: datetime
    sent_by: str | None


def announce(
    uow: UnitOfWork,
    audience: Audience,
    words: str,
    *,
    kitchen_id: UUID | None = None,
    street_code: str | None = None,
    key: str | None = None,
) -> None:
    """Send words to everybody of an audience; under the same key once.

    Phones without a line have it when they are back.

    Raises:
        NoWords: none, or too many.
        NobodyThere: nobody of this audience works now.
        NotFound: no such kitchen or street within reach.
        KeyReused
    """
    said = words.strip()
    if not 0 < len(said) <= LONGEST:
        raise NoWords
    asked = [audience.value, kitchen_id, street_code, said]
    if not takes_effect(uow, key, "crew_message", asked):
        return
    sent = CrewMessage(
        audience=audience,
        street_code=_street(uow, street_code),
        kitchen_id=get_scoped(uow, Kitchen, kitchen_id).id if kitchen_id else None,
        sent_at=uow.now,
        sent_by=uow.actor.account_id,
    )
    helpers = _audience(uow, sent)
    if not helpers:
        raise NobodyThere
    uow.session.add(sent)
    uow.session.flush()
    seal(uow.session, sent.id, {"message": said})
    for helper in helpers:
        uow.session.add(CrewReceipt(message_id=sent.id, helper_id=helper.id))
        tell_helper(uow, helper, "helper.message", message=str(sent.id))


def _street(uow: UnitOfWork, asked: str | None) -> str | None:
    """The street that was asked for, else the sender's own; none: the district."""
    code = asked or uow.actor.street_code
    if code is None:
        return None
    found = uow.session.exec(scoped(uow.actor, Street).where(Street.code == code))
    if found.first() is None:
        raise NotFound
    return code


def _audience(uow: UnitOfWork, sent: CrewMessage) -> Sequence[Helper]:
    """Who is meant, each once, by id; nobody who is suspended."""
    query = scoped(uow.actor, Helper).where(~col(Helper.suspended))
    if sent.street_code is not None:
        query = query.where(Helper.street_code == sent.street_code)
    today = town_day(uow.now)
    if sent.audience is Audience.KITCHEN:
        query = query.where(col(Helper.id).in_(_carriers(uow, sent.kitchen_id)))
    else:
        shifts = select(Shift.helper_id).where(Shift.works_on == today)
        if sent.audience is Audience.ON_DUTY:
            now = uow.now
            shifts = shifts.where(Shift.starts_at <= now, Shift.ends_at > now)
        query = query.where(col(Helper.id).in_(shifts))
    return uow.session.exec(query.order_by(col(Helper.id))).all()


def _carriers(uow: UnitOfWork, kitchen_id: UUID | None) -> set[UUID]:
    """Whose rounds of today, not yet ended, have meals of this kitchen."""
    rounds = [
        round_.id
        for round_, _ in uow.session.exec(rounds_in_force(town_day(uow.now)))
        if round_.state is not RoundState.ENDED
    ]
    query = (
        select(Round.helper_id)
        .join(Stop, col(Stop.round_id) == Round.id)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .join(Order, col(Order.id) == StopOrder.order_id)
        .where(col(Round.id).in_(rounds), Order.kitchen_id == kitchen_id)
    )
    return set(uow.session.exec(query))


def show_crew_board(uow: UnitOfWork) -> CrewBoard:
    """Lately sent messages, and the kitchens and streets within reach."""
    kitchens = uow.session.exec(scoped(uow.actor, Kitchen).order_by(col(Kitchen.name)))
    streets = uow.session.exec(scoped(uow.actor, Street).order_by(col(Street.code)))
    return CrewBoard(
        messages=list_crew_messages(uow),
        kitchens=[CrewPlace(id=str(one.id), name=one.name) for one in kitchens],
        streets=[CrewPlace(id=one.code, name=one.name) for one in streets],
    )


def list_crew_messages(uow: UnitOfWork) -> list[CrewMessageRow]:
    """What was sent lately within reach, the newest first, with who has answered."""
    query = (
        scoped(uow.actor, CrewMessage)
        .where(CrewMessage.sent_at > uow.now - _SHOWN)
        .order_by(col(CrewMessage.sent_at).desc(), col(CrewMessage.id))
        .limit(_AT_ONCE)
    )
    messages = uow.session.exec(query).all()
    ids = [one.id for one in messages]
    receipts: dict[UUID, list[CrewReceipt]] = {one: [] for one in ids}
    sought = select(CrewReceipt).where(col(CrewReceipt.message_id).in_(ids))
    for receipt in uow.session.exec(sought.order_by(col(CrewReceipt.helper_id))):
        receipts[receipt.message_id].append(receipt)
    unread = {r.helper_id for of in receipts.values() for r in of if r.read_at is None}
    labels = label_helpers(uow.session, unread)
    words = unseal(uow.session, ids, ["message"])
    senders = titles_of(uow.session, (one.sent_by for one in messages))
    return [
        CrewMessageRow(
            id=one.id,
            audience=one.audience.value,
            place=_place(uow, one),
            words=words[one.id].get("message", ""),
            sent_at=one.sent_at,
            sent_by=senders.get(one.sent_by),
            sent_to=len(receipts[one.id]),
            read=sum(r.read_at is not None for r in receipts[one.id]),
            missing=[labels[r.helper_id] for r in receipts[one.id] if not r.read_at],
        )
        for one in messages
    ]


def _place(uow: UnitOfWork, one: CrewMessage) -> str | None:
    if one.kitchen_id is not None:
        return uow.session.get_one(Kitchen, one.kitchen_id).name
    if one.street_code is not None:
        return uow.session.get_one(Street, one.street_code).name
    return None


def list_my_notes(uow: UnitOfWork) -> list[CrewNote]:
    """What this helper has been told and not answered yet, the oldest first."""
    query = (
        select(CrewMessage)
        .join(CrewReceipt, col(CrewReceipt.message_id) == CrewMessage.id)
        .where(CrewReceipt.helper_id == uow.actor.helper_id)
        .where(col(CrewReceipt.read_at).is_(None))
        .where(CrewMessage.sent_at > uow.now - _SHOWN)
        .order_by(col(CrewMessage.sent_at), col(CrewMessage.id))
    )
    messages = uow.session.exec(query).all()
    words = unseal(uow.session, [one.id for one in messages], ["message"])
    senders = titles_of(uow.session, (one.sent_by for one in messages))
    return [
        CrewNote(
            id=one.id,
            words=words[one.id].get("message", ""),
            sent_at=one.sent_at,
            sent_by=senders.get(one.sent_by),
        )
        for one in messages
    ]


def acknowledge(uow: UnitOfWork, message_id: UUID) -> None:
    """收到, by the helper who asks; pressed again nothing changes.

    Raises: NotFound, when it was not sent to them.
    """
    query = (
        scoped(uow.actor, CrewReceipt)
        .where(CrewReceipt.message_id == message_id)
        .with_for_update()
    )
    receipt = uow.session.exec(query).first()
    if receipt is None:
        raise NotFound
    if receipt.read_at is not None:
        return
    receipt.read_at = uow.now
    uow.session.add(receipt)
    helper = uow.session.get_one(Helper, receipt.helper_id)
    tell_helper(uow, helper, "helper.message_read", message=str(message_id))
