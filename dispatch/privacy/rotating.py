"""New keys: everything sealed is sealed anew, in small steps, while the house works.

Both keys are in the file until the last row has moved, so whoever dies on the way, or
still holds the old file, reads everything. Begun again it goes on where it stopped.
The key of the blind indexes stays: it seals nothing.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from dispatch.field.photos import FieldPhoto, PhotoPiece
from dispatch.paper.packs import Pack
from dispatch.people.vault import Sealed, keys, read_keys, seal_again
from dispatch.reports.prints import ReportPrint
from dispatch.store.unit_of_work import UnitOfWork, glance, in_one_transaction

AT_ONCE: Final = 200
_FILES: Final = 10  # pictures are a megabyte each
FILE: Final = "file"
# Every table in which something is sealed, and the column of whose it is.
SEALED: Final[Mapping[Any, str]] = {
    Sealed: "owner_id",
    FieldPhoto: "id",
    PhotoPiece: "photo_id",
    Pack: "id",
    ReportPrint: "id",
}


class StillUsed(Exception):
    """Something is sealed under this key."""


def add_key(file: Path) -> str:
    """Put a new key into the file and seal with it from now on; its id."""
    kept = json.loads(file.read_text())
    name = f"k{1 + max(int(one.removeprefix('k')) for one in kept['keys'])}"
    kept["keys"][name] = base64.b64encode(secrets.token_bytes(32)).decode()
    _write(file, kept | {"current": name})
    return name


def forget_keys(file: Path, used: dict[str, int]) -> list[str]:
    """Take the keys out of the file under which nothing is sealed; their ids.

    Backups that were made before need them: their copies are kept with the backups'.

    Raises: StillUsed, when nothing can be forgotten yet.
    """
    kept = json.loads(file.read_text())
    old = [name for name in kept["keys"] if name != kept["current"]]
    if still := [name for name in old if used.get(name)]:
        raise StillUsed(f"{', '.join(still)}: run rotate-keys again")
    left = {name: key for name, key in kept["keys"].items() if name not in old}
    _write(file, kept | {"keys": left})
    return old


def count_by_key(session: Session) -> dict[str, int]:
    """How many rows are sealed under which key."""
    counted: dict[str, int] = {}
    for table in SEALED:
        query = select(table.key_id, func.count()).group_by(col(table.key_id))
        for name, rows in session.exec(query):
            if name is not None:
                counted[name] = counted.get(name, 0) + rows
    return counted


def rotate(
    engine: Engine,
    file: Path,
    *,
    told: Callable[[int], object],
    keep: Callable[[], object] = lambda: None,
) -> int:
    """Begin a rotation, or go on with one; how many rows were sealed anew.

    Args:
        told: hears after each step how many rows have moved.
        keep: copies the keys elsewhere, before anything is sealed anew: who loses
            this machine on the way has lost no name.
    """
    with glance(engine) as session:
        used = count_by_key(session)
    if not set(used) - {read_keys(file).current}:
        add_key(file)
    keep()
    moved = 0
    for table in SEALED:
        for step in _move(engine, table):
            moved += step
            told(moved)
    return moved


def _move(engine: Engine, table: Any) -> Iterator[int]:
    """One table, from its first owner to its last; then what came meanwhile. Each step
    goes on where the one before it ended: it does not look at all of them again."""
    after: UUID | None = None
    while True:
        step = partial(_step, table=table, after=after)
        moved, last = in_one_transaction(engine, step)
        if moved:
            yield moved
        elif after is None:
            return
        after = last


def _step(uow: UnitOfWork, table: Any, after: UUID | None) -> tuple[int, UUID | None]:
    """How many rows were sealed anew, and whose was the last."""
    whose = getattr(table, SEALED[table])
    query = select(table).where(
        table.key_id != keys().current, table.sealed.is_not(None)
    )
    if after is not None:
        query = query.where(whose >= after)
    many = AT_ONCE if table is Sealed else _FILES
    query = query.order_by(whose).limit(many).with_for_update(skip_locked=True)
    last = None
    rows = uow.session.exec(query).all()
    for row in rows:
        last = getattr(row, SEALED[table])
        field = row.field if table is Sealed else FILE
        row.key_id, row.sealed = seal_again(last, field, row.key_id, row.sealed)
        uow.session.add(row)
    return len(rows), last


def _write(file: Path, kept: dict[str, Any]) -> None:
    """In place of the old file at once, readable by its owner only."""
    part = file.with_suffix(".part")
    with os.fdopen(
        os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
    ) as new:
        new.write(json.dumps(kept))
        new.flush()
        os.fsync(new.fileno())
    part.replace(file)
