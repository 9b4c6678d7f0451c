"""Golden cases inside a rule file: what the district says its own rules must give.

Either `person` with `orders`, or `station` with `month`. Each order says in `expect`
which lines it must have, all of them and no other; refusals, the elder's own part and
anomalies are looked at where they are named.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from dispatch.subsidy.case_shapes import (
    CaseOrder,
    Earlier,
    Month,
    Name,
    PersonCase,
    StationCase,
    Used,
)
from dispatch.subsidy.persons import Person
from dispatch.subsidy.station_rules import StationMonth
from dispatch.subsidy.strict import Fen, Identifier, Many, Strict, wrong

Lines = Mapping[str, Fen]


class Expected(Strict):
    """What an order must come to."""

    lines: Lines = Field(default_factory=dict)
    refused: Mapping[str, str] = Field(default_factory=dict)
    self_fen: Fen | None = None
    anomalies: Many[Identifier] | None = None


class OwnOrder(CaseOrder):
    expect: Expected


class ExpectedMonth(Strict):
    """What a station's month must come to."""

    lines: Lines = Field(default_factory=dict)
    refused: Mapping[str, str] = Field(default_factory=dict)


class OwnCase(Strict):
    """One golden case; `why` says in words which sentence of the notice it holds."""

    id: Name
    why: str = ""
    person: Person | None = None
    history: Many[Earlier] = ()
    used: Used = Field(default_factory=dict)
    orders: Many[OwnOrder] = ()
    station: StationMonth | None = None
    month: Month | None = None
    expect: ExpectedMonth | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        of_a_person = self.person is not None and bool(self.orders)
        of_a_station = None not in (self.station, self.month, self.expect)
        strange = (self.station, self.month, self.expect) != (None, None, None)
        if of_a_person == of_a_station or (of_a_person and strange):
            raise wrong(
                "neither a person's case nor a station's",
                "give person and orders, or station, month and expect",
            )
        return self

    @property
    def case(self) -> PersonCase | StationCase:
        """The same as `grant` reads it, without what is expected."""
        if self.person is None:
            assert self.station is not None  # noqa: S101 - checked above
            assert self.month is not None  # noqa: S101
            return StationCase(id=self.id, station=self.station, month=self.month)
        orders = tuple(
            CaseOrder.model_validate(order.model_dump(exclude={"expect"}))
            for order in self.orders
        )
        return PersonCase(
            id=self.id,
            person=self.person,
            history=self.history,
            used=self.used,
            orders=orders,
        )
