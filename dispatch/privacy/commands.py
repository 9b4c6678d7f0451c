"""The commands `rotate-keys`, `export-person` and `erase-person`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from dispatch.backups.keys_apart import KeysTogether, save_keys
from dispatch.errors import Refusal
from dispatch.log.audit import write_down
from dispatch.people.vault import read_keys
from dispatch.privacy.about import find_elder, opened, owners_in, rows_about
from dispatch.privacy.erasing import erase_person as forget_person
from dispatch.privacy.rotating import StillUsed, count_by_key, forget_keys, rotate
from dispatch.running import chosen_settings
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import UnitOfWork, glance, in_one_transaction

T = TypeVar("T")
_WHY = click.option("--reason", required=True, help="Written into the audit.")


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

    def keep() -> None:
        if chosen.keys_copy is not None:
            save_keys(chosen.keys, chosen.keys_copy, chosen.backups)

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
                keep=keep,
            )
        with glance(engine) as session:
            used = count_by_key(session)
    except (StillUsed, KeysTogether, OSError) as trouble:
        raise click.ClickException(str(trouble)) from None
    finally:
        engine.dispose()
    current = read_keys(chosen.keys).current
    click.echo(json.dumps({**told, "current": current, "sealed_under": used}))


@click.command("export-person")
@click.argument("number")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@_WHY
def export_person(number: str, out: Path, reason: str) -> None:
    """Write all that is kept about the elder of file NUMBER into one JSON file.

    For the elder's right to a copy. The file holds everything in plain words: only its
    owner can read it; hand it over and delete it.
    """

    def look(uow: UnitOfWork) -> dict[str, object]:
        elder = find_elder(uow.session, number)
        rows = rows_about(uow.session, elder)
        plain = opened(uow.session, owners_in(rows))
        fields = sorted({name for told in plain.values() for name in told})
        write_down(
            uow, "exported", "elder", elder.id, fields=fields, purpose=reason[:200]
        )
        return {"as_of": uow.now.isoformat(), "rows": rows, "opened": plain}

    told = _do(look)
    out.touch(mode=0o600)
    out.chmod(0o600)
    out.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(json.dumps({"out": str(out)}, ensure_ascii=False))


@click.command("erase-person")
@click.argument("number")
@_WHY
@click.option("--yes", is_flag=True, help="Do not ask again.")
def erase_person(number: str, reason: str, *, yes: bool) -> None:
    """Forget who the elder of file NUMBER was; every total stays. Asks first."""
    if not yes:
        click.confirm(f"forget {number} for good?", abort=True)

    def forget(uow: UnitOfWork) -> int:
        elder = find_elder(uow.session, number)
        return forget_person(uow, elder, purpose=reason[:200])

    click.echo(json.dumps({"number": number, "erased": _do(forget)}))


def _do(deed: Callable[[UnitOfWork], T]) -> T:
    engine = make_engine(chosen_settings().database)
    try:
        return in_one_transaction(engine, deed)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    finally:
        engine.dispose()
