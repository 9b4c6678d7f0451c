"""Reading what people wrote by hand: nothing unknown, nothing silently bent.

A file of rules decides about money, so a misspelt key must be an error and a text
may not pass for a number. Every fault names its place and the way out.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from dispatch.errors import BadInput

MOST_FEN = 10**12

T = TypeVar("T")

Place = tuple[int | str, ...]
Many = Annotated[tuple[T, ...], Field(strict=False)]  # TOML and JSON give lists
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
Fen = Annotated[int, Field(ge=0, le=MOST_FEN)]


def _to_date(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise wrong(
                f"there is no date {value}", "write a real date as YYYY-MM-DD"
            ) from None
    return value


def _possible(day: date) -> date:
    if day < _FIRST_DAY:
        raise wrong(f"{day} is too long ago", f"give a day from {_FIRST_DAY} on")
    return day


_FIRST_DAY = date(1850, 1, 1)  # an earlier one is a slip of the finger
Day = Annotated[date, BeforeValidator(_to_date), AfterValidator(_possible)]


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where, what, and what to do about it."""

    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}. Remedy: {self.remedy}"


class BadFile(BadInput):
    """文件内容有误，没有采用。请按提示改正后重试。"""

    code = "bad_file"

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.file = file
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{file}: {fault}" for fault in self.faults))


def wrong(problem: str, remedy: str, key: str = "") -> PydanticCustomError:
    """An error for a validator to raise; braces in the texts are kept as they are.

    Args:
        key: the one within the table that it is about.
    """
    facts = {"problem": problem, "remedy": remedy, "key": key}
    return PydanticCustomError("rule", "{problem}", facts)


class Strict(BaseModel):
    """A frozen value that knows all its keys and bends no types."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in data:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, n=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                raise wrong(
                    f"unknown field {key!r}",
                    f"{hint}known here: {', '.join(sorted(known))}",
                    str(key),
                )
        return data


_REMEDIES: dict[str, str] = {
    "missing": "add this field",
    "int_type": "write a whole number, without quotes and without a decimal point",
    "bool_type": "write true or false, without quotes",
    "string_type": "write a text in quotes",
    "string_pattern_mismatch": "use letters, digits, '-' and '_' as the pattern says",
    "list_type": "write a list in square brackets",
    "tuple_type": "write a list in square brackets",
    "dict_type": "write a table (TOML) or an object (JSON)",
    "model_type": "write a table (TOML) or an object (JSON)",
    "date_type": "write a real date as YYYY-MM-DD",
    "too_short": "give at least one entry",
}
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def faults_of(error: ValidationError, name_place: Any) -> list[Fault]:
    """The faults behind a failed reading; `name_place` turns a path into words."""
    return [
        Fault(name_place(_place(found)), _problem(found), _remedy(found))
        for found in error.errors(include_url=False)
    ]


def _place(found: ErrorDetails) -> tuple[int | str, ...]:
    key = found["ctx"]["key"] if found["type"] == "rule" else ""
    return (*found["loc"], key) if key else found["loc"]


def _problem(found: ErrorDetails) -> str:
    if found["type"] == "rule":
        return str(found["ctx"]["problem"])
    message = found["msg"][0].lower() + found["msg"][1:]
    return message if found["type"] == "missing" else f"{message}, got {_shown(found)}"


def _shown(found: ErrorDetails) -> str:
    text = repr(found["input"])
    return text if len(text) <= 40 else text[:37] + "..."


def _remedy(found: ErrorDetails) -> str:
    facts = found.get("ctx", {})
    if found["type"] == "rule":
        return str(facts["remedy"])
    if "expected" in facts:
        return f"use {facts['expected']}"
    for bound, words in _BOUNDS.items():
        if bound in facts:
            return f"use {words} {facts[bound]}"
    return _REMEDIES.get(found["type"], "correct the value")
