"""Whether what was brought back is whole: its promises, its chains, its keys."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlmodel import Session, select

from dispatch.backups.keys_apart import missing_keys
from dispatch.backups.settling import Settled, settle
from dispatch.backups.shelf import Manifest
from dispatch.people.vault import Sealed, unseal
from dispatch.promises import Status, check_promises
from dispatch.store.engine import make_engine, reading
from dispatch.store.migrate import upgrade

# What a backup can break: orders, money with its chains, losses, looks with theirs.
OF_KEEPING: Final = frozenset({1, 7, 8, 10})


@dataclass(frozen=True)
class Proof:
    """What was found; it is whole when nothing is broken."""

    settled: Settled
    broken: list[str] = field(default_factory=list)
    besides: list[str] = field(default_factory=list)  # of promises about the day itself


def prove(address: str, manifest: Manifest, keys_file: Path) -> Proof:
    """Bring it to the tables of this version, settle it, and look at everything."""
    upgrade(address)
    engine = make_engine(address)
    try:
        settled = settle(engine)
        broken = [
            f"key {name} does not open it"
            for name in missing_keys(manifest.key_ids, keys_file)
        ]
        if settled.events < manifest.events:
            broken.append(f"{manifest.events - settled.events} events are missing")
        besides: list[str] = []
        with Session(reading(engine)) as session:
            if not broken:
                _open_one_of_each_key(session)
            for promise in check_promises(session):
                if promise.status is Status.BROKEN:
                    words = f"promise {promise.n}: {promise.broken[0]}"
                    (broken if promise.n in OF_KEEPING else besides).append(words)
        return Proof(settled, broken, besides)
    finally:
        engine.dispose()


def _open_one_of_each_key(session: Session) -> None:
    for key_id in session.exec(select(Sealed.key_id).distinct()).all():
        query = select(Sealed.owner_id, Sealed.field).where(Sealed.key_id == key_id)
        owner, name = session.exec(query.limit(1)).one()
        unseal(session, [owner], [name])
