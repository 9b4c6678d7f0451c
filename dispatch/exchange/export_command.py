"""The command `export`: a form of some days as a workbook."""

import json
import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from dispatch.errors import Refusal
from dispatch.exchange.exporting import Wish
from dispatch.exchange.exporting import export as export_form
from dispatch.exchange.forms import FORMS
from dispatch.exchange.forms.rows import Span
from dispatch.settings import settings
from dispatch.store.database import Database
from dispatch.store.engine import make_engine

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.argument("form", type=click.Choice(sorted(FORMS)))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--from", "first", type=_DAY, required=True, help="First day.")
@click.option("--until", type=_DAY, help="Last day; default: the first.")
@click.option("--reason", default="", help="Show persons in full, because …")
@click.option("--template", type=click.Path(path_type=Path), help="Fill this workbook.")
@click.option("--profile", type=click.UUID, help="An export profile's columns.")
def export(
    form: str,
    out: Path,
    first: datetime,
    until: datetime | None,
    reason: str,
    template: Path | None,
    profile: UUID | None,
) -> None:
    """Write FORM of some days to the workbook OUT; persons are masked without a reason.

    What is shown in full is written down with its reason.
    """
    span = Span(first.date(), (until or first).date())
    wish = Wish(form, span, bool(reason), reason, profile)
    database = Database(make_engine(settings().database))
    try:
        own = template.read_bytes() if template else None
        name, content = database.change(lambda uow: export_form(uow, wish, own))
        out.write_bytes(content)
    except (Refusal, OSError) as trouble:
        code = trouble.code if isinstance(trouble, Refusal) else "no_file"
        click.echo(str(trouble), err=True)
        told = {"error": code, "detail": str(trouble)}
        click.echo(json.dumps(told, ensure_ascii=False))
        sys.exit(2)
    finally:
        database.close()
    made = {"form": form, "name": name, "bytes": len(content)}
    click.echo(json.dumps(made, ensure_ascii=False))
