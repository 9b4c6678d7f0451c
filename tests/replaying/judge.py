"""A second opinion on a replayed day: it reads only the folder and the three files.

It shares no line with what it judges; every rule is reckoned anew, in minutes.
"""

from collections import Counter
from collections.abc import Iterator
from math import isqrt
from pathlib import Path

Row = list[str]


class Judge:
    """What a day's folder says, against what the written files claim."""

    def __init__(self, folder: Path, out: Path) -> None:
        tables = {
            name: [line.split("\t") for line in _lines(folder / f"{name}.txt")]
            for name in ("orders", "couriers", "restaurants", "instance_parameters")
        }
        numbers = tables["instance_parameters"][0]
        self.speed = int(numbers[0])
        self.pickup_half, self.door_half = (float(each) / 2 for each in numbers[1:3])
        self.places: dict[str, tuple[int, int]] = {
            row[0]: (int(row[1]), int(row[2]))
            for name in ("orders", "couriers", "restaurants")
            for row in tables[name]
        }
        self.orders = {row[0]: row for row in tables["orders"]}
        self.couriers = {row[0]: row for row in tables["couriers"]}
        self.assignments, self.ends, self.moves = (
            [line.split(" ") for line in _lines(out / f"solution_info_{name}.txt")]
            for name in ("assignments", "orders", "couriers")
        )

    def minutes(self, here: str, there: str) -> int:
        """Euclidean metres over metres per minute, rounded up, in whole numbers."""
        (x, y), (a, b) = self.places[here], self.places[there]
        square = (x - a) ** 2 + (y - b) ** 2
        whole = isqrt(square // self.speed**2)
        return whole + (whole**2 * self.speed**2 < square)

    def faults(self) -> list[str]:
        """Every broken rule, in words that begin with its name."""
        return [*self._assigned(), *self._walked(), *self._ended()]

    def _assigned(self) -> Iterator[str]:
        for row in self.assignments:
            told, courier, bundle = float(row[0]), row[2], row[3:]
            if courier not in self.couriers or not set(bundle) <= set(self.orders):
                yield f"unknown: {row}"
                continue
            if len({self.orders[each][4] for each in bundle}) != 1:
                yield f"one restaurant: {row}"
            if any(told < float(self.orders[each][3]) for each in bundle):
                yield f"before placement: {row}"
        often = Counter(each for row in self.assignments for each in row[3:])
        yield from (f"twice: {each}" for each, times in often.items() if times > 1)

    def _walked(self) -> Iterator[str]:
        """Each courier's assignments, one after the other, from the on-location."""
        claimed = {row[0]: row for row in self.ends}
        for courier, shift in self.couriers.items():
            own = [row for row in self.assignments if row[2] == courier]
            free, here, moves = float(shift[3]), courier, []
            for row in sorted(own, key=lambda row: float(row[0])):
                told, picked, bundle = float(row[0]), float(row[1]), row[3:]
                if told < free:
                    yield f"busy: {row}"
                restaurant = self.orders[bundle[0]][4]
                moves.append((max(told, free), here, restaurant))
                arrives = max(told, free) + self.minutes(here, restaurant)
                ready = max(float(self.orders[each][5]) for each in bundle)
                if picked != max(ready, arrives + self.pickup_half):
                    yield f"pickup: {row}"
                if picked > float(shift[4]):
                    yield f"off-time: {row}"
                free, here = picked + self.pickup_half, restaurant
                for each in bundle:
                    moves.append((free, here, each))
                    at = free + self.minutes(here, each) + self.door_half
                    said = claimed.get(each, [""] * 6)
                    if said[3:6] != [f"{picked:g}", f"{at:g}", courier]:
                        yield f"dropoff: {said}, not {at:g}"
                    free, here = at + self.door_half, each
            told_moves = [
                (float(m[1]), courier if m[2] == "0" else m[2], m[3])
                for m in self.moves
                if m[0] == courier
            ]
            if told_moves != moves:
                yield f"moves: {courier}"

    def _ended(self) -> Iterator[str]:
        if [row[0] for row in self.ends] != list(self.orders):
            yield "orders: not each of them once, in order"
        assigned = {each for row in self.assignments for each in row[3:]}
        for row in self.ends:
            known = self.orders.get(row[0])
            if known is None or row[1:3] != [known[3], known[5]]:
                yield f"times: {row}"
            if row[0] not in assigned and row[3:] != ["None"] * 3:
                yield f"out of nowhere: {row}"

    def waits(self) -> dict[str, float]:
        """Click-to-door of every delivered order."""
        done = [row for row in self.ends if row[4] != "None"]
        return {row[0]: float(row[4]) - float(row[1]) for row in done}

    def bound(self, order: str) -> float:
        """The shortest click-to-door that anybody could reach."""
        row = self.orders[order]
        service = self.pickup_half + self.door_half
        return float(row[5]) + service + self.minutes(row[4], order) - float(row[3])


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines()[1:] if line.strip()]
