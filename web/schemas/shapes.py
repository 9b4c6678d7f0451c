"""What all forms share: nothing unknown, nothing endless."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from dispatch.reasons import says_why

_FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def _in_our_time(moment: datetime) -> datetime:
    if not _FIRST <= moment <= _LAST:
        raise ValueError("时间超出范围")
    return moment


def _with_letters(words: str) -> str:
    if not says_why(words):
        raise ValueError("请写明原因，至少两个字")
    return words


# Blanks are no reason for anything, nor is what nobody can see.
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=200),
    AfterValidator(_with_letters),
]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)
]
ShortReason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)
]
Fen = Annotated[int, Field(ge=0, le=100_000_000)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Code = Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[A-Z0-9_]+$")]
Day = Annotated[date, Field(ge=_FIRST.date(), le=_LAST.date())]
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Limit = Annotated[int, Field(ge=1, le=500)]
Offset = Annotated[int, Field(ge=0, le=1_000_000)]
Asked = Annotated[str, Field(max_length=40)]


class Form(BaseModel):
    """A form on the wire: an unknown field is an error, and so is NaN."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
    )
