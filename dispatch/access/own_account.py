"""One's own account: what it is, its password, its second factor."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from dispatch.access.accounts import Account, hash_password, is_password
from dispatch.access.admitting import needs_second, what_comes_first
from dispatch.access.passwords import refuse_weak
from dispatch.access.second_factor import (
    NewFactor,
    WrongCode,
    count_recovery,
    draw_factor,
    prove_factor,
    takes_code,
)
from dispatch.access.sessions import SessionRow, list_sessions, renew_session
from dispatch.errors import BadInput, NotFound
from dispatch.log.audit import write_down
from dispatch.store.unit_of_work import UnitOfWork


class WrongPassword(BadInput):
    """现在的密码不对，没有保存。"""

    code = "wrong_password"


class SamePassword(BadInput):
    """新密码和现在的一样，没有保存。"""

    code = "same_password"


class WrongAppCode(BadInput):
    """验证码不对或已用过，没有保存。请用应用里最新的一个。"""

    code = "wrong_app_code"


@dataclass(frozen=True, kw_only=True)
class OwnAccount:
    """What somebody sees of their own account.

    `first` is what has to be done before anything else is open, as a refusal's code.
    """

    login: str
    name: str
    role: str
    first: str
    second_needed: bool
    second_since: datetime | None
    recovery_codes: int
    sessions: list[SessionRow]


def show_own(uow: UnitOfWork, token: str) -> OwnAccount:
    """The actor's own account. Raises: NotFound, for who has none."""
    account = _own(uow)
    first = what_comes_first(account)
    return OwnAccount(
        login=account.login,
        name=account.title,
        role=account.role.value,
        first=first.code if first else "",
        second_needed=needs_second(account),
        second_since=account.second_since,
        recovery_codes=count_recovery(uow, account.id),
        sessions=list_sessions(uow, token),
    )


def check_own_password(uow: UnitOfWork, password: str) -> bool:
    """Whether it is the actor's; slow, so it is asked before anything is written."""
    return is_password(_own(uow).password_hash, password)


def change_password(uow: UnitOfWork, token: str, *, hashed: str) -> str:
    """From now on this is the password, as it is kept; every other session ends.

    Returns: the cookie's token from now on.
    """
    account = _own(uow, lock=True)
    account.password_hash, account.password_given = hashed, False
    uow.session.add(account)
    write_down(uow, "password_changed", "account", account.id)
    return renew_session(uow, token)


def hash_new(uow: UnitOfWork, old: str, new: str) -> str:
    """The new password as it is kept.

    Raises:
        WrongPassword, SamePassword, WeakPassword
    """
    account = _own(uow)
    if not is_password(account.password_hash, old):
        raise WrongPassword
    if old == new:
        raise SamePassword
    refuse_weak(new, about=(account.login, *account.title.split()))
    return hash_password(new)


def begin_factor(uow: UnitOfWork, code: str) -> NewFactor:
    """A key for the actor's app. Whoever has one proves it, to change it.

    Raises: WrongAppCode.
    """
    account = _own(uow, lock=True)
    if account.second_since is not None and not takes_code(uow, account, code):
        raise WrongAppCode
    return draw_factor(uow, account)


def finish_factor(uow: UnitOfWork, code: str, token: str) -> tuple[list[str], str]:
    """The app is asked for from now on; every other session ends.

    Returns:
        the recovery codes, told once, and the cookie's token from now on.

    Raises:
        WrongAppCode
    """
    account = _own(uow, lock=True)
    try:
        codes = prove_factor(uow, account, code)
    except WrongCode:
        raise WrongAppCode from None
    write_down(uow, "second_factor_set", "account", account.id)
    return codes, renew_session(uow, token)


def _own(uow: UnitOfWork, *, lock: bool = False) -> Account:
    query = select(Account).where(Account.id == uow.actor.account_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    if found := uow.session.exec(query).first():
        return found
    raise NotFound
