"""Accounts, their reach, and sessions that can be ended at once."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from uuid import UUID, uuid4

from pwdlib import PasswordHash
from sqlalchemy import BigInteger, bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.clock import wall_now
from dispatch.errors import NotFound
from dispatch.store.columns import Instant, word
from dispatch.store.unit_of_work import Actor, UnitOfWork

_HASHES = PasswordHash.recommended()
STAFF_HOURS, HELPER_HOURS = 12, 14
TOKEN_BYTES: Final = 32


class Role(StrEnum):
    DISTRICT = "district"  # 区民政
    STREET = "street"  # 街道
    STATION = "station"  # 驿站
    DISPATCHER = "dispatcher"  # 调度
    HELPER = "helper"  # 送餐员、志愿者、护理员
    KITCHEN = "kitchen"  # 助餐点厨房
    CALL_CENTRE = "call_centre"  # 呼叫中心
    AUDITOR = "auditor"  # 审计
    EVALUATOR = "evaluator"  # 第三方评估
    SYSTEM_ADMIN = "system_admin"  # 系统管理员
    SECURITY_ADMIN = "security_admin"  # 安全管理员
    AUDIT_ADMIN = "audit_admin"  # 审计管理员
    SYSTEM = "system"  # our own processes; never signs in


# 三员: whoever keeps the machine, whoever gives rights, and whoever reads what both and
# everybody else did are three people, and none of them sees an elder.
ADMINS: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# Whoever judges from outside: they change nothing, and elders have a code for them.
JUDGES: Final = frozenset({Role.AUDITOR, Role.EVALUATOR})


# Whose accounts the security administrator opens on a page: those who serve elders at
# one place or by one call. Whoever decides, signs or oversees is opened on the machine:
# nobody gives themselves an office with a password that they were just shown.
GIVEN_ON_A_PAGE: Final = frozenset(
    {Role.STATION, Role.KITCHEN, Role.DISPATCHER, Role.HELPER, Role.CALL_CENTRE}
)
PASSES_ONLY: Final = "pass-"  # of whoever comes with day passes and has no password


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
    kitchen_id: UUID | None = Field(default=None, foreign_key="kitchen.id")
    active: bool = True
    wrong_tries: int = 0
    # The first of these; they count for a quarter of an hour.
    wrong_at: datetime | None = Field(default=None, sa_type=Instant)
    password_given: bool = False  # by somebody else: it opens only the way to change it
    second_since: datetime | None = Field(default=None, sa_type=Instant)
    second_step: int | None = Field(default=None, sa_type=BigInteger)  # used last


# How long somebody may be away from the screen. A desk that answers alarms does not
# hide behind a sign-in page at night; a phone lies in a pocket for a whole round.
IDLE: Final[Mapping[str, timedelta]] = {
    Role.DISTRICT: timedelta(minutes=30),
    Role.STREET: timedelta(minutes=30),
    Role.STATION: timedelta(hours=12),
    Role.DISPATCHER: timedelta(hours=12),
    Role.HELPER: timedelta(hours=12),
    Role.KITCHEN: timedelta(hours=12),
    Role.CALL_CENTRE: timedelta(hours=12),
    Role.AUDITOR: timedelta(minutes=30),
    Role.EVALUATOR: timedelta(minutes=30),
    **dict.fromkeys(ADMINS, timedelta(minutes=30)),
}


class SignedIn(SQLModel, table=True):
    """One session. Only the token's hash is kept; times are wall time."""

    __tablename__ = "signed_in"

    token_sha256: str = Field(primary_key=True, max_length=64)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    csrf: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=Instant)
    revoked: bool = False
    opened_at: datetime = Field(default_factory=wall_now, sa_type=Instant)
    seen_at: datetime = Field(default_factory=wall_now, sa_type=Instant)
    device: str = Field(default="", max_length=40)  # Chrome · Windows

    def stands(self, role: str) -> bool:
        """Neither ended, nor run out, nor left alone for too long."""
        now = wall_now()
        if self.revoked or self.expires_at <= now:
            return False
        return not is_idle(role, now - self.seen_at)


def is_idle(role: str, untouched: timedelta) -> bool:
    """Whether somebody has been away from the screen for too long."""
    return untouched > IDLE.get(role, untouched)


def hash_password(password: str) -> str:
    """Argon2id."""
    return _HASHES.hash(password)


def is_password(kept_hash: str | None, password: str) -> bool:
    """Whether it is the one; equally slow for an account that does not exist."""
    return _HASHES.verify(password, kept_hash or _nobody())


@cache
def _nobody() -> str:
    """A hash that no password fits: unknown names take the same time."""
    return _HASHES.hash(secrets.token_urlsafe(16))


def open_session(
    session: Session, account: Account, *, device: str = ""
) -> tuple[str, str]:
    """The cookie's token and the token against forged requests of a new session."""
    token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(24)
    hours = HELPER_HOURS if account.role is Role.HELPER else STAFF_HOURS
    session.add(
        SignedIn(
            token_sha256=hash_token(token),
            account_id=account.id,
            csrf=csrf,
            expires_at=wall_now() + timedelta(hours=hours),
            device=device,
        )
    )
    session.flush()
    return token, csrf


def shut_account(login: str, role: Role, title: str) -> Account:
    """An account whose password nobody knows: its holder comes in another way."""
    return Account(login=login, password_hash=_nobody(), role=role, title=title)


def sign_out(uow: UnitOfWork, token: str) -> None:
    """End a session at once."""
    if kept := uow.session.get(SignedIn, hash_token(token)):
        kept.revoked = True
        uow.session.add(kept)


_OF_TOKEN: Final = (
    select(Account, SignedIn)
    .join(SignedIn, col(SignedIn.account_id) == Account.id)
    .where(col(SignedIn.token_sha256) == bindparam("hashed"), col(Account.active))
)


def find_session(session: Session, token: str) -> tuple[Account, SignedIn] | None:
    """Who this token belongs to, as their rights are at this moment."""
    found = session.exec(_OF_TOKEN, params={"hashed": hash_token(token)}).first()
    if found is None:
        return None
    account, kept = found
    return (account, kept) if kept.stands(account.role) else None


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
        kitchen_id=account.kitchen_id,
    )


def hash_token(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_account(session: Session, login: str) -> Account | None:
    """The account of this name."""
    return session.exec(select(Account).where(Account.login == login)).first()


def get_account_named(session: Session, login: str) -> Account:
    """Raises: NotFound."""
    if account := find_account(session, login):
        return account
    raise NotFound("没有这个账号。")


def hold_account(session: Session, account_id: UUID | None) -> Account:
    """Held until the end of the transaction: what is counted of it meanwhile nobody
    outruns. What names it, a notice or a duty, can still be written.
    """
    held = select(Account).where(Account.id == account_id)
    return session.exec(held.with_for_update(key_share=True)).one()
