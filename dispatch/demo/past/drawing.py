"""The orders of a day that has been: who ate, how, when, and who came to whom."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.clock import town_moment
from dispatch.demo.chance import Chance
from dispatch.demo.past.cast import At, Eater, Hands, Spot
from dispatch.demo.past.facts import Past
from dispatch.field.grading import FORM

OF_A_DAY: Final = {5: 0.70, 6: 0.55}  # Saturday and Sunday, against a weekday
OFTEN: Final = 0.8  # of the regulars come on a weekday
DINNERS: Final = 0.21  # to one lunch
_PRICES: Final = (900, 1200, 1300, 1500, 1500, 1500, 1600, 1800, 2000)
_CHANNELS: Final = (("dine_in", 0.58), ("pickup", 0.80), ("delivery", 1.0))
_SERVICE: Final = {
    "dine_in": "MEAL_DINEIN",
    "pickup": "MEAL_PICKUP",
    "delivery": "MEAL_DELIVERY",
}
_FEE_FEN: Final = 200
_CANCELLED: Final = 0.03
_FAILED: Final = 0.012
_METRES_A_SECOND: Final = 3.0
_AT_A_DOOR: Final = 95  # seconds
_DOORS: Final = 9  # of a round: the last box is hot, too
_VISIT: Final = "visit"
_NOT_YET: Final = datetime.min.replace(tzinfo=UTC)
VISITS: Final = 0.085  # to one meal
# Code, minutes, fen, and up to where in a draw: most visits are to see somebody.
_HOME: Final = (
    ("VISIT_HOME", 20, 0, 0.82),
    ("BATH_WIPE", 45, 6000, 0.86),
    ("CLEAN_DAILY", 120, 8000, 0.94),
    ("MOVE_WALK", 60, 4000, 1.0),
)


class Day:
    """One day of the whole district, drawn point by point."""

    def __init__(self, chance: Chance, on: date, share: float) -> None:
        """`share`: of the people on file, who eats at the point regularly."""
        self.chance, self.on, self.weekday = chance, on, min(1.0, share)
        self.share = self.weekday * OF_A_DAY.get(on.weekday(), 1.0)
        # Who is done, when and where: by lunch, dinner and visits, for each point's day
        # is drawn whole before the next point's.
        self.free: dict[tuple[UUID, str], tuple[datetime, Spot]] = {}

    def draw(self, at: At) -> Iterator[Past]:
        """The day of one point, in the order in which it went by."""
        eaters = self._eaters(at)
        lunches = [self._meal(at, eater, "lunch") for eater in eaters]
        yield from self._end(at, lunches, 11 * 3600)
        many = round(len(eaters) * DINNERS)
        evening = self.chance.sample(eaters, min(many, len(eaters)))
        dinners = [self._meal(at, eater, "dinner") for eater in evening]
        yield from self._visits(at, len(eaters) + many)
        yield from self._end(at, dinners, 17 * 3600)

    def _eaters(self, at: At) -> list[Eater]:
        """So many of the point's regulars; who comes often stands first in its list."""
        wanted = len(at.eaters) * self.share * OFTEN
        regular = min(len(at.eaters), math.ceil(len(at.eaters) * self.weekday))
        many = min(regular, int(wanted + self.chance.random()))
        return self.chance.sample(at.eaters[:regular], many)

    def _meal(self, at: At, eater: Eater, serving: str) -> Past:
        channel = self._channel(eater)
        return Past(
            self.chance.id(), at, eater, _SERVICE[channel], channel, serving, self.on,
            self.chance.choice(_PRICES),
            _FEE_FEN if channel == "delivery" else 0,
            town_moment(self.on, 11 * 3600),
        )  # fmt: skip

    def _channel(self, eater: Eater) -> str:
        """Whoever has no usual way keeps the one that their id stands for."""
        if eater.elder.usual_channel in _SERVICE:
            return str(eater.elder.usual_channel)
        drawn = (eater.id.int % 1000) / 1000
        return next(name for name, until in _CHANNELS if drawn < until)

    def _end(self, at: At, meals: list[Past], opens: int) -> Iterator[Past]:
        carried = []
        for meal in meals:
            drawn = self.chance.random()
            if drawn < _CANCELLED:
                yield _ended(meal, "cancelled", "elder_asked", opens)
            elif drawn < _CANCELLED + _FAILED:
                word = "nobody_home" if meal.channel == "delivery" else "no_show"
                yield _ended(meal, "failed", word, opens + 7000)
            elif meal.channel == "delivery" and at.carriers:
                carried.append(meal)
            else:
                self._at_counter(meal, opens)
                yield meal
        for hands, part in self._rounds(at.carriers, carried):
            self._carry(at.spot, hands, part, opens)
            yield from part

    def _at_counter(self, meal: Past, opens: int) -> None:
        if meal.channel == "delivery":  # nobody there to carry it: it is fetched
            meal.channel, meal.service, meal.fee_fen = "pickup", "MEAL_PICKUP", 0
        seconds = opens + int(self.chance.triangular(0, 6900, 2400))
        meal.at = town_moment(self.on, seconds)
        meal.basis = {"identity": "card", "how": "counter", "collector": "self"}

    def _rounds(
        self, helpers: Sequence[Hands], meals: list[Past]
    ) -> Iterator[tuple[Hands, list[Past]]]:
        """Doors side by side go to one helper; who is free goes first, in turns."""
        if not meals:
            return
        meals.sort(key=lambda meal: (meal.eater.door, meal.eater.id))
        first = self.on.toordinal() % len(helpers)
        turns = [*helpers[first:], *helpers[:first]]
        of = meals[0].serving
        turns.sort(key=lambda hands: self.free.get((hands.id, of), (_NOT_YET,))[0])
        share = min(_DOORS, math.ceil(len(meals) / len(helpers)))
        for n in range(0, len(meals), share):
            yield turns[n // share % len(turns)], meals[n : n + share]

    def _carry(self, start: Spot, hands: Hands, meals: list[Past], opens: int) -> None:
        """From door to door, no quicker than anybody rides."""
        left = town_moment(self.on, opens - 600 + self.chance.randrange(600))
        of = (hands.id, meals[0].serving)
        # A round for another point of the street comes first, and the way from there.
        free_at, spot = self.free.get(of, (left, start))
        left = max(left, free_at + timedelta(seconds=_ride(spot, start)))
        clock, spot = left, start
        for meal in meals:
            clock += timedelta(seconds=_ride(spot, meal.eater.door) + _AT_A_DOOR)
            spot = meal.eater.door
            self.free[of] = (clock, spot)
            meal.hands, meal.at, meal.began_at = hands, clock, left
            self._stand(meal)
            left_there = meal.eater.elder.contactless_agreed and self.chance.happens(
                0.5
            )
            meal.grade = "C" if left_there else "A" if meal.here else "B"
            meal.basis = {
                "how": "left_by_agreement" if left_there else "handed_over",
                "to": None if left_there else "self",
                "place": "fits" if meal.here else "unknown",
                "named": True,
                "trust": "online",
            }
            meal.detail = {"to": "self"}

    def _visits(self, at: At, meals: int) -> Iterator[Past]:
        """Visits of the afternoon, to those who are entitled, one after the other."""
        owed = [eater for eater in at.eaters if eater.owed_visits]
        many = min(len(owed), int(meals * VISITS + self.chance.random()))
        if not at.visitors or not many:
            return
        begin = town_moment(self.on, 13 * 3600 + 1800)
        end = town_moment(self.on, 19 * 3600)
        for n, eater in enumerate(self.chance.sample(owed, many)):
            hands = at.visitors[(n + self.on.toordinal()) % len(at.visitors)]
            visit = self._visit(at, eater, hands, begin)
            if visit.at <= end:
                self.free[hands.id, _VISIT] = (visit.at, eater.door)
                yield visit

    def _visit(self, at: At, eater: Eater, hands: Hands, opens_at: datetime) -> Past:
        free_at, spot = self.free.get((hands.id, _VISIT), (opens_at, at.spot))
        drawn = self.chance.random()
        code, minutes, price, _ = next(row for row in _HOME if drawn < row[3])
        began = free_at + timedelta(seconds=_ride(spot, eater.door) + 180)
        lasted = int(minutes * 60 * self.chance.uniform(1.0, 1.35))
        visit = Past(
            self.chance.id(), at, eater, code, "visit", "lunch", self.on, price, 0,
            began + timedelta(seconds=lasted), began, hands=hands,
        )  # fmt: skip
        self._stand(visit)
        visit.grade = "A" if visit.here else "B"
        visit.basis = {
            "how": "visit_ended",
            "lasted_seconds": lasted,
            "place": "fits" if visit.here else "unknown",
            "trust": "online",
        }
        visit.detail = {"form": self._form()}
        return visit

    def _form(self) -> dict[str, str]:
        form = dict.fromkeys(FORM, "good")
        if self.chance.happens(0.5):
            form[self.chance.choice(FORM)] = "fair"
        return form

    def _stand(self, past: Past) -> None:
        """Where the phone stood; one in fifty finds no position."""
        if self.chance.happens(0.02) and past.is_meal:
            return
        lat, lon = past.eater.door
        past.here = (
            lat + self.chance.gauss(0, 0.00012),
            lon + self.chance.gauss(0, 0.00014),
        )
        past.accuracy_m = float(self.chance.randrange(6, 60))


def _ended(past: Past, state: str, reason: str, seconds: int) -> Past:
    past.state, past.reason, past.grade = state, reason, None
    past.at = town_moment(past.on, seconds)
    return past


def _ride(one: Spot, other: Spot) -> int:
    """Seconds by bicycle, round the corners."""
    return int(apart(one, other) * 1.3 / _METRES_A_SECOND)


def apart(one: Spot, other: Spot) -> float:
    """Metres between two spots of one town."""
    north = (one[0] - other[0]) * 111_320
    east = (one[1] - other[1]) * 111_320 * math.cos(math.radians(one[0]))
    return math.hypot(north, east)
