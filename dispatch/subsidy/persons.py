"""What the rules may know of somebody."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dispatch.subsidy.elder_rules import Level
from dispatch.subsidy.strict import Day, Strict, wrong

Home = Literal["alone", "empty_nest", "with_family", "other"]


class Person(Strict):
    """What is known of somebody; what is not known is false, None or level 0."""

    born_on: Day | None = None
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    died_on: Day | None = None
    left_on: Day | None = None  # moved out of the district
    hukou_in_district: bool = False
    home_street: str | None = None
    relief: str | None = None
    ability_level: Level = 0
    assessed_on: Day | None = None
    dementia: bool = False
    disability_grade: Annotated[int, Field(ge=1, le=4)] | None = None
    family_special: bool = False
    veteran: bool = False
    no_kin: bool = False
    left_behind: bool = False
    living: Home | None = None
    resides_in_institution: bool = False
    coupon_account: bool = False
    entitlement_suspended: bool = False
    signed_station: str | None = None

    @model_validator(mode="after")
    def _one_age(self) -> Self:
        if self.born_on is not None and self.age is not None:
            raise wrong("both born_on and age are given", "give one of them")
        return self
