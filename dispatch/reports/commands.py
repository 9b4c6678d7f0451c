"""The command `report`: a report of a period as a file, or as JSON."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from dispatch.errors import Refusal
from dispatch.reports.kinds import KINDS
from dispatch.reports.making import make_report
from dispatch.reports.printing import file_name, print_report
from dispatch.reports.prints import PrintForm
from dispatch.settings import settings
from dispatch.store.database import Database
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import UnitOfWork


@click.command("report")
@click.argument("name", type=click.Choice(sorted(KINDS)))
@click.argument("period")
@click.option("--form", type=click.Choice(["xlsx", "pdf", "json"]), default="json")
@click.option("--out", type=click.Path(path_type=Path), help="Write the file here.")
@click.option("--outside", is_flag=True, help="Hide cells of fewer than 5 persons.")
def report(name: str, period: str, form: str, out: Path | None, outside: bool) -> None:
    """Make report NAME of PERIOD: 2026-05, 2026, or 2026-W20 for the weekly one.

    As JSON it goes to standard output; XLSX and PDF are written to a file.
    """
    database = Database(make_engine(settings().database))

    def make(uow: UnitOfWork) -> str:
        if form == "json":
            made = make_report(uow, name, period, outside=outside)
            return json.dumps(asdict(made), ensure_ascii=False, default=str)
        kind = PrintForm(form)
        content = print_report(uow, name, period, kind, outside=outside)
        file = out or Path(file_name(name, period, kind, outside=outside))
        file.write_bytes(content)
        told = {"report": name, "period": period, "file": str(file)}
        return json.dumps(told | {"bytes": len(content)}, ensure_ascii=False)

    try:
        click.echo(database.change(make))
    except (Refusal, OSError) as trouble:
        code = trouble.code if isinstance(trouble, Refusal) else "no_file"
        click.echo(str(trouble), err=True)
        told = {"error": code, "detail": str(trouble)}
        click.echo(json.dumps(told, ensure_ascii=False))
        sys.exit(2)
    finally:
        database.close()
