"""The command `verify`: how the promises stand on the data as it is."""

import json
import sys

import click
from sqlmodel import Session

from dispatch.promises import Status, check_promises
from dispatch.running import chosen_settings, redis_address
from dispatch.store.engine import make_engine, reading


@click.command()
def verify() -> None:
    """Check every promise on the database as it stands; exit 1 if one is broken."""
    chosen = chosen_settings()
    with Session(reading(make_engine(chosen.database))) as session:
        told = check_promises(
            session, home=chosen.home, redis_url=redis_address(chosen)
        )
    for promise in told:
        line = {
            "n": promise.n,
            "words": promise.words,
            "status": promise.status,
            "checked": promise.checked,
            "broken": promise.broken,
        }
        click.echo(json.dumps(line, ensure_ascii=False))
    sys.exit(any(promise.status is Status.BROKEN for promise in told))
