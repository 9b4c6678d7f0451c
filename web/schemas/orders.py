"""Forms of ordering: what the station's grid and phone clerk send."""

from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from dispatch.catalogue.sittings import Serving
from dispatch.orders.ordering import OrderDraft, Override
from dispatch.orders.orders import Channel
from dispatch.people.elders import Datum
from web.schemas.shapes import (
    Code,
    Day,
    Form,
    Lat,
    Lon,
    Moment,
    Reason,
    ShortReason,
)

# What staff type in; standing orders, walk-ins and elders have ways of their own.
Source = Literal["phone", "counter", "family", "sheet"]
Field_ = Literal[
    "name",
    "phone",
    "card",
    "address",
    "door",
    "door_note",
    "road",
    "unit",
    "room",
    "id_number",
    "contacts",
]
# A refusal's code may be sent back as the rule that is set aside.
_RULES: Final = {
    "past_cut_off": "cut_off",
    "diet_clash": "diet",
    "already_ordered": "again",
    "elder_paused": "pause",
}


class WindowForm(Form):
    """When a visit shall begin, from and until."""

    from_at: Moment
    until_at: Moment

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.from_at >= self.until_at:
            raise ValueError("开始时间要早于结束时间")
        return self


class OverrideForm(Form):
    """A rule that is set aside on purpose, by its name or by the refusal's code."""

    rule: Literal[
        "cut_off",
        "diet",
        "again",
        "pause",
        "past_cut_off",
        "diet_clash",
        "already_ordered",
        "elder_paused",
    ]
    reason: Reason

    def to_override(self) -> Override:
        return Override(_RULES.get(self.rule, self.rule), self.reason)


class OrderForm(Form):
    """One meal or one service for one elder."""

    elder_id: UUID
    service: Code
    channel: Channel
    serve_on: Day
    serving: Serving | None = None
    menu_item_id: UUID | None = None
    source: Source = "phone"
    contact_id: UUID | None = None
    collected_by: Annotated[str, Field(max_length=20)] | None = None
    window: WindowForm | None = None
    note: Annotated[str, Field(max_length=120)] | None = None
    override: OverrideForm | None = None

    def to_draft(self) -> OrderDraft:
        """What dispatch understands; a visit without a serving is a midday one."""
        window = self.window
        return OrderDraft(
            elder_id=self.elder_id,
            service=self.service,
            channel=self.channel,
            serve_on=self.serve_on,
            serving=self.serving or Serving.LUNCH,
            menu_item_id=self.menu_item_id,
            source=self.source,
            contact_id=self.contact_id,
            collected_by=self.collected_by,
            window=(window.from_at, window.until_at) if window else None,
            note=self.note or "",
            override=self.override.to_override() if self.override else None,
        )


class CancelForm(Form):
    """Why an order is called off: a word of ours, or few of theirs."""

    reason: ShortReason


class RevealForm(Form):
    """Which masked fields to open, and why."""

    fields: Annotated[list[Field_], Field(min_length=1, max_length=11)]
    reason: Reason


class PlaceForm(Form):
    """Where a door is."""

    lat: Lat
    lon: Lon
    datum: Datum = Datum.WGS84

    @model_validator(mode="after")
    def _on_earth(self) -> Self:
        if self.lat == 0 and self.lon == 0:
            raise ValueError("坐标 (0,0) 不是真实位置，请在地图上重新选点")
        return self
