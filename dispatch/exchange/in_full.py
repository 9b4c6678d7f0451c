"""Persons in full on a list: how many at once, how often, and who else it takes."""

from collections.abc import Sized
from datetime import timedelta
from typing import Final

from sqlalchemy import func
from sqlmodel import select

from dispatch.access.accounts import hold_account
from dispatch.errors import NotAllowed, TooOften, seconds_until
from dispatch.log.audit import Audit
from dispatch.store.unit_of_work import UnitOfWork

MOST_IN_FULL: Final = 500  # rows of persons; for more it takes a second person
MOST_A_DAY: Final = 10  # such lists of one account: many small ones are a long one
IN_FULL: Final = "export_full"  # what the audit calls it
_DAY: Final = timedelta(days=1)


class TooManyInFull(NotAllowed):
    """完整个人信息一次最多 500 行，没有导出。请分站导出，或请运维人员在服务器导出。"""

    code = "too_many_in_full"


class TooManyLists(TooOften):
    """24 小时内最多导出 10 次完整信息，没有导出。请稍后，或请运维在服务器导出。"""

    code = "too_many_lists"


def count_list(uow: UnitOfWork) -> None:
    """One more list of persons in full by this account, which is held meanwhile: lists
    at the same moment cannot outrun the count. What names the account, a notice or a
    duty, can still be written.

    Raises: TooManyLists
    """
    mine = uow.actor.account_id
    if mine is None:
        return
    hold_account(uow.session, mine)
    taken = select(func.count(), func.min(Audit.at)).where(
        Audit.account_id == mine, Audit.action == IN_FULL, Audit.at > uow.now - _DAY
    )
    many, first = uow.session.exec(taken).one()
    if many >= MOST_A_DAY:
        raise TooManyLists(again_seconds=seconds_until(first + _DAY - uow.now))


def must_be_short(uow: UnitOfWork, rows: Sized) -> None:
    """Long lists of persons leave only on the machine itself, by whoever runs it: no
    account of the pages alone is enough.

    Raises: TooManyInFull
    """
    if len(rows) > MOST_IN_FULL and uow.actor.role != "system":
        raise TooManyInFull
