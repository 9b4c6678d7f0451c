"""The call centre: who rings is found by their number, and served for an hour.

It has no list and no search by name. Whoever was not found by a telephone number
within the hour does not exist for it; each number that is asked for is written down,
and so is everybody found by it. It sees what a call needs and no more: a masked name,
the station, what to mind at table, the orders of the next days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.second_factor import draw_letters
from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day
from dispatch.log.audit import write_down
from dispatch.orders.caller_looks import (
    FOUND,
    FOUND_FOR_HELP,
    count_look,
    is_theirs,
    serve,
    who_asks,
)
from dispatch.orders.offers import Offer, show_offer
from dispatch.orders.ordering import OrderDraft, place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.orders.standing_run import SERVICE_OF
from dispatch.people.elders import Contact, Elder, still_here
from dispatch.people.labels import label_elders
from dispatch.people.places import Station
from dispatch.people.vault import blind_index, find_owners
from dispatch.quality.complaining import ComplaintDraft, note_complaint
from dispatch.quality.complaints import Complaint, ComplaintFrom
from dispatch.safety.cases import Case
from dispatch.safety.crying import call_for_elder
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

_SHOWN_DAYS: Final = 7
_OF_ONE_CONTACT: Final = 5


@dataclass(frozen=True, kw_only=True)
class CallerOrder:
    """An order of the next days, as it is read out to whoever asks."""

    number: str
    on: date
    serving: str
    channel: str
    state: str


@dataclass(frozen=True, kw_only=True)
class CallerRow:
    """An elder found by a number: their own, or a contact's (`relation`). Found for
    help alone: label and station, all else is empty."""

    elder_id: UUID
    number: str
    label: str
    relation: str
    station: str
    station_phone: str
    usual_channel: str | None
    diet_tags: list[str]
    allergies: list[str]
    orders: list[CallerOrder]


@dataclass(frozen=True, kw_only=True)
class CallersFound:
    """`left`: so many numbers may still be asked for within the hour. `shared`: it is
    a contact of so many elders that it is nobody's own (公用号码), and shows none.
    `help_only`: there were too many; whoever was found can be called help for."""

    callers: list[CallerRow]
    left: int
    shared: bool = False
    help_only: bool = False


def find_callers(
    uow: UnitOfWork, phone: str, *, for_help: bool = False
) -> CallersFound:
    """Whose number it is, of those who live in the district.

    Args:
        for_help: somebody is in danger; past the thirty it finds whom to call help for
            and shows no more of them than that.

    Raises:
        TooManyLooks: thirty different numbers within an hour; for help, three that
            found somebody for whom no help was called.
    """
    is_theirs(uow)
    number = UUID(hex=blind_index("phone", phone))  # equal numbers show as equal
    left = count_look(uow, number, for_help=for_help)
    found = CallersFound(callers=[], left=left or 0, help_only=left is None)
    contacts = _contacts(uow.session, phone)
    relations = _relations(uow.session, phone, contacts)
    query = select(Elder).where(
        col(Elder.id).in_(relations), still_here(town_day(uow.now))
    )
    elders = uow.session.exec(query.order_by(col(Elder.number))).all()
    if sum(relations[one.id] is not None for one in elders) > _OF_ONE_CONTACT:
        return replace(found, shared=True)
    action = FOUND_FOR_HELP if found.help_only else FOUND
    for elder in elders:
        through = ["contacts"] if relations[elder.id] is not None else []
        fields = ["name", *through]
        write_down(uow, action, "elder", elder.id, fields=fields, purpose="call")
    here = {one.id for one in elders}
    for contact in contacts:
        if contact.elder_id in here and relations[contact.elder_id] is not None:
            write_down(uow, action, "contact", contact.id, purpose="call")
    if found.help_only:
        return replace(found, callers=_bare_rows(uow, elders))
    return replace(found, callers=_rows(uow, elders, relations))


def offer_on_call(
    uow: UnitOfWork, elder_id: UUID, on: date, serving: Serving, channel: Channel
) -> Offer:
    """What they could order. Raises: NotFound, for who is not on the telephone."""
    serve(uow, elder_id)
    return show_offer(uow, elder_id, on, serving, channel)


def order_on_call(
    uow: UnitOfWork,
    elder_id: UUID,
    meal: tuple[date, Serving, Channel, UUID],
    *,
    note: str,
    key: str | None,
    elder_speaks: bool = False,
) -> CallerOrder:
    """Take a meal; no rule is set aside here, whoever needs that asks the station.

    Args:
        elder_speaks: on a contact's telephone, the elder says themselves what they
            want. The audit keeps it; without it the order is the contact's.

    Raises: as `place_order`; NotFound, for who is not on the telephone.
    """
    look = serve(uow, elder_id)
    through = "contacts" in look.fields
    family = through and not elder_speaks
    on, serving, channel, item_id = meal
    draft = OrderDraft(
        elder_id=elder_id,
        service=SERVICE_OF[channel],
        channel=channel,
        serve_on=on,
        serving=serving,
        menu_item_id=item_id,
        source="family" if family else "phone",
        contact_id=who_asks(uow, look) if family else None,
        note=note,
    )
    order = place_order(uow, draft, key=key)
    if through and elder_speaks and not uow.repeated:
        write_down(uow, "elder_spoke", "order", order.id, purpose="call")
    return _order(order)


def complain_on_call(
    uow: UnitOfWork, elder_id: UUID, words: str, *, key: str | None
) -> str:
    """Enter what they complain of; the ticket's number, to be read out.

    Raises: NotFound, ComplaintWordsMissing, KeyMissing, KeyReused.
    """
    serve(uow, elder_id)
    if made := claim(uow, key, "call_complaint", [elder_id, words]):
        return uow.session.get_one(Complaint, made).ticket_no
    today = town_day(uow.now)
    draft = ComplaintDraft(
        source=ComplaintFrom.PHONE,
        ticket_no=f"HJ{today:%y%m%d}-{draw_letters(1, 6).upper()}",
        got_on=today,
        words=words,
        elder_id=elder_id,
    )
    complaint = note_complaint(uow, draft)
    keep_result(uow, key or "", complaint.id)
    return complaint.ticket_no


def cry_on_call(
    uow: UnitOfWork, elder_id: UUID, words: str, *, key: str | None
) -> Case:
    """They call for help: at once a case, and whoever is on duty is asked to take it.

    Raises: NotFound, KeyMissing, KeyReused.
    """
    serve(uow, elder_id, for_help=True)
    return call_for_elder(uow, elder_id, words, key=key)


def _contacts(session: Session, phone: str) -> Sequence[Contact]:
    owners = find_owners(session, "phone", phone)
    return session.exec(select(Contact).where(col(Contact.id).in_(owners))).all()


def _relations(
    session: Session, phone: str, contacts: Sequence[Contact]
) -> dict[UUID, str | None]:
    """The elders a number belongs to: None for their own, else whose of theirs."""
    found: dict[UUID, str | None] = {one.elder_id: one.relation for one in contacts}
    return found | dict.fromkeys(find_owners(session, "phone", phone))


def _rows(
    uow: UnitOfWork, elders: Sequence[Elder], relations: dict[UUID, str | None]
) -> list[CallerRow]:
    orders = _orders(uow, [one.id for one in elders])
    return [
        replace(
            bare,
            number=one.number,
            relation=relations[one.id] or "",
            usual_channel=one.usual_channel,
            diet_tags=one.diet_tags,
            allergies=one.allergies,
            orders=orders.get(one.id, []),
        )
        for bare, one in zip(_bare_rows(uow, elders), elders, strict=True)
    ]


def _bare_rows(uow: UnitOfWork, elders: Sequence[Elder]) -> list[CallerRow]:
    """Who it is and where they belong: enough to send help. Nothing else is read."""
    labels = label_elders(uow, [one.id for one in elders])
    stations = [uow.session.get_one(Station, one.station_id) for one in elders]
    return [
        CallerRow(
            elder_id=one.id,
            number="",
            label=labels[one.id],
            relation="",
            station=station.name,
            station_phone=station.phone,
            usual_channel=None,
            diet_tags=[],
            allergies=[],
            orders=[],
        )
        for one, station in zip(elders, stations, strict=True)
    ]


def _orders(
    uow: UnitOfWork, elder_ids: Sequence[UUID]
) -> dict[UUID, list[CallerOrder]]:
    today = town_day(uow.now)
    query = (
        select(Order)
        .where(col(Order.elder_id).in_(elder_ids))
        .where(col(Order.serve_on).between(today, today + timedelta(days=_SHOWN_DAYS)))
        .where(Order.state != OrderState.CANCELLED)
        .order_by(col(Order.serve_on), col(Order.window_from_at), col(Order.number))
    )
    found: dict[UUID, list[CallerOrder]] = {}
    for order in uow.session.exec(query):
        found.setdefault(order.elder_id, []).append(_order(order))
    return found


def _order(order: Order) -> CallerOrder:
    return CallerOrder(
        number=order.number,
        on=order.serve_on,
        serving=order.serving.value,
        channel=order.channel.value,
        state=order.state.value,
    )
