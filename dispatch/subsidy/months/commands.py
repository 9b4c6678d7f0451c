"""The command `close-month`: close a month, or say what it still waits for."""

import json
import sys

import click
from sqlmodel import select

from dispatch.access.accounts import Account, actor_of
from dispatch.errors import BadInput, Refusal
from dispatch.running import chosen_settings
from dispatch.store.database import Database
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import Actor, UnitOfWork
from dispatch.subsidy.months.closing import MonthNotReady
from dispatch.subsidy.months.closing import close_month as close


@click.command()
@click.argument("month")
@click.option("--as", "login", required=True, help="Who closes: a district's account.")
def close_month(month: str, login: str) -> None:
    """Close MONTH (YYYY-MM) for good and print the head of its chain.

    Prints one JSON document. Exit 1, with everything that is still open, when the
    month cannot be closed. Print the head and keep it outside this house: whoever
    owns the whole database could make a new chain, but not this paper.
    """
    database = Database(make_engine(chosen_settings().database))
    try:
        actor = database.read(lambda uow: _who(uow, login))
        head = database.change(lambda uow: close(uow, month), actor)
    except MonthNotReady as refusal:
        _tell({"month": month, "open": [vars(one) for one in refusal.found]})
        sys.exit(1)
    except Refusal as refusal:
        _tell({"month": month, "error": refusal.code, "detail": str(refusal)})
        sys.exit(2 if isinstance(refusal, BadInput) else 1)
    finally:
        database.close()
    _tell(vars(head))


def _who(uow: UnitOfWork, login: str) -> Actor:
    query = select(Account).where(Account.login == login)
    account = uow.session.exec(query).first()
    if account is None:
        raise click.BadParameter("没有这个账号", param_hint="--as")
    return actor_of(account)


def _tell(document: dict[str, object]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))
