"""The command `audit`: who looked at whom, for whoever answers for it."""

import json
from collections.abc import Sequence
from datetime import datetime

import click

from dispatch.access.audit_rows import LookRow
from dispatch.access.looking_back import (
    WatcherRow,
    as_facts,
    list_done_on_the_machine,
    list_looks_at,
    list_watchers,
)
from dispatch.errors import Refusal
from dispatch.running import chosen_settings
from dispatch.store.database import Database
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import UnitOfWork

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--elder", "number", help="The number of a file: who looked at it.")
@click.option("--station", "code", help="A station's code: who looked at its people.")
@click.option("--machine", is_flag=True, help="What was done on the machine itself.")
@click.option("--from", "first", type=_DAY, required=True, help="First day.")
@click.option("--until", type=_DAY, help="Last day; default: first. Not of a week.")
def audit(
    number: str | None,
    code: str | None,
    first: datetime,
    until: datetime | None,
    *,
    machine: bool,
) -> None:
    """Who looked at one elder, or at a station's people in the week from a day on.

    Prints one JSON line for each look or deed, or for each account that looked.
    """
    if [number is not None, code is not None, machine].count(True) != 1:
        raise click.UsageError("--elder, --station or --machine")
    first_on, last_on = first.date(), (until or first).date()

    def show(uow: UnitOfWork) -> Sequence[LookRow | WatcherRow]:
        if number is not None:
            return list_looks_at(uow.session, number, first_on, last_on)
        if machine:
            return list_done_on_the_machine(uow.session, first_on, last_on)
        return list_watchers(uow.session, str(code), first_on)

    database = Database(make_engine(chosen_settings().database))
    try:
        rows = database.read(show)
    except Refusal as refusal:
        raise click.UsageError(str(refusal)) from None
    finally:
        database.close()
    for row in rows:
        click.echo(json.dumps(as_facts(row), ensure_ascii=False))
