"""Who shoots: a schedule drawn from a seed, carried out while the orders come in."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from dispatch.chaos.stack import Stack, Style
from dispatch.demo.chance import Chance

_PAUSED_SECONDS: Final = 3.0
_BY_TURNS: Final = ("web", "relay", "valkey", "work-1", "schedule")
_STYLES: Final[tuple[Style, ...]] = get_args(Style)


@dataclass(frozen=True)
class Shot:
    """Who is shot and how, when so many calls have been made."""

    after_calls: int
    victim: str
    style: Style


def draw_shots(
    seed: int, kills: int, orders: int, more: Sequence[str] = ()
) -> list[Shot]:
    """So many shots, spread over the calls; everybody's turn comes once a round.

    Args:
        more: victims that are no process of the product's own, such as the database.
    """
    chance = Chance(seed, "nemesis")
    victims: list[str] = []
    while len(victims) < kills:
        turn = [*_BY_TURNS, *more]
        chance.shuffle(turn)
        victims += turn
    moments = sorted(chance.uniform(0.04, 0.92) for _ in range(kills))
    return [
        Shot(round(moment * orders), victim, chance.choice(_STYLES))
        for moment, victim in zip(moments, victims, strict=False)
    ]


class Nemesis:
    """Shoots when its moment comes; `shot` says whom, and when (monotonic seconds)."""

    def __init__(
        self,
        stack: Stack,
        shots: Sequence[Shot],
        others: Mapping[str, Callable[[], None]],
    ) -> None:
        self.shot: list[tuple[float, Shot]] = []
        self._stack = stack
        self._waiting = list(shots)
        self._others = others
        self._asked = 0

    def answered(self, calls: int) -> None:
        """So many calls have been made."""
        self._asked = max(self._asked, calls)

    async def shoot(self) -> None:
        """Carry out the schedule, one shot after the other."""
        while self._waiting:
            if self._asked < self._waiting[0].after_calls:
                await asyncio.sleep(0.02)
                continue
            shot = self._waiting.pop(0)
            await asyncio.to_thread(self._do, shot)

    def _do(self, shot: Shot) -> None:
        if other := self._others.get(shot.victim):
            self.shot.append((time.monotonic(), shot))
            other()
            return
        self._stack.wait_ready(shot.victim)  # who is down already cannot be shot
        self.shot.append((time.monotonic(), shot))
        self._stack.kill(shot.victim, shot.style)
        if shot.style == "stop":
            time.sleep(_PAUSED_SECONDS)
            self._stack.go_on(shot.victim)
