"""Forms of urgent help: the call, who is asked, how far they are."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from dispatch.people.elders import Datum
from dispatch.safety.help_calls import HelpOutcome
from web.schemas.shapes import Code, Form, Lat, Lon

Words = Annotated[str, Field(max_length=300)]


class HelpForm(Form):
    """Who, what, and where if it is not at home."""

    service: Code
    elder_id: UUID | None = None
    who: Words = ""
    what: Words = ""
    where: Words = ""
    lat: Lat | None = None
    lon: Lon | None = None
    datum: Datum = Datum.WGS84


class HelpAskForm(Form):
    """Whom to ask."""

    helper_id: UUID


class HelpCloseForm(Form):
    """What became of it."""

    outcome: HelpOutcome
    words: Words = ""


class HelpStepForm(Form):
    """How far the helper is; how long ago, where the phone had no line."""

    step: Literal["on_way", "on_scene", "closed", "cannot"]
    outcome: HelpOutcome | None = None
    words: Words = ""
    ago_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
