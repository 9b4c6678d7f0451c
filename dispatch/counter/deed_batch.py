"""What a counter's page sends: deeds as it wrote them down, each read on its own."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dispatch.counter.payments import PayMethod
from dispatch.counter.serving import Collector, Identity
from dispatch.counter.till_deeds import DeedKind
from dispatch.store.columns import MAX_FEN

MOST_DEEDS: Final = 50
_LONGEST_AGE: Final = timedelta(hours=36)
_LAST_MOMENT_MS: Final = 4_102_444_800_000  # the year 2100; beyond it is no clock

Milliseconds = Annotated[int, Field(ge=0, le=_LAST_MOMENT_MS)]
Word = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\x21-\x7e]+$")]
Boot = Annotated[str, Field(min_length=1, max_length=12, pattern=r"^[\x21-\x7e]+$")]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Deed(_Wire):
    """One deed as the page kept it before it said 已记录.

    `happened`: the page could not ask in time, and the meal and the money have changed
    hands; the answer cannot be no any more. It is not part of what a deed says.
    """

    id: UUID
    boot_id: Boot
    seq: int = Field(ge=1, le=1_000_000_000)
    wall_ms: Milliseconds
    mono_ms: Milliseconds
    kind: DeedKind
    happened: bool = False
    order_id: UUID | None = None
    elder_id: UUID | None = None
    sitting_id: UUID | None = None
    menu_item_id: UUID | None = None
    identity: Identity = Identity.STAFF_VISUAL
    collector: Collector = Collector.SELF
    proxy_id: UUID | None = None
    method: PayMethod | None = None
    fen: int | None = Field(default=None, ge=0, le=MAX_FEN)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.method is None) is not (self.fen is None):
            raise ValueError("收款要有方式和金额")
        if self.kind is DeedKind.PAY and self.fen is None:
            raise ValueError("收款要有金额")
        walks_in = self.elder_id is not None and self.sitting_id is not None
        if walks_in is not (self.kind is DeedKind.WALK_IN) or walks_in is (
            self.order_id is not None
        ):
            raise ValueError("没有说明是谁的哪一餐")
        return self

    @property
    def said(self) -> dict[str, Any]:
        """What is kept of it, and what its id stands for."""
        return self.model_dump(mode="json", exclude={"id", "happened"})


class DeedBatch(_Wire):
    """Deeds of one page, in its order; a broken one is answered, not refused whole."""

    device_id: Word
    boot_id: Boot
    client_now_ms: Milliseconds
    client_mono_ms: Milliseconds
    deeds: list[dict[str, Any]] = Field(max_length=MOST_DEEDS)

    def happened_at(self, deed: Deed, now: datetime, speed: float) -> datetime:
        """When a deed was done, by how long ago the page says it was.

        The clock that nobody can set counts, as long as the page was not opened anew.
        """
        if deed.boot_id == self.boot_id:
            ago_ms = self.client_mono_ms - deed.mono_ms
        else:
            ago_ms = self.client_now_ms - deed.wall_ms
        ago = timedelta(milliseconds=max(0, ago_ms))
        return now - min(ago * speed, _LONGEST_AGE)


def read_deed(raw: dict[str, Any]) -> Deed | None:
    """A deed, or None for what is none."""
    try:
        return Deed.model_validate(raw)
    except ValidationError:
        return None
