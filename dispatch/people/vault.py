"""The vault: what identifies a person, encrypted, apart from everything else.

A value is AES-256-GCM under a key that has an id, bound to its owner and field, so
that a ciphertext moved to another row does not open. Erasing a person is deleting
the rows here; every total elsewhere stays.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, insert
from sqlmodel import Field, Session, SQLModel, col, delete, select

from dispatch.settings import settings
from dispatch.store.columns import narrow

_NONCE_BYTES = 12
BLIND_FIELDS = frozenset({"phone", "id_number", "card"})  # looked up by equality


class KeysMissing(RuntimeError):
    """The encryption keys are missing: set DISPATCH_KEYS_FILE."""


@dataclass(frozen=True)
class Keys:
    """The keys by id, which one seals now, and the key of the blind indexes."""

    current: str
    sealing: Mapping[str, bytes]
    blind: bytes


class Sealed(SQLModel, table=True):
    """One field of one owner (elder, household, contact, helper), encrypted."""

    __tablename__ = "vault"
    __table_args__ = (
        narrow(
            "one_file_each",
            *("field", "blind"),
            where="field = 'id_number' AND blind IS NOT NULL",
            unique=True,
        ),
    )

    owner_id: UUID = Field(primary_key=True)
    field: str = Field(primary_key=True, max_length=16)
    key_id: str = Field(max_length=16)
    sealed: bytes
    blind: str | None = Field(default=None, max_length=32, index=True)


def make_keys(path: Path) -> None:
    """Write a new set of keys, readable by the owner only; never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
    ) as f:
        f.write(new_keys())


def new_keys() -> str:
    """A new set of keys, as the file holds them."""

    def fresh() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return json.dumps({"current": "k1", "keys": {"k1": fresh()}, "blind": fresh()})


def keys() -> Keys:
    """The keys of this installation; the demo and tests make their own.

    A file that has changed is read again: all processes seal with a new key at once.
    """
    path = settings().keys
    if not path.exists():
        if settings().stage == "live":
            raise KeysMissing
        make_keys(path)
    seen = path.stat()
    return _keys_of(path, seen.st_mtime_ns, seen.st_ino)


@lru_cache(maxsize=4)
def _keys_of(path: Path, _changed_at: int, _file: int) -> Keys:
    return read_keys(path)


def read_keys(path: Path) -> Keys:
    """The keys of a file."""
    kept = json.loads(path.read_text())
    sealing = {name: base64.b64decode(key) for name, key in kept["keys"].items()}
    return Keys(kept["current"], sealing, base64.b64decode(kept["blind"]))


def phone_form(value: str) -> str:
    """A number as it is compared: its digits, a mobile one without the country's.

    A number kept as it was typed (010-6234 5678, +86 138…) is shown so, and found by
    any way of typing it.
    """
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", value))
    return re.sub(r"^(?:00)?86(?=1[0-9]{10}$)", "", digits)


def blind_index(field: str, value: str) -> str:
    """What equal values share, and nobody without the key can compute."""
    return _blind(field, (field == "phone" and phone_form(value)) or value)


def blind_as_typed(field: str, value: str) -> str:
    """As it was made of telephones too, before they had one form: see `phones`."""
    return _blind(field, value)


def _blind(field: str, value: str) -> str:
    plain = f"{field}|{value.strip().upper()}".encode()
    return hmac.new(keys().blind, plain, hashlib.sha256).hexdigest()[:32]


def pseudonym(owner_id: UUID) -> str:
    """A code that is always the same for one person, of no other, and names nobody:
    3f2a9-1bc04-d7e61.

    Without the key nobody finds the person behind it, whatever else they have read.
    Nothing is kept that could tell of two with one code: it is long enough that of a
    million people no two share one (one chance in two million).
    """
    plain = f"pseudonym|{owner_id}".encode()
    told = hmac.new(keys().blind, plain, hashlib.sha256).hexdigest()
    return "-".join(told[at : at + 5] for at in (0, 5, 10))


def seal(session: Session, owner_id: UUID, values: Mapping[str, str]) -> None:
    """Keep these fields of an owner, replacing what was there."""
    for row in _rows(owner_id, values):
        session.merge(Sealed(**row))


def seal_new(session: Session, owners: Mapping[UUID, Mapping[str, str]]) -> None:
    """Keep the fields of many owners of whom nothing is kept yet."""
    rows = [
        row for owner_id, values in owners.items() for row in _rows(owner_id, values)
    ]
    if rows:
        session.flush()
        table = Sealed.__table__  # type: ignore[attr-defined]
        session.connection().execute(insert(table), rows)


