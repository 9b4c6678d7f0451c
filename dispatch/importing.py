"""The command `import`: what comes from outside, into this installation."""

import json
import sys
from functools import partial
from pathlib import Path

import click

from dispatch.catalogue.keeping import CalendarUnclear, put_in_year, read_days
from dispatch.exchange.commands import add_sheet_commands
from dispatch.settings import home_folder, settings
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import in_one_transaction
from routing.errors import BadRoads
from routing.roads import import_roads

ROADS_FILE = "roads.npz"


@click.group("import")
def import_() -> None:
    """Bring data from outside into this installation."""


@import_.command()
@click.argument("year", type=click.IntRange(2000, 2099))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--notice", required=True, help="The notice, by title and number.")
def calendar(year: int, file: Path, notice: str) -> None:
    """Put in the holidays and make-up workdays of YEAR from the CSV FILE."""
    try:
        days = read_days(file.read_text(encoding="utf-8"))
        engine = make_engine(settings().database)
        putting = partial(put_in_year, year=year, notice=notice, days=days)
        kept = in_one_transaction(engine, putting)
    except (CalendarUnclear, OSError, UnicodeDecodeError) as trouble:
        click.echo(f"nothing was imported: {trouble}", err=True)
        click.echo(json.dumps({"error": "calendar_unclear", "detail": str(trouble)}))
        sys.exit(2)
    click.echo(json.dumps({"year": kept.year, "days": len(kept.days)}))


@import_.command()
@click.argument("pbf", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Default: this home.")
def roads(pbf: Path, out: Path | None) -> None:
    """Make the road network of plans and maps from the OpenStreetMap file PBF."""
    kept = out or home_folder() / ROADS_FILE
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        graph = import_roads(pbf, kept)
    except (BadRoads, OSError) as trouble:
        click.echo(f"nothing was imported: {trouble}", err=True)
        click.echo(json.dumps({"error": "bad_roads", "detail": str(trouble)}))
        sys.exit(2)
    summary = {
        "roads": kept.name,
        "version": graph.version,
        "junctions": len(graph.lats),
        "streets": len(graph.first),
        "kilometres": round(graph.kilometres),
        "attribution": graph.attribution,
    }
    click.echo(json.dumps(summary, ensure_ascii=False))


add_sheet_commands(import_)
