"""The catalogue and the calendar of a district."""

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.catalogue.calendar import Year, show_year
from dispatch.catalogue.keeping import (
    add_service,
    add_skill,
    change_service,
    put_in_year,
    read_days,
    set_assist,
)
from dispatch.catalogue.showing import Catalogue, show_catalogue
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import District, Staff
from web.schemas.catalogue import (
    AssistForm,
    CalendarForm,
    NewServiceForm,
    SkillForm,
)
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["catalogue"])


@router.get("/catalogue", response_model=Catalogue)
def get_catalogue(caller: Staff) -> Answer:
    return Answer(caller.read(show_catalogue))


@router.post("/catalogue/services", response_model=Catalogue)
def post_service(form: NewServiceForm, caller: District) -> Answer:
    """A new service is a row: it can be ordered and is planned from now on."""

    def do(uow: UnitOfWork) -> Catalogue:
        keep = add_service if form.is_new else change_service
        keep(uow, form.to_draft())
        return show_catalogue(uow)

    return Answer(caller.change(do))


@router.post("/catalogue/skills", response_model=Catalogue)
def post_skill(form: SkillForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> Catalogue:
        add_skill(uow, form.code, form.name, certified=form.certified)
        return show_catalogue(uow)

    return Answer(caller.change(do))


@router.post("/catalogue/assists", response_model=Catalogue)
def post_assist(form: AssistForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> Catalogue:
        six, rank = form.one_of_six, form.rank
        set_assist(uow, form.code, form.label, one_of_six=six, rank=rank)
        return show_catalogue(uow)

    return Answer(caller.change(do))


@router.get("/calendar", response_model=Year)
def get_calendar(
    caller: Staff, year: Annotated[int, Query(ge=2000, le=2099)]
) -> Answer:
    """A year nobody has published yet says so, and names no day."""
    return Answer(caller.read(lambda uow: show_year(uow.session, year)))


@router.post("/calendar", response_model=Year)
def post_calendar(form: CalendarForm, caller: District) -> Answer:
    """The district's own days of a year, in place of those before."""
    days = read_days(form.lines)
    return Answer(
        caller.change(lambda uow: put_in_year(uow, form.year, form.notice, days))
    )
