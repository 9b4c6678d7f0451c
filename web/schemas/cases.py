"""Forms of duty, of calls for help and of reports."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dispatch.safety.reports import EntryWay, Severity
from web.schemas.shapes import Form, Moment

Said = Annotated[str, Field(max_length=500)]


class TurnForm(Form):
    """One person's turn; its times carry their zone."""

    account_id: UUID
    starts_at: Moment
    ends_at: Moment
    rank: Annotated[int, Field(ge=1, le=2)] = 1
    phone: Annotated[str, Field(max_length=20, pattern=r"^[\d +-]*$")] = ""


class HandoverForm(Form):
    """What the next person must know."""

    to_id: UUID
    words: Said


class SosForm(Form):
    """A cry for help; words may follow later."""

    words: Said = ""


class ConditionForm(Form):
    """What is not as it was, and how soon somebody must look."""

    severity: Severity
    words: Said


class AllegationForm(Form):
    """What happened to the elder; by whom, if that is known."""

    words: Said
    helper_id: UUID | None = None


class WordsForm(Form):
    """A question, or the reply to it."""

    words: Said


class EntryForm(Form):
    """Why a door must be opened, and how."""

    way: EntryWay
    why: Annotated[str, Field(max_length=200)]


class EnteredForm(Form):
    """Who went in, and what they found."""

    inside: Annotated[str, Field(max_length=80)]
    found: Annotated[str, Field(max_length=200)]
