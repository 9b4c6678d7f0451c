"""The command `rotate-keys`."""

import json

import click

from dispatch.people.vault import read_keys
from dispatch.privacy.rotating import StillUsed, count_by_key, forget_keys, rotate
from dispatch.running import chosen_settings
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import glance


@click.command("rotate-keys")
@click.option("--forget", is_flag=True, help="Take old keys out of the file instead.")
def rotate_keys(*, forget: bool) -> None:
    """Seal everything under a new key, while the house works; prints one JSON line.

    Begun again it goes on where it stopped. Processes on other machines must see the
    same keys file; where each has a copy, distribute it and run this once more. Old
    keys stay in the file until --forget, which refuses while one is used.
    """
    chosen = chosen_settings()
    engine = make_engine(chosen.database)
    told = {"moved": 0, "forgotten": list[str]()}
    try:
        if forget:
            with glance(engine) as session:
                used = count_by_key(session)
            told["forgotten"] = forget_keys(chosen.keys, used)
        else:
            told["moved"] = rotate(
                engine,
                chosen.keys,
                told=lambda rows: click.echo(f"{rows} rows", err=True),
            )
        with glance(engine) as session:
            used = count_by_key(session)
    except (StillUsed, OSError) as trouble:
        raise click.ClickException(str(trouble)) from None
    finally:
        engine.dispose()
    current = read_keys(chosen.keys).current
    click.echo(json.dumps({**told, "current": current, "sealed_under": used}))
