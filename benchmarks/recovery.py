"""How soon the house is whole again after a kill, and what it bears on a usual day.

    python3 benchmarks/recovery.py [ORDERS [SOCKETS]]

Every process of the product on a PostgreSQL of its own, in the bench's village: orders
at fifty a second, those of the first second after a start apart; each database
connection cut; the whole database killed and started again, as a service manager does;
the only planner killed over its plan; idle pages.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dispatch.embedded.postgres import PostgresMissing  # noqa: E402
from tests.postgres import PostgresServer  # noqa: E402

A_SECOND: Final = 50
CUTS: Final = 5
SEED: Final = 1
WARM: Final = 50
PATIENCE_SECONDS: Final = 90.0


def main() -> int:
    words = [*sys.argv[1:], *["1000", "300"][len(sys.argv) - 1 :]]
    orders, sockets = map(int, words)
    with tempfile.TemporaryDirectory(prefix="liuzhu-recovery-") as folder:
        os.environ |= {"DISPATCH_HOME": folder, "DISPATCH_STAGE": "demo"}
        measured = measure(Path(folder), orders, sockets)
    sys.stdout.write(json.dumps(measured) + "\n")
    return 0


def measure(home: Path, orders: int, sockets: int) -> dict[str, Any]:
    from dispatch.chaos.stack import Stack
    from dispatch.chaos.town import draw_calls, settle_town
    from dispatch.people.vault import keys
    from dispatch.settings import settings
    from dispatch.store.engine import make_engine
    from dispatch.store.migrate import upgrade

    keys()
    server = PostgresServer()
    server.start()
    url = server.create("liuzhu")
    upgrade(url)
    engine = make_engine(url)
    district = settle_town(engine, home, SEED, orders + 200)
    calls = draw_calls(district, SEED, orders + 200)
    stack = Stack(url, home, env={"DISPATCH_KEYS_FILE": str(settings().keys)})
    try:
        stack.start()
        load = os.getloadavg()[0]
        told = asyncio.run(
            _shoot(stack, server, engine, calls[:orders], calls[orders:])
        )
        told |= {"idle_socket_kib": asyncio.run(_idle(stack, engine, sockets))}
        return {"load": round(load, 1), "orders": orders, "sockets": sockets, **told}
    finally:
        stack.stop()
        engine.dispose()
        server.stop()


async def _shoot(
    stack: Any, server: PostgresServer, engine: Any, usual: list[Any], more: list[Any]
) -> dict[str, Any]:
    from dispatch.chaos.running import cut_connections
    from dispatch.demo.doors import Notes, Street

    street = Street(stack.url, Notes(stack.home))
    house = House(street)
    left = iter(more)
    try:
        took = await house.bear(usual)
        cuts = []
        for _ in range(CUTS):
            shoot = asyncio.to_thread(cut_connections, engine)
            cuts.append(await house.until_taken(left, shoot))
        engine.dispose()
        whole = await house.until_taken(left, asyncio.to_thread(_again, server))
        planned = await asyncio.to_thread(_replan, stack, engine)
    finally:
        await street.close()
    return {
        "told": house.told,
        "order_p50_ms": round(1000 * _share(took[A_SECOND:], 0.5)),
        "order_p99_ms": round(1000 * _share(took[A_SECOND:], 0.99)),
        "first_second_p99_ms": round(1000 * _share(took[:A_SECOND], 0.99)),
        "connections_cut_seconds": [round(each, 2) for each in cuts],
        "server_killed_seconds": round(whole, 2),
        **planned,
    }


class House:
    """The house's doors, and how it answered."""

    def __init__(self, street: Any) -> None:
        self.told: dict[str, int] = {}
        self._street = street
        self._doors: dict[str, Any] = {}

    def door(self, login: str) -> Any:
        from dispatch.demo.doors import Door

        if login not in self._doors:
            self._doors[login] = Door(self._street, login)
        return self._doors[login]

    async def bear(self, wishes: list[Any]) -> list[float]:
        """All of them at a steady rate, whether or not the last is answered yet."""
        for login in {wish.login for wish in wishes}:
            await self.door(login).sign_in()
        began = time.monotonic()

        async def one(number: int, wish: Any) -> float:
            due = began + number / A_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            door = self.door(wish.login)
            status, _ = await door.post("/api/orders", wish.body, key=door.key())
            self.told[str(status)] = self.told.get(str(status), 0) + 1
            return time.monotonic() - due

        return await asyncio.gather(*(one(n, w) for n, w in enumerate(wishes)))

    async def until_taken(self, left: Iterator[Any], shoot: Any) -> float:
        """Seconds from the shot to the first order that was asked for and taken."""
        wish = next(left)
        door = self.door(wish.login)
        await door.sign_in()
        key, began = door.key(), time.monotonic()
        shooting, status, said = asyncio.create_task(shoot), 0, {}
        await asyncio.sleep(0.01)
        while time.monotonic() < began + PATIENCE_SECONDS:
            status, said = await door.post("/api/orders", wish.body, key=key)
            if status in {200, 201}:
                await shooting
                return time.monotonic() - began
            if status == 409:  # somebody who is away just then
                wish = next(left)
                door = self.door(wish.login)
                key = door.key()
            await asyncio.sleep(0.05)
        raise SystemExit(f"no order was taken any more: {status} {said}")


