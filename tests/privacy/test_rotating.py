"""New keys: everything is sealed anew, readable at every moment, and once only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine
from sqlmodel import Session, select

from dispatch.people.vault import (
    Sealed,
    find_owners,
    make_keys,
    open_file,
    read_keys,
    seal,
    seal_again,
    seal_file,
    unseal,
)
from dispatch.privacy import rotating
from dispatch.privacy.rotating import StillUsed, count_by_key, forget_keys, rotate
from dispatch.reports.prints import PrintForm, ReportPrint
from dispatch.settings import settings
from dispatch.store.tables import METADATA
from tests.engines import ON_ONE_ENGINE
from tests.little_town import EIGHT


@pytest.fixture
def keys_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A house with keys of its own."""
    file = tmp_path / "keys.json"
    make_keys(file)
    monkeypatch.setenv("DISPATCH_KEYS_FILE", str(file))
    settings.cache_clear()
    yield file
    monkeypatch.undo()
    settings.cache_clear()


class Stopped(Exception):
    """Somebody pulled the plug."""


def stop(_rows: int) -> None:
    raise Stopped


@pytest.mark.proves("S26")
def test_a_rotation_that_was_cut_off_goes_on_and_nothing_is_ever_unreadable(
    engine: Engine, keys_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "AT_ONCE", 2)
    owners = [uuid4() for _ in range(5)]
    with Session(engine) as session:
        for number, owner in enumerate(owners):
            seal(
                session, owner, {"name": f"王{number}", "phone": f"1380000000{number}"}
            )
        session.commit()

        print_id = uuid4()
        key_id, sealed = seal_file(print_id, b"a print")
        session.add(a_print(id=print_id, key_id=key_id, sealed=sealed))
        session.commit()

    copied: list[str] = []
    with pytest.raises(Stopped):
        rotate(
            engine,
            keys_file,
            told=stop,
            keep=lambda: copied.append(read_keys(keys_file).current),
        )
    assert copied == ["k2"]
    assert counted(engine) == {"k1": 9, "k2": 2}
    assert_readable(engine, owners)
    with pytest.raises(StillUsed):
        forget_keys(keys_file, counted(engine))

    assert rotate(engine, keys_file, told=int) == 9
    assert counted(engine) == {"k2": 11}
    assert forget_keys(keys_file, counted(engine)) == ["k1"]
    assert list(read_keys(keys_file).sealing) == ["k2"]
    assert_readable(engine, owners)
    with Session(engine) as session:
        kept = session.get_one(ReportPrint, print_id)
        assert open_file(kept.id, kept.key_id, kept.sealed) == b"a print"
    assert keys_file.stat().st_mode & 0o077 == 0


def test_no_table_with_something_sealed_is_left_behind() -> None:
    """A key would be forgotten under which something still lies."""
    sealed = {
        table.name
        for table in METADATA.sorted_tables
        if {"key_id", "sealed"} <= {*table.columns.keys()}
    }
    assert {table.__tablename__ for table in rotating.SEALED} == sealed


def a_print(**about: Any) -> ReportPrint:
    told: dict[str, Any] = {"name": "usage", "period": "2026-05", "reach": "-"}
    told |= {"form": PrintForm.PDF, "hidden": False, "sha256": "0" * 64}
    return ReportPrint(made_at=EIGHT, **told, **about)


@ON_ONE_ENGINE
def test_a_file_moves_with_its_key(engine: Engine, keys_file: Path) -> None:
    owner = uuid4()
    key_id, sealed = seal_file(owner, b"a picture")
    rotating.add_key(keys_file)

    moved = seal_again(owner, rotating.FILE, key_id, sealed)

    assert moved[0] == "k2"
    assert open_file(owner, *moved) == open_file(owner, key_id, sealed) == b"a picture"
    with pytest.raises(InvalidTag):
        seal_again(uuid4(), rotating.FILE, key_id, sealed)


def counted(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        return count_by_key(session)


def assert_readable(engine: Engine, owners: list[UUID]) -> None:
    with Session(engine) as session:
        plain = unseal(session, owners, ["name"])
        assert [plain[one]["name"] for one in owners] == [f"王{n}" for n in range(5)]
        assert find_owners(session, "phone", "13800000003") == [owners[3]]
        assert len(session.exec(select(Sealed)).all()) == 10
