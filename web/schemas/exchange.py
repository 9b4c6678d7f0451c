"""Forms around sheets: columns corrected, proposals decided, webhooks named."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from dispatch.exchange.exporting import Wish
from dispatch.exchange.forms.rows import Span
from dispatch.people.proposals import ProposalKind
from web.schemas.shapes import Day, Form, Reason

FieldName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_0-9]+$")]
Word = Annotated[str, Field(max_length=40)]
Title = Annotated[str, Field(min_length=1, max_length=40)]


class ColumnsForm(Form):
    """Which column (from 0) holds which field; null: the sheet does not have it."""

    columns: dict[FieldName, Annotated[int, Field(ge=0, le=199)] | None]


class ExportForm(Form):
    """Which days; with a reason, persons are shown in full to whoever may see them."""

    from_on: Day
    until_on: Day
    station_id: UUID | None = None
    plain: bool = False
    reason: Annotated[str, Field(max_length=120)] = ""
    profile_id: UUID | None = None

    def to_wish(self, form: str) -> Wish:
        span = Span(self.from_on, self.until_on, self.station_id)
        return Wish(form, span, self.plain, self.reason, self.profile_id)


class DecideForm(Form):
    """One answer to every open proposal of a kind and a source."""

    kind: ProposalKind
    source: Annotated[str, Field(max_length=40)]
    answer: Literal["accept", "reject"]
    words: Reason
    station_id: UUID | None = None  # who opens the files of those who are new


class ProfileColumn(Form):
    """One column of theirs, and the field of ours under it."""

    header: Title
    field: Annotated[str, Field(max_length=40)] = ""
    codes: dict[Word, Word] = Field(default_factory=dict)


class ProfileForm(Form):
    """An export profile."""

    name: Title
    form: FieldName
    columns: Annotated[list[ProfileColumn], Field(min_length=1, max_length=120)]


class WebhookForm(Form):
    """An address that is told what happens."""

    name: Title
    url: Annotated[str, Field(max_length=300)]
    secret: Annotated[str, Field(min_length=24, max_length=200)] | None = None
    kinds: Annotated[list[Title], Field(min_length=1, max_length=40)]


class ResendForm(Form):
    """From which delivery on; without one only at once."""

    delivery_id: UUID | None = None
