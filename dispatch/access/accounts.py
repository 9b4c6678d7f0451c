"""Accounts, their reach, and sessions that can be ended at once."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID, uuid4

from pwdlib import PasswordHash
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.clock import wall_now
from dispatch.errors import NotSignedIn
from dispatch.store.columns import Instant, word
from dispatch.store.unit_of_work import Actor, UnitOfWork

_HASHES = PasswordHash.recommended()
STAFF_HOURS, HELPER_HOURS = 12, 14
_WRONG_TRIES, _WRONG_MINUTES = 5, 15


class WrongSignIn(NotSignedIn):
    """账号或密码不对，请重新输入。"""

    code = "wrong_sign_in"


class TooManyTries(NotSignedIn):
    """输错次数过多，请 15 分钟后再试，或联系站长重置密码。"""

    code = "too_many_tries"


class Role(StrEnum):
    DISTRICT = "district"  # 区民政
    STREET = "street"  # 街道
    STATION = "station"  # 驿站
    DISPATCHER = "dispatcher"  # 调度
    HELPER = "helper"  # 送餐员、志愿者、护理员
    SYSTEM = "system"  # our own processes; never signs in


class Account(SQLModel, table=True):
    """Somebody who signs in. What they reach follows from role and the ids here."""

    __tablename__ = "account"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    login: str = Field(max_length=40, unique=True)
    password_hash: str = Field(max_length=200)
    role: Role = Field(sa_type=word(Role))
    title: str = Field(max_length=40)  # what others see: 东河沿驿站 前台
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    street_code: str | None = Field(default=None, foreign_key="street.code")
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    active: bool = True
    wrong_tries: int = 0
    wrong_at: datetime | None = Field(default=None, sa_type=Instant)


class SignedIn(SQLModel, table=True):
    """One session. Only the token's hash is kept; times are wall time."""

    __tablename__ = "signed_in"

    token_sha256: str = Field(primary_key=True, max_length=64)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    csrf: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=Instant)
    revoked: bool = False


def hash_password(password: str) -> str:
    """Argon2id."""
    return _HASHES.hash(password)


def fits(uow: UnitOfWork, login: str, password: str) -> bool:
    """Whether this is the account's password; equally slow for unknown names.

    It only reads: hashing takes a tenth of a second, and no writer waits for it.
    """
    query = select(Account.password_hash).where(Account.login == login)
    return _HASHES.verify(password, uow.session.exec(query).first() or _nobody())


@cache
def _nobody() -> str:
    """A hash that no password fits: unknown names take the same time."""
    return _HASHES.hash(secrets.token_urlsafe(16))


def sign_in(uow: UnitOfWork, login: str, *, fits: bool) -> tuple[Account, str, str]:
    """Open a session. A wrong try is counted even though this raises.

    Args:
        fits: what `fits` said of the password a moment ago.

    Returns:
        the account, the cookie's token and the token against forged requests.

    Raises:
        WrongSignIn, TooManyTries
    """
    query = select(Account).where(Account.login == login).with_for_update()
    account = uow.session.exec(query).first()
    if account is None or not account.active:
        raise WrongSignIn
    if _locked(account):
        raise TooManyTries
    if not fits:
        account.wrong_tries += 1
        account.wrong_at = wall_now()
        uow.session.add(account)
        uow.session.commit()
        raise WrongSignIn
    account.wrong_tries = 0
    return account, *open_session(uow.session, account)


def open_session(session: Session, account: Account) -> tuple[str, str]:
    """The cookie's token and the token against forged requests of a new session."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    hours = HELPER_HOURS if account.role is Role.HELPER else STAFF_HOURS
    session.add(
        SignedIn(
            token_sha256=_sha256(token),
            account_id=account.id,
            csrf=csrf,
            expires_at=wall_now() + timedelta(hours=hours),
        )
    )
    session.flush()
    return token, csrf


def shut_account(login: str, role: Role, title: str) -> Account:
    """An account whose password nobody knows: its holder comes in another way."""
    return Account(login=login, password_hash=_nobody(), role=role, title=title)


def sign_out(uow: UnitOfWork, token: str) -> None:
    """End a session at once."""
    if kept := uow.session.get(SignedIn, _sha256(token)):
        kept.revoked = True
        uow.session.add(kept)


def find_session(session: Session, token: str) -> tuple[Account, SignedIn] | None:
    """Who this token belongs to, as their rights are at this moment."""
    kept = session.get(SignedIn, _sha256(token))
    if kept is None or kept.revoked or kept.expires_at <= wall_now():
        return None
    account = session.get(Account, kept.account_id)
    if account is None or not account.active:
        return None
    return account, kept


def titles_of(
    session: Session, account_ids: Iterable[UUID | None]
) -> dict[UUID | None, str]:
    """What these accounts are called; None and whoever is gone are left out."""
    wanted = list({one for one in account_ids if one is not None})
    if not wanted:
        return {}
    query = select(Account.id, Account.title).where(col(Account.id).in_(wanted))
    return dict(session.exec(query).all())


def actor_of(account: Account) -> Actor:
    """What an account may reach."""
    return Actor(
        role=account.role.value,
        account_id=account.id,
        station_id=account.station_id,
        street_code=account.street_code,
        helper_id=account.helper_id,
    )


def _locked(account: Account) -> bool:
    if account.wrong_at is None or account.wrong_tries < _WRONG_TRIES:
        return False
    if wall_now() - account.wrong_at < timedelta(minutes=_WRONG_MINUTES):
        return True
    account.wrong_tries = 0
    return False


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
