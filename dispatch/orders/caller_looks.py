"""What the call centre has asked for within the hour, and whom that opens to it.

Past thirty numbers within the hour a number opens only a call for help: nobody who has
fallen waits for the next hour. Whoever is found so and is not called help for counts:
after three such looks there is no further one. The district's officials are told when
it comes to that.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from dispatch.access.accounts import Account, Role, hold_account
from dispatch.access.tries import TooManyLooks
from dispatch.errors import NotAllowed, NotFound, seconds_until
from dispatch.log.audit import Audit, write_down
from dispatch.people.elders import Contact
from dispatch.people.family import find_opt_in
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.notices import Notice, NoticeState, Way
from dispatch.safety.reports import CaseReport
from dispatch.store.unit_of_work import UnitOfWork

LOOKS_AN_HOUR: Final = 30
SERVED_FOR: Final = timedelta(hours=1)
ASKED, FOUND = "phone_asked", "phone_found"
ASKED_FOR_HELP, FOUND_FOR_HELP = "help_asked", "help_found"
_USED_UP: Final = "looks_used_up"
_HELP: Final = "help"  # what that telling was about: looks for help alone
_TOLD_EVERY: Final = 10  # numbers asked for help alone, since it was last told
_TOLD_AGAIN: Final = timedelta(days=1)
_WITHOUT_A_CALL: Final = 3  # looks for help that found somebody


def serve(uow: UnitOfWork, elder_id: UUID, *, for_help: bool = False) -> Audit:
    """From here on the actor reaches this one elder, whom their number has found; the
    last look that did. One for help opens nothing else."""
    is_theirs(uow)
    looks = (FOUND, FOUND_FOR_HELP) if for_help else (FOUND,)
    query = select(Audit).where(
        Audit.account_id == uow.actor.account_id,
        col(Audit.action).in_(looks),
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


def count_look(uow: UnitOfWork, number: UUID, *, for_help: bool) -> int | None:
    """One more look by this account; the same number again is none. How many are left;
    None: none is, and this one was for help alone.

    The account is held: looks at the same moment cannot outrun the count. What names
    it, a notice or a duty, can still be written.

    Raises:
        TooManyLooks: with the seconds until the next number may be asked for.
    """
    account = hold_account(uow.session, uow.actor.account_id)
    asked = _asked(uow, ASKED)
    if number in asked or len(asked) < LOOKS_AN_HOUR:
        write_down(uow, ASKED, "number", number)
        left = LOOKS_AN_HOUR - len({*asked, number})
        if left == 0 and not _asked(uow, _USED_UP):
            _tell(uow, account, f"一小时内已查满 {LOOKS_AN_HOUR} 个号码")
        return left
    if not for_help:
        again = min(asked.values()) + SERVED_FOR - uow.now
        words = f"这一小时已查满 {LOOKS_AN_HOUR} 个号码，请过一会儿再查。"
        raise TooManyLooks(words, again_seconds=seconds_until(again))
    is_new = number not in _asked(uow, ASKED_FOR_HELP)
    if is_new:
        _must_have_called(uow)
    write_down(uow, ASKED_FOR_HELP, "number", number)
    if is_new:
        _tell_of_help(uow, account)
    return None


def _must_have_called(uow: UnitOfWork) -> None:
    """Who is found for help is called help for: else looking is what it was about.

    The same number may be asked for again, so that the call can still be entered.

    Raises: TooManyLooks
    """
    left = _left_alone(uow)
    if len(left) >= _WITHOUT_A_CALL:
        again = sorted(left)[-_WITHOUT_A_CALL] + SERVED_FOR - uow.now
        words = (
            f"已有 {_WITHOUT_A_CALL} 次求助查询查到了老人却没有登记求助。"
            "请先登记求助（重查原号码即可），再查下一个号码。"
        )
        raise TooManyLooks(words, again_seconds=seconds_until(again))


def _left_alone(uow: UnitOfWork) -> list[datetime]:
    """When this account last found somebody for help within the hour, and called help
    for none of them. What was found at one moment was found by one number."""
    since, mine = uow.now - SERVED_FOR, uow.actor.account_id
    query = select(Audit.at, Audit.object_id).where(
        Audit.account_id == mine,
        Audit.action == FOUND_FOR_HELP,
        Audit.object_kind == "elder",
        col(Audit.at) > since,
    )
    together: dict[datetime, set[UUID | None]] = {}
    for at, elder_id in uow.session.exec(query):
        together.setdefault(at, set()).add(elder_id)
    called = (
        select(Case.elder_id)
        .join(CaseReport, col(CaseReport.case_id) == Case.id)
        .where(CaseReport.told_by == mine, Case.kind == CaseKind.SOS_ELDER)
        .where(col(Case.opened_at) > since)
    )
    helped = set(uow.session.exec(called))
    last = {frozenset(whom): at for at, whom in sorted(together.items())}
    return [at for whom, at in last.items() if not whom & helped]


def _asked(uow: UnitOfWork, action: str) -> dict[UUID, datetime]:
    """What this account did of this kind within the hour, and when last."""
    query = (
        select(Audit.object_id, func.max(Audit.at))
        .where(Audit.account_id == uow.actor.account_id, Audit.action == action)
        .where(col(Audit.at) > uow.now - SERVED_FOR)
        .group_by(col(Audit.object_id))
    )
    return dict(uow.session.exec(query).all())


def _tell_of_help(uow: UnitOfWork, account: Account) -> None:
    """At the first number of a day, and at each tenth since it was last told."""
    day = uow.now - _TOLD_AGAIN
    told = select(Audit.recorded_at).where(
        Audit.account_id == account.id,
        Audit.action == _USED_UP,
        Audit.purpose == _HELP,
        col(Audit.at) > day,
    )
    newest = told.order_by(col(Audit.recorded_at).desc()).limit(1)
    last = uow.session.exec(newest).first()
    asked = select(func.count(func.distinct(Audit.object_id))).where(
        Audit.account_id == account.id, Audit.action == ASKED_FOR_HELP
    )
    since = col(Audit.recorded_at) > last if last else col(Audit.at) > day
    many = uow.session.exec(asked.where(since)).one()
    if last is None or many >= _TOLD_EVERY:
        what = f"查满 {LOOKS_AN_HOUR} 个号码后又因求助查了 {many} 个号码"
        _tell(uow, account, what, about=_HELP)


def _tell(uow: UnitOfWork, account: Account, what: str, *, about: str = "") -> None:
    """Whoever answers for the district's telephone reads it in their inbox."""
    write_down(uow, _USED_UP, "account", account.id, purpose=about)
    words = f"【六助】热线账号 {account.login} {what}，请核实是否正常接线。"
    officials = select(Account.id).where(
        Account.role == Role.DISTRICT, col(Account.active)
    )
    uow.session.add_all(
        Notice(
            account_id=one,
            way=Way.INBOX,
            words=words,
            made_at=uow.now,
            state=NoticeState.SENT,
        )
        for one in uow.session.exec(officials)
    )
    uow.session.flush()
