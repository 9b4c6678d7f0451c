"""Forms of the district's rules: words put forward, and what is said of them."""

from typing import Annotated

from pydantic import Field

from web.schemas.shapes import Form, Reason

Words = Annotated[str, Field(min_length=1, max_length=200_000)]
Sum = Annotated[int, Field(ge=-(10**12), le=10**12)]
Month = Annotated[str, Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]
Number = Annotated[int, Field(ge=0, le=10**9)]


class WordsForm(Form):
    """A rule file, word for word."""

    words: Words


class DraftForm(WordsForm):
    note: Annotated[str, Field(max_length=200)] = ""


class TrialForm(Form):
    """The past months that a draft is tried on."""

    months: Annotated[tuple[Month, ...], Field(min_length=1, max_length=12)]


class SeenForm(Form):
    """The comparison that the second person had before them."""

    months: Annotated[tuple[str, ...], Field(min_length=1, max_length=12)]
    gaining: Number
    losing: Number
    old_fen: Sum
    new_fen: Sum


class ReturnForm(Form):
    why: Reason
