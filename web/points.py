"""The points of a district: they enter, are starred, change hands, and exit."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.stations.choices import PointChoices, list_choices
from dispatch.stations.entering import enter_station, give_star
from dispatch.stations.exiting import exit_station, preview_exit
from dispatch.stations.exits import ExitPreview
from dispatch.stations.operating import add_operator, end_operator, hand_to_operator
from dispatch.stations.showing import (
    OperatorRow,
    PointRow,
    PointStory,
    list_operators,
    list_points,
    show_point,
)
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import District, Key, Officer
from web.schemas.catalogue import (
    ExitForm,
    OperationForm,
    OperatorEndForm,
    OperatorForm,
    PointForm,
    StarForm,
)
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["points"])


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


@router.post("/points/{point_id}/operator", response_model=list[PointRow])
def post_operation(point_id: UUID, form: OperationForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> list[PointRow]:
        hand_to_operator(uow, point_id, form.operator_id, form.from_on)
        return list_points(uow)

    return Answer(caller.change(do))


@router.get("/points/{point_id}", response_model=PointStory)
def get_point(point_id: UUID, caller: Officer) -> Answer:
    """Who has run it and which stars it had, the newest first."""
    return Answer(caller.read(lambda uow: show_point(uow, point_id)))


@router.get("/point-choices", response_model=PointChoices)
def get_choices(caller: District) -> Answer:
    """What the forms of points offer: operators, streets, kitchens, keepers."""
    return Answer(caller.read(list_choices))


@router.post("/operators", status_code=201, response_model=list[OperatorRow])
def post_operator(form: OperatorForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> list[OperatorRow]:
        add_operator(uow, form.name, form.credit_code, form.entered_on)
        return list_operators(uow)

    return Answer(caller.change(do), status_code=201)


@router.post("/operators/{operator_id}/end", response_model=list[OperatorRow])
def post_operator_end(
    operator_id: UUID, form: OperatorEndForm, caller: District
) -> Answer:
    def do(uow: UnitOfWork) -> list[OperatorRow]:
        end_operator(uow, operator_id, form.last_on)
        return list_operators(uow)

    return Answer(caller.change(do))
