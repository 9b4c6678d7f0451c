"""Promise 10 finds a look at unmasked data that nobody wrote down."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session

from dispatch.log.audit import write_down
from dispatch.people.revealing import reveal
from dispatch.promises.checking import Look, Premises
from dispatch.promises.history import history_file
from dispatch.promises.privacy import check_privacy
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.little_town import LittleTown


def _look_only(uow: UnitOfWork, elder_id: UUID) -> None:
    write_down(uow, "look", "elder", elder_id, fields=["name"], purpose="card")


def _reveal(uow: UnitOfWork, elder_id: UUID) -> None:
    reveal(uow, elder_id, ["phone"], "call back")


@pytest.mark.parametrize(("written", "broken"), [(_look_only, 1), (_reveal, 0)])
def test_a_reveal_needs_its_own_line_in_the_audit(
    town: LittleTown, tmp_path: Path, written: object, broken: int
) -> None:
    elder_id = town.add_elder()
    in_one_transaction(
        town.engine,
        lambda uow: written(uow, elder_id),  # type: ignore[operator]
        actor=town.staff,
    )
    seen = {"who": "front", "look": "reveal", "id": str(elder_id), "status": 200}
    history_file(tmp_path).write_text(json.dumps(seen) + "\n", encoding="utf-8")

    look = Look()
    with Session(town.engine) as session:
        check_privacy(Premises(session, home=tmp_path), look)

    assert len(look.broken) == broken
