"""The results file: one JSON line per cell, only ever appended to."""

import json
import os
import platform
import statistics
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any, Final, TypeAlias

from benchmarks.cells import SEEDS, Cell, Key

ROOT: Final = Path(__file__).resolve().parent.parent
Result: TypeAlias = dict[str, Any]
UNRUN: Final = ("missing", "refused", "died")


class BadResults(ValueError):
    """A line of the results file that is no result."""


class Results:
    """What has been measured; of each cell, the newest line counts."""

    def __init__(self, lines: list[Result]) -> None:
        self.lines = lines
        self._newest: dict[Key, Result] = {_key(line): line for line in lines}

    @classmethod
    def read(cls, path: Path) -> "Results":
        """Half a last line, left by a run that was stopped, counts for nothing.

        Raises:
            BadResults: any other line is broken.
        """
        texts = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        lines = []
        for number, text in enumerate(texts, start=1):
            try:
                line = json.loads(text)
                _key(line)
            except (ValueError, KeyError, TypeError) as trouble:
                if number == len(texts):
                    continue
                raise BadResults(f"{path.name}, line {number}: {trouble}") from trouble
            lines.append(line)
        return cls(lines)

    def has(self, cell: Cell, commit: str | None) -> bool:
        """Was it run at that commit (None: at any)? A missing one is tried again."""
        line = self._newest.get(cell.key)
        if line is None or "missing" in line:
            return False
        return commit is None or line["commit"] == commit

    def of(self, instance: str, engine: str, seconds: float) -> list[Result]:
        """One result per seed, in the seeds' order."""
        keys = (Key(instance, engine, float(seconds), seed) for seed in (0, *SEEDS))
        return [self._newest[key] for key in keys if key in self._newest]

    def figure(
        self, instance: str, engine: str, seconds: float, field: str
    ) -> float | None:
        """The median over the seeds that ran; `field` may be a path with dots."""
        lines = self.of(instance, engine, seconds)
        values = [at(line, field) for line in lines if not unrun(line)]
        return statistics.median(values) if values else None

    def why_not(self, instance: str, engine: str, seconds: float) -> str:
        """Why there is no figure: said in the table, never left blank."""
        lines = self.of(instance, engine, seconds)
        return next((why for line in lines if (why := unrun(line))), "not run")

    def newest(self) -> list[Result]:
        return list(self._newest.values())


def _key(line: Result) -> Key:
    fields = line["instance"], line["engine"], float(line["seconds"]), line["seed"]
    return Key(*fields)


def at(line: Result, path: str) -> float:
    found: Any = line
    for name in path.split("."):
        found = found[name]
    return float(found)


def unrun(line: Result) -> str:
    """Why a cell has no figures; empty when it has."""
    return next((f"{kind}: {line[kind]}" for kind in UNRUN if kind in line), "")


def append(path: Path, result: Result) -> None:
    """Half a line, left by a run that was stopped, makes room for this one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if text and not text.endswith("\n"):
        path.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(result, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def commit() -> str:
    """The last commit that touched `routing`; a `+` when there is more than it holds.

    Other commits change nothing that is measured, so they cost no cell its place.
    """
    short = _git("log", "-1", "--format=%h", "--", "routing") or "unknown"
    changed = _git("status", "--porcelain", "--", "routing")
    return f"{short}+" if changed else short


def _git(*words: str) -> str:
    asked = ["git", "-C", str(ROOT), *words]
    return subprocess.run(
        asked, capture_output=True, text=True, check=False
    ).stdout.strip()


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    major, minor, _ = platform.python_version_tuple()
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {major}.{minor}"


def by_engine(results: Results) -> dict[str, set[str]]:
    """The versions that took part, per engine."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in results.newest():
        if line.get("version"):
            found[line["engine"]].add(line["version"])
    return dict(found)
