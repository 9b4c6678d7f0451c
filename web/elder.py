"""Elders and families: one question a screen, large type, no script, no password.

Whoever holds the link in the address acts for one elder and reaches nobody else. Each
answer is a page; a refusal is one, too.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Final, TypeVar
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from dispatch.access.elder_links import holder_of
from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day
from dispatch.duties.from_afar import FromAfar, look_from_afar
from dispatch.errors import BadInput, NotAllowed, NotFound, Refusal
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.elder_page import (
    Again,
    NextMeal,
    dish_of,
    find_again,
    follow,
    list_coming,
    list_next_meals,
    must_be_let,
    offer_of,
    show_holder,
    ways_of,
)
from dispatch.orders.ordering import OrderDraft, place_order
from dispatch.orders.orders import Channel
from dispatch.orders.pausing import PauseDraft, pause
from dispatch.orders.saying_along import find_next_home, say_along
from dispatch.orders.standing_run import SERVICE_OF
from dispatch.people.family import FamilyDeed
from dispatch.people.messaging import OwnMessage, list_own, send_message
from dispatch.people.pauses import PauseReason
from dispatch.safety.calling_self import call_for_self, show_own_call
from dispatch.store.database import Database
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import Actor, UnitOfWork
from web.deps import Db
from web.pages.writing import write_page
from web.schemas.shapes import Day

T = TypeVar("T")
_AT_ONCE: Final = 2  # choices beside the one that shows more
_PAUSES: Final = {"1": 1, "3": 3, "": None}
_MOST_BYTES: Final = 10_000

router = APIRouter(prefix="/e/{token}", include_in_schema=False)


class Visit:
    """One request of somebody with a link: whom it is for, and how to answer."""

    def __init__(self, database: Database, token: str, form: dict[str, str]) -> None:
        self.form = form
        self.root = f"/e/{token}"
        self._database = database
        self.actor: Actor = database.read(lambda uow: holder_of(uow.session, token))

    def read(self, show: Callable[[UnitOfWork], T]) -> T:
        return self._database.read(show, self.actor)

    def change(self, do: Callable[[UnitOfWork], T]) -> T:
        return self._database.change(do, self.actor)

    def page(self, name: str, status: int = 200, **facts: object) -> HTMLResponse:
        """A page with the holder's name and the station's number."""
        holder = self.read(show_holder)
        deeds = {deed.value for deed in holder.deeds}
        facts |= {"holder": holder, "deeds": deeds, "root": self.root}
        return write_page(name, status, key=uuid4().hex, **facts)

    def go(self, where: str) -> Response:
        return RedirectResponse(f"{self.root}{where}", status_code=303)

    def no(self, refusal: Refusal) -> HTMLResponse:
        """What was refused, in its own words, beside the button that calls."""
        status = 403 if isinstance(refusal, NotAllowed) else 409
        status = 404 if isinstance(refusal, NotFound) else status
        return self.page("said.html", status, title=str(refusal))


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a plain form; a repeated one counts once."""
    if request.method != "POST":
        return {}
    body = (await request.body())[:_MOST_BYTES].decode("utf-8", "replace")
    said = parse_qs(body, keep_blank_values=True)
    return {name: values[0].replace("\0", "") for name, values in said.items()}


def visit_of(
    token: Annotated[str, Path(max_length=64)],
    database: Db,
    form: Annotated[dict[str, str], Depends(form_of)],
) -> Visit:
    return Visit(database, token, form)


Guest = Annotated[Visit, Depends(visit_of)]
Start = Annotated[int, Query(ge=0, le=100)]


@router.get("")
def get_home(guest: Guest) -> Response:
    def show(uow: UnitOfWork) -> tuple[FromAfar, list[NextMeal], Again | None]:
        meals = list_next_meals(uow)
        return look_from_afar(uow), meals, find_again(uow, meals)

    far, meals, again = guest.read(show)
    return guest.page("home.html", at_home=True, far=far, meals=meals, again=again)


@router.get("/more")
def get_more(guest: Guest) -> Response:
    return guest.page("more.html")


@router.get("/meal")
def get_meals(guest: Guest) -> Response:
    return guest.page("meals.html", meals=guest.read(list_next_meals))


@router.get("/meal/{on}/{serving}")
def get_dishes(guest: Guest, on: Day, serving: Serving, start: Start = 0) -> Response:
    offer = guest.read(lambda uow: offer_of(uow, on, serving))
    rest = offer.dishes[start:]
    shown = rest if len(rest) <= _AT_ONCE + 1 else rest[:_AT_ONCE]
    more = start + len(shown) if len(shown) < len(rest) else None
    return guest.page("dishes.html", offer=offer, dishes=shown, more=more)


@router.get("/meal/{on}/{serving}/{code}")
def get_ways(guest: Guest, on: Day, serving: Serving, code: str) -> Response:
    try:
        dish = guest.read(lambda uow: dish_of(offer_of(uow, on, serving), code))
    except Refusal as no:
        return guest.no(no)
    here = f"{guest.root}/meal/{on}/{serving.value}/{dish.code}"
    return guest.page("ways.html", dish=dish, ways=guest.read(ways_of), here=here)


