"""Forms of the coordinator."""

from typing import Annotated

from pydantic import Field

from dispatch.safety.cases import CaseOutcome
from web.schemas.shapes import Form

Words = Annotated[str, Field(max_length=300)]


class StepForm(Form):
    """What was done on one rung of a case's ladder."""

    rung: Annotated[int, Field(ge=1, le=50)] | Annotated[str, Field(max_length=24)]
    outcome: Annotated[str, Field(min_length=2, max_length=24, pattern=r"^[a-z_]+$")]
    words: Words = ""


class CloseForm(Form):
    """What became of the elder: the only way to end a case."""

    outcome: CaseOutcome
    words: Words = ""
