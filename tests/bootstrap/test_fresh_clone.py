"""From a clone in an empty folder to a running command, with nothing but Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch.bootstrap.places import ROOT


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_fresh_clone_starts_by_itself_and_then_quietly(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    # The Python that made our environment, as a newcomer would call it.
    python = Path(sys.base_prefix) / "bin" / "python3"
    bare = {**os.environ, "PATH": os.defpath, "PYTHONPATH": ""}

    def start() -> subprocess.CompletedProcess[str]:
        command = [str(python), "-m", "dispatch", "make-keys"]
        return subprocess.run(
            command, cwd=clone, env=bare, capture_output=True, text=True
        )

    first, second = start(), start()

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "installing requirements.lock" in first.stderr
    assert first.stdout.startswith('{"current"')
    assert second.stderr == ""
