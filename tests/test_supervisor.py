"""The supervisor, with real processes that really die."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.embedded.identity import Identity
from dispatch.supervisor import (
    DOORS,
    STORES,
    AlreadyRunning,
    NotReady,
    Program,
    Supervisor,
    next_pause,
    pid_file,
    running,
)

SLEEP = ("sleep", "60")


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def alive(home: Path, name: str) -> Identity | None:
    identity = Identity.read(pid_file(home, name))
    return identity if identity and identity.is_alive() else None


def test_what_is_killed_comes_back_under_a_new_pid(tmp_path: Path) -> None:
    with running([Program("web", SLEEP)], tmp_path):
        first = alive(tmp_path, "web")
        assert first is not None
        os.kill(first.pid, signal.SIGKILL)
        until(lambda: alive(tmp_path, "web") not in {None, first})
    assert alive(tmp_path, "web") is None


def test_pauses_double_and_are_forgotten_after_a_steady_life() -> None:
    pauses = [0.0]
    for _death in range(7):
        pauses.append(next_pause(pauses[-1], lived_seconds=1))
    assert pauses[1:] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert next_pause(5.0, lived_seconds=11) == 0.2


def test_doors_close_first_and_stores_last(tmp_path: Path) -> None:
    order = tmp_path / "order"
    last_words = textwrap.dedent(f"""
        import signal, sys, pathlib
        def end(*_):
            with open({str(order)!r}, "a") as file: file.write(sys.argv[1] + " ")
            sys.exit()
        signal.signal(signal.SIGTERM, end)
        pathlib.Path({str(tmp_path)!r}, sys.argv[1]).touch()
        while True: signal.pause()
    """)

    def program(name: str, stage: int) -> Program:
        argv = (sys.executable, "-c", last_words, name)
        return Program(name, argv, stage, ready=(tmp_path / name).exists)

    programs = [program("web", DOORS), program("valkey", STORES), program("relay", 1)]
    with running(programs, tmp_path):
        assert all(alive(tmp_path, name) for name in ("web", "valkey", "relay"))
    assert order.read_text().split() == ["web", "relay", "valkey"]


def test_what_does_not_listen_to_sigterm_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.supervisor.GRACE_SECONDS", 0.2)
    child = tmp_path / "child"
    deaf = f"trap '' TERM; sleep 60 & echo $! > {child}; while :; do sleep 1; done"
    with running([Program("deaf", ("sh", "-c", deaf), ready=child.exists)], tmp_path):
        until(lambda: child.read_text().strip() != "")
        sleeper = Identity.of(int(child.read_text()))
    until(lambda: not sleeper.is_alive())


def test_everything_dies_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        from pathlib import Path
        from dispatch.supervisor import Program, Supervisor, run_until_signalled
        programs = [Program(name, ("sleep", "60")) for name in ("web", "work")]
        run_until_signalled(Supervisor(programs, Path({str(tmp_path)!r})))
    """)
    with subprocess.Popen([sys.executable, "-c", script]) as supervisor:
        until(lambda: all(alive(tmp_path, name) for name in ("web", "work")))
        children = [alive(tmp_path, name) for name in ("web", "work")]
        supervisor.kill()
    until(lambda: not any(child and child.is_alive() for child in children))


def test_a_second_supervisor_of_one_home_is_refused(tmp_path: Path) -> None:
    with running([Program("web", SLEEP)], tmp_path):
        first = alive(tmp_path, "web")
        with pytest.raises(AlreadyRunning):
            Supervisor([Program("web", SLEEP)], tmp_path).run(threading.Event())
        assert alive(tmp_path, "web") == first


def test_a_program_that_never_gets_ready_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.supervisor.READY_SECONDS", 0.3)
    never = Program("web", SLEEP, ready=lambda: False)
    with pytest.raises(NotReady, match="web"), running([never], tmp_path):
        pass
    assert alive(tmp_path, "web") is None


def test_a_program_that_dies_again_and_again_is_given_up_with_its_last_words(
    tmp_path: Path,
) -> None:
    broken = Program("web", ("sh", "-c", "echo oh dear; exit 3"), ready=lambda: False)
    with pytest.raises(NotReady, match="oh dear"), running([broken], tmp_path):
        pass


def test_each_program_writes_its_own_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "talker.log"
    talk = Program(
        "talker", ("sh", "-c", "echo $WORD >&2; sleep 60"), env={"WORD": "hi"}
    )
    with running([talk], tmp_path):
        until(lambda: log.exists() and log.read_text() == "hi\n")
