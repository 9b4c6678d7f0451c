"""What the call centre has asked for within the hour, and whom that opens to it."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from dispatch.access.accounts import Account
from dispatch.access.tries import TooManyLooks
from dispatch.errors import NotAllowed, NotFound
from dispatch.log.audit import Audit, write_down
from dispatch.people.elders import Contact
from dispatch.people.family import find_opt_in
from dispatch.store.unit_of_work import UnitOfWork

LOOKS_AN_HOUR: Final = 30
SERVED_FOR: Final = timedelta(hours=1)
ASKED, FOUND = "phone_asked", "phone_found"


def serve(uow: UnitOfWork, elder_id: UUID) -> Audit:
    """From here on the actor reaches this one elder, whom their number has found; the
    last look that did."""
    is_theirs(uow)
    query = select(Audit).where(
        Audit.account_id == uow.actor.account_id,
        Audit.action == FOUND,
        Audit.object_id == elder_id,
        col(Audit.at) > uow.now - SERVED_FOR,
    )
    newest = query.order_by(col(Audit.recorded_at).desc()).limit(1)
    found = uow.session.exec(newest).first()
    if found is None:
        raise NotFound("请先按来电号码查找，一小时内有效。")
    uow.actor = replace(uow.actor, elder_id=elder_id)
    return found


def who_asks(uow: UnitOfWork, look: Audit) -> UUID | None:
    """The contact whose number found the elder; of several, who may order."""
    query = (
        select(Contact.id)
        .join(Audit, col(Audit.object_id) == Contact.id)
        .where(Contact.elder_id == look.object_id, Audit.action == FOUND)
        .where(Audit.account_id == look.account_id, Audit.at == look.at)
        .order_by(col(Contact.rank))
    )
    found = uow.session.exec(query).all()
    agreed = [
        one
        for one in found
        if (word := find_opt_in(uow.session, one)) and word.may_order
    ]
    return next(iter([*agreed, *found]), None)


def is_theirs(uow: UnitOfWork) -> None:
    if uow.actor.role != "call_centre" or uow.actor.account_id is None:
        raise NotAllowed


def count_look(uow: UnitOfWork, number: UUID) -> int:
    """One more look by this account; the same number again is none. How many are left.

    The account is held: looks at the same moment cannot outrun the count.

    Raises:
        TooManyLooks: with the seconds until the next number may be asked for.
    """
    held = select(Account.id).where(Account.id == uow.actor.account_id)
    uow.session.exec(held.with_for_update()).one()
    query = (
        select(Audit.object_id, func.max(Audit.at))
        .where(Audit.account_id == uow.actor.account_id, Audit.action == ASKED)
        .where(col(Audit.at) > uow.now - SERVED_FOR)
        .group_by(col(Audit.object_id))
    )
    asked = dict(uow.session.exec(query).all())
    if number not in asked and len(asked) >= LOOKS_AN_HOUR:
        free = min(asked.values()) + SERVED_FOR - uow.now
        raise TooManyLooks(again_seconds=max(1, math.ceil(free.total_seconds())))
    write_down(uow, ASKED, "number", number)
    return LOOKS_AN_HOUR - len({*asked, number})
