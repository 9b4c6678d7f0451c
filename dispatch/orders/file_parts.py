"""The kept parts of an elder's file as people see them: these fields, and no others.

A column that is added to a table is shown to nobody before it is named here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel import SQLModel

from dispatch.store.columns import Json

Part = TypeVar("Part")


@dataclass(frozen=True, kw_only=True)
class KeptConsent:
    id: UUID
    purpose: str
    version: str
    said: str
    voice: str
    proof: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class KeptAgreement:
    id: UUID
    from_on: date
    until_on: date | None
    proof: str


@dataclass(frozen=True, kw_only=True)
class KeptPause:
    id: UUID
    scope: str
    reason: str
    from_on: date
    until_on: date | None
    resumed_on: date | None
    words: str


@dataclass(frozen=True, kw_only=True)
class KeptKey:
    id: UUID
    label: str
    state: str
    seal: str | None


@dataclass(frozen=True, kw_only=True)
class KeptLife:
    """`did` names what it changed."""

    id: UUID
    kind: str
    happened_on: date
    ended_on: date | None
    undone_at: datetime | None
    source: str
    words: str
    did: Json


@dataclass(frozen=True, kw_only=True)
class KeptProposal:
    """`facts` are what the registry says."""

    id: UUID
    kind: str
    source: str
    happened_on: date
    due_on: date | None
    facts: Json


def parts(kind: type[Part], rows: Iterable[SQLModel]) -> list[Part]:
    """Of each row what this kind of part names."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return [kind(**{name: getattr(row, name) for name in names}) for row in rows]