@router.get("/meal/{on}/{serving}/{code}/{channel}")
def get_readback(
    guest: Guest, on: Day, serving: Serving, code: str, channel: Channel
) -> Response:
    if channel is Channel.VISIT:
        return guest.no(NotFound())
    try:
        offer = guest.read(lambda uow: offer_of(uow, on, serving, channel))
        dish = dish_of(offer, code)
    except Refusal as no:
        return guest.no(no)
    return guest.page("confirm.html", offer=offer, dish=dish)


@router.post("/order")
def post_order(guest: Guest) -> Response:
    """Place what was read back; the same page sent again is the same order."""
    try:
        draft = _draft(guest)
        key = guest.form.get("key")
        order = guest.change(lambda uow: place_order(uow, draft, key=key))
    except Refusal as no:
        return guest.no(no)
    return guest.go(f"/order/{order.id}")


def _draft(guest: Visit) -> OrderDraft:
    form, elder_id = guest.form, guest.actor.elder_id
    try:
        channel = Channel(form["channel"])
        return OrderDraft(
            elder_id=elder_id or UUID(int=0),
            service=SERVICE_OF[channel],
            channel=channel,
            serve_on=date.fromisoformat(form["on"]),
            serving=Serving(form["serving"]),
            menu_item_id=UUID(form["dish"]),
            source="family" if guest.actor.role == "family" else "elder",
        )
    except (KeyError, ValueError):
        raise BadInput("没有看懂，请重新选一次。没有下单。") from None


@router.get("/orders")
def get_orders(guest: Guest, start: Start = 0) -> Response:
    coming = guest.read(list_coming)
    more = start + 3 if len(coming) > start + 3 else None
    return guest.page("orders.html", coming=coming[start : start + 3], more=more)


@router.get("/order/{order_id}")
def get_order(guest: Guest, order_id: UUID) -> Response:
    try:
        followed = guest.read(lambda uow: follow(uow, order_id))
    except Refusal as no:
        return guest.no(no)
    return guest.page("order.html", followed=followed)


@router.post("/order/{order_id}/undo")
def post_undo(guest: Guest, order_id: UUID) -> Response:
    def do(uow: UnitOfWork) -> None:
        must_be_let(uow, FamilyDeed.ORDER)
        if takes_effect(uow, guest.form.get("key"), "cancel", order_id):
            cancel_order(uow, order_id, "by_elder")

    try:
        guest.change(do)
    except Refusal as no:
        return guest.no(no)
    return guest.go(f"/order/{order_id}")


@router.get("/pause")
def get_pause(guest: Guest) -> Response:
    return guest.page("pause.html")


@router.post("/pause")
def post_pause(guest: Guest) -> Response:
    days = _PAUSES.get(guest.form.get("days", "?"), 1)

    def do(uow: UnitOfWork) -> None:
        must_be_let(uow, FamilyDeed.PAUSE)
        first = town_day(uow.now) + timedelta(days=1)
        until = first + timedelta(days=days - 1) if days else None
        elder_id = uow.actor.elder_id or UUID(int=0)
        wanted = PauseDraft(elder_id, first, PauseReason.WISH, until_on=until)
        pause(uow, wanted, key=guest.form.get("key"))

    try:
        guest.change(do)
    except Refusal as no:
        return guest.no(no)
    words = f"从明天起停 {days} 天。" if days else "回来时请打电话给驿站。"
    return guest.page("said.html", title="记下了，先不送", words=words)


@router.get("/sos")
def get_sos(guest: Guest) -> Response:
    """One further tap calls for help; while a call is open its state is shown."""
    try:
        call = guest.read(show_own_call)
    except Refusal as no:
        return guest.no(no)
    return guest.page("sos.html", at_sos=True, call=call)


@router.post("/sos")
def post_sos(guest: Guest) -> Response:
    key = guest.form.get("key")
    try:
        guest.change(lambda uow: call_for_self(uow, key=key))
    except Refusal as no:
        return guest.no(no)
    return guest.go("/sos")


@router.get("/message")
def get_message(guest: Guest) -> Response:
    def show(uow: UnitOfWork) -> tuple[date | None, list[OwnMessage]]:
        order = find_next_home(uow)
        return order.serve_on if order else None, list_own(uow)

    coming, own = guest.read(show)
    return guest.page("message.html", coming=coming, own=own)


@router.post("/message")
def post_message(guest: Guest) -> Response:
    words, key = guest.form.get("words", ""), guest.form.get("key")
    along = guest.form.get("to") == "helper"
    say = say_along if along else send_message
    try:
        guest.change(lambda uow: say(uow, words, key=key))
    except Refusal as no:
        return guest.no(no)
    title = "记下了，会捎给上门的人" if along else "已经发给驿站"
    return guest.page("said.html", title=title)
