"""The audit read: the audit administrator's page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field

from dispatch.access.looking_back import WatcherRow
from dispatch.access.reading_audit import (
    AuditPage,
    ChainReport,
    StationChoice,
    list_station_choices,
    read_chain,
    read_deeds_of,
    read_looks_at,
    read_watchers,
)
from dispatch.promises.standing import Standing
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import AuditAdmin
from web.schemas.shapes import Day, Form
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/audit", route_class=StrictRoute, tags=["audit"])
Purpose = Annotated[str, Field(min_length=2, max_length=80)]
Named = Annotated[str, Field(min_length=1, max_length=40)]


class ElderForm(Form):
    """The number of a file, some days, and what they are looked at for."""

    number: Named
    from_on: Day
    until_on: Day
    purpose: Purpose


class LoginForm(Form):
    """An account's login, some days, and what they are looked at for."""

    login: Named
    from_on: Day
    until_on: Day
    purpose: Purpose


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
    return Answer(caller.change(lambda uow: _looks(uow, form)))


@router.post("/account", response_model=AuditPage)
def post_account(form: LoginForm, caller: AuditAdmin) -> Answer:
    """What one account looked at and did."""
    return Answer(caller.change(lambda uow: _deeds(uow, form)))


@router.post("/station", response_model=list[WatcherRow])
def post_station(form: WeekForm, caller: AuditAdmin) -> Answer:
    """The week's list for a station's head: who looked at how many of its people."""

    def do(uow: UnitOfWork) -> list[WatcherRow]:
        return read_watchers(uow, form.station_id, form.from_on, form.purpose)

    return Answer(caller.change(do))


def _deeds(uow: UnitOfWork, form: LoginForm) -> AuditPage:
    return read_deeds_of(uow, form.login, form.from_on, form.until_on, form.purpose)


def _looks(uow: UnitOfWork, form: ElderForm) -> AuditPage:
    return read_looks_at(uow, form.number, form.from_on, form.until_on, form.purpose)
