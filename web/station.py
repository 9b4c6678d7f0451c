"""The station's page: its day, its elders, its grid, its kitchen's paper."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day
from dispatch.counter.showing import show_sheet
from dispatch.orders.elder_card import ElderCard, is_noted, note_look, show_card
from dispatch.orders.grid import Grid, show_grid
from dispatch.orders.missed_meals import MissedMeal, list_missed
from dispatch.orders.offers import Offer, show_offer
from dispatch.orders.orders import Channel
from dispatch.orders.station_day import StationDay, show_day
from dispatch.people.revealing import reveal
from dispatch.people.showing import EldersPage, list_elders
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import KitchenReader, Orderer, Staff, Station
from web.schemas.orders import RevealForm
from web.schemas.shapes import Asked, Day, Limit, Offset
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["station"])


@router.get("/station", response_model=StationDay)
def get_station(
    caller: Staff, on: Day | None = None, station_id: UUID | None = None
) -> Answer:
    """The day at a glance; others than its own staff name the station."""

    def show(uow: UnitOfWork) -> StationDay:
        return show_day(uow, on or town_day(uow.now), station_id)

    return Answer(caller.read(show))


@router.get("/station/grid", response_model=Grid)
def get_grid(
    caller: Station,
    first: Annotated[Day | None, Query(alias="from")] = None,
    days: Annotated[int, Query(ge=1, le=14)] = 7,
    q: Asked = "",
    limit: Limit = 60,
    offset: Offset = 0,
) -> Answer:
    def show(uow: UnitOfWork) -> Grid:
        start = first or town_day(uow.now)
        return show_grid(uow, start, days, q=q, limit=limit, offset=offset)

    return Answer(caller.read(show))


@router.get("/station/offer", response_model=Offer)
def get_offer(
    caller: Orderer, elder_id: UUID, on: Day, serving: Serving, channel: Channel
) -> Answer:
    """What one elder could order, and what they would pay, before they do."""

    def show(uow: UnitOfWork) -> Offer:
        return show_offer(uow, elder_id, on, serving, channel)

    return Answer(caller.read(show))


@router.get("/station/missed", response_model=list[MissedMeal])
def get_missed(caller: Station) -> Answer:
    """Standing meals of today and tomorrow that could not be ordered."""
    return Answer(caller.read(list_missed))


@router.get("/elders", response_model=EldersPage)
def get_elders(
    caller: Staff,
    q: Asked = "",
    usual: bool = False,
    gone: bool = False,
    draft: bool = False,
    limit: Limit = 60,
    offset: Offset = 0,
) -> Answer:
    page = caller.read(
        lambda uow: list_elders(
            uow,
            q=q,
            usual=usual,
            gone=gone,
            draft=draft,
            limit=limit,
            offset=offset,
        )
    )
    return Answer(page)


@router.get("/elders/{elder_id}", response_model=ElderCard)
def get_elder(elder_id: UUID, caller: Staff) -> Answer:
    """One elder's card; the first look of an hour with the full name is noted."""
    if not caller.read(lambda uow: is_noted(uow, elder_id)):
        caller.change(lambda uow: note_look(uow, elder_id))
    return Answer(caller.read(lambda uow: show_card(uow, elder_id)))


@router.post("/elders/{elder_id}/reveal")
def post_reveal(elder_id: UUID, form: RevealForm, caller: Staff) -> Answer:
    """Masked fields in full, for a reason that is kept."""
    return Answer(
        caller.change(lambda uow: reveal(uow, elder_id, form.fields, form.reason))
    )


@router.get("/kitchen-sheet")
def get_kitchen_sheet(sitting_id: UUID, caller: KitchenReader) -> Answer:
    return Answer(caller.read(lambda uow: show_sheet(uow, sitting_id)))
