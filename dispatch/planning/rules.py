"""The small table of numbers behind every problem: seconds, ranks, penalties.

A rank is a tier of the plan: no number of ordinary tasks displaces one of a higher
tier. A penalty weighs only inside a tier, in seconds of travel.
"""

from datetime import date, timedelta
from typing import Final

from dispatch.catalogue.services import Service
from dispatch.clock import town_day
from dispatch.orders.orders import Channel, Order
from dispatch.people.categories import is_oldest_old
from dispatch.people.elder_facts import History
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import TravelMode
from routing import Speed

URGENT_TIER: Final = 3
OVERDUE_VISIT_TIER: Final = 2
OLDEST_OLD_TIER: Final = 1
ORDINARY_TIER: Final = 0
URGENT_ASSIST: Final = "助急"

LEFT_OUT_PENALTY: Final = {Channel.DELIVERY: 40_000, Channel.VISIT: 20_000}
SAME_HELPER_SECONDS: Final = 300  # worth keeping: elders know who comes
FAMILIAR_SECONDS: Final = 120  # a face that was there often in four weeks; once, half
OFTEN_TIMES: Final = 4
ASKED_FOR_SECONDS: Final = 600  # the elder has asked for this helper
SAME_SEX_SECONDS: Final = 600  # rather somebody of the elder's own sex
OWN_AREA_SECONDS: Final = 90  # helpers know the doors of their own communities
REST: Final = timedelta(hours=11)  # from the last door of a day to the next round

BOX_AT_KITCHEN_SECONDS: Final = 15
BOX_AT_DOOR_SECONDS: Final = 90
FLOOR_SECONDS: Final = 20  # up and down one floor on foot
LIFT_SECONDS: Final = 45  # up and down by lift, whatever the floor
PARKING_SECONDS: Final = 60  # once at each building

SPEEDS: Final = {  # used where no road network is at hand
    TravelMode.WALK: Speed(1.2, detour=1.3),
    TravelMode.BIKE: Speed(3.5, detour=1.3),
    TravelMode.EBIKE: Speed(4.6, detour=1.35),
    TravelMode.CAR: Speed(6.5, detour=1.5),
}
PAPER_SKILL: Final = "paper"  # goes where no phone has a signal, with a sheet
SEX_SKILL: Final = {"F": "sex_f", "M": "sex_m"}  # for whom it was asked for


def tier_of(order: Order, elder: Elder, history: History, service: Service) -> int:
    """How far an order stands before others; the largest that applies.

    An order that fulfils a duty brings the tier that the duty's rule gave it.
    """
    if service.assist == URGENT_ASSIST:
        return URGENT_TIER
    if order.channel is Channel.VISIT and is_overdue(elder, order.serve_on):
        return max(order.tier, OVERDUE_VISIT_TIER)
    if is_oldest_old(elder, history, order.serve_on):
        return max(order.tier, OLDEST_OLD_TIER)
    return max(order.tier, ORDINARY_TIER)


def is_overdue(elder: Elder, on: date) -> bool:
    """The district's rhythm of paid visits is broken on this day."""
    if elder.visit_every_days is None or elder.last_visit_at is None:
        return False
    due_on = town_day(elder.last_visit_at) + timedelta(days=elder.visit_every_days)
    return due_on < on


def floors_on_foot(household: Household) -> int:
    """Floors to climb to a door, and none where a lift goes."""
    return 0 if household.lift else abs(household.floor - 1)


def way_up_seconds(household: Household) -> int:
    """From the building's entrance to the door and back."""
    floors = abs(household.floor - 1)
    if household.lift and floors:
        return min(LIFT_SECONDS, floors * FLOOR_SECONDS)
    return floors * FLOOR_SECONDS
