"""Where things lie in a checkout, and fingerprints of what they were made from."""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
UI: Final = ROOT / "web" / "ui"
DIST: Final = ROOT / "web" / "dist"

RUNTIME_LOCK: Final = "requirements.lock"
TEST_LOCK: Final = "requirements-test.lock"
PAGES_LOCK: Final = "requirements-pages.lock"


def is_checkout() -> bool:
    """Whether this is a checkout: an installed wheel has nothing left to make."""
    return (ROOT / RUNTIME_LOCK).exists() and (ROOT / "pyproject.toml").exists()


def is_inside() -> bool:
    """Whether this very process already runs in the checkout's environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """SHA-256 over the names (below ROOT) and contents of files, and some words."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for file in sorted(files):
        name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
        digest.update(str(name).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_marked(marker: Path, mark: str) -> bool:
    """Whether marker says that its surroundings were made from mark."""
    try:
        return marker.read_text() == mark
    except OSError:
        return False
