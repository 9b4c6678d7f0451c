"""The call centre's page: who rings, a meal, a complaint, a call for help."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from dispatch.catalogue.sittings import Serving
from dispatch.orders.calling_in import (
    CallerOrder,
    CallersFound,
    complain_on_call,
    cry_on_call,
    find_callers,
    offer_on_call,
    order_on_call,
)
from dispatch.orders.offers import Offer
from dispatch.orders.orders import Channel
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import CallCentre, Key
from web.schemas.shapes import Day, Form, Words
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/calls", route_class=StrictRoute, tags=["calls"])
_NEW = 201


class PhoneForm(Form):
    """The number that rings. `for_help`: somebody is in danger, past thirty, too."""

    phone: Annotated[str, Field(pattern=r"^[0-9+ -]{5,20}$")]
    for_help: bool = False


class MealForm(Form):
    """One set meal; nothing is set aside here."""

    on: Day
    serving: Serving
    channel: Channel
    menu_item_id: UUID
    note: Annotated[str, Field(max_length=120)] = ""
    elder_speaks: bool = False  # though the number that rings is a contact's


class WordsForm(Form):
    """What they complain of."""

    words: Words


class CryForm(Form):
    """What is the matter; it may stay empty when there is no time."""

    words: Annotated[str, Field(max_length=500)] = ""


@router.post("/find", response_model=CallersFound)
def post_find(form: PhoneForm, caller: CallCentre) -> Answer:
    """Thirty numbers an hour; each is written down."""

    def do(uow: UnitOfWork) -> CallersFound:
        return find_callers(uow, form.phone, for_help=form.for_help)

    return Answer(caller.change(do))


@router.get("/{elder_id}/offer", response_model=Offer)
def get_offer(
    elder_id: UUID, on: Day, serving: Serving, channel: Channel, caller: CallCentre
) -> Answer:
    def show(uow: UnitOfWork) -> Offer:
        return offer_on_call(uow, elder_id, on, serving, channel)

    return Answer(caller.read(show))


@router.post("/{elder_id}/order", status_code=_NEW, response_model=CallerOrder)
def post_order(
    elder_id: UUID, form: MealForm, caller: CallCentre, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> CallerOrder:
        meal = (form.on, form.serving, form.channel, form.menu_item_id)
        return order_on_call(
            *(uow, elder_id, meal),
            note=form.note,
            key=key,
            elder_speaks=form.elder_speaks,
        )

    return Answer(caller.change(do), status_code=_NEW)


@router.post("/{elder_id}/complaint", status_code=_NEW)
def post_complaint(
    elder_id: UUID, form: WordsForm, caller: CallCentre, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, str]:
        return {"ticket": complain_on_call(uow, elder_id, form.words, key=key)}

    return Answer(caller.change(do), status_code=_NEW)


@router.post("/{elder_id}/help", status_code=_NEW)
def post_help(
    elder_id: UUID, form: CryForm, caller: CallCentre, key: Key = None
) -> Answer:
    """A case at once; who has it is told, so that it can be read out."""

    def do(uow: UnitOfWork) -> dict[str, str]:
        return {"owner": cry_on_call(uow, elder_id, form.words, key=key).owner}

    return Answer(caller.change(do), status_code=_NEW)
