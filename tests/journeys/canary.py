"""One elder of unmistakable name, number, phone and door; where they are looked for.

Their words lie sealed in the database and are told to whoever serves them. They stand
in no file beside: no log, no address, no trace of a failure, not in what Redis heard.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from sqlmodel import col, select

from dispatch.orders.orders import Channel
from dispatch.people.elders import Elder
from dispatch.people.vault import seal
from dispatch.settings import settings
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction

CANARY: Final = {
    "name": "欧阳金丝雀",
    "phone": "15499999917",
    "id_number": "119900194403019917",
}
DOOR: Final = {"address": "金丝雀胡同九十七号九门", "door_note": "金丝雀笼下有钥匙"}
_WORD: Final = re.compile(rb"\$(\d+)\r\n")


def plant(home: Path) -> None:
    """Before the day begins, somebody to whom meals are carried becomes that elder."""
    engine = make_engine(f"sqlite:///{home / 'liuzhu.db'}")

    def do(uow: UnitOfWork) -> None:
        query = select(Elder).where(Elder.usual_channel == Channel.DELIVERY)
        elder = uow.session.exec(query.order_by(col(Elder.number))).first()
        assert elder is not None
        seal(uow.session, elder.id, CANARY)
        seal(uow.session, elder.household_id, DOOR)

    with pytest.MonkeyPatch.context() as told:
        told.setenv("DISPATCH_KEYS_FILE", str(home / "keys.json"))
        settings.cache_clear()
        in_one_transaction(engine, do)
    settings.cache_clear()
    engine.dispose()


def traces(content: bytes) -> list[str]:
    """What of that elder stands in this, in any spelling that a program may use."""
    words = [*CANARY.values(), *DOOR.values()]
    return [word for word in words if any(one in content for one in _spelt(word))]


def _spelt(word: str) -> set[bytes]:
    escaped = word.encode("ascii", "backslashreplace")
    return {word.encode(), word.encode("gbk"), quote(word).encode(), escaped}


def told_to_redis(home: Path) -> Iterator[bytes]:
    """Every word that any process told it that day, read from its own journal."""
    for journal in sorted((home / "valkey").rglob("*.incr.aof")):
        content, at = journal.read_bytes(), 0
        while found := _WORD.search(content, at):
            at = found.end() + int(found[1])
            yield _unpacked(content[found.end() : at])


def _unpacked(word: bytes) -> bytes:
    """The queue packs what its jobs are."""
    try:
        return zlib.decompress(word)
    except zlib.error:
        return word
