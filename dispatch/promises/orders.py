"""Promise 1: no order disappears."""

from collections import Counter
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Sitting
from dispatch.log.events import Event
from dispatch.orders.kitchen_sheet import count_portions
from dispatch.orders.orders import (
    CARRIED_CHANNELS,
    ENDED_STATES,
    WITHOUT_PORTION,
    Order,
    OrderState,
)
from dispatch.people.elders import Household
from dispatch.planning.plans import (
    Plan,
    PlanRound,
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    is_in_force,
    not_given_back,
)
from dispatch.planning.waves import Wave
from dispatch.promises.checking import Look, Premises

_ON_A_ROUND: Final = frozenset({OrderState.PLANNED, OrderState.UNDER_WAY})
_WAITING_FOR_A_PERSON: Final = frozenset({OrderState.BLOCKED, OrderState.HELD})
_AWAY: Final = frozenset({RoundState.DROPPED, RoundState.ENDED})


def check_orders(premises: Premises, look: Look) -> None:
    """State = fold of events; one place each; portions tie; nobody filtered away."""
    session = premises.session
    orders = list(session.exec(select(Order)))
    _check_stories(session, orders, look)
    _check_rounds(session, orders, look)
    _check_places(session, orders, look)
    _check_portions(session, orders, look)


def _check_stories(session: Session, orders: list[Order], look: Look) -> None:
    """Each order's state is what its events say, numbered without a gap."""
    stories: dict[UUID, list[Event]] = {}
    told = select(Event).where(Event.subject == "order").order_by(col(Event.number))
    for event in session.exec(told):
        stories.setdefault(event.subject_id, []).append(event)
    for order in orders:
        story = stories.pop(order.id, [])
        if not story:
            look.expect(False, f"order {order.number} has no event")
            continue
        numbers = [event.number for event in story]
        whole = numbers == list(range(1, len(story) + 1))
        look.expect(whole, f"order {order.number}: its events have a gap")
        look.expect(
            story[0].kind == "order.placed", f"order {order.number} was never placed"
        )
        _check_steps(order, story, look)
    for missing in stories:
        look.expect(False, f"order {missing} has events and is gone")


def _check_steps(order: Order, story: list[Event], look: Look) -> None:
    state = story[0].facts.get("state")
    for event in story[1:]:
        was = event.facts.get("was", state)
        look.expect(
            was == state,
            f"order {order.number}: event {event.number} begins at {was}, not {state}",
        )
        state = event.facts.get("state")
    look.expect(
        state == order.state.value,
        f"order {order.number} is {order.state.value}, its events say {state}",
    )


def _check_rounds(session: Session, orders: list[Order], look: Look) -> None:
    """An open carried order is on one active stop, or says why it is on none."""
    stops = _active_stops(session)
    for order in orders:
        if order.channel not in CARRIED_CHANNELS:
            continue
        name, on = order.number, stops[order.id]
        if order.state in _ON_A_ROUND:
            look.expect(on >= 1, f"order {name} is {order.state.value} on no round")
            look.expect(on <= _people(order), f"order {name} is on {on} rounds")
        elif order.state not in ENDED_STATES:
            look.expect(on == 0, f"order {name} is {order.state.value} and on a round")
        if order.state is OrderState.UNASSIGNED:
            look.expect(
                bool(order.explanation), f"order {name} was left out without a word"
            )
        if order.state in _WAITING_FOR_A_PERSON:
            look.expect(bool(order.reason), f"order {name} waits without a reason")


def _people(order: Order) -> int:
    """How many helpers may have the same order: two for a bath."""
    return 1 if order.is_meal else 2


def _active_stops(session: Session) -> Counter[UUID]:
    """On how many stops of rounds in force each order is."""
    query = (
        select(StopOrder.order_id, Stop.round_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .join(PlanRound, col(PlanRound.round_id) == Round.id)
        .join(Plan, col(Plan.id) == PlanRound.plan_id)
        .join(Wave, col(Wave.id) == Plan.wave_id)
        .where(is_in_force())
        .where(col(Round.state).not_in(_AWAY), Stop.kind != StopKind.PICKUP)
        .where(not_given_back())
    )
    return Counter(order_id for order_id, _ in session.exec(query))


def _check_places(session: Session, orders: list[Order], look: Look) -> None:
    """Who is on no map is blocked and counted, never left out."""
    lost = set(session.exec(select(Household.id).where(col(Household.lat).is_(None))))
    for order in orders:
        if order.channel in CARRIED_CHANNELS and order.household_id in lost:
            stands = order.state in {*ENDED_STATES, *_WAITING_FOR_A_PERSON}
            look.expect(
                stands, f"order {order.number} has no place and is {order.state.value}"
            )


def _check_portions(session: Session, orders: list[Order], look: Look) -> None:
    """What was cooked is where it says, for every sitting."""
    of: dict[UUID, list[Order]] = {}
    for order in orders:
        if order.sitting_id is not None:
            of.setdefault(order.sitting_id, []).append(order)
    for sitting in session.exec(select(Sitting)):
        mine = of.get(sitting.id, [])
        live = sum(order.state not in WITHOUT_PORTION for order in mine)
        name = f"sitting {sitting.id} {sitting.serve_on} {sitting.serving.value}"
        look.expect(
            sitting.sold == live, f"{name}: sold {sitting.sold}, {live} live orders"
        )
        if sitting.cooked is None:
            continue
        count = count_portions(sitting, mine)
        look.expect(count.ties, f"{name} does not tie: {count}")
