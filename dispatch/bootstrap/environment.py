"""The checkout's own `.venv`, with the locked packages and nothing from elsewhere."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dispatch.bootstrap.places import (
    PYTHON,
    ROOT,
    RUNTIME_LOCK,
    TEST_LOCK,
    VENV,
    fingerprint,
    is_marked,
)
from dispatch.bootstrap.progress import StepFailed, run_step, say

CONFIG: Final = VENV / "pyvenv.cfg"
NO_VENV: Final = (
    "this Python cannot make a virtual environment (ensurepip is missing). "
    "On Debian or Ubuntu: apt-get install -y python3-venv"
)


def mark_of(lock: str) -> str:
    """What an environment holding this lock is marked with.

    It names the Python and the place too: a moved checkout or a Python that was
    upgraded underneath needs a new environment.
    """
    return fingerprint([ROOT / lock, CONFIG], str(PYTHON.resolve()), str(ROOT))


def lacking(locks: Iterable[str]) -> list[str]:
    """Which of the locks are not (or no longer) what the environment holds."""
    if not (PYTHON.exists() and CONFIG.exists()):
        return list(locks)
    return [lock for lock in locks if not is_marked(_marker(lock), mark_of(lock))]


def install(locks: Iterable[str]) -> None:
    """Bring the environment to these locks; the caller holds the turn."""
    make_venv()
    for lock in lacking(locks):
        _install_packages(lock)
        _marker(lock).write_text(mark_of(lock))


def make_venv() -> None:
    """Make `.venv` unless it is there and its Python runs."""
    if not _works():
        shutil.rmtree(VENV, ignore_errors=True)
        if _can_make_venv():
            run_step("making .venv", [sys.executable, "-m", "venv", VENV])
        elif uv := shutil.which("uv"):
            run_step("making .venv", [uv, "venv", "--python", sys.executable, VENV])
        else:
            raise StepFailed(NO_VENV)
    # The rooms are importable from every folder, also for the processes we start.
    _path_file().write_text(f"{ROOT}\n")


def _works() -> bool:
    """Whether `.venv` runs, is new enough, is whole, and was made at this place."""
    probe = [str(PYTHON), "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
    try:
        found = subprocess.run(probe, capture_output=True, text=True, check=True)
        version = found.stdout.strip()
        made_for = _path_file().parent.parent.name.removeprefix("python")
        moved = _path_file().exists() and _path_file().read_text() != f"{ROOT}\n"
    except (OSError, subprocess.CalledProcessError):
        return False
    enough = tuple(map(int, version.split("."))) >= (3, 11)
    return enough and version == made_for and not moved


def _can_make_venv() -> bool:
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _path_file() -> Path:
    for folder in VENV.glob("lib/python*/site-packages"):
        return folder / "liuzhu.pth"
    raise FileNotFoundError(f"{VENV} has no site-packages")


def _marker(lock: str) -> Path:
    return VENV / f".holds-{lock}"


def _install_packages(lock: str) -> None:
    label = f"installing {lock}"
    file: list[str | Path] = ["--require-hashes", "-r", ROOT / lock]
    uv = _uv()
    if uv is not None:
        try:
            run_step(label, [uv, "pip", "install", "--python", PYTHON, *file])
        except StepFailed as failure:
            say(f"{failure}; trying again with pip")
        else:
            return
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    run_step(label, [PYTHON, "-m", "pip", "install", *file], env=quiet)


def _uv() -> Path | None:
    """The uv program: a quick installer that we take when we can have it."""
    own = VENV / "bin" / "uv"
    if own.exists():
        return own
    if found := shutil.which("uv"):
        return Path(found)
    get = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "uv"]
    try:
        run_step("getting uv", get)
    except StepFailed as failure:
        say(f"{failure}; going on with pip alone")
        return None
    return own


def locks_for(command: str | None) -> list[str]:
    """Which locks a command needs: the tests bring their own tools."""
    return [RUNTIME_LOCK, TEST_LOCK] if command == "test" else [RUNTIME_LOCK]
