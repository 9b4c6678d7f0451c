"""A helper who asks for what is not theirs finds nothing, and is noticed.

Whatever was asked for in vain stands in the audit, once an hour. A phone that still
holds an old list asks for a few things that have gone to others; ten different ones
within an hour are tried, and their desks are told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import and_, col, or_, select

from dispatch.access.accounts import Account, Role
from dispatch.clock import wall_now
from dispatch.log.audit import Audit, write_down
from dispatch.log.events import Event, record
from dispatch.people.helpers import Helper, get_helper
from dispatch.safety.notices import Notice, NoticeState, Way
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor, UnitOfWork

log = structlog.get_logger()
TOLD_AT: Final = 10
WITHIN: Final = timedelta(hours=1)
_PRIED: Final = "helper.pried"


def note_in_vain(database: Database, actor: Actor, asked: Sequence[UUID]) -> None:
    """What cannot be written down now changes nothing in what the helper is told."""
    try:
        for thing in asked:
            database.change(partial(note_vain, asked=thing), actor)
    except SQLAlchemyError as trouble:
        log.warning("helper.prying_not_noted", error=type(trouble).__name__)


def note_vain(uow: UnitOfWork, asked: UUID) -> None:
    """The acting helper asked for this, and it is not theirs, or is not at all."""
    since = wall_now() - WITHIN
    query = select(Audit.object_id).where(
        Audit.account_id == uow.actor.account_id,
        Audit.action == "asked_in_vain",
        Audit.recorded_at > since,
    )
    things = {*uow.session.exec(query)}
    if uow.actor.helper_id is None or asked in things:
        return
    write_down(uow, "asked_in_vain", "unknown", asked)
    helper = get_helper(uow.session, uow.actor.helper_id)
    if len(things) + 1 >= TOLD_AT and not _was_told(uow, helper, since):
        _tell(uow, helper)


def _was_told(uow: UnitOfWork, helper: Helper, since: datetime) -> bool:
    query = select(Event.id).where(
        Event.subject_id == helper.id,
        Event.kind == _PRIED,
        Event.recorded_at > since,
    )
    return uow.session.exec(query.limit(1)).first() is not None


def _tell(uow: UnitOfWork, helper: Helper) -> None:
    where: dict[str, Any] = {
        "station_id": helper.station_id,
        "street_code": helper.street_code,
    }
    record(uow, _PRIED, "helper", helper.id, **where)
    account = uow.session.get_one(Account, uow.actor.account_id)
    words = (
        f"【六助】助老员账号 {account.login} 一小时内试了 {TOLD_AT} 个"
        "不归其负责的编号，都没有查到。请联系本人核实，必要时停用账号或通行码。"
    )
    uow.session.add_all(
        Notice(
            account_id=one.id,
            way=Way.INBOX,
            words=words,
            made_at=uow.now,
            state=NoticeState.SENT,
            **where,
        )
        for one in _desks(uow, helper)
    )
    uow.session.flush()
    log.warning("a helper asks for what is not theirs", account=str(account.id))


def _desks(uow: UnitOfWork, helper: Helper) -> Sequence[Account]:
    """Who answers for a helper: their station, and who sends them out."""
    role, street = col(Account.role), col(Account.street_code)
    near = or_(street == helper.street_code, street.is_(None))
    own = col(Account.station_id) == helper.station_id
    answers = or_(and_(role == Role.DISPATCHER, near), and_(role == Role.STATION, own))
    query = select(Account).where(col(Account.active), answers)
    return uow.session.exec(query.order_by(col(Account.login))).all()
