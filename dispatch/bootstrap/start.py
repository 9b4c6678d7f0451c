"""The way from `python3 -m dispatch …` to the command itself."""

import importlib
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from dispatch.bootstrap import compiling, environment, pages, tools
from dispatch.bootstrap.helping import help_for
from dispatch.bootstrap.places import PYTHON, ROOT, is_checkout, is_inside
from dispatch.bootstrap.progress import StepFailed, say
from dispatch.bootstrap.turns import turn

SHOW_PAGES: Final = {"demo", "up", "serve", "test"}
RUN_THE_HOUSE: Final = {"demo", "up", "work", "schedule"}
MAKE_PLANS: Final = RUN_THE_HOUSE | {"solve", "replay"}  # `test`: beside its checks


def main() -> int:
    """Make what is missing, step into the environment, run the command."""
    if is_checkout():
        if "--help" in sys.argv[1:] and environment.lacking(
            environment.locks_for(None)
        ):
            sys.stdout.write(help_for(sys.argv[1:]) + "\n")
            return 0
        try:
            prepare(sys.argv[1:])
        except StepFailed as failure:
            say(str(failure))
            return 1
        except KeyboardInterrupt:
            say("stopped; a new start goes on from here")
            return 130
        _keep_bytecode()
        if not is_inside():
            _step_inside()
    importlib.import_module("dispatch.cli").cli.main(prog_name="python3 -m dispatch")
    return 0


def prepare(arguments: Sequence[str]) -> None:
    """Everything that the command needs; a second start only compares hashes."""
    command = next((word for word in arguments if not word.startswith("-")), None)
    locks = environment.locks_for(command)
    show = command in SHOW_PAGES and "--help" not in arguments
    plan = command in MAKE_PLANS and "--help" not in arguments
    at_once: list[tuple[str, ...]] = [*compiling.ALWAYS_ASKED] if plan else []
    if plan and command not in RUN_THE_HOUSE:
        at_once.append(compiling.SELDOM_ASKED)
    if (
        environment.lacking(locks)
        or (show and pages.lacking())
        or any(compiling.lacking(parts) for parts in at_once)
    ):
        with turn(ROOT), ThreadPoolExecutor() as beside:
            environment.install(environment.lacking(locks))
            others = [beside.submit(compiling.compile_search, one) for one in at_once]
            if show and pages.lacking():
                pages.build()
            for other in others:
                other.result()
    if command in RUN_THE_HOUSE and "--help" not in arguments:
        compiling.compile_beside(compiling.SELDOM_ASKED)
    if command == "test" and "--help" not in arguments:
        tools.provide()


def _keep_bytecode() -> None:
    """The checkout and its environment are ours: what was compiled is kept in them.

    Where it is not, each process compiles some two thousand modules when it starts:
    three seconds more of a processor until the web answers.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _step_inside() -> None:
    """Become the same command in `.venv`'s Python; open files stay as they are."""
    sys.stderr.flush()
    os.execv(PYTHON, [str(PYTHON), *sys.orig_argv[1:]])  # noqa: S606 - no shell wanted
