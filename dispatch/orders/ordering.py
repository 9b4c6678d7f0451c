"""Ordering: the only place where orders are made."""

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import town_day, town_moment
from dispatch.kitchens.boxing import first_box
from dispatch.orders.dishes import dish_for, set_aside, sit_down
from dispatch.orders.free_delivery import free_the_fee
from dispatch.orders.grounds import Grounds, find_grounds
from dispatch.orders.late_changes import LATE_ROLES, note_late
from dispatch.orders.orders import (
    CARRIED_CHANNELS,
    Channel,
    Order,
    OrderState,
    begin_order,
    get_order,
)
from dispatch.orders.origins import AGREED_BY, Origin, Source
from dispatch.orders.refusals import (
    AlreadyOrdered,
    ElderDied,
    ElderLeft,
    ElderPaused,
    NotOnThisDay,
    WrongChannel,
)
from dispatch.people.categories import OLDEST_OLD_BY, is_oldest_old
from dispatch.people.elder_facts import NO_HISTORY, facts_within
from dispatch.people.elders import Elder
from dispatch.people.family import FamilyDeed, need_opt_in
from dispatch.people.pauses import Pause, find_pause
from dispatch.planning.joining import join_wave
from dispatch.store.idempotency import claim
from dispatch.store.unit_of_work import UnitOfWork

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AHEAD_DAYS = 31
_VISIT_HOURS = {
    Serving.BREAKFAST: (7, 10),
    Serving.LUNCH: (10, 16),
    Serving.DINNER: (16, 20),
}
_FITTING_CHANNELS = {
    "MEAL_DELIVERY": {Channel.DELIVERY},
    "MEAL_PICKUP": {Channel.PICKUP, Channel.PROXY},
    "MEAL_DINEIN": {Channel.DINE_IN},
}


@dataclass(frozen=True)
class Override:
    """A rule set aside on purpose: cut_off, diet, again, pause; and why. `replace`: a
    second meal after the cut-off, for a box that may not be served any more.
    """

    rule: str
    reason: str


@dataclass(frozen=True)
class OrderDraft:
    """What somebody asks for. `window` is for visits; meals follow their sitting.

    `ready_at` makes it an order that is wanted at once (即时单): from when on its box
    can be taken, or its visit begin.
    """

    elder_id: UUID
    service: str
    channel: Channel
    serve_on: date
    serving: Serving
    menu_item_id: UUID | None = None
    source: str = "phone"
    collected_by: str | None = None
    window: tuple[datetime, datetime] | None = None
    ready_at: datetime | None = None
    note: str = ""
    override: Override | None = None
    contact_id: UUID | None = None  # the family member who asks
    plan_id: UUID | None = None  # the standing plan that it is made from

    @property
    def content(self) -> dict[str, Any]:
        """What a request's key stands for: hashed and kept, across updates too.

        A field that came later is named only where it says something.
        """
        later = ("ready_at", "contact_id", "plan_id")
        return {
            name: value
            for name, value in asdict(self).items()
            if name not in later or value is not None
        }

    def overrides(self, rule: str) -> bool:
        """This rule is set aside, with a reason."""
        if self.override is None:
            return False
        replaces = self.override.rule == "replace" and rule in {"again", "cut_off"}
        return replaces or self.override.rule == rule


def place_order(uow: UnitOfWork, draft: OrderDraft, *, key: str | None) -> Order:
    """Take an order; the same key again gives the same order.

    Raises:
        NotFound: no such elder within the actor's reach.
        AlreadyOrdered, PastCutOff, SoldOut, DietClash, TextureClash, NotServed,
        ElderDied, ElderLeft, ElderPaused, WrongChannel, NotOnThisDay, NotOptedIn:
            nothing was taken.
        KeyMissing, KeyReused
    """
    order_id = uuid4()
    made = claim(uow, key, "order", draft.content, making=order_id)
    if made:
        return get_order(uow.session, made)
    return make_order(uow, draft, order_id=order_id)


def make_order(
    uow: UnitOfWork, draft: OrderDraft, *, order_id: UUID | None = None
) -> Order:
    """Make the order inside somebody's claimed request; see `place_order`."""
    meal = draft.serve_on, draft.serving
    grounds = find_grounds(uow, draft.elder_id, draft.service, *meal)
    elder = grounds.elder
    _check(uow, draft, elder, grounds.service)
    paused = _pause_of(uow, draft, is_meal=grounds.service.is_meal)
    order = _draft_order(uow, draft, grounds, order_id or uuid4())
    origin = _origin(uow, order.id, draft)
    freed = free_the_fee(uow.session, order, elder) if grounds.has_rules else None
    late = False
    if grounds.service.is_meal:
        sitting = grounds.open_sitting
        dish = dish_for(uow.session, sitting, elder, draft)
        uow.at_hand.append(dish)
        why = draft.override.reason if draft.override else None
        reason = why if draft.overrides("diet") else None
        order.diet_override = set_aside(uow.actor, elder, dish, reason)
        late = _sit_down(uow, order, sitting, dish, draft)
    if draft.channel in CARRIED_CHANNELS:
        order.wave_id = join_wave(uow, grounds.street_code, order)
        if not grounds.located:
            order.state, order.reason = OrderState.BLOCKED, "no_location"
    about: dict[str, object] = {"source": draft.source, "channel": draft.channel.value}
    if draft.override:
        about |= {"overrides": draft.override.rule, "why": draft.override.reason}
    its = [one for one in (origin, freed) if one]
    try:  # who goes on after a twin has a savepoint of their own
        begin_order(uow, order, its, about)
    except IntegrityError as twin:
        raise AlreadyOrdered from twin
    if paused is not None:
        raise ElderPaused(reason=paused.reason.value, pause_id=str(paused.id))
    if late:
        note_late(uow, order, 1, draft.override.reason if draft.override else "")
    if order.sitting_id is not None and grounds.has_batches:
        first_box(uow, order)  # a late one, of what is cooked already
    return order


