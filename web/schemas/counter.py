"""Forms of the counter."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from dispatch.catalogue.sittings import Serving
from dispatch.counter.payments import PayMethod
from dispatch.counter.serving import Collector, Handing, Identity
from web.schemas.shapes import Day, Fen, Form, Reason

Number = Annotated[str, Field(min_length=1, max_length=40)]


class FindForm(Form):
    """Who stands at the counter: by card, by code, or by what is typed."""

    card: Number | None = None
    qr: Number | None = None
    text: Number | None = None
    on: Day | None = None
    serving: Serving | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(one is not None for one in (self.card, self.qr, self.text)) != 1:
            raise ValueError("刷卡、扫码、输入，三者选一")
        return self


class CollectorForm(Form):
    """Who takes the meal. A name is heard at the counter and not kept."""

    kind: Collector = Collector.SELF
    name: Annotated[str, Field(max_length=20)] | None = None


class ServeForm(Form):
    """A meal is handed over."""

    order_id: UUID
    identity: Identity
    collected_by: CollectorForm = CollectorForm()

    def to_handing(self) -> Handing:
        return Handing(self.identity, self.collected_by.kind)


class PayForm(Form):
    """Money at the counter."""

    method: PayMethod
    fen: Fen


class WalkInForm(Form):
    """Somebody without an order eats here, now."""

    elder_id: UUID
    sitting_id: UUID
    menu_item_id: UUID | None = None
    identity: Identity
    pay: PayForm | None = None


class RefundForm(Form):
    """Why money goes back."""

    reason: Annotated[Reason, Field(max_length=100)]
