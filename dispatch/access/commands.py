"""The command `account`: the first sign-ins of a house, and those that were lost."""

import json

import click

import dispatch.store.tables  # noqa: F401 - what we write may point at any table
from dispatch.access.accounts import Role
from dispatch.access.opening import (
    close_account,
    open_account,
    renew_account,
    reopen_account,
    take_lost_app_away,
)
from dispatch.errors import Refusal
from dispatch.running import chosen_settings
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction

_WITHOUT_PASSWORD = {
    "close": close_account,
    "reopen": reopen_account,
    "lost_app": take_lost_app_away,
}
_ROLES = [one for one in Role if one not in (Role.HELPER, Role.SYSTEM)]


@click.command()
@click.argument("login")
@click.option("--role", type=click.Choice([one.value for one in _ROLES]))
@click.option("--title", help="What others see: 清河驿站 前台.")
@click.option("--station", help="The code of the station that they serve.")
@click.option("--street", help="The code of the street that they serve.")
@click.option("--kitchen", help="The name of the kitchen that they cook in, or its id.")
@click.option("--renew", is_flag=True, help="A new password; the app stays.")
@click.option("--close", is_flag=True, help="Nobody signs in with it any more.")
@click.option("--reopen", is_flag=True, help="Open it again as it was closed.")
@click.option("--lost-app", is_flag=True, help="Take a lost app and its codes away.")
def account(
    login: str, *, role: str | None, title: str | None, **told: str | bool | None
) -> None:
    """Open the account LOGIN, or change one that exists, and print its password once.

    Prints one JSON line. The password opens only the way to choose another.
    """
    wanted = [deed for deed in ("renew", *_WITHOUT_PASSWORD) if told.pop(deed)]
    serves = {name: str(code) for name, code in told.items() if code}
    making = bool(role and title)
    if making + len(wanted) != 1:
        ways = "--renew, --close, --reopen or --lost-app"
        raise click.UsageError(f"--role and --title, or one of {ways}")

    def do(uow: UnitOfWork) -> str | None:
        if wanted == ["renew"]:
            return renew_account(uow, login)
        if wanted:
            _WITHOUT_PASSWORD[wanted[0]](uow, login)
            return None
        return open_account(uow, login, Role(str(role)), str(title), serves=serves)

    engine = make_engine(chosen_settings().database)
    try:
        password = in_one_transaction(engine, do)
    except Refusal as refusal:
        raise click.UsageError(str(refusal)) from None
    finally:
        engine.dispose()
    click.echo(json.dumps({"login": login, "password": password}, ensure_ascii=False))
