"""A person on one date: age, categories, and what else the rules ask about."""

from datetime import date
from typing import Final

from dispatch.subsidy.ages import age_on, months_between
from dispatch.subsidy.persons import Person
from dispatch.subsidy.policy import ANY, Policy
from dispatch.subsidy.predicates import Facts

DISABLED_FROM: Final = 2  # moderate, GB/T 42195
NEED_AGE: Final = 80
_DATES = {"born_on", "died_on", "left_on", "assessed_on"}


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
    disabled = person.ability_level >= DISABLED_FROM
    in_need = disabled or person.dementia or (age is not None and age >= NEED_AGE)
    return {
        **person.model_dump(exclude=_DATES),
        "age": age,
        "assessment_age_months": months,
        "disabled": disabled,
        "relief_and_need": in_need and person.relief in ("DB", "DBBY"),
    }