def _again(server: PostgresServer) -> None:
    """Kill the whole server, and start it as soon as its processes are gone."""
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    while True:
        try:
            return server.start()
        except PostgresMissing:  # somebody of before still holds its memory
            time.sleep(0.1)


def _replan(stack: Any, engine: Any) -> dict[str, float]:
    """The kitchen counts, a plan is begun, its planner dies: seconds to the plan."""
    from sqlmodel import Session, col, select

    from dispatch.clock import set_clock, town_moment
    from dispatch.demo.home import DAY
    from dispatch.planning.waves import AskState, PlanRequest, Wave
    from dispatch.settings import settings
    from dispatch.store.unit_of_work import in_one_transaction

    at = town_moment(DAY, 9 * 3600 + 40 * 60)
    in_one_transaction(engine, lambda uow: set_clock(uow.session, at, speed=0))

    def requests() -> list[PlanRequest]:
        with Session(engine) as session:
            return list(session.exec(select(PlanRequest)))

    def is_planned() -> bool:
        with Session(engine) as session:
            found = session.exec(select(Wave).where(col(Wave.plan_version) > 0))
            return found.first() is not None

    _until(lambda: any(one.state is AskState.RUNNING for one in requests()))
    stack.kill("work-1", "group")
    began = time.monotonic()
    _until(is_planned)
    took = time.monotonic() - began
    limit = settings().solve_seconds
    return {"planner_killed_seconds": round(took, 1), "solve_seconds": limit}


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit("it never came to that")
        time.sleep(0.05)


async def _idle(stack: Any, engine: Any, sockets: int) -> float:
    """KiB of the web process that each page without news costs."""
    from benchmarks.feed import _sessions
    from benchmarks.pages import Pages
    from dispatch.store.database import Database

    database = Database(engine)
    pid = stack.wait_ready("web").pid
    tokens = _sessions(database, sockets + WARM)
    warm = Pages(stack.port, database, tokens[:WARM])
    await warm.all(WARM)  # threads and connections are not what a page costs
    await asyncio.sleep(5)
    before = _resident_kib(pid)
    pages = Pages(stack.port, database, tokens[WARM:])
    await pages.all(WARM)
    await asyncio.sleep(5)
    cost = (_resident_kib(pid) - before) / len(pages.open)
    await pages.drop()
    await warm.drop()
    return round(cost, 1)


def _resident_kib(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _share(values: list[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


if __name__ == "__main__":
    sys.exit(main())
