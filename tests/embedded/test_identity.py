"""A pid alone is not a process."""

import os
import subprocess
from pathlib import Path

import pytest

from dispatch.embedded.identity import Identity


def test_we_know_ourselves_again(tmp_path: Path) -> None:
    Identity.of(os.getpid()).write(tmp_path / "own.pid")

    kept = Identity.read(tmp_path / "own.pid")

    assert kept == Identity.of(os.getpid())
    assert kept.is_alive()


def test_another_process_under_the_same_pid_is_not_it() -> None:
    assert not Identity(os.getpid(), "some other moment").is_alive()


def test_a_process_that_ended_is_not_alive_even_before_it_is_reaped() -> None:
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        identity = Identity.of(sleeper.pid)
        assert identity.is_alive()
        sleeper.kill()
        os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
        assert not identity.is_alive()


@pytest.mark.parametrize("words", ["", "17", "[]", '{"pid": "x", "started": ""}'])
def test_a_spoilt_file_names_nobody(tmp_path: Path, words: str) -> None:
    (tmp_path / "spoilt.pid").write_text(words)

    assert Identity.read(tmp_path / "spoilt.pid") is None


def test_a_missing_file_names_nobody(tmp_path: Path) -> None:
    assert Identity.read(tmp_path / "none.pid") is None
