"""Cell after cell, each in a child process that is stopped when it hangs."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.cells import Cell
from benchmarks.engines import ENGINES
from benchmarks.results import Results, append, commit, machine, unrun

_BENCH: Final = Path(__file__).with_name("bench.py")
_TIMES_LONGER: Final = 4  # than asked for, before a cell is stopped
_PATIENCE_SECONDS: Final = 300  # for reading, warming up and judging


def run_all(
    cells: Iterable[Cell],
    *,
    out: Path,
    folder: Path,
    again: bool = False,
    keep_peers: bool = False,
) -> None:
    """Run what is not there yet at this commit; progress goes to standard error.

    `keep_peers` lets a peer's cell of any commit count: our commits do not change it.
    """
    now = commit()
    wanted = list(dict.fromkeys(cells))
    for number, cell in enumerate(wanted, start=1):
        kept = keep_peers and ENGINES[cell.engine].is_peer
        if not again and Results.read(out).has(cell, None if kept else now):
            continue
        say(f"{number}/{len(wanted)} {cell} …")
        result = run(cell, folder)
        append(out, result)
        say(f"    {told(result)}")


def run(cell: Cell, folder: Path) -> dict[str, Any]:
    """One result, with the commit, the machine and its load."""
    surroundings = {
        "commit": commit(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
    }
    return {**cell.fields(), **surroundings, **_in_a_child(cell, folder)}


def _in_a_child(cell: Cell, folder: Path) -> dict[str, Any]:
    words = json.dumps(cell.fields())
    asked = [sys.executable, str(_BENCH), "cell", words, "--instances", str(folder)]
    patience = _PATIENCE_SECONDS + _TIMES_LONGER * cell.seconds
    started = time.monotonic()
    child = subprocess.Popen(
        asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        said, complaint = child.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        return {"died": f"stopped after {time.monotonic() - started:.0f} s"}
    finally:
        _end(child)
    if child.returncode != 0:
        return {"died": _last_line(complaint) or f"ended with {child.returncode}"}
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def _end(child: subprocess.Popen[bytes]) -> None:
    """The child and all that it started; when a person stops the bench, too."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def told(result: dict[str, Any]) -> str:
    """One line for whoever watches."""
    if why := unrun(result):
        return why
    return (
        f"cost {result['cost']['total']:,}, {result['left_out']} left out, "
        f"{result['rides_over']} rides over, broken {result['broken'] or 'none'}, "
        f"{result['took_seconds']} s, {result['peak_mb']} MB"
    )


def say(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()
