"""A district's database is shot between two backups: what comes back, and how soon.

    python3 benchmarks/coming_back.py --before 5000 --after 2000 --seed 7

A PostgreSQL of its own in a temporary folder, its writes streamed to the shelf. Orders
of a made-up village are placed one by one, each acknowledged when committed; after
the first part a base backup is made; after the second the server's process is killed.
Then `restore`'s own parts bring the shelf back into an empty place, settle it and check
every promise; each acknowledged order is looked for. Prints one JSON line.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DISPATCH_STAGE", "test")
os.environ.setdefault("DISPATCH_HOME", tempfile.mkdtemp(prefix="liuzhu-back-"))

from sqlalchemy import Engine  # noqa: E402 - the checkout comes first
from sqlmodel import Session, select  # noqa: E402

from dispatch.backups.copying import journal_command, surroundings  # noqa: E402
from dispatch.backups.laying_out import lay_out  # noqa: E402
from dispatch.backups.making import make_backup  # noqa: E402
from dispatch.backups.proving import prove  # noqa: E402
from dispatch.backups.shelf import WAL, find_backup  # noqa: E402
from dispatch.catalogue.sittings import Serving  # noqa: E402
from dispatch.chaos.town import Wish, draw_calls, settle_town  # noqa: E402
from dispatch.clock import wall_now  # noqa: E402
from dispatch.errors import Refusal  # noqa: E402
from dispatch.orders.ordering import OrderDraft, place_order  # noqa: E402
from dispatch.orders.orders import Channel, Order  # noqa: E402
from dispatch.settings import Settings, settings  # noqa: E402
from dispatch.store.engine import make_engine  # noqa: E402
from dispatch.store.migrate import upgrade  # noqa: E402
from dispatch.store.unit_of_work import SYSTEM, in_one_transaction  # noqa: E402
from tests.postgres import PostgresServer, programs  # noqa: E402


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=int, default=5_000)
    parser.add_argument("--after", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=7)
    told = parser.parse_args()
    server = PostgresServer()
    server.start()
    with tempfile.TemporaryDirectory(prefix="liuzhu-back-") as folder:
        Path(folder).chmod(0o755)
        try:
            found = measure(server, Path(folder), told.before, told.after, told.seed)
        finally:
            server.stop()
    print(json.dumps(found))


def measure(
    server: PostgresServer, place: Path, before: int, after: int, seed: int
) -> dict[str, Any]:
    """Live, be shot, come back; what was seen."""
    url = server.create("liuzhu")
    upgrade(url)
    engine = make_engine(url)
    many = round(1.3 * (before + after))  # some are away, and refused
    district = settle_town(engine, settings().home, seed, many)
    calls = draw_calls(district, seed, many)
    accepted = (one for call in calls if (one := place_one(engine, call)))
    chosen = Settings.model_validate(
        {
            "stage": "test",
            "home": settings().home,
            "database_url": url,
            "postgres_programs": programs(),
        }
    )
    shelf = place / "shelf"
    words = journal_command(url, shelf / WAL, programs())
    journal = subprocess.Popen(words, env={**os.environ, **surroundings(url)})
    try:
        acknowledged = list(islice(accepted, before))
        made = make_backup(chosen, shelf)
        acknowledged += islice(accepted, after)
        last = wall_now()
        server.process.send_signal(signal.SIGKILL)
        engine.dispose()
        began = time.monotonic()
        laid = lay_out(
            find_backup(shelf, None), place / "new", source=url, programs=programs()
        )
        with laid.answering() as address:
            answers = time.monotonic() - began
            proof = prove(address, laid.manifest, chosen.keys)
            whole = time.monotonic() - began
            back = make_engine(address)
            with Session(back) as session:
                there = set(session.exec(select(Order.id)))
            back.dispose()
    finally:
        journal.kill()
        journal.wait()
    until = proof.settled.until or made.began_at
    return {
        "acknowledged": len(acknowledged),
        "lost": len(set(acknowledged) - there),
        "seconds_lost": round(max(0.0, (last - until).total_seconds()), 2),
        "backup_seconds": round((made.ended_at - made.began_at).total_seconds(), 1),
        "backup_megabytes": round(made.bytes / 1e6, 1),
        "answers_after_seconds": round(answers, 1),
        "checked_after_seconds": round(whole, 1),
        "broken": proof.broken + proof.besides,
    }


def place_one(engine: Engine, call: Wish) -> UUID | None:
    """One order, told of when it is committed; None where it was refused."""
    body = call.body
    draft = OrderDraft(
        elder_id=UUID(str(body["elder_id"])),
        service=str(body["service"]),
        channel=Channel(str(body["channel"])),
        serve_on=wall_now().date().fromisoformat(str(body["serve_on"])),
        serving=Serving(str(body["serving"])),
        menu_item_id=UUID(str(body["menu_item_id"])),
    )
    try:
        made = in_one_transaction(
            engine, lambda uow: place_order(uow, draft, key=uuid4().hex), actor=SYSTEM
        )
    except Refusal:
        return None
    return made.id


if __name__ == "__main__":
    main()