def _pause_of(uow: UnitOfWork, draft: OrderDraft, *, is_meal: bool) -> Pause | None:
    """The pause that covers the order's day, unless they stand before us.

    Whoever pauses holds the elder's row, which is ours until we are done: one of the
    two sees the other.
    """
    if draft.source == "walk_in" or draft.overrides("pause"):
        return None
    return find_pause(uow.session, draft.elder_id, draft.serve_on, is_meal=is_meal)


def _check(uow: UnitOfWork, draft: OrderDraft, elder: Elder, service: Service) -> None:
    fitting = _FITTING_CHANNELS.get(service.code, {Channel.VISIT})
    if draft.channel not in fitting or service.is_meal is (
        draft.channel is Channel.VISIT
    ):
        raise WrongChannel
    if elder.died_on is not None and draft.serve_on > elder.died_on:
        raise ElderDied
    if elder.left_on is not None and draft.serve_on >= elder.left_on:
        raise ElderLeft
    ahead = (draft.serve_on - town_day(uow.now)).days
    if not 0 <= ahead <= _AHEAD_DAYS:
        raise NotOnThisDay


def _origin(uow: UnitOfWork, order_id: UUID, draft: OrderDraft) -> Origin:
    """Which way the order came, whose hand it was, and how the elder agreed.

    Raises:
        NotOptedIn: a family member asks, whom the elder has not let order.
    """
    source = Source(draft.source)
    opt_in = None
    if source is Source.FAMILY:
        contact = uow.actor.contact_id or draft.contact_id
        opt_in = need_opt_in(uow.session, draft.elder_id, contact, FamilyDeed.ORDER)
    return Origin(
        order_id=order_id,
        source=source,
        agreed=AGREED_BY[source],
        role=uow.actor.role,
        account_id=uow.actor.account_id,
        link_id=uow.actor.link_id,
        opt_in_id=opt_in.id if opt_in else None,
        plan_id=draft.plan_id,
    )


def _draft_order(
    uow: UnitOfWork, draft: OrderDraft, grounds: Grounds, order_id: UUID
) -> Order:
    elder, service = grounds.elder, grounds.service
    first, last = draft.window or _visit_window(draft)
    told = NO_HISTORY
    if grounds.has_facts:
        told = facts_within(uow.session, [elder.id], OLDEST_OLD_BY)[elder.id]
    return Order(
        id=order_id,
        number=_number(draft),
        elder_id=elder.id,
        household_id=elder.household_id,
        station_id=elder.station_id,
        street_code=elder.street_code,
        service=service.code,
        is_meal=service.is_meal,
        channel=draft.channel,
        serve_on=draft.serve_on,
        serving=draft.serving,
        again=draft.overrides("again"),
        window_from_at=first,
        window_until_at=last,
        ready_at=draft.ready_at if draft.channel in CARRIED_CHANNELS else None,
        tier=int(is_oldest_old(elder, told, draft.serve_on)),
        price_fen=0 if service.is_meal else service.price_fen,
        fee_fen=service.price_fen if draft.channel is Channel.DELIVERY else 0,
        note=draft.note,
        source=draft.source,
        collected_by=draft.collected_by,
        state=OrderState.WAITING,
        placed_at=uow.now,
    )


def _sit_down(
    uow: UnitOfWork, order: Order, sitting: Sitting, dish: MenuItem, draft: OrderDraft
) -> bool:
    """Give the order its portion, price and times from the sitting.

    Returns:
        whether the kitchen has to be told of a change after its count.
    """
    walks_in = draft.source == Source.WALK_IN
    asked = draft.overrides("cut_off") and uow.actor.role in LATE_ROLES
    late = sit_down(uow, sitting, late_too=walks_in or asked)
    order.sitting_id, order.kitchen_id = sitting.id, sitting.kitchen_id
    order.menu_item_id, order.price_fen = dish.id, dish.price_fen
    carried = order.channel is Channel.DELIVERY
    order.window_from_at = sitting.door_from_at if carried else sitting.ready_at
    order.window_until_at = sitting.door_until_at
    return late and not walks_in


def _visit_window(draft: OrderDraft) -> tuple[datetime, datetime]:
    first, last = _VISIT_HOURS[draft.serving]
    return (
        town_moment(draft.serve_on, first * 3600),
        town_moment(draft.serve_on, last * 3600),
    )


def _number(draft: OrderDraft) -> str:
    """Short enough to be read out: date, meal, eight random letters."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{draft.serve_on:%m%d}-{draft.serving.value[0].upper()}-{letters}"
