"""The command `verify`: how the promises stand on the data as it is."""

import json
import sys

import click
from sqlmodel import Session

from dispatch.demo.home import has_begun, made_in
from dispatch.promises import Status, check_promises
from dispatch.running import chosen_settings, redis_address
from dispatch.store.engine import make_engine, reading


@click.command()
def verify() -> None:
    """Check every promise on the database as it stands; exit 1 if one is broken.

    Of a house that is stopped the Redis is away: what it holds is not looked at.
    """
    chosen = chosen_settings()
    engine = make_engine(chosen.database)
    try:
        played = made_in(chosen.home) is not None and has_begun(engine)
        with Session(reading(engine)) as session:
            told = check_promises(
                session,
                home=chosen.home,
                redis_url=redis_address(chosen),
                played=played,
            )
    finally:
        engine.dispose()
    for promise in told:
        line = {
            "n": promise.n,
            "words": promise.words,
            "status": promise.status,
            "checked": promise.checked,
            "broken": promise.broken,
        }
        if promise.not_looked_at:
            line["not_looked_at"] = promise.not_looked_at
        click.echo(json.dumps(line, ensure_ascii=False))
    sys.exit(any(promise.status is Status.BROKEN for promise in told))
