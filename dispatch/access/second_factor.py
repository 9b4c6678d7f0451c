"""The second factor: six digits of an app (RFC 6238), or a recovery code, once each.

The app's key lies in the vault. Times are wall time, and a code of half a minute
before or after is taken, once: a step that was used is never used again.
"""

import hashlib
import io
import secrets
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlmodel import Field, SQLModel, col, delete, select, update

from dispatch.access.accounts import Account
from dispatch.clock import wall_now
from dispatch.errors import NotSignedIn
from dispatch.people.vault import seal, unseal
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import UnitOfWork

STEP_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
_FIELD, _WAITING = "totp", "totp_waiting"  # in the vault: in use, not yet proved
_KEY_BYTES: Final = 20
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


class WrongCode(NotSignedIn):
    """验证码不对或已用过，请用最新的一个。"""

    code = "wrong_code"


class RecoveryCode(SQLModel, table=True):
    """What opens once when the phone with the app is lost; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    code_sha256: str = Field(max_length=64)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, kw_only=True)
class NewFactor:
    """The key as an app reads it, and as a person types it; shown once."""

    key: str
    address: str
    svg: str


def draw_factor(uow: UnitOfWork, account: Account) -> NewFactor:
    """A new key for somebody's app. It counts from its first right code on."""
    key = b32encode(secrets.token_bytes(_KEY_BYTES)).decode()
    seal(uow.session, account.id, {_WAITING: key})
    address = _codes_of(key).get_provisioning_uri(account.login, "六助")
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=4, border=3, xmldecl=False
    )
    return NewFactor(key=key, address=address, svg=drawn.getvalue().decode())


def prove_factor(uow: UnitOfWork, account: Account, code: str) -> list[str]:
    """The app shows what we expect: from now on it is asked for at each sign-in.

    Returns:
        recovery codes, told this once; those before them open nothing any more.

    Raises:
        WrongCode: also when no key waits to be proved.
    """
    key = _key_of(uow, account.id, _WAITING)
    step = _step_of(key, code) if key else None
    if key is None or step is None:
        raise WrongCode
    seal(uow.session, account.id, {_FIELD: key, _WAITING: ""})
    account.second_since, account.second_step = wall_now(), step
    uow.session.add(account)
    return _renew_recovery(uow, account.id)


def takes_code(uow: UnitOfWork, account: Account, code: str) -> bool:
    """Whether this opens now: the app's digits, or a recovery code; once each.

    The caller holds the account, so that no code is used twice at one time.
    """
    key = _key_of(uow, account.id, _FIELD)
    step = _step_of(key, code) if key else None
    if step is None:
        return _takes_recovery(uow, account.id, code)
    if account.second_step is not None and step <= account.second_step:
        return False
    account.second_step = step
    uow.session.add(account)
    return True


def drop_factor(uow: UnitOfWork, account: Account) -> None:
    """Phone and recovery codes are lost: an administrator opens the way again."""
    seal(uow.session, account.id, {_FIELD: "", _WAITING: ""})
    account.second_since = account.second_step = None
    uow.session.add(account)
    _drop_recovery(uow, account.id)


def draw_letters(groups: int, each: int) -> str:
    """Letters by chance, in groups that can be read out and typed."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(groups * each))
    return "-".join(drawn[at : at + each] for at in range(0, len(drawn), each))


def count_recovery(uow: UnitOfWork, account_id: UUID) -> int:
    """How many recovery codes still open."""
    query = select(RecoveryCode.id).where(
        RecoveryCode.account_id == account_id, col(RecoveryCode.used_at).is_(None)
    )
    return len(uow.session.exec(query).all())


def _step_of(key: str, code: str) -> int | None:
    """Which half minute the digits are of; None: of none that is near."""
    digits = code.replace(" ", "")
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    now = int(wall_now().timestamp()) // STEP_SECONDS
    for step in (now, now - 1, now + 1):
        try:
            _codes_of(key).verify(digits.encode(), step * STEP_SECONDS)
        except InvalidToken:
            continue
        return step
    return None


def _codes_of(key: str) -> TOTP:
    # SHA-1 and six digits are what every app understands.
    return TOTP(b32decode(key), 6, SHA1(), STEP_SECONDS)  # noqa: S303 - RFC 6238


def _key_of(uow: UnitOfWork, account_id: UUID, field: str) -> str | None:
    return unseal(uow.session, [account_id], [field])[account_id].get(field) or None


def _renew_recovery(uow: UnitOfWork, account_id: UUID) -> list[str]:
    _drop_recovery(uow, account_id)
    # Sixteen letters have 79 bits, so that a plain hash keeps them.
    codes = [draw_letters(4, 4) for _ in range(RECOVERY_CODES)]
    for one in codes:
        uow.session.add(RecoveryCode(account_id=account_id, code_sha256=_sha256(one)))
    return codes


def _drop_recovery(uow: UnitOfWork, account_id: UUID) -> None:
    uow.session.exec(
        delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id)
    )


def _takes_recovery(uow: UnitOfWork, account_id: UUID, code: str) -> bool:
    used = uow.session.exec(
        update(RecoveryCode)
        .where(col(RecoveryCode.account_id) == account_id)
        .where(col(RecoveryCode.code_sha256) == _sha256(code.strip().casefold()))
        .where(col(RecoveryCode.used_at).is_(None))
        .values(used_at=wall_now())
    )
    return used.rowcount == 1


def _sha256(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
