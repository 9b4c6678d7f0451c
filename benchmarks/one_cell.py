"""One cell in a process of its own: read, warm up, plan by the clock, judge.

Started by `running` as a child; prints one JSON line with what was measured.
"""

import json
import os
import resource
import time
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from benchmarks.cells import Cell
from benchmarks.engines import ENGINES, CannotSay, Engine, must_be_installed, warm_up
from benchmarks.instances import NoInstance, load
from benchmarks.judging import judged
from routing import BadProblem, EngineMissing

CORES: Final = 2


def measure(cell: Cell, folder: Path) -> dict[str, Any]:
    """What the cell gave, or why it could not be run (`missing`, `refused`)."""
    _use_two_cores()
    engine = ENGINES[cell.engine]
    try:
        must_be_installed(engine)
        source = load(folder, cell.instance)
        warm_up(engine, source)
    except (EngineMissing, NoInstance) as missing:
        return {"missing": str(missing)}
    except BadProblem as bad:
        return {"refused": str(bad)}
    started, busy = time.monotonic(), _processor_seconds()
    try:
        plan = engine.plan(source, cell.seconds, cell.seed)
    except (CannotSay, BadProblem) as refused:
        return {"refused": str(refused)}
    took = time.monotonic() - started
    return {
        "took_seconds": round(took, 3),
        "processor_seconds": round(_processor_seconds() - busy, 3),
        "peak_mb": peak_mb(),  # before judging, which has matrices of its own
        "version": _version(engine, plan.decided_by),
        **judged(source, plan),
    }


def _use_two_cores() -> None:
    mine = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, mine[:CORES])


def _processor_seconds() -> float:
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def peak_mb() -> int:
    """Of this process, and of the largest of those it started."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (int(line.split()[1]) + children) // 1024


def _version(engine: Engine, decided_by: tuple[str, ...]) -> str:
    if engine.package is None or decided_by:
        return ", ".join(decided_by)
    return f"{engine.package} {metadata.version(engine.package)}"


def print_cell(words: str, folder: Path) -> None:
    print(json.dumps(measure(Cell(**json.loads(words)), folder)))
