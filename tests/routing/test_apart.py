"""Processes that are forked for one answer: bare, limited, and never left behind."""

import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from routing.apart import NEVER_BEGAN, Apart, _asked, _Beside, ask_apart

PATIENT: Final = 30.0
_LOOKS: Final = 5  # alike in a row: it rests
Telling = Callable[[str], list[str]]


def python(deed: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(deed)]


def forked(deed: str) -> list[str]:
    """The same in a process that is forked with its module loaded."""
    return [sys.executable, "-m", __name__, textwrap.dedent(deed)]


def main() -> None:
    """What a forked process does: the deed that it is told."""
    exec(sys.argv[1], {})  # noqa: S102 - written in this file


@pytest.fixture(params=[python, forked], ids=["started", "forked"])
def told(request: pytest.FixtureRequest) -> Telling:
    """How a process is told a deed."""
    telling: Telling = request.param
    return telling


def test_it_reads_a_question_answers_and_tells_how_it_ended(
    told: Telling,
) -> None:
    deed = """
        import sys
        sys.stdout.write(sys.stdin.read().upper())
        sys.exit("no luck")
    """
    ended = ask_apart(told(deed), "question", PATIENT)

    assert (ended.code, ended.said) == (1, b"QUESTION")
    assert ended.complaint == "no luck\n"


def test_a_signal_is_told_as_such(told: Telling) -> None:
    assert ask_apart(told("import os; os.abort()"), "", PATIENT).code == -signal.SIGABRT


def test_nothing_of_ours_is_around_it(
    told: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_SECRET", "a-very-secret-word")
    deed = "import os; print(sorted(os.environ))"

    assert b"DISPATCH" not in ask_apart(told(deed), "", PATIENT).said


@pytest.mark.parametrize("room", [0, 2, 5])
def test_a_process_that_cannot_be_had_takes_no_other_with_it(room: int) -> None:
    slow = forked("import time; print(flush=True); time.sleep(1); print('here')")
    with Apart(slow, "") as running:
        next(running.words(time.monotonic() + PATIENT))  # it has begun
        beside = _asked[0]
        assert isinstance(beside, _Beside)
        pid = beside.process.pid
        open_ = _settled(pid)  # it has let go of what it gave the process
        most = [number for number in range(4_000) if number not in open_][room]
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, before[1]))
        assert ask_apart(forked("pass"), "", PATIENT).code == NEVER_BEGAN
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)

        assert b"".join(running.words(time.monotonic() + PATIENT)) == b"here\n"
        assert ask_apart(forked("print(1)"), "", PATIENT).said == b"1\n"
        assert _asked == [beside]


def test_it_has_the_limits_of_whoever_asks(told: Telling) -> None:
    deed = f"""
        import resource, sys
        from routing.apart import ask_apart
        resource.setrlimit(resource.RLIMIT_CPU, (77, 77))
        grandchild = "import resource; print(resource.getrlimit(resource.RLIMIT_CPU))"
        command = [sys.executable, "-c", grandchild]
        print(ask_apart(command, "", {PATIENT}).said.decode())
    """
    before = resource.getrlimit(resource.RLIMIT_CPU)

    assert ask_apart(told(deed), "", PATIENT).said.strip() == b"(77, 77)"
    assert resource.getrlimit(resource.RLIMIT_CPU) == before


def test_whoever_is_late_is_dead(told: Telling) -> None:
    deed = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with Apart(told(deed), "") as running:
        pid = int(next(running.words(time.monotonic() + PATIENT)))
        assert running.ended(time.monotonic() + 0.01) is None

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_ends_with_whoever_asked() -> None:
    deed = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    asker = f"""
        import os, sys, time
        from routing.apart import Apart
        with Apart([sys.executable, "-c", {deed!r}], "") as running:
            pid = next(running.words(time.monotonic() + {PATIENT}))
            print(pid.decode(), flush=True)
            time.sleep(600)
    """
    with subprocess.Popen(python(asker), stdout=subprocess.PIPE) as asking:
        assert asking.stdout is not None
        pid = int(asking.stdout.readline())
        asking.kill()

    assert _is_gone(pid)


def test_another_takes_over_when_the_loaded_process_is_killed(told: Telling) -> None:
    parent = "import os; print(os.getppid())"
    first = int(ask_apart(told(parent), "", PATIENT).said)
    with Apart(told("import time; time.sleep(600)"), "") as running:
        os.kill(first, signal.SIGKILL)
        assert running.ended(time.monotonic() + PATIENT) == -signal.SIGKILL
    beside = _asked[0]
    assert isinstance(beside, _Beside)
    beside.process.wait(PATIENT)  # what it held is let go one by one, its way last

    second = int(ask_apart(told(parent), "", PATIENT).said)

    assert second != first


def _settled(pid: int) -> set[int]:
    """What it has open once it sleeps, waiting for whoever asks next."""
    looks: list[set[int]] = []
    until = time.monotonic() + PATIENT
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        open_ = {int(each.name) for each in Path(f"/proc/{pid}/fd").iterdir()}
        looks = [*looks, open_] if state == "S" else []
        if len(looks) > _LOOKS and all(look == open_ for look in looks[-_LOOKS:]):
            return open_
        time.sleep(0.01)
    raise AssertionError("it never rests")


def _is_gone(pid: int) -> bool:
    until = time.monotonic() + PATIENT
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False
