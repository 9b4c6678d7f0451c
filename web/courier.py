"""The helper's phone: their own round, its events, the way to call."""

from uuid import UUID

from fastapi import APIRouter, Response

from dispatch.clock import town_day
from dispatch.field.calling import dial
from dispatch.field.helper_day import HelperDay
from dispatch.field.positions import choose_dot, keep_position
from dispatch.field.rounds import rounds_of
from dispatch.field.sync import Batch, SyncAnswer, merge
from web.deps import HandsIn, Helper, helper_of
from web.schemas.field import DotForm, PositionForm
from web.schemas.shapes import Day
from web.wire import Answer, PhoneRoute, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["courier"])
phone = APIRouter(prefix="/api/field", route_class=PhoneRoute, tags=["courier"])


@router.get("/round", response_model=HelperDay)
def get_round(caller: Helper, on: Day | None = None) -> Answer:
    """The helper's own day; the first look at each door is written down."""
    own = helper_of(caller)
    return Answer(
        caller.change(lambda uow: rounds_of(uow, own, on or town_day(uow.now)))
    )


@phone.post("/events", response_model=SyncAnswer)
def post_events(batch: Batch, caller: HandsIn) -> Answer:
    """Every event is answered; sending a batch again changes nothing.

    A phone whose day pass is over hands in what it has, for a person to look at.
    """
    own = helper_of(caller)
    return Answer(caller.change(lambda uow: merge(uow, own, batch)))


@router.post("/field/position", status_code=204)
def post_position(form: PositionForm, caller: Helper) -> Response:
    own = helper_of(caller)
    caller.change(
        lambda uow: keep_position(
            uow,
            own,
            form.lat,
            form.lon,
            accuracy_m=form.accuracy_m,
            datum=form.datum,
            at_ms=form.at_ms,
        )
    )
    return Response(status_code=204)


@router.post("/field/position/shown")
def post_dot(form: DotForm, caller: Helper) -> Answer:
    """A volunteer's own switch; doing it twice changes nothing more."""
    own = helper_of(caller)
    shown = caller.change(lambda uow: choose_dot(uow, own, shown=form.shown))
    return Answer({"shown": shown})


@router.post("/orders/{order_id}/call")
def post_call(order_id: UUID, caller: Helper) -> Answer:
    """A link to dial, for an order on the way; each one is written down."""
    own = helper_of(caller)
    return Answer({"dial": caller.change(lambda uow: dial(uow, own, order_id))})
