"""The commands that bring sheets in: looked through first, written when confirmed."""

import json
import sys
from pathlib import Path
from typing import Final, NoReturn

import click

from dispatch.errors import Refusal
from dispatch.exchange.bringing import confirm_sheet, try_sheet
from dispatch.exchange.kinds import KINDS
from dispatch.exchange.lines import SheetKind
from dispatch.exchange.marking import mark_faults
from dispatch.exchange.runs import ImportRun
from dispatch.exchange.trying import SheetFile
from dispatch.settings import settings
from dispatch.store.database import Database
from dispatch.store.engine import make_engine

_SHOWN: Final = 50
_ENGLISH: Final = {
    "elders": "Elders (老人名单)",
    "contacts": "Contacts of elders (联系人名单)",
    "helpers": "Helpers (助老员名单)",
    "stations": "Stations (驿站名录)",
    "dishes": "Dishes (菜品库)",
    "orders": "Orders (订餐名单)",
    "matches": "What a registry tells of people (数据比对结果), as proposals",
    "complaints": "Tickets of the 12345 hotline (投诉工单)",
    "roster": "A whole roster (全量名单) beside our files, as proposals",
}


def add_sheet_commands(group: click.Group) -> None:
    """One command for each kind of sheet."""
    for kind in KINDS.values():
        group.add_command(_command(kind))


def _command(kind: SheetKind) -> click.Command:
    words = f"{_ENGLISH[kind.word]} from FILE (XLSX, XLS, CSV); a dry run first."

    @click.command(kind.word, help=words)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--confirm", is_flag=True, help="Write the good rows, in one go.")
    @click.option("--sheet", help="Which sheet, if not the first that says something.")
    @click.option("--source", default="", help="Who sent it, for registries.")
    @click.option(
        "--faults", type=click.Path(path_type=Path), help="Save bad rows here."
    )
    def bring(
        file: Path, confirm: bool, sheet: str | None, source: str, faults: Path | None
    ) -> None:
        try:
            content = file.read_bytes()
        except OSError as trouble:
            _refuse("no_file", str(trouble))
        database = Database(make_engine(settings().database))
        try:
            told = SheetFile(kind.word, file.name, content, sheet, None, source)
            run = try_sheet(database, told)
            _show(run)
            if faults is not None and run.findings:
                marked = database.change(lambda uow: mark_faults(uow, run.id))
                faults.write_bytes(marked[1])
            if confirm:
                run = confirm_sheet(database, run.id)
            click.echo(json.dumps(_summary(run), ensure_ascii=False))
        except Refusal as refusal:
            _refuse(refusal.code, str(refusal))
        finally:
            database.close()

    return bring


def _show(run: ImportRun) -> None:
    for found in run.findings[:_SHOWN]:
        where = f"{run.sheet_name}!{found['cell']}"
        words = f"{where} {found['title']}: {found['words']} [{found['fault']}]"
        click.echo(words, err=True)
    if len(run.findings) > _SHOWN:
        left = len(run.findings) - _SHOWN
        click.echo(f"… and {left} more; --faults FILE.xlsx saves them all", err=True)


def _summary(run: ImportRun) -> dict[str, object]:
    return {
        "run": str(run.id),
        "kind": run.kind,
        "state": run.state.value,
        "rows": run.row_count,
        "new": run.creates,
        "changed": run.updates,
        "same": run.sames,
        "faulty": run.faulty,
        "gone": run.gone,
        "faults": len(run.findings),
        "again_of": str(run.again_of) if run.again_of else None,
    }


def _refuse(code: str, words: str) -> NoReturn:
    click.echo(words, err=True)
    click.echo(json.dumps({"error": code, "detail": words}, ensure_ascii=False))
    sys.exit(2)
