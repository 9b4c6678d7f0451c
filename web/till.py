"""The counter's page: who may come, what it wrote down, numbers, differences."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day
from dispatch.counter.deed_batch import DeedBatch
from dispatch.counter.differing import DifferenceRow, resolve, show_differences
from dispatch.counter.ending import count_left_over, give_tokens
from dispatch.counter.merging_deeds import DeedAnswers, merge_deeds
from dispatch.counter.picturing import draw_token
from dispatch.counter.proxies import end_proxy, register_proxy
from dispatch.counter.till_people import TillPeople, show_people
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Key, Station
from web.schemas.shapes import Day
from web.schemas.till import LeftOverForm, ProxyForm, ResolveForm, SittingForm
from web.wire import Answer, PhoneRoute, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["counter"])
page = APIRouter(prefix="/api/counter", route_class=PhoneRoute, tags=["counter"])


@page.post("/deeds", response_model=DeedAnswers)
def post_deeds(batch: DeedBatch, caller: Station) -> Answer:
    """Every deed is answered; sending a batch again changes nothing."""
    return Answer(caller.change(lambda uow: merge_deeds(uow, batch)))


@router.get("/counter/people", response_model=TillPeople)
def get_people(
    caller: Station,
    on: Day | None = None,
    serving: Annotated[Serving, Query()] = Serving.LUNCH,
) -> Answer:
    return Answer(
        caller.read(lambda uow: show_people(uow, on or town_day(uow.now), serving))
    )


@router.get("/counter/differences", response_model=list[DifferenceRow])
def get_differences(caller: Station) -> Answer:
    return Answer(caller.read(show_differences))


@router.post("/counter/differences/{deed_id}/resolve", response_model=DifferenceRow)
def post_resolve(deed_id: UUID, form: ResolveForm, caller: Station) -> Answer:
    return Answer(caller.change(lambda uow: resolve(uow, deed_id, form.words)))


@router.post("/counter/tokens")
def post_tokens(form: SittingForm, caller: Station) -> Answer:
    """Numbers for everybody who fetches at this counter; nobody gets two."""

    def do(uow: UnitOfWork) -> dict[str, object]:
        given = give_tokens(uow, form.sitting_id)
        return {"tokens": [{"order_id": t.order_id, "number": t.number} for t in given]}

    return Answer(caller.change(do))


@router.get("/orders/{order_id}/token.svg")
def get_token(order_id: UUID, caller: Station) -> Response:
    """The code that fetches this meal, as a picture for paper or a phone."""
    svg = caller.read(lambda uow: draw_token(uow, order_id))
    return Response(svg, media_type="image/svg+xml")


@router.post("/counter/left-over", status_code=204)
def post_left_over(form: LeftOverForm, caller: Station) -> Response:
    caller.change(
        lambda uow: count_left_over(uow, form.sitting_id, form.unsold, form.went_to)
    )
    return Response(status_code=204)


@router.post("/elders/{elder_id}/proxies", status_code=201)
def post_proxy(
    elder_id: UUID, form: ProxyForm, caller: Station, key: Key = None
) -> Answer:
    """Somebody may fetch for this elder from today on."""

    def do(uow: UnitOfWork) -> dict[str, object]:
        made = register_proxy(
            uow,
            elder_id,
            form.name,
            form.phone,
            relation=form.relation,
            told_how=form.told_how,
            until_on=form.until_on,
            key=key,
        )
        return {"id": made.id}

    return Answer(caller.change(do), status_code=201)


@router.post("/proxies/{proxy_id}/end", status_code=204)
def post_proxy_end(proxy_id: UUID, caller: Station) -> Response:
    caller.change(lambda uow: end_proxy(uow, proxy_id))
    return Response(status_code=204)
