"""Who plans: ourselves, and the peers beside us.

Each engine is a function from a source, seconds and a seed to a plan. A peer gives
only the order of its stops; times are given by `retiming`, as kindly as can be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final, TypeAlias

from benchmarks.grouping import Tours, grouped, ungrouped, with_tight_pickups
from benchmarks.retiming import timed
from routing import Effort, EngineMissing, Model, Plan, Problem, Source

THREADS: Final = 2
_SMALL: Final = 200  # tasks
Planner: TypeAlias = Callable[[Problem, float, int], Tours]


class CannotSay(RuntimeError):
    """The problem holds something that this peer has no words for."""


@dataclass(frozen=True)
class Engine:
    """`words` stand in the tables; `package` is what must be installed.

    `knows_rides` tells whether the engine keeps the hot limit at all.
    """

    name: str
    words: str
    package: str | None
    plan: Callable[[Source, float, int], Plan]
    knows_rides: bool = False

    @property
    def is_peer(self) -> bool:
        return not self.name.startswith("ours")


def _ours(engine: str) -> Callable[[Source, float, int], Plan]:
    def plan(source: Source, seconds: float, seed: int) -> Plan:
        length = {"seconds": seconds} if seconds else {"iterations": 0}
        return source.solve(
            Effort(**length, threads=THREADS, seed=seed, engine=engine)  # type: ignore[arg-type]
        )

    return plan


def _peer(
    module: str,
    *,
    level: int | None = None,
    by_group: bool = False,
    obeying: bool = False,
) -> Callable[[Source, float, int], Plan]:
    def plan(source: Source, seconds: float, seed: int) -> Plan:
        peer = import_module(f"benchmarks.engines.{module}")
        planner: Planner = peer.tours if level is None else peer.tours_at(level)
        asked = with_tight_pickups(source.problem) if obeying else source.problem
        if not by_group:
            return timed(source.problem, planner(asked, seconds, seed))
        asked, members = grouped(asked)
        found = ungrouped(planner(asked, seconds, seed), members)
        return timed(source.problem, found)

    return plan


_ALL: Final = (
    Engine("ours", "六助", None, _ours("auto"), knows_rides=True),
    Engine("ours-pyvrp", "六助 by PyVRP", "pyvrp", _ours("pyvrp")),
    Engine("vroom-x5", "VROOM -x 5", "pyvroom", _peer("by_vroom", level=5)),
    Engine(
        "vroom-x5-grouped",
        "VROOM -x 5, grouped",
        "pyvroom",
        _peer("by_vroom", level=5, by_group=True),
    ),
    Engine(
        "vroom-x5-obeying",
        "VROOM -x 5 made to obey",
        "pyvroom",
        _peer("by_vroom", level=5, obeying=True),
    ),
    Engine(
        "vroom-x0-grouped",
        "VROOM -x 0, grouped",
        "pyvroom",
        _peer("by_vroom", level=0, by_group=True),
    ),
    Engine("pyvrp", "PyVRP", "pyvrp", _peer("by_pyvrp")),
    Engine("ortools", "OR-Tools alone", "ortools", _peer("by_ortools"), True),
)
ENGINES: Final = {engine.name: engine for engine in _ALL}


def must_be_sayable(problem: Problem) -> None:
    """Raises: CannotSay, for what no peer here is told of."""
    odd = [
        *(problem.sequence and ["sequence"]),
        *(problem.never and ["never"]),
        *(problem.prefer and ["prefer"]),
        *(problem.begun and ["begun"]),
        *("breaks" for vehicle in problem.vehicles if vehicle.breaks),
        *("max_work" for v in problem.vehicles if v.max_work_seconds is not None),
        *("max_tasks" for vehicle in problem.vehicles if vehicle.max_tasks is not None),
        *("arrive_seconds" for place in problem.places if place.arrive_seconds),
        *("people" for task in problem.tasks if task.people > 1),
        *("tier" for task in problem.tasks if task.tier),
        *("windows" for t in problem.tasks for _, h in t.halts if len(h.windows) > 1),
    ]
    able = [v.skills for v in problem.vehicles]
    if any(not task.needs <= skills for task in problem.tasks for skills in able):
        odd.append("needs")
    if odd:
        raise CannotSay(f"the peers are not told of {sorted(set(odd))}")


def compartments(problem: Problem) -> int:
    return max((len(task.load) for task in problem.tasks), default=0)


def filled(amounts: tuple[int, ...] | None, size: int) -> list[int]:
    """Raises: CannotSay, where there is no limit."""
    if amounts is None:
        raise CannotSay("the peers want a capacity")
    return [*amounts, *[0] * size][:size]


def must_be_installed(engine: Engine) -> None:
    """Raises: EngineMissing."""
    if engine.package is not None:
        module = {"pyvroom": "vroom"}.get(engine.package, engine.package)
        try:
            import_module(module)
        except ImportError as missing:
            raise EngineMissing(f"{engine.package} is not installed") from missing


def warm_up(engine: Engine, source: Source) -> None:
    """Load what of ours is compiled, so that the clock measures planning alone."""
    if engine.is_peer:
        return
    if len(source.problem.tasks) <= _SMALL:  # also what only this kind of file needs
        source.solve(Effort(iterations=1, threads=THREADS))
    model = Model()
    kitchen, home = model.add_place(36.6, 117.0), model.add_place(36.61, 117.01)
    for name in ("mei", "bo"):
        model.add_vehicle(name, start=kitchen, end=kitchen, capacity=2)
    for name in ("soup", "rice", "fish"):
        model.add_task(
            name, at=home, pickup=kitchen, load=1, max_ride_seconds=3000, penalty=9999
        )
    model.solve(Effort(iterations=20, threads=THREADS))
