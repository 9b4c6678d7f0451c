"""Tell people on standard error what is going on, and how long it took."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

PATIENCE_SECONDS: Final = 10.0
TAIL_LINES: Final = 40


class StepFailed(Exception):
    """A step of the set-up ended with an error; the message is meant for people."""


def say(words: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"六助 · {words}\n")
    sys.stderr.flush()


def run_step(
    label: str,
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a command quietly, say that it lives, show its last lines if it fails."""
    say(f"{label} …")
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        code = _wait(label, argv, cwd, env, output.fileno())
        seconds = time.monotonic() - began
        if code == 0:
            say(f"{label}: done in {seconds:.1f} s")
            return
        output.seek(0)
        lines = output.read().decode(errors="replace").splitlines()
    sys.stderr.write("\n".join(lines[-TAIL_LINES:]) + "\n")
    raise StepFailed(f"{label}: failed after {seconds:.0f} s (exit code {code})")


def _wait(
    label: str,
    argv: Sequence[str | Path],
    cwd: Path | None,
    env: Mapping[str, str] | None,
    output: int,
) -> int:
    try:
        step = subprocess.Popen(
            [str(word) for word in argv],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise StepFailed(f"{label}: {error}") from error
    with step:
        waited = 0.0
        while True:
            try:
                return step.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                waited += PATIENCE_SECONDS
                say(f"{label}: still at it, {waited:.0f} s")
            except KeyboardInterrupt:
                step.terminate()
                raise
