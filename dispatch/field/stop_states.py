"""How far a stop is, as its helper sees it."""

from dispatch.field.carried import Carried
from dispatch.field.helper_day import StopPerson
from dispatch.orders.orders import ENDED_STATES, OrderState
from dispatch.planning.plans import Stop, StopOrder, StopState


def state_of_person(stop: Stop, pair: StopOrder, one: Carried) -> str:
    """The order's, as far as this stop has its part in it."""
    if pair.given_back and one.order.state not in ENDED_STATES:
        return OrderState.UNASSIGNED.value
    if one.unanswered:
        return "no_answer"
    if stop.state is StopState.DONE and one.order.state is OrderState.UNDER_WAY:
        return OrderState.DONE.value if one.people > 1 else one.order.state.value
    return one.order.state.value


def state_of_stop(stop: Stop, persons: list[StopPerson]) -> str:
    """As stored, but a closed door is told apart from a stop that is going on."""
    going = {OrderState.PLANNED.value, OrderState.UNDER_WAY.value}
    states = {person.state for person in persons}
    if stop.state is not StopState.DONE and "no_answer" in states:
        return "arrived" if states & going else "no_answer"
    return stop.state.value
