"""Who looked at whom is found by who was looked at."""

import pytest
from sqlmodel import Session

from dispatch.access.looking_back import as_facts, list_looks_at, list_watchers
from dispatch.errors import NotFound
from dispatch.log.audit import write_down
from dispatch.people.elders import Elder
from dispatch.people.revealing import reveal
from dispatch.safety.cases import Case, CaseKind, Rung
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.engines import ON_ONE_ENGINE
from tests.little_town import STREET, TODAY, LittleTown


@ON_ONE_ENGINE
@pytest.mark.proves("S06", "F102")
def test_each_look_is_found_by_the_person_and_told_to_the_station(
    town: LittleTown,
) -> None:
    elder_id, other_id = town.add_elder(), town.add_elder("李大山")
    for who, whom, fields in (
        (town.staff, elder_id, ["phone"]),
        (town.staff, other_id, ["name"]),
        (town.dispatcher, elder_id, ["address"]),
    ):
        in_one_transaction(
            town.engine,
            lambda uow, whom=whom, fields=fields: reveal(  # type: ignore[misc]
                uow, whom, fields, "电话确认"
            ),
            actor=who,
        )
    contact_id = town.add_contact(other_id)
    in_one_transaction(
        town.engine,
        lambda uow: write_down(uow, "call", "contact", contact_id, fields=["phone"]),
        actor=town.dispatcher,
    )

    def look_into_a_case(uow: UnitOfWork) -> None:
        case = Case(
            kind=CaseKind.CONDITION,
            elder_id=elder_id,
            station_id=town.station_id,
            street_code=STREET,
            happened_at=uow.now,
            opened_at=uow.now,
            rung=Rung.PHONE_ELDER,
            deadline_at=uow.now,
            owner="调度",
        )
        uow.session.add(case)
        write_down(uow, "read_found", "case", case.id, fields=["found"])

    in_one_transaction(town.engine, look_into_a_case, actor=town.dispatcher)

    with Session(town.engine) as session:
        number = session.get_one(Elder, elder_id).number
        looks = list_looks_at(session, number, TODAY, TODAY)
        week = list_watchers(session, "s1", TODAY)
        with pytest.raises(NotFound):
            list_looks_at(session, "nobody", TODAY, TODAY)

    told = sorted((one.role, one.fields, one.purpose) for one in looks)
    assert {one.number for one in looks} == {number}
    assert told == [
        ("dispatcher", ["address"], "电话确认"),
        ("dispatcher", ["found"], ""),
        ("station", ["phone"], "电话确认"),
    ]
    assert sorted((one.role, one.persons, one.fields) for one in week) == [
        ("dispatcher", 2, ["address", "phone"]),
        ("station", 2, ["name", "phone"]),
    ]
    said = str([*map(as_facts, looks), *map(as_facts, week)])
    assert "13800000000" not in said
    assert "王小英" not in said
