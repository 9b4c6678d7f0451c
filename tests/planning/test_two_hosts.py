"""A city is planned by two hosts that share one Redis and one PostgreSQL.

Real workers on two networks with a wire between them; the stores are on the first.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Final
from uuid import UUID

import pytest
from rq import Worker
from sqlmodel import Session, col, select

from dispatch.bootstrap.tools import is_ci
from dispatch.chaos.stack import COMMAND
from dispatch.embedded import valkey
from dispatch.orders.orders import OrderState
from dispatch.planning.parts import PlanPart
from dispatch.planning.waves import AskState
from dispatch.promises import Status, check_promises
from dispatch.queue import count_idle, queue_at
from dispatch.settings import settings
from dispatch.store.engine import make_engine
from dispatch.sweep import sweep
from tests.engines import upgrade
from tests.little_town import LittleTown
from tests.planning.city_wave import fill
from tests.planning.hosts import NOBODY, Host, NoHosts, kill_session, two_hosts
from tests.planning.lunch_wave import ask, orders_of, request_of, shown_plan
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.timeout(700), pytest.mark.usefixtures("city_settings")]
PATIENCE_SECONDS: Final = 300
DOORS: Final = 60
CITY: Final = {
    "DISPATCH_PART_TASKS": "15",
    "DISPATCH_SOLVER_THREADS": "1",
    "DISPATCH_SOLVE_SECONDS": "60",
    "DISPATCH_LEASE_SECONDS": "4",
    "DISPATCH_HEARTBEAT_SECONDS": "1",
}


class Network:
    """Two hosts, their workers, and a town in the database of the first."""

    def __init__(self, hosts: tuple[Host, Host], server: PostgresServer) -> None:
        self.hosts, self._server = hosts, server
        self.workers: dict[str, Popen[bytes]] = {}
        store = hosts[0].address
        self._env = {
            **os.environ,
            **CITY,
            "DISPATCH_DATABASE_URL": f"postgresql+psycopg://postgres@{store}/city",
            "DISPATCH_REDIS_URL": f"redis://{store}:6379/0",
        }
        socket = hosts[0].folder / "valkey.sock"
        self.redis = queue_at(f"unix://{socket}")
        self._start_valkey(socket)
        url = server.create("city")
        upgrade(url)
        self.engine = make_engine(url)
        self.town = LittleTown(self.engine)

    def work(self, host: Host) -> None:
        """Start this host's worker."""
        env = {**self._env, "DISPATCH_HOME": str(host.folder)}
        self.workers[host.name] = host.start([*COMMAND, "work"], env)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Sweep as the schedule does, in which nobody is rescued, until it is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                raise AssertionError("\n".join(host.said() for host in self.hosts))
            sweep(self.engine, self.redis, lambda *_: False)
            time.sleep(0.1)

    def wait_for_workers(self) -> None:
        """Both workers have nothing to do."""
        for host in self.hosts:
            if host.name not in self.workers:
                self.work(host)
        self.wait_until(lambda: count_idle(self.redis) == len(self.workers))

    def find_asker(self) -> str | None:
        """The host whose worker makes a plan at this moment."""
        for worker in Worker.all(connection=self.redis):
            if (worker.get_current_job_id() or "").startswith("plan_"):
                return str(worker.hostname)
        return None

    def solving(self) -> set[str | None]:
        """The hosts at which a part is being solved."""
        query = select(PlanPart.host).where(col(PlanPart.state) == AskState.RUNNING)
        with Session(self.engine) as session:
            return set(session.exec(query))

    def close(self) -> None:
        for worker in self.workers.values():
            kill_session(worker)
        self.redis.close()
        self.engine.dispose()

    def _start_valkey(self, socket: Path) -> None:
        store = self.hosts[0]
        words = f"--bind {store.address} --protected-mode no --unixsocket {socket}"
        quiet = ["--save", "", "--appendonly", "no", "--dir", str(store.folder)]
        store.start([valkey.find_server(), *words.split(), *quiet])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not socket.exists():
            assert time.monotonic() < deadline, store.said()
            time.sleep(0.05)


@pytest.fixture(scope="module")
def network(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Network]:
    """Two hosts and a town of sixty lunches; the tests of a module share them."""
    assert postgres_server.is_ready()  # else we should not get far
    with _hosts_or_none(tmp_path_factory.mktemp("hosts")) as hosts:
        drop = f"--setuid={NOBODY}", f"--setgid={NOBODY}"
        server = PostgresServer(hosts[0].entrance(*drop), hosts[0].address)
        server.start()
        try:
            made = Network(hosts, server)
            fill(made.town, doors=DOORS, helpers=9)
            yield made
            made.close()
        finally:
            server.stop()


@contextmanager
def _hosts_or_none(folder: Path) -> Iterator[tuple[Host, Host]]:
    """Skips, loudly; root under CI has no excuse."""
    try:
        with two_hosts(folder) as hosts:
            yield hosts
    except NoHosts as why:
        words = f"NO TWO HOSTS, that a city is shared is not tested: {why}"
        if is_ci() and os.geteuid() == 0:
            pytest.fail(words)
        pytest.skip(words)


@pytest.fixture
def city_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the workers are told, for the sweep of this process, too."""
    for name, value in CITY.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


def _must_be_whole(network: Network, request_id: UUID) -> dict[str, int]:
    """Everybody gets their lunch by a plan that was judged; how many parts who did."""
    town, request = network.town, request_of(network.town, request_id)
    assert request.state is AskState.DONE
    plan = shown_plan(town)
    assert plan.request_id == request_id
    assert plan.fallback is False, request.error
    assert "parts" in plan.decided_by[0]
    orders = orders_of(town).values()
    assert {order.state for order in orders} == {OrderState.PLANNED}
    with Session(town.engine) as session:
        told = {each.n: each for each in check_promises(session)}
        assert session.exec(select(PlanPart.id)).all() == []
    assert told[1].status is told[4].status is Status.HELD, told
    return dict((request.figures or {})["parts"])


def test_parts_are_solved_on_both_hosts(network: Network) -> None:
    network.wait_for_workers()

    request_id = ask(network.town)
    network.wait_until(
        lambda: request_of(network.town, request_id).state is AskState.DONE
    )

    parts = _must_be_whole(network, request_id)
    assert set(parts) == {"liuzhu-a", "liuzhu-b"}
    assert sum(parts.values()) >= 4


@pytest.mark.long
@pytest.mark.parametrize("victim", ["who helps", "who asks"])
def test_a_host_that_dies_in_the_middle_costs_no_part(
    network: Network, victim: str
) -> None:
    network.wait_for_workers()
    request_id = ask(network.town)
    network.wait_until(lambda: len(network.solving()) == 2)
    asker = network.find_asker()
    assert asker is not None
    (other,) = {host.name for host in network.hosts} - {asker}
    dead, alive = (asker, other) if victim == "who asks" else (other, asker)

    kill_session(network.workers.pop(dead))
    network.wait_until(
        lambda: request_of(network.town, request_id).state is AskState.DONE
    )

    parts = _must_be_whole(network, request_id)
    assert parts[alive] > 0
    attempts = request_of(network.town, request_id).attempt
    assert attempts == (2 if victim == "who asks" else 1)