def _rows(owner_id: UUID, values: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Rows as they are inserted: models made for thousands would take seconds."""
    ring = keys()
    box = AESGCM(ring.sealing[ring.current])
    for field, value in values.items():
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + box.encrypt(nonce, value.encode(), _bound_to(owner_id, field))
        yield {
            "owner_id": owner_id,
            "field": field,
            "key_id": ring.current,
            "sealed": sealed,
            "blind": blind_index(field, value) if field in BLIND_FIELDS else None,
        }


_SEALED = (
    select(Sealed.owner_id, Sealed.field, Sealed.key_id, Sealed.sealed)
    .where(col(Sealed.owner_id).in_(bindparam("owners", expanding=True)))
    .where(col(Sealed.field).in_(bindparam("fields", expanding=True)))
)


def unseal(
    session: Session, owners: Collection[UUID], fields: Collection[str]
) -> dict[UUID, dict[str, str]]:
    """The named fields of these owners, in plain text; only the server sees them.

    Whoever shows them unmasked to a person writes the audit (`log.audit`).
    """
    ring = keys()
    boxes = {key_id: AESGCM(key) for key_id, key in ring.sealing.items()}
    plain: dict[UUID, dict[str, str]] = {owner: {} for owner in owners}
    wanted = list(owners)
    for start in range(0, len(wanted), 500):
        part = {"owners": wanted[start : start + 500], "fields": list(fields)}
        rows = session.exec(_SEALED, params=part)
        for owner_id, field, key_id, sealed in rows:
            nonce, shut = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            opened = boxes[key_id].decrypt(nonce, shut, _bound_to(owner_id, field))
            plain[owner_id][field] = opened.decode()
    return plain


def find_owners(session: Session, field: str, value: str) -> list[UUID]:
    """Who has exactly this phone, card or identity number."""
    return owners_by(session, field, [value]).get(value, [])


def owners_by(
    session: Session, field: str, values: Collection[str]
) -> dict[str, list[UUID]]:
    """Who has which of these phones, cards or identity numbers; nobody is left out."""
    blind: dict[str, set[str]] = {}
    for value in values:
        for made in (blind_index, blind_as_typed):
            blind.setdefault(made(field, value), set()).add(value)
    wanted = sorted(blind)
    found: dict[str, list[UUID]] = {}
    for start in range(0, len(wanted), 500):
        query = select(Sealed.blind, Sealed.owner_id).where(
            Sealed.field == field, col(Sealed.blind).in_(wanted[start : start + 500])
        )
        for index, owner_id in session.exec(query.order_by(col(Sealed.owner_id))):
            for value in blind[str(index)]:
                found.setdefault(value, []).append(owner_id)
    return found


def erase(session: Session, owner_id: UUID) -> None:
    """Forget everything that identifies an owner."""
    session.exec(delete(Sealed).where(col(Sealed.owner_id) == owner_id))


def _bound_to(owner_id: UUID, field: str) -> bytes:
    return f"vault|{field}|{owner_id}".encode()


def seal_file(owner_id: UUID, content: bytes) -> tuple[str, bytes]:
    """The key's id, and a whole file encrypted under it for its owner's row."""
    ring, nonce = keys(), secrets.token_bytes(_NONCE_BYTES)
    box = AESGCM(ring.sealing[ring.current])
    shut = box.encrypt(nonce, content, _bound_to(owner_id, "file"))
    return ring.current, nonce + shut


def open_file(owner_id: UUID, key_id: str, sealed: bytes) -> bytes:
    """What `seal_file` encrypted."""
    box = AESGCM(keys().sealing[key_id])
    nonce, shut = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    return box.decrypt(nonce, shut, _bound_to(owner_id, "file"))


def seal_again(
    owner_id: UUID, field: str, key_id: str, sealed: bytes
) -> tuple[str, bytes]:
    """The present key's id, and a value or file (`file`) sealed under it anew."""
    ring, bound = keys(), _bound_to(owner_id, field)
    nonce, shut = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    content = AESGCM(ring.sealing[key_id]).decrypt(nonce, shut, bound)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    fresh = AESGCM(ring.sealing[ring.current]).encrypt(nonce, content, bound)
    return ring.current, nonce + fresh
