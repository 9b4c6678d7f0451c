"""Making packs: once at the set time for each serving, and anew when asked.

What is read, set and kept are three steps: setting pages takes time, and nothing is
locked meanwhile.
"""

import shlex
import subprocess
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Sitting, get_sitting
from dispatch.clock import TOWN
from dispatch.log.events import record
from dispatch.paper.contents import Contents, contents_of
from dispatch.paper.packs import Pack, Sheet, get_pack, last_edition
from dispatch.paper.typesetting import qr_code, set_sheet
from dispatch.people.vault import open_file, seal_file
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture

log = structlog.get_logger()
_TEMPLATES: Final = {
    Sheet.PACK: ("pack", "pack"),
    Sheet.LABELS_A4: ("labels", "a4"),
    Sheet.LABELS_THERMAL: ("labels", "thermal"),
}
_PRINTING_SECONDS: Final = 30.0


def list_due(session: Session, now: datetime, ahead: timedelta) -> list[UUID]:
    """Servings whose boxes are ready soon, and that have no pack yet."""
    query = (
        select(Sitting.id)
        .where(col(Sitting.closed_at).is_(None), col(Sitting.cooked).is_not(None))
        .where(Sitting.ready_at <= now + ahead, Sitting.door_until_at > now)
        .where(col(Sitting.id).not_in(select(Pack.sitting_id)))
        .order_by(col(Sitting.ready_at), col(Sitting.id))
    )
    return list(session.exec(query))


def look_after_packs(engine: Engine, ahead: timedelta, command: str) -> None:
    """Make what is due, and print what lies there unprinted.

    Args:
        ahead: how long before its boxes are ready a serving's pack is made.
        command: prints a PDF from its standard input; empty: people print.
    """
    with picture(engine) as seen:
        due = list_due(seen.session, seen.now, ahead)
    for sitting_id in due:
        make_pack(engine, sitting_id)
    if command:
        print_waiting(engine, command)


def make_pack(engine: Engine, sitting_id: UUID) -> int:
    """Make the next edition of a serving's sheets, unless the last still holds.

    Returns:
        the edition that holds.

    Raises:
        NotFound: no such serving.
    """
    with picture(engine) as seen:
        sitting = get_sitting(seen.session, sitting_id)
        last = last_edition(seen.session, sitting_id)
        contents = contents_of(seen.session, sitting, last.portions if last else {})
        now, edition = seen.now, last.edition if last else 0
        if last is not None and last.facts_sha256 == contents.sha256():
            return edition
    edition += 1
    made = [_set(sheet, sitting_id, contents, edition, now) for sheet in Sheet]
    in_one_transaction(engine, partial(_keep, made=made))
    return edition


def print_waiting(engine: Engine, command: str) -> int:
    """Give every pack that is not printed to the printer's command.

    A pack is noted only after the command took it: power may fail in between, and
    twice is better than never.

    Returns:
        how many were printed.
    """
    with picture(engine) as seen:
        query = (
            select(Pack.id)
            .join(Sitting, col(Sitting.id) == Pack.sitting_id)
            .where(col(Pack.printed_at).is_(None), Pack.sheet != Sheet.LABELS_A4)
            .where(Sitting.door_until_at > seen.now)
            .order_by(col(Pack.made_at), col(Pack.sheet))
        )
        waiting = list(seen.session.exec(query))
    return sum(_print(engine, pack_id, command) for pack_id in waiting)


def _set(
    sheet: Sheet, sitting_id: UUID, contents: Contents, edition: int, now: datetime
) -> dict[str, Any]:
    """The columns of one file's row."""
    template, form = _TEMPLATES[sheet]
    plain = contents.plain()
    for label in plain["labels"]:
        label["svg"] = qr_code(label["qr"])
    made = now.astimezone(TOWN).strftime("%Y-%m-%d %H:%M")
    pdf = set_sheet(template, plain, form=form, edition=str(edition), made=made)
    pack_id = uuid4()
    key_id, sealed = seal_file(pack_id, pdf)
    return {
        "id": pack_id,
        "sitting_id": sitting_id,
        "sheet": sheet,
        "edition": edition,
        "facts_sha256": contents.sha256(),
        "portions": contents.portions,
        "key_id": key_id,
        "sealed": sealed,
        "made_at": now,
    }


def _keep(uow: UnitOfWork, made: list[dict[str, Any]]) -> None:
    """Keep an edition; whoever made the same one first has made it for both."""
    edition = made[0]["edition"]
    sitting = get_sitting(uow.session, made[0]["sitting_id"], lock=True)
    last = last_edition(uow.session, sitting.id)
    if last is not None and last.edition >= edition:
        return
    uow.session.add_all(Pack(**columns) for columns in made)
    uow.session.flush()
    record(uow, "pack.made", "sitting", sitting.id, facts={"edition": edition})


def _print(engine: Engine, pack_id: UUID, command: str) -> bool:
    with picture(engine) as seen:
        pack = get_pack(seen.session, pack_id)
        pdf = open_file(pack.id, pack.key_id, pack.sealed)
    try:
        subprocess.run(
            shlex.split(command),
            input=pdf,
            check=True,
            capture_output=True,
            timeout=_PRINTING_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as trouble:
        log.warning("a pack was not printed", error=type(trouble).__name__)
        return False
    in_one_transaction(engine, partial(note_printed, pack_id=pack_id))
    return True


def note_printed(uow: UnitOfWork, pack_id: UUID) -> Pack:
    """It lies on paper. Doing it again changes nothing."""
    pack = get_pack(uow.session, pack_id, lock=True)
    if pack.printed_at is None:
        pack.printed_at = uow.now
        uow.session.add(pack)
        uow.session.flush()
    return pack
