"""Forms of the counter's page beside its deeds."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dispatch.counter.closing_cash import Named
from dispatch.counter.proxies import ToldHow
from web.schemas.shapes import Day, Fen, Form, Reason

Person = Annotated[str, Field(min_length=1, max_length=20)]
Portions = Annotated[int, Field(ge=0, le=100_000)]
Money = Annotated[int, Field(ge=-100_000_000, le=100_000_000)]


class SittingForm(Form):
    """One serving."""

    sitting_id: UUID


class LeftOverForm(SittingForm):
    """What was left over at this counter, and what became of it."""

    unsold: Portions
    went_to: Annotated[str, Field(max_length=60)] = ""


class ResolveForm(Form):
    """What became of a difference."""

    words: Reason


class ProxyForm(Form):
    """Who may fetch for an elder, and how the elder said so."""

    name: Person
    phone: Annotated[str, Field(max_length=20, pattern=r"^[0-9+ -]*$")] = ""
    relation: Person
    told_how: ToldHow
    until_on: Day | None = None


class DifferenceForm(Form):
    """A named part of what a drawer is off by."""

    fen: Money
    who: Person
    why: Annotated[Reason, Field(max_length=100)]

    def to_named(self) -> Named:
        return Named(self.fen, self.who, self.why)


class CashCountForm(Form):
    """What lies in the drawer at the end of a day."""

    on: Day
    float_fen: Fen = 0
    counted_fen: Fen
    differences: Annotated[tuple[DifferenceForm, ...], Field(max_length=20)] = ()


class CashCloseForm(Form):
    """Somebody else has looked, too."""

    on: Day
    station_id: UUID | None = None
