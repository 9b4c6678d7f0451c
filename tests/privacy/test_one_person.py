"""A copy of one person's data is whole; who is forgotten leaves every total behind."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlmodel import Session

from dispatch.cli import cli
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.orders import get_order
from dispatch.people.elders import Elder, Household
from dispatch.people.vault import seal, unseal
from dispatch.promises import Status, check_promises
from dispatch.safety.cases import CaseKind
from dispatch.safety.opening import open_case
from dispatch.safety.reports import FOUND, DoorEntry, EntryWay
from dispatch.settings import settings
from dispatch.store.engine import reading
from dispatch.store.tables import METADATA
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.engines import ON_ONE_ENGINE
from tests.little_town import EIGHT, LittleTown
from tests.planning.lunch_wave import order_lunch

GROW = {"audit", "audit_waiting"}  # what is done here is itself written down


@pytest.fixture(autouse=True)
def _here(town: LittleTown, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    url = town.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DISPATCH_DATABASE_URL", url)
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--reason", "本人申请"])


def number_of(town: LittleTown, elder_id: UUID) -> str:
    with Session(town.engine) as session:
        elder = session.get(Elder, elder_id)
        assert elder is not None
        return elder.number


def counts(town: LittleTown) -> dict[str, int]:
    with Session(town.engine) as session:
        return {
            table.name: session.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
            for table in METADATA.sorted_tables
            if table.name not in GROW | {"vault"}
        }


@ON_ONE_ENGINE
def test_a_copy_holds_everything_and_nobody_else(
    town: LittleTown, tmp_path: Path
) -> None:
    elder_id = town.add_elder(name="欧阳独一")
    contact_id = town.add_contact(elder_id)
    order_id = order_lunch(town, elder_id)
    other = town.add_elder(name="别家老人")
    entry_id = go_in(town, order_id)
    out = tmp_path / "copy.json"

    done = run("export-person", number_of(town, elder_id), "--out", str(out))

    assert done.exit_code == 0, done.output
    told = json.loads(out.read_text(encoding="utf-8"))
    assert [row["id"] for row in told["rows"]["orders"]] == [str(order_id)]
    assert told["opened"][str(elder_id)]["name"] == "欧阳独一"
    assert told["opened"][str(contact_id)]["phone"] == "13900000000"
    assert told["opened"][str(entry_id)]["found"] == "人在卧室"
    assert "household" in told["rows"]
    assert "event" in told["rows"]
    assert str(other) not in out.read_text(encoding="utf-8")
    assert out.stat().st_mode & 0o077 == 0


def go_in(town: LittleTown, order_id: UUID) -> UUID:
    """A door is opened by two, who say what they found."""
    with Session(town.engine) as session:
        uow = UnitOfWork(session, EIGHT, town.dispatcher)
        order = get_order(session, order_id)
        case = open_case(uow, order, CaseKind.NO_ANSWER, EIGHT, None)
        entry = DoorEntry(
            case_id=case.id,
            way=EntryWay.KEY,
            why="两天没有应门",
            asked_by=UUID(str(town.staff.account_id)),
            asked_at=EIGHT,
        )
        session.add(entry)
        session.flush()
        seal(session, entry.id, {FOUND: "人在卧室"})
        session.commit()
        return entry.id


@ON_ONE_ENGINE
def test_the_last_of_a_couple_takes_the_door_along(town: LittleTown) -> None:
    first, last = town.add_elder(), town.add_elder()
    with Session(town.engine) as session:
        both = [session.get_one(Elder, one) for one in (first, last)]
        home_id = both[0].household_id
        both[1].household_id = home_id
        for one in both:
            one.died_on = date(2026, 11, 19)
        numbers = [one.number for one in both]
        session.commit()
    left = []
    for number in numbers:
        assert run("erase-person", number, "--yes").exit_code == 0
        with Session(town.engine) as session:
            door = unseal(session, [home_id], ["door"])[home_id]
            left.append((bool(door), session.get_one(Household, home_id).lat))

    assert left[0][0] is True
    assert left[1] == (False, None)


def test_who_is_forgotten_leaves_every_total(town: LittleTown) -> None:
    elder_id, other = town.add_elder(name="欧阳独一"), town.add_elder()
    contact_id = town.add_contact(elder_id)
    order_id = order_lunch(town, elder_id)
    number = number_of(town, elder_id)
    alive = run("erase-person", number, "--yes")
    with Session(town.engine) as session:
        elder = session.get_one(Elder, elder_id)
        elder.died_on = date(2026, 11, 19)
        household_id = elder.household_id
        session.add(elder)
        session.commit()
    busy = run("erase-person", number, "--yes")
    in_one_transaction(
        town.engine,
        lambda uow: cancel_order(uow, order_id, reason="by_elder"),
        actor=town.staff,
    )
    before = counts(town)

    done = run("erase-person", number, "--yes")

    assert (alive.exit_code, busy.exit_code) == (1, 1)
    assert done.exit_code == 0, done.output
    assert counts(town) == before
    with Session(reading(town.engine)) as session:
        owners = [elder_id, contact_id, household_id]
        fields = ["name", "phone", "address", "door"]
        assert not any(unseal(session, owners, fields).values())
        assert unseal(session, [other], ["name"])[other]
        assert session.get_one(Household, household_id).lat is None
        broken = [one for one in check_promises(session) if one.broken]
        assert [one.n for one in broken if one.status is Status.BROKEN] == []
