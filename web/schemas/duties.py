"""Forms of the page 「该看谁」: a call written down, a need, and its end."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dispatch.duties.caring import CareDraft
from dispatch.duties.encounters import Way
from dispatch.duties.outreach import OutreachDraft, Purpose, SpokeWith
from dispatch.duties.referrals import Need, Urgency
from dispatch.duties.referring import ReferralDraft
from web.schemas.shapes import Day, Form, Moment, Reason

Duty = Annotated[str, Field(min_length=1, max_length=64)]
Words = Annotated[str, Field(max_length=200)]
Told = Annotated[str, Field(min_length=2, max_length=300)]
ByWhom = Annotated[str, Field(min_length=2, max_length=40)]


class DutyOrderForm(Form):
    """Order what this duty wants."""

    elder_id: UUID
    duty: Duty


class CareForm(Form):
    """The minutes a month that were agreed, from a day on."""

    minutes_a_month: Annotated[int, Field(ge=1, le=44_640)]
    from_on: Day
    until_on: Day | None = None
    words: Words = ""

    def to_draft(self) -> CareDraft:
        return CareDraft(**self.model_dump())


class EndCareForm(Form):
    """The last day of the plan."""

    last_on: Day


class MoveForm(Form):
    """Where a proposed visit is put: which day, and whose."""

    on: Day
    helper_id: UUID


class DropForm(Form):
    """Why a proposed visit is left out."""

    reason: Reason


class OutreachForm(Form):
    """A call or a message that was no order."""

    elder_id: UUID
    purpose: Purpose = Purpose.PHONE_CHECK
    way: Way = Way.PHONE
    spoke_with: SpokeWith
    minutes: Annotated[int, Field(ge=0, le=600)] = 0
    words: Words = ""
    at: Moment | None = None

    def to_draft(self) -> OutreachDraft:
        return OutreachDraft(**self.model_dump())


class ReferralForm(Form):
    """A need that a visit or a call has shown."""

    elder_id: UUID
    need: Need
    urgency: Urgency
    words: Told
    order_id: UUID | None = None

    def to_draft(self) -> ReferralDraft:
        return ReferralDraft(**self.model_dump())


class AcceptForm(Form):
    """Who takes it on, by name or office."""

    by_whom: ByWhom


class EndForm(Form):
    """What became of it."""

    outcome: Told
    refused: bool = False
