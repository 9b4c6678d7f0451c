"""The audit read: the audit administrator's page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field

from dispatch.access.audit_rows import AuditPage, Turn
from dispatch.access.looking_back import WatcherRow
from dispatch.access.reading_audit import (
    Asked,
    ChainReport,
    StationChoice,
    list_station_choices,
    read_chain,
    read_deeds_of,
    read_done_on_the_machine,
    read_looks_at,
    read_watchers,
)
from dispatch.promises.standing import Standing
from dispatch.store.paging import AT_ONCE
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import AuditAdmin
from web.schemas.shapes import Day, Form, Limit, Moment, Offset, Reason
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/audit", route_class=StrictRoute, tags=["audit"])
Purpose = Annotated[Reason, Field(max_length=80)]
Named = Annotated[str, Field(min_length=1, max_length=40)]


class SpanForm(Form):
    """Some days, what they are looked at for, and the page of what is found; `as_of` as
    the first page told it."""

    from_on: Day
    until_on: Day
    purpose: Purpose
    limit: Limit = AT_ONCE
    offset: Offset = 0
    as_of: Moment | None = None


class ElderForm(SpanForm):
    """The number of a file."""

    number: Named


class LoginForm(SpanForm):
    """An account's login."""

    login: Named


class WeekForm(Form):
    """A station, the first of seven days, and what they are looked at for."""

    station_id: UUID
    from_on: Day
    purpose: Purpose


@router.get("/stations", response_model=list[StationChoice])
def get_stations(caller: AuditAdmin) -> Answer:
    return Answer(caller.read(list_station_choices))


@router.get("/chain", response_model=ChainReport)
def get_chain(request: Request, caller: AuditAdmin) -> Answer:
    """Whether any line of the audit was changed; one look serves half a minute."""
    standing: Standing[ChainReport] = request.app.state.chain
    return Answer(standing.told(lambda: caller.read(read_chain)))


@router.post("/elder", response_model=AuditPage)
def post_elder(form: ElderForm, caller: AuditAdmin) -> Answer:
    """Who looked at one elder. Looking is a deed: it is written down itself."""
    asked = _asked(form)
    return Answer(caller.change(lambda uow: read_looks_at(uow, form.number, asked)))


@router.post("/account", response_model=AuditPage)
def post_account(form: LoginForm, caller: AuditAdmin) -> Answer:
    """What one account looked at and did, and what was done to it."""
    asked = _asked(form)
    return Answer(caller.change(lambda uow: read_deeds_of(uow, form.login, asked)))


@router.post("/machine", response_model=AuditPage)
def post_machine(form: SpanForm, caller: AuditAdmin) -> Answer:
    """What commands on the machine did."""
    asked = _asked(form)
    return Answer(caller.change(lambda uow: read_done_on_the_machine(uow, asked)))


@router.post("/station", response_model=list[WatcherRow])
def post_station(form: WeekForm, caller: AuditAdmin) -> Answer:
    """The week's list for a station's head: who looked at how many of its people."""

    def do(uow: UnitOfWork) -> list[WatcherRow]:
        return read_watchers(uow, form.station_id, form.from_on, form.purpose)

    return Answer(caller.change(do))


def _asked(form: SpanForm) -> Asked:
    return Asked(
        first_on=form.from_on,
        last_on=form.until_on,
        purpose=form.purpose,
        turn=Turn(limit=form.limit, offset=form.offset, as_of=form.as_of),
    )
