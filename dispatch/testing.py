"""`python3 -m dispatch test`: every check of the house, pytest last."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from dispatch.bootstrap import compiling, pages
from dispatch.bootstrap.places import ROOT, UI
from dispatch.bootstrap.progress import say

OWN: Final = Path(sys.executable).parent
PYTEST: Final = (sys.executable, "-m", "pytest")
IN_ORDER: Final = "--no-loadscope-reorder"  # the suite's order: whole stories first
IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there
ROOMY_BYTES: Final = 8 * 2**30
PAGE_CHECKS: Final = ("check", "test")  # scripts of web/ui/package.json


@dataclass(frozen=True)
class Check:
    """One tool that must be content: its words go to standard output."""

    name: str
    argv: tuple[str, ...]
    cwd: Path = ROOT
    env: Mapping[str, str] | None = field(default=None, repr=False)

    def run(self) -> bool:
        say(f"{self.name} …")
        ended = subprocess.run(
            self.argv, cwd=self.cwd, env=self.env, stdin=subprocess.DEVNULL
        )
        return ended.returncode == 0


def house_checks() -> list[Check]:
    """Form, types and the direction of imports."""
    return [
        Check("ruff check", (str(OWN / "ruff"), "check", "--quiet")),
        Check("ruff format", (str(OWN / "ruff"), "format", "--check", "--quiet")),
        Check("mypy", (sys.executable, "-m", "mypy", "--no-error-summary")),
        Check("lint-imports", (str(OWN / "lint-imports"), "--no-cache")),
    ]


def page_checks() -> Iterator[Check]:
    """The scripts `check` and `test` of the UI, where it has them."""
    scripts = json.loads(UI.joinpath("package.json").read_text()).get("scripts", {})
    node = pages.find_node()
    for script in PAGE_CHECKS:
        if script in scripts:
            argv = (*node.npm, "run", "--silent", script)
            yield Check(f"pages: {script}", argv, UI, node.env())


def search_checks() -> Iterator[Check]:
    """Compiling the search, each part beside the other checks."""
    for parts in (*compiling.ALWAYS_ASKED, compiling.SELDOM_ASKED):
        if compiling.lacking(parts):
            argv = (sys.executable, "-m", compiling.__name__, *parts)
            yield Check(f"compiling the search ({', '.join(parts)})", argv)


def pytest_check(arguments: Sequence[str], *, long: bool) -> Check:
    """The suite; four at once, as many tests wait for processes and sockets, unless
    the caller chose what or how to run.
    """
    chosen = any(word.startswith(("-n", "-k", "--pdb", "tests")) for word in arguments)
    side_by_side = () if chosen else ("-n", "4", "--dist", "loadfile", IN_ORDER)
    marks = () if long else ("-m", "not long")
    return Check("pytest", (*PYTEST, *side_by_side, *marks, *arguments))


@contextmanager
def surroundings() -> Iterator[dict[str, str]]:
    """The caller's, and where memory is plenty, a folder in it for what tests write:
    thousands of small databases, made and thrown away.
    """
    if not _is_roomy(IN_MEMORY):
        yield {**os.environ}
        return
    with TemporaryDirectory(prefix="liuzhu-test-", dir=IN_MEMORY) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL has another user
        yield {**os.environ, "TMPDIR": folder}


def _is_roomy(place: Path) -> bool:
    """It has room, and what lies there may be run, as an environment in it must be."""
    if not place.is_dir() or shutil.disk_usage(place).free < ROOMY_BYTES:
        return False
    return not os.statvfs(place).f_flag & os.ST_NOEXEC


def _run_all(checks: Iterable[Check]) -> list[str]:
    """One after the other; gives the names of those that are not content."""
    return [check.name for check in checks if not check.run()]


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True}
)
@click.option("--long", is_flag=True, help="Also what takes longer than minutes.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...], *, long: bool) -> None:
    """Run the whole test suite; further ARGUMENTS go to pytest."""
    each = [(check,) for check in search_checks()]
    with ThreadPoolExecutor() as beside:
        found = beside.map(_run_all, (house_checks(), page_checks(), *each))
        broken = [name for names in found for name in names]
    if broken:
        say(f"BROKEN before pytest: {', '.join(broken)}")
    with surroundings() as env:
        suite_is_fine = replace(pytest_check(arguments, long=long), env=env).run()
    raise SystemExit(0 if suite_is_fine and not broken else 1)
