"""The commands that run the product's processes: all of them, or one each."""

import importlib
import os
import signal
import sys
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Final
from urllib.request import urlopen

import click
from pydantic import ValidationError

from dispatch.bootstrap.imports import kept_for_good
from dispatch.embedded import valkey
from dispatch.pulse import (
    DEAD_AFTER_SECONDS,
    Pulse,
    seconds_since_beat,
    seconds_since_worker,
)
from dispatch.settings import DEMO_MARK, Settings, home_folder, settings
from dispatch.supervisor import (
    DOORS,
    STORES,
    AlreadyRunning,
    NotReady,
    Program,
    Supervisor,
    run_until_signalled,
)

WORKERS: Final = 2
ASK_SECONDS: Final = 5.0


def chosen_settings() -> Settings:
    """This process's settings; what is wrong with them is said in one line each."""
    try:
        return settings()
    except ValidationError as wrong:
        reasons = [
            f"{'.'.join(map(str, e['loc']))} {e['msg'].removeprefix('Value error, ')}"
            for e in wrong.errors()
        ]
        raise click.UsageError(
            "; ".join(reason.strip() for reason in reasons)
        ) from None


def follow_the_demo() -> None:
    """Take a demo's home for one where nobody has named a stage or given a secret.

    What opens doors has to be told; what only looks at a home finds it there.

    Raises: UsageError, where the settings are wrong.
    """
    told = {"DISPATCH_STAGE", "DISPATCH_SECRET"} & os.environ.keys()
    if not told and (home_folder() / DEMO_MARK).exists():
        os.environ["DISPATCH_STAGE"] = "demo"
        settings.cache_clear()
    chosen_settings()


def redis_address(chosen: Settings) -> str:
    """DISPATCH_REDIS_URL, or where this home's own Valkey listens."""
    return chosen.redis_url or valkey.url_for(chosen.home)


def web_address(chosen: Settings) -> str:
    """Where this machine finds the web."""
    host = "127.0.0.1" if chosen.host in {"0.0.0.0", "::"} else chosen.host  # noqa: S104
    return f"http://{host}:{chosen.port}"


def web_is_ready(address: str) -> bool:
    """Whether the web answers, and its database with it."""
    try:
        with urlopen(f"{address}/ready", timeout=ASK_SECONDS):  # noqa: S310 - ours
            return True
    except (OSError, HTTPException):  # no answer, or one that is not 200
        return False


def programs(chosen: Settings, *, workers: int = WORKERS) -> list[Program]:
    """Every process of the product, as the supervisor and the kill tests run them."""
    env = surroundings(chosen)

    def one(name: str, *words: str, stage: int = 1) -> Program:
        return Program(name, (sys.executable, "-m", *words), stage, env)

    listed = [
        one("relay", "dispatch", "relay"),
        one("schedule", "dispatch", "schedule"),
    ]
    listed += [one(f"work-{n}", "dispatch", "work") for n in range(1, workers + 1)]
    listed.append(one("weeks", "dispatch", "work", "--weeks"))
    if chosen.backups is not None and not chosen.database.startswith("sqlite"):
        listed.append(one("journal", "dispatch", "backup", "--follow"))
    address = web_address(chosen)
    web = (sys.executable, "-m", "web")
    listed.append(Program("web", web, DOORS, env, lambda: web_is_ready(address)))
    if chosen.redis_url is None:
        home = chosen.home.resolve()
        starter = tuple(valkey.starter(home))
        ready = lambda: valkey.is_answering(home)  # noqa: E731 - one word of a list
        listed.insert(0, Program("valkey", starter, STORES, ready=ready))
    return listed


def surroundings(chosen: Settings) -> Mapping[str, str]:
    """What makes every process see one home, one database, one Redis."""
    return {
        "DISPATCH_HOME": str(chosen.home.resolve()),
        "DISPATCH_DATABASE_URL": chosen.database,
        "DISPATCH_REDIS_URL": redis_address(chosen),
        "DISPATCH_HOST": chosen.host,
        "DISPATCH_PORT": str(chosen.port),
        "PYTHONUNBUFFERED": "1",
    }


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web.")
@click.option("--workers", type=click.IntRange(1), default=WORKERS, show_default=True)
def up(port: int | None, workers: int) -> None:
    """Run every process, and start again what dies, until told to stop."""
    if port is not None:
        os.environ["DISPATCH_PORT"] = str(port)
    chosen = chosen_settings()
    _upgrade(chosen)
    supervisor = Supervisor(programs(chosen, workers=workers), chosen.home)
    click.echo(f"六助 · {web_address(chosen)} · logs in {chosen.home}/logs", err=True)
    try:
        run_until_signalled(supervisor)
    except (AlreadyRunning, NotReady) as reason:
        raise click.ClickException(str(reason)) from None


@click.command()
def serve() -> None:
    """Run the web: pages, HTTP and the live feed."""
    env = {**os.environ, **surroundings(chosen_settings())}
    os.execve(sys.executable, [sys.executable, "-m", "web"], env)  # noqa: S606


@click.command()
def migrate() -> None:
    """Bring the database to the tables of this version."""
    _upgrade(chosen_settings())


@click.command()
def relay() -> None:
    """Number what happened and ring the bells: exactly one works at a time."""
    _run("relay", "dispatch.relaying", "run_relay")


@click.command()
def schedule() -> None:
    """Run timers, and look for what was lost, every few seconds."""
    _run("schedule", "dispatch.sweep", "run_schedule")


@click.command()
@click.option("--weeks", is_flag=True, help="Plan weeks of visits, and no waves.")
def work(*, weeks: bool) -> None:
    """Plan waves, one at a time, until told to stop."""
    _run("work", "dispatch.queue", "run_week_worker" if weeks else "run_worker")


@click.command()
@click.argument(
    "name", type=click.Choice(["web", "relay", "schedule", "work", "weeks"])
)
def health(name: str) -> None:
    """Exit 0 if this machine's process NAME is well, else 1 with the reason."""
    chosen = chosen_settings()
    if name == "web":
        if not web_is_ready(web_address(chosen)):
            raise click.ClickException(f"{web_address(chosen)} does not answer")
        return
    if name in {"work", "weeks"}:
        weeks = name == "weeks"
        silent = seconds_since_worker(redis_address(chosen), weeks=weeks)
    else:
        silent = seconds_since_beat(chosen.home, name)
    if silent > DEAD_AFTER_SECONDS:
        raise click.ClickException(f"{name} gave no sign of life for {silent:.0f} s")


@click.command("make-keys")
def make_keys() -> None:
    """Print a new set of encryption keys, for DISPATCH_KEYS_FILE."""
    click.echo(importlib.import_module("dispatch.people.vault").new_keys())


def _upgrade(chosen: Settings) -> None:
    importlib.import_module("dispatch.store.migrate").upgrade(chosen.database)
    if not chosen.keys.exists():  # nothing is sealed yet, or it is not ours to open
        return
    engine = importlib.import_module("dispatch.store.engine").make_engine(
        chosen.database
    )
    try:
        importlib.import_module("dispatch.people.phones").compare_anew(engine)
    finally:
        engine.dispose()


def _run(name: str, module: str, deed: str) -> None:
    """Do one process's deed: it gets the settings, Redis, and what ends it."""
    chosen = chosen_settings()
    asked_to_stop = Pulse(chosen.home, name)
    if name != "work":  # RQ listens for signals by itself; ours would swallow some
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: asked_to_stop.set())
    with kept_for_good():
        function: Any = getattr(importlib.import_module(module), deed)
    function(chosen, redis_address(chosen), asked_to_stop)
