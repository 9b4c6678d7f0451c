"""Late news: a family tells in the afternoon that somebody died the evening before.

Their lunch had been fetched at noon and not paid for. Who pays for it afterwards makes
a service that is dated after a death: no subsidy, and a line in the list of anomalies.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_moment
from dispatch.demo.agenda import Agenda
from dispatch.demo.counters import Counter
from dispatch.demo.district import District
from dispatch.demo.menus import seconds_of
from dispatch.demo.wishes import MealWish, Wishes
from dispatch.orders.orders import Channel

_TOLD: Final = "15:10"
_PAID: Final = "15:40"


@dataclass(frozen=True)
class LateNews:
    """Whose lunch was fetched; at which counter."""

    station_id: UUID
    wish: MealWish


def choose(wishes: dict[UUID, Wishes]) -> LateNews | None:
    """The first whose only meal of the day is fetched for them; it stays unpaid."""
    for station_id, wanted in wishes.items():
        for at, wish in enumerate(wanted.meals):
            fetched = wish.channel in (Channel.PROXY, Channel.PICKUP)
            only = sum(one.person is wish.person for one in wanted.meals) == 1
            comes = wish.comes_at is not None and wish.cancels_at is None
            if fetched and only and comes and wish.serving is Serving.LUNCH:
                wanted.meals[at] = replace(wish, pays=None, refunded=False)
                return LateNews(station_id, wanted.meals[at])
    return None


def open_news(
    agenda: Agenda, district: District, counter: Counter, news: LateNews
) -> None:
    """Put the call and the payment into the agenda."""
    at = partial(town_moment, district.day)
    agenda.put(at(seconds_of(_TOLD)), partial(_call, counter, district, news.wish))
    agenda.put(at(seconds_of(_PAID)), partial(_pay, counter, news.wish))


async def _call(
    counter: Counter, district: District, wish: MealWish, _at: datetime
) -> None:
    yesterday = district.day - timedelta(days=1)
    body = {
        "kind": "died",
        "happened_on": yesterday.isoformat(),
        "source": "family",
        "words": "家属来电，昨晚在医院离世",
    }
    path = f"/api/elders/{wish.person.elder.id}/life"
    status, said = await counter.door.post(path, body, key=counter.door.key())
    counter.told[f"death told {said.get('error', status)}"] += 1


async def _pay(counter: Counter, wish: MealWish, _at: datetime) -> None:
    if order := counter.orders.get(id(wish)):
        await counter.take_money(order["id"], "cash")
