"""Who comes with a session: their reach at this moment, or why they are let in no more.

A phone whose access was taken away is told so: it forgets whom it knows of. What it
has recorded and not yet handed in, it may still hand in.
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlmodel import Session

from dispatch.access.accounts import (
    ADMINS,
    JUDGES,
    Account,
    Role,
    SignedIn,
    actor_of,
    find_session,
)
from dispatch.access.day_passes import (
    MAY_STILL_TELL,
    DayPass,
    find_of_session,
    sha256,
)
from dispatch.access.sessions import was_long_unseen
from dispatch.clock import read_clock, wall_now
from dispatch.errors import NotAllowed, NotSignedIn
from dispatch.settings import settings
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor


class AccessIsOver(NotSignedIn):
    """您的登录或通行码已停用，手机上的名单已清除。请联系驿站。"""

    code = "access_is_over"


class PasswordFirst(NotAllowed):
    """这是别人给您的密码，请先改成自己的密码。"""

    code = "password_first"


class SecondFactorFirst(NotAllowed):
    """您的账号要先设置动态验证码才能使用。"""

    code = "second_factor_first"


_TWO_FACTORS: Final = ADMINS | JUDGES | {Role.DISTRICT, Role.STREET}


@dataclass(frozen=True)
class Admitted:
    """Who was let in, their token against forged requests, and whether it is a while
    since it was written down that they are there."""

    actor: Actor
    csrf: str
    long_unseen: bool


def admit(database: Database, token: str) -> Admitted:
    """The actor behind a session's token.

    Raises:
        NotSignedIn: no session, or one that has run out.
        AccessIsOver: a day pass that is over, or an account that was closed.
        PasswordFirst, SecondFactorFirst: only their own account is open to them yet.
    """
    return database.look(lambda session: _admit_to_all(session, token))


def admit_to_own_account(database: Database, token: str) -> Admitted:
    """The same for whoever has yet to choose a password or set up their app."""
    return database.look(lambda session: _admit(session, token)[1])


def admit_late(database: Database, token: str) -> Admitted:
    """The same for a phone that hands in what it recorded: a pass may be over.

    Raises: as `admit`; a day after its pass was over a phone is nobody's any more.
    """
    return database.look(lambda session: _admit_late(session, token))


def what_comes_first(account: Account) -> NotAllowed | None:
    """Why an account opens nothing but its own page yet; None when all is done."""
    if account.password_given:
        return PasswordFirst()
    if needs_second(account) and account.second_since is None:
        return SecondFactorFirst()
    return None


def needs_second(account: Account) -> bool:
    """Officials and administrators use two factors, except where all is made up."""
    return account.role in _TWO_FACTORS and settings().asks_second_factor


def _admit(session: Session, token: str) -> tuple[Account, Admitted]:
    found = find_session(session, token) if token else None
    if found is None:
        raise AccessIsOver if _was_taken_away(session, token) else NotSignedIn
    account, kept = found
    day_pass = None
    if account.role is Role.HELPER:
        day_pass = find_of_session(session, token)
        if day_pass is not None and day_pass.is_over(read_clock(session)):
            raise AccessIsOver
    actor = _with_pass(account, day_pass)
    return account, Admitted(actor, kept.csrf, was_long_unseen(kept))


def _admit_to_all(session: Session, token: str) -> Admitted:
    account, admitted = _admit(session, token)
    if refusal := what_comes_first(account):
        raise refusal
    return admitted


def _admit_late(session: Session, token: str) -> Admitted:
    day_pass = find_of_session(session, token) if token else None
    if day_pass is None or not day_pass.is_over(now := read_clock(session)):
        return _admit_to_all(session, token)
    kept = session.get_one(SignedIn, sha256(token))
    if now >= day_pass.expires_at + MAY_STILL_TELL:
        raise AccessIsOver
    account = session.get_one(Account, kept.account_id)
    return Admitted(_with_pass(account, day_pass), kept.csrf, long_unseen=False)


def _with_pass(account: Account, day_pass: DayPass | None) -> Actor:
    return replace(actor_of(account), pass_id=day_pass.id if day_pass else None)


def _was_taken_away(session: Session, token: str) -> bool:
    """Not merely signed out, or run out by its hours."""
    kept = session.get(SignedIn, sha256(token)) if token else None
    if kept is None:
        return False
    if find_of_session(session, token) is not None:
        return True
    standing = not kept.revoked and kept.expires_at > wall_now()
    return standing and not session.get_one(Account, kept.account_id).active
