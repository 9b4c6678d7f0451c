"""Forms around reports."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dispatch.orders.orders import Channel
from dispatch.reports.prints import PrintForm
from dispatch.subsidy.lines import LineFilter, LineKey
from web.schemas.shapes import Form, Limit

PeriodWords = Annotated[
    str, Field(max_length=8, pattern=r"^20\d{2}(-(0[1-9]|1[0-2])|-W[0-5]\d)?$")
]


class PrintingForm(Form):
    """Which days, in which form; `outside` hides small cells."""

    period: PeriodWords
    form: PrintForm = PrintForm.XLSX
    outside: bool = False


class LineKeyForm(Form):
    """The last line of a page, as that page named it."""

    on: date
    entry_id: UUID
    subsidy: Annotated[str, Field(max_length=64)]

    def to_key(self) -> LineKey:
        return LineKey(self.on, self.entry_id, self.subsidy)


class LinesForm(Form):
    """Which lines of a month, and what they are looked at for."""

    period: PeriodWords
    purpose: Annotated[str, Field(min_length=2, max_length=80)]
    station_id: UUID | None = None
    channel: Channel | None = None
    category: Annotated[str, Field(max_length=64)] | None = None
    service: Annotated[str, Field(max_length=24)] | None = None
    limit: Limit = 50
    after: LineKeyForm | None = None

    def to_filter(self) -> LineFilter:
        channel = self.channel.value if self.channel else None
        return LineFilter(self.station_id, channel, self.category, self.service)
