"""The catalogue, the calendar, and the points of a district."""

from typing import Annotated
from uuid import UUID

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
from dispatch.stations.entering import (
    add_operator,
    enter_station,
    give_star,
    hand_to_operator,
)
from dispatch.stations.exiting import exit_station, preview_exit
from dispatch.stations.exits import ExitPreview
from dispatch.stations.showing import PointRow, list_points
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import District, Key, Officer, Staff
from web.schemas.catalogue import (
    AssistForm,
    CalendarForm,
    ExitForm,
    NewServiceForm,
    OperationForm,
    OperatorForm,
    PointForm,
    SkillForm,
    StarForm,
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


@router.get("/points", response_model=list[PointRow])
def get_points(caller: Officer) -> Answer:
    return Answer(caller.read(list_points))


@router.post("/points", status_code=201, response_model=list[PointRow])
def post_point(form: PointForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> list[PointRow]:
        enter_station(uow, form.to_draft())
        return list_points(uow)

    return Answer(caller.change(do), status_code=201)


@router.get("/points/{point_id}/exit", response_model=ExitPreview)
def get_exit(point_id: UUID, caller: District) -> Answer:
    """What an exit today would do, by count; nothing is changed."""
    return Answer(caller.read(lambda uow: preview_exit(uow, point_id)))


@router.post("/points/{point_id}/exit", response_model=list[PointRow])
def post_exit(
    point_id: UUID, form: ExitForm, caller: District, key: Key = None
) -> Answer:
    """Exactly what the preview said, or nothing."""

    def do(uow: UnitOfWork) -> list[PointRow]:
        if takes_effect(uow, key, "exit", [point_id, form.digest]):
            exit_station(uow, point_id, form.digest)
        return list_points(uow)

    return Answer(caller.change(do))


@router.post("/points/{point_id}/star", response_model=list[PointRow])
def post_star(point_id: UUID, form: StarForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> list[PointRow]:
        give_star(uow, point_id, form.star, form.from_on)
        return list_points(uow)

    return Answer(caller.change(do))


@router.post("/operators", status_code=201)
def post_operator(form: OperatorForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> UUID:
        made = add_operator(uow, form.name, form.credit_code, form.entered_on)
        return made.id

    return Answer({"id": caller.change(do)}, status_code=201)


@router.post("/points/{point_id}/operator", response_model=list[PointRow])
def post_operation(point_id: UUID, form: OperationForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> list[PointRow]:
        hand_to_operator(uow, point_id, form.operator_id, form.from_on)
        return list_points(uow)

    return Answer(caller.change(do))
