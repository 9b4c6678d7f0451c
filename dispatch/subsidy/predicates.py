"""Tests on a person's facts, as a rule file writes them."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from dispatch.subsidy.strict import Many, Strict, wrong

Value = bool | int | str
Facts = Mapping[str, object]  # a number, a flag, a word, or the set of categories

NUMBERS: Final = frozenset(
    {"age", "ability_level", "disability_grade", "assessment_age_months"}
)
FLAGS: Final = frozenset(
    {
        "dementia",
        "disabled",
        "hukou_in_district",
        "relief_and_need",
        "family_special",
        "veteran",
        "no_kin",
        "left_behind",
        "resides_in_institution",
        "coupon_account",
        "quota_used_for_same_order",
    }
)
WORDS: Final = frozenset(
    {"relief", "category", "living", "home_street", "signed_station"}
)
HOMES: Final = frozenset({"alone", "empty_nest", "with_family", "other"})
FIELDS: Final = NUMBERS | FLAGS | WORDS

_COMPARE: Final[dict[str, Callable[[int, int], bool]]] = {
    "ge": lambda a, b: a >= b,
    "gt": lambda a, b: a > b,
    "le": lambda a, b: a <= b,
    "lt": lambda a, b: a < b,
}


class Test(Strict):
    """One comparison: field, operator, value."""

    __test__ = False  # the word is the file's; pytest need not collect it

    f: str
    op: Literal["eq", "ne", "ge", "gt", "le", "lt", "in", "not_in"]
    v: Value | tuple[Value, ...] = Field(union_mode="left_to_right")

    @model_validator(mode="before")
    @classmethod
    def _freeze_list(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("v"), list):
            return {**data, "v": tuple(data["v"])}
        return data

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.f not in FIELDS:
            raise wrong(f"unknown field {self.f!r}", f"use one of {_listed(FIELDS)}")
        if (self.op in ("in", "not_in")) != isinstance(self.v, tuple):
            raise wrong(
                f"operator {self.op!r} does not fit the value {self.v!r}",
                "give a list to 'in' and 'not_in', a single value to the others",
            )
        if self.op in _COMPARE and self.f not in NUMBERS:
            raise wrong(f"{self.f!r} has no order", "use eq, ne, in or not_in")
        if not self.values():
            raise wrong("no value to compare with", "give at least one")
        kind = int if self.f in NUMBERS else bool if self.f in FLAGS else str
        if any(type(value) is not kind for value in self.values()):
            raise wrong(
                f"{self.f!r} cannot be compared with {self.v!r}",
                f"give a value of type {kind.__name__}",
            )
        if self.f == "living" and not set(self.values()) <= HOMES:
            raise wrong(f"unknown living {self.v!r}", f"use one of {_listed(HOMES)}")
        return self

    def values(self) -> tuple[Value, ...]:
        return self.v if isinstance(self.v, tuple) else (self.v,)

    def holds(self, facts: Facts) -> bool:
        """Whether the facts pass; what is not known passes only `ne` and `not_in`."""
        fact = facts.get(self.f)
        if self.op in _COMPARE:
            if not isinstance(fact, int) or not isinstance(self.v, int):
                return False
            return _COMPARE[self.op](fact, self.v)
        among = fact if isinstance(fact, frozenset) else {fact}
        found = any(value in among for value in self.values())
        return found if self.op in ("eq", "in") else not found


class When(Strict):
    """Every test of `all`, at least one of `any` where given, and none of `none`."""

    all_of: Many[Test] = Field(default=(), alias="all")
    any_of: Many[Test] = Field(default=(), alias="any")
    none_of: Many[Test] = Field(default=(), alias="none")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.all_of or self.any_of or self.none_of):
            raise wrong("no test", "give at least one test in all, any or none")
        return self

    def tests(self) -> tuple[Test, ...]:
        return self.all_of + self.any_of + self.none_of

    def asks(self) -> set[str]:
        """The categories that the tests name."""
        return {
            str(named)
            for test in self.tests()
            if test.f == "category"
            for named in test.values()
        }

    def holds(self, facts: Facts) -> bool:
        some = not self.any_of or any(test.holds(facts) for test in self.any_of)
        return (
            some
            and all(test.holds(facts) for test in self.all_of)
            and not any(test.holds(facts) for test in self.none_of)
        )


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
