"""Packs as a station sees them: what was made, what has changed since, and the PDF."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from dispatch.catalogue.sittings import Sitting
from dispatch.counter.showing import reachable_sitting
from dispatch.errors import NotAllowed
from dispatch.log.audit import write_down
from dispatch.orders.station_day import station_for
from dispatch.paper.contents import contents_of
from dispatch.paper.making import make_pack, note_printed
from dispatch.paper.packs import changed, get_pack, last_edition, list_packs
from dispatch.people.places import Kitchen, is_at_kitchen
from dispatch.people.vault import open_file
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor, UnitOfWork


class NotOurPack(NotAllowed):
    """打印包里有全厨房的姓名和门牌，只有厨房所在的驿站和调度能打开。"""

    code = "not_our_pack"


@dataclass(frozen=True)
class PackRow:
    """One file of one edition."""

    id: UUID
    sheet: str
    edition: int
    made_at: datetime
    printed_at: datetime | None


@dataclass(frozen=True)
class Packs:
    """A serving's packs. `changes`: boxes that are other than in the last edition."""

    packs: list[PackRow]
    changes: int
    stale: bool


def show_packs(uow: UnitOfWork, sitting_id: UUID) -> Packs:
    """Raises: NotFound, NotOurPack."""
    sitting = _printable(uow, sitting_id)
    last = last_edition(uow.session, sitting_id)
    before = last.portions if last else {}
    now = contents_of(uow.session, sitting, before)
    return Packs(
        packs=[
            PackRow(
                id=pack.id,
                sheet=pack.sheet.value,
                edition=pack.edition,
                made_at=pack.made_at,
                printed_at=pack.printed_at,
            )
            for pack in list_packs(uow.session, sitting_id)
        ],
        changes=len(changed(before, now.portions)) if last else 0,
        stale=last is not None and last.facts_sha256 != now.sha256(),
    )


def make_again(database: Database, actor: Actor, sitting_id: UUID) -> Packs:
    """Make the next edition if anything on the sheets has changed.

    Raises:
        NotFound, NotOurPack
    """
    database.read(partial(_printable, sitting_id=sitting_id), actor)
    make_pack(database.engine, sitting_id)
    return database.read(partial(show_packs, sitting_id=sitting_id), actor)


def open_pack(uow: UnitOfWork, pack_id: UUID) -> bytes:
    """The PDF, to be printed now; the look is written down. Must commit.

    Raises:
        NotFound, NotOurPack
    """
    pack = get_pack(uow.session, pack_id)
    _printable(uow, pack.sitting_id)
    fields = ["name", "door", "door_note"]
    write_down(uow, "print_pack", "sitting", pack.sitting_id, fields=fields)
    note_printed(uow, pack_id)
    return open_file(pack.id, pack.key_id, pack.sealed)


def _printable(uow: UnitOfWork, sitting_id: UUID) -> Sitting:
    sitting = reachable_sitting(uow, sitting_id)
    if uow.actor.role == "station":
        station = station_for(uow, None)
        kitchen = uow.session.get_one(Kitchen, sitting.kitchen_id)
        if not is_at_kitchen(station, kitchen):
            raise NotOurPack
    return sitting
