"""What all forms share: nothing unknown, nothing endless."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Words = Annotated[str, Field(max_length=300)]
Reason = Annotated[str, Field(min_length=2, max_length=200)]
Fen = Annotated[int, Field(ge=0, le=100_000_000)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Code = Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[A-Z0-9_]+$")]
Moment = AwareDatetime


class Form(BaseModel):
    """A form on the wire: an unknown field is an error, and so is NaN."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
    )
