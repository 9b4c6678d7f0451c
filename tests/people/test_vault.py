"""The vault: nobody reads it without the keys, nobody moves a value elsewhere."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from dispatch.people.phones import compare_anew
from dispatch.people.vault import (
    Sealed,
    blind_as_typed,
    blind_index,
    erase,
    find_owners,
    owners_by,
    seal,
    unseal,
)
from dispatch.settings import settings as chosen_settings
from tests.engines import ON_ONE_ENGINE


def test_a_value_comes_back_as_it_went_in(engine: Engine) -> None:
    owner = uuid4()
    with Session(engine) as session:
        seal(session, owner, {"name": "𠮷田·买买提", "phone": "13812345678"})
        session.flush()
        assert unseal(session, [owner], ["name", "phone"]) == {
            owner: {"name": "𠮷田·买买提", "phone": "13812345678"}
        }


@pytest.mark.proves("S26")
def test_the_database_holds_no_plain_text_and_no_two_equal_ciphers(
    engine: Engine,
) -> None:
    first, second = uuid4(), uuid4()
    with Session(engine) as session:
        for owner in (first, second):
            seal(session, owner, {"name": "王小英"})
        session.flush()
        ciphers = [row.sealed for row in session.exec(select(Sealed))]
    assert ciphers[0] != ciphers[1]
    assert not any("王小英".encode() in cipher for cipher in ciphers)


@pytest.mark.parametrize("moved", ["owner_id", "field"])
@pytest.mark.proves("S26")
def test_a_cipher_moved_to_another_row_does_not_open(
    engine: Engine, moved: str
) -> None:
    owner, other = uuid4(), uuid4()
    with Session(engine) as session:
        seal(session, owner, {"name": "王小英"})
        session.flush()
        row = session.exec(select(Sealed)).one()
        setattr(row, moved, other if moved == "owner_id" else "phone")
        session.flush()
        with pytest.raises(InvalidTag):
            unseal(session, [owner, other], ["name", "phone"])


@pytest.mark.parametrize(
    ("kept", "rings"),
    [
        ("010-6234 5678", "01062345678"),
        ("138 0000 0000", "+86 13800000000"),
        ("+86-138-0000-0000", "13800000000"),
        ("008613800000000", "138００００００００"),
        ("8612345", "86-12345"),
    ],
)
@ON_ONE_ENGINE
def test_a_telephone_finds_its_owner_however_it_was_typed_and_is_shown_so(
    engine: Engine, kept: str, rings: str
) -> None:
    owner = uuid4()
    with Session(engine) as session:
        seal(session, owner, {"phone": kept})
        session.flush()
        assert find_owners(session, "phone", rings) == [owner]
        both = owners_by(session, "phone", [kept, rings])
        assert both == {kept: [owner], rings: [owner]}
        assert unseal(session, [owner], ["phone"]) == {owner: {"phone": kept}}


def test_a_number_from_before_is_found_after_the_next_start(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is right stays as it is: what stands written of it compares with it. With
    the same keys it is gone through once, with one more once more.
    """
    old, fine = uuid4(), uuid4()
    with Session(engine) as session:
        seal(session, old, {"phone": "010-6234 5678"})
        seal(session, fine, {"phone": "13800000000"})
        session.flush()
        row = session.get_one(Sealed, (old, "phone"))
        row.blind = blind_as_typed("phone", "010-6234 5678")
        session.commit()
        assert find_owners(session, "phone", "01062345678") == []
        assert find_owners(session, "phone", "010-6234 5678") == [old]
    assert [compare_anew(engine) for _ in "12"] == [1, 0]
    with Session(engine) as session:
        assert find_owners(session, "phone", "01062345678") == [old]
        row = session.get_one(Sealed, (old, "phone"))
        row.blind = blind_as_typed("phone", "010-6234 5678")
        session.commit()
    assert compare_anew(engine) == 0
    kept = json.loads(chosen_settings().keys.read_text())
    kept["keys"]["k2"] = kept["keys"]["k1"]
    tmp_path.joinpath("keys.json").write_text(json.dumps(kept))
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("DISPATCH_KEYS_FILE", str(tmp_path / "keys.json"))
        chosen_settings.cache_clear()
        assert compare_anew(engine) == 1
    chosen_settings.cache_clear()
    assert blind_index("phone", "13800000000") == blind_as_typed("phone", "13800000000")


def test_a_card_finds_its_owner_however_it_is_typed(engine: Engine) -> None:
    owner = uuid4()
    with Session(engine) as session:
        seal(session, owner, {"card": "11x0042", "name": "王小英"})
        session.flush()
        assert find_owners(session, "card", " 11X0042 ") == [owner]
        assert find_owners(session, "phone", "11X0042") == []


def test_an_erased_person_is_gone(engine: Engine) -> None:
    owner = uuid4()
    with Session(engine) as session:
        seal(session, owner, {"name": "王小英"})
        session.flush()
        erase(session, owner)
        assert unseal(session, [owner], ["name"]) == {owner: {}}


@given(name=st.text(min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_text_comes_back(engine: Engine, name: str) -> None:
    owner = uuid4()
    with Session(engine) as session:
        seal(session, owner, {"note": name})
        session.flush()
        assert unseal(session, [owner], ["note"])[owner]["note"] == name
