"""By what rules trips for orders that are wanted at once are made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dispatch.orders.orders import Order
from dispatch.people.elders import Household
from dispatch.people.helpers import TravelMode
from dispatch.planning.roads import travel_of
from dispatch.planning.rules import (
    BOX_AT_DOOR_SECONDS,
    BOX_AT_KITCHEN_SECONDS,
    OLDEST_OLD_TIER,
    ORDINARY_TIER,
    OVERDUE_VISIT_TIER,
    PARKING_SECONDS,
    URGENT_TIER,
    way_up_seconds,
)
from dispatch.planning.spots import Spot
from routing import Matrix, Speed
from routing.ondemand import Customs

TravelOf = Callable[
    [Iterable[TravelMode], Sequence[Spot]], Mapping[str, Speed | Matrix]
]

# A minute of waiting counts so much more for who stands in a higher tier.
WAITING_WEIGHT: Final = {
    ORDINARY_TIER: 1.0,
    OLDEST_OLD_TIER: 1.5,
    OVERDUE_VISIT_TIER: 1.5,
    URGENT_TIER: 20.0,
}
LAST_TRIP_SECONDS: Final = 3600  # who took a box within their shift still brings it


@dataclass(frozen=True)
class Means:
    """Stays in seconds, what trips are like, and how long ways take.

    `reach_seconds` and `take_seconds` are spent once per stay before something is
    handed over or taken. `grace_seconds`, on the wall's clock, lie between reading
    what waits and telling who leaves: nobody is sent before they can know. A trip of
    which no phone says anything is told of `silent_seconds` after its first stop
    should be over; None: nobody carries a phone.
    """

    customs: Customs = field(
        default_factory=lambda: Customs(box_seconds=BOX_AT_KITCHEN_SECONDS)
    )
    take_seconds: int = 0
    reach_seconds: int = PARKING_SECONDS
    door_seconds: int = BOX_AT_DOOR_SECONDS
    grace_seconds: float = 5.0
    silent_seconds: int | None = 300
    travel: TravelOf = travel_of
    steps: int = 100  # of the search: a fraction of a second for a street

    def hand_seconds(self, order: Order, household: Household, minutes: int) -> int:
        """From the handing over, or the beginning of a visit, until one can go on."""
        stay = self.door_seconds if order.is_meal else 60 * minutes
        return stay + way_up_seconds(household)
