"""Forms of free delivery: somebody's word, and the district's rules."""

from typing import Annotated

from pydantic import Field

from dispatch.orders.attesting import AttestationDraft
from dispatch.orders.delivery_rules import RuleDraft
from dispatch.orders.free_delivery import Attestor, Bearer
from dispatch.subsidy.strict import Identifier
from web.schemas.shapes import Day, Form, ShortReason


class AttestationForm(Form):
    """Who says that nobody can fetch, why, and from when until when."""

    attestor: Attestor
    by: Annotated[str, Field(min_length=1, max_length=20)]
    reason: ShortReason
    from_on: Day
    until_on: Day

    def to_draft(self) -> AttestationDraft:
        return AttestationDraft(**self.model_dump())


class WithdrawForm(Form):
    reason: ShortReason


class RuleForm(Form):
    """Whose way is free, on which paper it rests, and who bears it."""

    rank: Annotated[int, Field(ge=1, le=100)]
    title: Annotated[str, Field(min_length=2, max_length=60)]
    basis: Annotated[str, Field(max_length=120)] = ""
    categories: Annotated[tuple[Identifier, ...], Field(max_length=30)] = ()
    needs_attestation: bool = True
    bearer: Bearer
    from_on: Day

    def to_draft(self) -> RuleDraft:
        return RuleDraft(**self.model_dump())


class EndRuleForm(Form):
    """The last day on which the rule holds."""

    last_on: Day
