"""Forms of what a coordinator tries before it is published."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dispatch.planning.directions import Direction, DirectionKind
from web.schemas.shapes import Form, ShortReason


class DirectionForm(Form):
    """One thing wanted of a plan: seconds, or per cent for the weather."""

    kind: DirectionKind
    order_id: UUID | None = None
    helper_id: UUID | None = None
    kitchen_id: UUID | None = None
    value: Annotated[int, Field(ge=1, le=86_400)] | None = None
    partner_id: UUID | None = None

    def to_direction(self) -> Direction:
        return Direction(**self.model_dump())


class DraftForm(Form):
    """What is to be tried together; nothing at all: planning anew."""

    asked: Annotated[tuple[DirectionForm, ...], Field(max_length=20)] = ()


class HandOverForm(Form):
    """To whom a round under way goes, and why; nobody: it is called back."""

    to_helper_id: UUID | None = None
    why: ShortReason
