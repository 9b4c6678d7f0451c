"""A person on one date: age, categories, and what else the rules ask about."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from dispatch.subsidy.ages import age_on, months_between
from dispatch.subsidy.elder_rules import Level
from dispatch.subsidy.policy import ANY, Policy
from dispatch.subsidy.predicates import Facts
from dispatch.subsidy.strict import Day, Strict, wrong

_DISABLED_FROM = 2  # moderate, GB/T 42195
_NEED_AGE = 80


class Person(Strict):
    """What is known of somebody; what is not known is false, None or level 0."""

    born_on: Day | None = None
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    died_on: Day | None = None
    hukou_in_district: bool = False
    home_street: str | None = None
    relief: str | None = None
    ability_level: Level = 0
    assessed_on: Day | None = None
    dementia: bool = False
    disability_grade: Annotated[int, Field(ge=1, le=4)] | None = None
    family_special: bool = False
    resides_in_institution: bool = False
    coupon_account: bool = False
    entitlement_suspended: bool = False
    signed_station: str | None = None

    @model_validator(mode="after")
    def _one_age(self) -> Self:
        if self.born_on is not None and self.age is not None:
            raise wrong("both born_on and age are given", "give one of them")
        return self


class FactsOn:
    """The facts of a person on a service date under one version of the rules."""

    def __init__(self, policy: Policy, person: Person, on: date) -> None:
        plain = _plain(policy, person, on)
        self.ability_level = person.ability_level
        self.categories = frozenset({ANY})
        for category in policy.categories_in_order():
            if category.when.holds({**plain, "category": self.categories}):
                self.categories |= {category.id}
        self.values: Facts = {**plain, "category": self.categories}

    def first_of(self, beneficiaries: tuple[str, ...]) -> str | None:
        """The first of these categories that the person is in."""
        return next((name for name in beneficiaries if name in self.categories), None)


def _plain(policy: Policy, person: Person, on: date) -> dict[str, object]:
    age = person.age
    if person.born_on is not None:
        age = age_on(person.born_on, on, policy.lifecycle.age_change)
    months = None
    if person.assessed_on is not None and person.assessed_on <= on:
        months = months_between(person.assessed_on, on)
    disabled = person.ability_level >= _DISABLED_FROM
    in_need = disabled or person.dementia or (age is not None and age >= _NEED_AGE)
    return {
        **person.model_dump(exclude={"born_on", "died_on", "assessed_on"}),
        "age": age,
        "assessment_age_months": months,
        "disabled": disabled,
        "relief_and_need": in_need and person.relief in ("DB", "DBBY"),
    }
