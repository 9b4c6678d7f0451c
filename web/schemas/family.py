"""Forms of personal links and of what an elder lets their family do."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dispatch.people.family import FamilyDeed, Told
from web.schemas.shapes import Form


class LinkForm(Form):
    """For whom the link is: the elder, or one of their contacts."""

    contact_id: UUID | None = None


class OptInForm(Form):
    """What the elder lets this contact do, and when they are told of a case; with a
    proof a guardian says so."""

    contact_id: UUID
    deeds: Annotated[list[FamilyDeed], Field(max_length=len(FamilyDeed))]
    told: Told = Told.NEVER
    proof: Annotated[str, Field(max_length=60)] = ""


class OptOutForm(Form):
    contact_id: UUID


class AnswerForm(Form):
    """What the station answers, in a few words."""

    words: Annotated[str, Field(min_length=1, max_length=200)]
