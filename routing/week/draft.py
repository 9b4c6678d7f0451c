"""One station's week in the making: options, their prices, and what binds them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from routing.choosing import Choices, Once, Sum
from routing.errors import NotYetHonoured
from routing.week.due import DueVisit, Visitor, WeekProblem
from routing.week.planned import Placed
from routing.week.ways import Quarter, Ways, quarter_of

_LARGEST_PRICE = 2**58
Budget = dict[tuple[str, int], int]  # minutes of a visitor on a day


class Option(NamedTuple):
    """This visit by this visitor on this day."""

    visit: int
    visitor: int
    day: int


@dataclass
class Frame:
    """What a station may use, and what it should keep.

    Attributes:
        budget: minutes per visitor and day that this station may fill.
        kept: where visits stood before; changing that has a price above all
            convenience. Empty when a week is planned for the first time.
        gone: visits that cannot stay where they stood; moving them is free.
        away: visitors and days on which they would have been on duty.
    """

    budget: Budget
    kept: Mapping[str, Placed] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    away: frozenset[tuple[str, int]] = frozenset()


class Draft:
    """Filled by the rules; then it is a set of choices.

    Prices are minutes. `placing` and `moving` are added last, so that one visit more
    outweighs all convenience, and a higher tier all lower ones.
    """

    def __init__(
        self,
        problem: WeekProblem,
        station: str,
        visits: Iterable[DueVisit],
        frame: Frame,
    ) -> None:
        self.problem, self.station, self.frame = problem, station, frame
        self.visits = list(visits)
        self.visitors = [v for v in problem.visitors if station in v.stations]
        self.ways = Ways(problem, station)
        self.quarters = [quarter_of(each) for each in self.visits]
        self.forbidden: dict[Option, str] = {}
        self.priced: dict[Option, int] = {}
        self.sums: list[Sum] = []
        self.onces: list[Once] = []
        self.once_of: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._ways: dict[tuple[int, int, Quarter], int] = {}
        self.steps: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self.counts_placing = self.counts_moving = False

    @cached_property
    def all_options(self) -> list[Option]:
        days = range(self.problem.days)
        return [
            Option(visit, visitor, day)
            for visit in range(len(self.visits))
            for visitor in range(len(self.visitors))
            for day in days
        ]

    @cached_property
    def options(self) -> list[Option]:
        """What no rule forbids; to be asked for only after the forbidding rules."""
        return [each for each in self.all_options if each not in self.forbidden]

    @cached_property
    def number_of(self) -> dict[Option, int]:
        return {option: number for number, option in enumerate(self.options)}

    @cached_property
    def by_day(self) -> dict[tuple[int, int], list[Option]]:
        """Options per visitor and day."""
        found: dict[tuple[int, int], list[Option]] = {}
        for option in self.options:
            found.setdefault((option.visitor, option.day), []).append(option)
        return found

    @cached_property
    def by_visit(self) -> list[list[Option]]:
        found: list[list[Option]] = [[] for _ in self.visits]
        for option in self.options:
            found[option.visit].append(option)
        return found

    def visitor(self, option: Option) -> Visitor:
        return self.visitors[option.visitor]

    def visit(self, option: Option) -> DueVisit:
        return self.visits[option.visit]

    def way(self, option: Option) -> int:
        """To the quarter of this visit, on that day, for that person."""
        key = option.visitor, option.day, self.quarters[option.visit]
        if key not in self._ways:
            name = self.visitors[option.visitor].id
            self._ways[key] = self.ways.minutes(key[2], name, option.day)
        return self._ways[key]

    def budget(self, visitor: int, day: int) -> int:
        return self.frame.budget.get((self.visitors[visitor].id, day), 0)

    def forbid(self, option: Option, rule: str) -> None:
        self.forbidden.setdefault(option, rule)

    def price(self, option: Option, minutes: int) -> None:
        self.priced[option] = self.priced.get(option, 0) + minutes

    def stays(self, option: Option) -> bool:
        """Is this where the visit stood before?"""
        was = self.frame.kept.get(self.visit(option).id)
        return (
            was is not None
            and was.day == option.day
            and was.visitor == self.visitor(option).id
        )

    def choices(self, start: Iterable[Option]) -> Choices:
        """Choice n is `options[n]`. Raises: NotYetHonoured, for outgrown tiers."""
        soft = [self.priced.get(option, 0) for option in self.options]
        moving = self._ceiling(soft) + 1
        price_of_tier = self._placing_prices(moving)
        prices = []
        for option, price in zip(self.options, soft, strict=True):
            visit = self.visit(option)
            if self.counts_placing:
                price -= price_of_tier[visit.tier]
            known = visit.id in self.frame.kept and visit.id not in self.frame.gone
            if self.counts_moving and known and not self.stays(option):
                price += moving
            prices.append(price)
        begun = tuple(sorted(self.number_of[option] for option in start))
        return Choices(tuple(prices), tuple(self.sums), begun, tuple(self.onces))

    def _ceiling(self, soft: list[int]) -> int:
        """More than all convenience together can ever be worth."""
        dearest = [0] * len(self.visits)
        cheapest = [0] * len(self.visits)
        for option, price in zip(self.options, soft, strict=True):
            dearest[option.visit] = max(dearest[option.visit], price)
            cheapest[option.visit] = min(cheapest[option.visit], price)
        total = sum(dearest) - sum(cheapest)
        trips = sorted((once.price for once in self.onces), reverse=True)
        most_trips = sum(trips[: len(self.visits)])
        over = max((s.price or 0 for s in self.sums), default=0)
        minutes = sum(visit.minutes for visit in self.visits) + most_trips
        return total + most_trips + 2 * over * (minutes + 10 * len(self.visits))

    def _placing_prices(self, moving: int) -> dict[int, int]:
        """Per tier, more than every move and all lower tiers together."""
        tiers = [visit.tier for visit in self.visits]
        below = moving * (len(tiers) + 1)
        found = {}
        for tier in sorted(set(tiers)):
            found[tier] = below
            below += below * tiers.count(tier)
        if below > _LARGEST_PRICE:
            raise NotYetHonoured("visits", "these tiers outgrow CP-SAT's numbers")
        return found
