"""A drill that was killed leaves a server and a folder; the next look removes both."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch.backups.scratch import clear_left, is_at_work, scratch_place
from dispatch.embedded.identity import Identity
from dispatch.embedded.postgres import SERVER

_SERVER = """
import signal, sys, time
signal.signal(signal.SIGQUIT, lambda *_: sys.exit(3))
print("up", flush=True)
time.sleep(60)
"""
_DRILL = """
import sys, time
from pathlib import Path
from dispatch.backups.scratch import scratch_place
with scratch_place(Path(sys.argv[1])) as place:
    print(place, flush=True)
    time.sleep(60)
"""


def started(script: str, *words: str) -> tuple[subprocess.Popen[str], str]:
    """A process, and the first thing that it said."""
    argv = [sys.executable, "-c", script, *words]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def drill_of(home: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that is in the middle of a drill, and its place."""
    process, place = started(_DRILL, str(home))
    return process, Path(place)


def test_what_a_killed_drill_left_is_ended_and_removed_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    drill, place = drill_of(tmp_path / "home")
    (server, _), (stranger, _) = started(_SERVER), started(_SERVER)
    try:
        Identity.of(server.pid).write(place / SERVER)
        assert is_at_work(tmp_path / "home")
        assert clear_left(tmp_path / "home") == 0
        assert place.is_dir()

        kill(drill)
        assert not is_at_work(tmp_path / "home")
        assert clear_left(tmp_path / "home") == 1
        assert server.wait(10) == 3
        assert not place.exists()
        assert clear_left(tmp_path / "home") == 0

        drill, place = drill_of(tmp_path / "home")
        # By now somebody else has the server's number.
        other = {"pid": stranger.pid, "started": "another moment"}
        place.joinpath(SERVER).write_text(json.dumps(other))
        kill(drill)
        assert clear_left(tmp_path / "home") == 1
        assert stranger.poll() is None
    finally:
        for process in (drill, server, stranger):
            kill(process)


def test_a_drill_leaves_nothing_and_a_note_of_another_place_removes_nothing(
    tmp_path: Path,
) -> None:
    with scratch_place(tmp_path) as place:
        assert place.is_dir()
        (note,) = (tmp_path / "run" / "drills").iterdir()
    assert not place.exists()
    assert not note.exists()

    precious = tmp_path / "precious"
    precious.mkdir()
    gone = {"pid": 1, "started": "never", "place": str(precious)}
    note.write_text(json.dumps(gone))
    assert clear_left(tmp_path) == 1
    assert precious.is_dir()
