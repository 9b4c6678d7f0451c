"""What a phone sends: a batch of raw events, each read on its own."""

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dispatch.field.events import FieldKind
from dispatch.field.merging import link_of
from dispatch.people.elders import Datum
from dispatch.store.columns import Json

MOST_EVENTS = 100
_LONGEST_DETAIL = 4000
_LAST_MOMENT_MS = 4_102_444_800_000  # the year 2100; beyond it is no clock at all

Milliseconds = Annotated[int, Field(ge=0, le=_LAST_MOMENT_MS)]
Word = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\x21-\x7e]+$")]
Hash = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]*$")]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Fix(_Wire):
    """A position as the phone gave it; it may be nonsense and is judged later."""

    lat: float = Field(allow_inf_nan=False)
    lon: float = Field(allow_inf_nan=False)
    accuracy_m: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    datum: Datum = Datum.WGS84


class PhoneEvent(_Wire):
    """One event as it was stored on the phone."""

    id: UUID
    boot_id: Word
    seq: int = Field(ge=0, le=1_000_000_000)
    wall_ms: Milliseconds
    mono_ms: int = Field(ge=0, le=_LAST_MOMENT_MS)
    prev_hash: Hash = ""
    round_id: UUID | None = None
    stop_id: UUID | None = None
    order_id: UUID | None = None
    kind: FieldKind
    plan_version_seen: int | None = Field(default=None, ge=0, le=1_000_000)
    pos: Fix | None = None
    hash: Hash = ""  # of the event as it travelled; ours, never the phone's word
    photo_sha256: tuple[Hash, ...] = Field(default=(), max_length=20)
    detail: Json = Field(default_factory=dict)

    @field_validator("prev_hash", mode="before")
    @classmethod
    def _none_is_the_first(cls, value: Any) -> Any:
        return "" if value is None else value

    @field_validator("mono_ms", "wall_ms", mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        """Phones give fractions of a millisecond."""
        whole = isinstance(value, float) and math.isfinite(value)
        return round(value) if whole else value

    @field_validator("detail")
    @classmethod
    def _can_be_kept(cls, value: Json) -> Json:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        if len(text.encode()) > _LONGEST_DETAIL:
            raise ValueError("detail is too long")
        kept: Json = json.loads(text.replace("\\u0000", ""))
        return kept


class Batch(_Wire):
    """Events of one phone in one request; the phone may send any of them again.

    `boot_id` and `client_mono_ms` say which boot is running and its monotonic clock
    at the moment of sending: with them a clock that was moved can be told from one
    that is merely wrong.
    """

    device_id: Word
    client_now_ms: Milliseconds
    boot_id: Word | None = None
    client_mono_ms: int | None = Field(default=None, ge=0, le=_LAST_MOMENT_MS)
    events: Annotated[list[Json], Field(max_length=MOST_EVENTS)]

    @field_validator("client_now_ms", "client_mono_ms", mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        whole = isinstance(value, float) and math.isfinite(value)
        return round(value) if whole else value


@dataclass(frozen=True)
class Scrap:
    """A thing in a batch that is not an event."""

    id: str  # as the phone called it, "" when it did not
    raw: str
    sha256: str


def read_events(batch: Batch) -> list[PhoneEvent | Scrap]:
    """Read each event; one that is not understood spoils no other."""
    return [_read(raw) for raw in batch.events]


def _read(raw: Json) -> PhoneEvent | Scrap:
    try:
        return PhoneEvent.model_validate({**raw, "hash": link_of(raw)})
    except (ValidationError, ValueError, RecursionError):
        return scrap_of(raw)


def scrap_of(raw: Json) -> Scrap:
    """The thing as text, cut to a length that can be kept."""
    text = json.dumps(raw, ensure_ascii=True, default=str)[:8000]
    named = raw.get("id")
    return Scrap(
        id=named[:40] if isinstance(named, str) else "",
        raw=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
