"""Playing a day: the clock steps from minute to minute, the product does the rest.

The clock stands still while something is decided. Orders come in by the same door as
everybody's, and are looked after by the same `Minder` as in production.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Engine

from dispatch.catalogue.sittings import Serving
from dispatch.clock import set_clock
from dispatch.orders.ordering import OrderDraft, place_order
from dispatch.orders.orders import Channel
from dispatch.planning.on_demand.minding import Minder
from dispatch.replaying.day_files import Day, Wish
from dispatch.replaying.town import MEAL, SERVE_ON, Town, means_of, moment
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction


class Replay:
    """One day in one empty database."""

    def __init__(self, engine: Engine, day: Day) -> None:
        self.engine, self.day = engine, day
        self.minder = Minder(engine, means_of(day))
        self.orders: dict[str, UUID] = {}
        self.town = in_one_transaction(engine, lambda uow: Town(uow.session, day))

    def play(self) -> None:
        """From the first order to the last moment at which somebody can leave."""
        wishes = sorted(self.day.wishes, key=lambda wish: wish.placed)
        if not wishes or not self.day.riders:
            return
        last = max(
            *(rider.off for rider in self.day.riders), *(w.placed for w in wishes)
        )
        for minute in range(wishes[0].placed, last + 1):
            came = [wish for wish in wishes if wish.placed == minute]
            if came or self.minder.waits:
                self._step(minute, came)
                self.minder.look()

    def _step(self, minute: int, came: list[Wish]) -> None:
        """It is so late now, and these orders come in."""

        def do(uow: UnitOfWork) -> dict[str, UUID]:
            set_clock(uow.session, moment(minute), speed=0)
            now = replace(uow, now=moment(minute))
            return {
                wish.id: place_order(now, self._draft(wish), key=wish.id).id
                for wish in came
            }

        self.orders |= in_one_transaction(self.engine, do)

    def _draft(self, wish: Wish) -> OrderDraft:
        return OrderDraft(
            elder_id=self.town.elders[wish.id],
            service=MEAL,
            channel=Channel.DELIVERY,
            serve_on=SERVE_ON,
            serving=Serving.LUNCH,
            ready_at=moment(wish.ready),
            source="sheet",
        )
