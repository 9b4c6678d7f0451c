"""The command `replay`: a day that others wrote, through the product."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import click

from dispatch.replaying.day_files import BadDay, read_day
from dispatch.replaying.outcome import bundles_of
from dispatch.replaying.playing import Replay
from dispatch.replaying.results import measures_of, write_files
from dispatch.settings import settings
from dispatch.store.engine import make_engine
from dispatch.store.migrate import upgrade

BAD_INPUT = 2


@click.group()
def replay() -> None:
    """Replay a day that others wrote through the product, with its own clock."""


@replay.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the three solution files.",
)
def mdrp(folder: Path, out: Path) -> None:
    """Replay a meal-delivery day (MDRP); prints one JSON line of measures."""
    try:
        day = read_day(folder)
        out.mkdir(parents=True, exist_ok=True)
    except BadDay as bad:
        _refuse({"error": bad.words, "file": bad.file, "line": bad.line}, str(bad))
    except OSError as bad:
        _refuse({"error": str(bad), "file": str(out), "line": None}, str(bad))
    with tempfile.TemporaryDirectory(prefix="liuzhu-replay-") as home:
        os.environ["DISPATCH_STAGE"], os.environ["DISPATCH_HOME"] = "demo", home
        settings.cache_clear()
        database = f"sqlite:///{Path(home) / 'liuzhu.db'}"
        upgrade(database)
        engine = make_engine(database)
        try:
            played = Replay(engine, day)
            played.play()
            bundles = bundles_of(played)
        finally:
            engine.dispose()
    write_files(out, day, bundles)
    click.echo(json.dumps(measures_of(day, bundles), ensure_ascii=False))


def _refuse(line: dict[str, object], words: str) -> NoReturn:
    click.echo(words, err=True)
    click.echo(json.dumps(line, ensure_ascii=False))
    sys.exit(BAD_INPUT)
