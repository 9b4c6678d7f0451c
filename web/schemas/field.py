"""What a helper's phone sends beside its events."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from dispatch.field.paper import SheetLine
from dispatch.people.elders import Datum
from web.schemas.shapes import Form, Moment, Reason


class PositionForm(Form):
    """Where a phone is. Not a place is told by the field's own words."""

    lat: float
    lon: float
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    datum: Datum = Datum.WGS84
    at_ms: Annotated[int, Field(ge=0, le=2**53)] | None = None


class DotForm(Form):
    """Whether a volunteer wants to be on the live map."""

    shown: bool


class SheetForm(Form):
    """One line of a paper sheet, typed in at the station."""

    at: Moment
    taken_by: Literal["self", "family", "neighbour", "staff", "left"]
    helper_id: UUID | None = None
    sheet: Annotated[str, Field(max_length=40)] = ""

    def to_line(self, order_id: UUID) -> SheetLine:
        return SheetLine(order_id, self.at, self.taken_by, self.helper_id, self.sheet)


class EntryForm(Form):
    """A coordinator's word that an order was done, and why no proof came."""

    at: Moment
    reason: Reason


class PackForm(Form):
    """Of which serving the paper pack is made anew."""

    sitting_id: UUID


class PassForm(Form):
    """The code of a day pass, as a phone read it."""

    code: Annotated[str, Field(min_length=16, max_length=64, pattern=r"^[\w-]+$")]
