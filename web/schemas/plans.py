"""Forms of standing plans: which weekdays, how, from when until when."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dispatch.catalogue.sittings import Serving
from dispatch.orders.keeping_plans import PlanDraft
from dispatch.orders.orders import Channel
from web.schemas.shapes import Day, Form

Weekday = Annotated[int, Field(ge=0, le=6)]
Seen = Annotated[str, Field(min_length=8, max_length=64)]


class PlanForm(Form):
    """One meal on some weekdays; 0 is Monday. Without a dish: whatever suits."""

    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    serving: Serving
    channel: Channel
    dish: Annotated[str, Field(min_length=1, max_length=2)] | None = None
    from_on: Day
    until_on: Day | None = None
    instead_of: Annotated[tuple[UUID, ...], Field(max_length=60)] = ()

    def to_draft(self, elder_id: UUID) -> PlanDraft:
        return PlanDraft(
            elder_id=elder_id,
            weekdays=frozenset(self.weekdays),
            serving=self.serving,
            channel=self.channel,
            dish=self.dish,
            from_on=self.from_on,
            until_on=self.until_on,
            instead_of=frozenset(self.instead_of),
        )


class KeptPlanForm(PlanForm):
    """The same with the word of the preview that a person has read."""

    seen: Seen


class EndPlansForm(Form):
    """Plans of one elder, and the last day that they shall speak of; None: at once."""

    plan_ids: Annotated[list[UUID], Field(min_length=1, max_length=60)]
    last_on: Day | None = None


class EndedPlansForm(EndPlansForm):
    """The same with the word of the preview that a person has read."""

    seen: Seen
