"""The command `import`: what comes from outside, into this installation."""

import json
import sys
from pathlib import Path

import click

from dispatch.exchange.commands import add_sheet_commands
from dispatch.settings import home_folder
from routing.errors import BadRoads
from routing.roads import import_roads

ROADS_FILE = "roads.npz"


@click.group("import")
def import_() -> None:
    """Bring data from outside into this installation."""


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
