"""Lunches with too few helpers, strewn by a seed: somebody is always left out."""

import random
from typing import Any, Final

from routing import (
    Break,
    Effort,
    Halt,
    Place,
    Preference,
    Problem,
    Sequence,
    Speed,
    Task,
    Vehicle,
    Window,
    solve,
)
from routing.freezing import running
from tests.routing.towns import HOUR, MINUTE

NOON: Final = 12 * HOUR
_DOORS: Final = 24
_KITCHENS: Final = 3


def wave(seed: int) -> Problem:
    """One lunch with meals, visits, breaks, skills and tiers; some are under way."""
    chance = random.Random(seed)
    names = [f"v{n}" for n in range(chance.randint(2, 4))]
    tasks = [_task(chance, n) for n in range(chance.randint(14, 30))]
    given = Problem(
        name=f"wave-{seed}",
        places=tuple(_place(chance, n) for n in range(_KITCHENS + _DOORS)),
        travel={"walk": Speed(1.3, 1.3), "ride": Speed(4.0, 1.35)},
        vehicles=tuple(_helper(chance, name) for name in names),
        tasks=tuple(tasks),
        sequence=_lines(chance, tasks),
        never=tuple(_pair(chance, names, tasks) for _ in range(chance.randint(0, 2))),
        prefer=tuple(
            Preference(*_pair(chance, names, tasks), seconds=chance.randint(0, 600))
            for _ in range(2)
        ),
    )
    if chance.random() < 0.7:
        return given
    plan = solve(given, Effort(iterations=20, engine="search"))
    return running(given, plan, NOON + chance.randint(-HOUR, HOUR))


def _place(chance: random.Random, number: int) -> Place:
    lat, lon = chance.gauss(36.66, 0.006), chance.gauss(117.02, 0.008)
    return Place(f"p{number}", lat, lon, chance.choice([0, 0, 60]))


def _door(chance: random.Random) -> str:
    return f"p{_KITCHENS + chance.randrange(_DOORS)}"


def _windows(chance: random.Random) -> tuple[Window, ...]:
    opens = NOON + MINUTE * chance.randint(-60, 30)
    closes = opens + MINUTE * chance.choice([0, 15, 30, 60])
    if chance.random() < 0.85:
        return ((opens, closes),)
    again = closes + 20 * MINUTE
    return (opens, closes), (again, again + 15 * MINUTE)


def _task(chance: random.Random, number: int) -> Task:
    known: dict[str, Any] = {
        "tier": chance.choice([0, 0, 0, 1, 2]),
        "penalty": chance.choice([2_000, 20_000, 20_000, 40_000]),
    }
    service = chance.choice([60, 120, 180])
    door = Halt(_door(chance), _windows(chance), service)
    if chance.random() < 0.2:
        needs = frozenset({"bath"} if chance.random() < 0.5 else ())
        two = 2 if chance.random() < 0.1 else 1
        long = Halt(door.place, door.windows, chance.choice([600, 1800, 3600]))
        return Task(f"t{number}", visit=long, needs=needs, people=two, **known)
    kitchen = Halt(f"p{chance.randrange(_KITCHENS)}", ((NOON - HOUR, NOON + HOUR),), 15)
    return Task(
        f"t{number}",
        pickup=kitchen,
        dropoff=door,
        load=(1, chance.randint(0, 1)),
        max_ride_seconds=chance.choice([None, 12 * MINUTE, 30 * MINUTE, 50 * MINUTE]),
        **known,
    )


def _helper(chance: random.Random, name: str) -> Vehicle:
    opens = NOON + MINUTE * chance.randint(-90, -30)
    shift = opens, opens + MINUTE * chance.choice([60, 90, 150])
    rest = Break((shift[0] + 30 * MINUTE, shift[0] + 60 * MINUTE), 15 * MINUTE)
    return Vehicle(
        name,
        travel=chance.choice(["walk", "ride", "ride"]),
        start=f"p{chance.randrange(_KITCHENS)}",
        end=chance.choice([None, "p0", "p1"]),
        capacity=chance.choice([None, (4, 3), (8, 2), (3, 3)]),
        shift=shift,
        skills=frozenset({"bath"} if chance.random() < 0.4 else ()),
        max_work_seconds=chance.choice([None, None, HOUR, 75 * MINUTE]),
        breaks=(rest,) if chance.random() < 0.3 else (),
        max_tasks=chance.choice([None, None, 5, 9]),
    )


def _lines(chance: random.Random, tasks: list[Task]) -> tuple[Sequence, ...]:
    visits = [task.id for task in tasks if task.visit is not None]
    if len(visits) < 2 or chance.random() < 0.8:
        return ()
    return (Sequence(visits[0], visits[1], min_gap=0, max_gap=HOUR),)


def _pair(
    chance: random.Random, names: list[str], tasks: list[Task]
) -> tuple[str, str]:
    return chance.choice(names), chance.choice(tasks).id
