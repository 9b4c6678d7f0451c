"""Death, moving, hospital: what follows happens at once, and can be taken back."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from dispatch.errors import NotAllowed, NotFound
from dispatch.orders.befalling import (
    AlreadyDied,
    BadEventDay,
    Event,
    NewAddressMissing,
    befall,
)
from dispatch.orders.deciding import accept, reject
from dispatch.orders.orders import Order, get_order
from dispatch.orders.refusals import ElderDied, ElderLeft
from dispatch.orders.returning import CannotUndo, NotAway, come_back, undo_event
from dispatch.people.agreements import list_agreements, sign
from dispatch.people.elder_facts import facts_on, history_of
from dispatch.people.elders import Elder, Household
from dispatch.people.housing import Address, Point
from dispatch.people.life_events import LifeEvent, LifeKind
from dispatch.people.places import Kitchen
from dispatch.people.proposals import (
    AlreadyDecided,
    ProposalKind,
    list_open_proposals,
    propose,
)
from dispatch.people.responsible import FIRST, name_responsible, responsible_on
from dispatch.safety.cases import CaseKind, list_cases_of
from dispatch.safety.opening import open_case
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import Actor, in_one_transaction
from tests.little_town import EIGHT, LAT, LON, OTHER_STREET, TODAY, LittleTown
from tests.orders.test_pausing import DAY, VISIT, broken, count, place, state
from tests.subsidy.ledger_town import AT_TABLE, do

YESTERDAY = TODAY - DAY
NEW_DOOR = Address(community="清河二社区", building="9号楼", unit="1单元", room="101")


def befalls(
    town: LittleTown, elder_id: UUID, kind: LifeKind, **about: Any
) -> LifeEvent:
    event = Event(elder_id, kind, **({"happened_on": TODAY} | about))
    return do(town, befall, event, key=uuid4().hex)


@pytest.mark.proves("F81")
def test_a_death_ends_everything_but_the_safety_case(town: LittleTown) -> None:
    elder_id, me = town.add_elder(), town.staff.account_id
    lunch, visit = place(town, elder_id), place(town, elder_id, **VISIT)

    def prepare(uow: Any) -> None:
        elder = uow.session.get_one(Elder, elder_id)
        sign(uow, elder, town.station_id, TODAY - 30 * DAY, "柜3")
        name_responsible(uow, elder, FIRST, TODAY - DAY, account_id=me)
        open_case(
            uow, get_order(uow.session, visit.id), CaseKind.NO_ANSWER, EIGHT, None
        )

    do(town, prepare)
    died = befalls(town, elder_id, LifeKind.DIED, happened_on=YESTERDAY, source="家属")

    assert state(town, lunch) == state(town, visit) == ("cancelled", "deceased")
    assert count(town)[0] == 0
    assert broken(town) == []
    with Session(town.engine) as session:
        assert session.get_one(Elder, elder_id).died_on == YESTERDAY
        assert list_cases_of(session, visit.id)[0].closed_at is None
        assert list_agreements(session, [elder_id])[elder_id][0].until_on == YESTERDAY
        assert responsible_on(session, [elder_id], TODAY) == {elder_id: []}
    with pytest.raises(ElderDied):
        place(town, elder_id, **AT_TABLE)
    with pytest.raises(AlreadyDied):
        befalls(town, elder_id, LifeKind.DIED)

    back = do(town, undo_event, died.id, "同名同姓，不是这位老人")
    assert set(back.did["freed"]) == {str(lunch.id), str(visit.id)}
    assert state(town, lunch) == ("waiting", None)
    assert broken(town) == []
    with Session(town.engine) as session:
        assert session.get_one(Elder, elder_id).died_on is None
        assert list_agreements(session, [elder_id])[elder_id][0].until_on is None
        assert len(responsible_on(session, [elder_id], TODAY)[elder_id]) == 1
    with pytest.raises(CannotUndo):
        do(town, undo_event, died.id, "再撤一次")


def test_from_hospital_people_come_back_to_their_orders(town: LittleTown) -> None:
    elder_id = town.add_elder()
    order = place(town, elder_id)
    away = befalls(town, elder_id, LifeKind.HOSPITAL, happened_on=YESTERDAY)
    assert state(town, order) == ("held", "paused_hospital")

    back = do(town, come_back, away.id)

    assert (back.ended_on, back.did["freed"]) == (TODAY, [str(order.id)])
    assert state(town, order)[0] == "waiting"
    with pytest.raises(NotAway):
        do(town, come_back, away.id)


def test_an_institution_is_a_fact_for_the_rules_from_its_day_on(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    moved_in = befalls(town, elder_id, LifeKind.INSTITUTION)
    do(town, come_back, moved_in.id, TODAY + 5 * DAY)
    with Session(town.engine) as session:
        elder, history = session.get_one(Elder, elder_id), history_of(session, elder_id)
        days = [TODAY + n * DAY for n in (-1, 0, 4, 5)]
        lives = [facts_on(elder, history, on)["resides_in_institution"] for on in days]
    assert lives == [False, True, True, False]


@pytest.mark.proves("F82")
def test_who_moves_within_the_district_takes_their_orders_along(
    town: LittleTown,
) -> None:
    elder_id, other = town.add_elder(), uuid4()
    with Session(town.engine) as session:
        session.add(town.station(other, "s2", OTHER_STREET))
        session.commit()
    lunch, visit = place(town, elder_id), place(town, elder_id, **VISIT)
    with pytest.raises(NewAddressMissing):
        befalls(town, elder_id, LifeKind.MOVED)

    there = Point(LAT + 0.004, LON)
    new: dict[str, Any] = {"address": NEW_DOOR, "point": there, "station_id": other}
    moved = befalls(town, elder_id, LifeKind.MOVED, **new)

    assert set(moved.did["moved"]) == {str(lunch.id), str(visit.id)}
    with Session(town.engine) as session:
        order = session.get_one(Order, lunch.id)
        home = session.get_one(Household, order.household_id)
        elder = session.get_one(Elder, elder_id)
        assert (home.building, home.located) == ("9号楼", True)
        assert (order.station_id, order.street_code) == (other, OTHER_STREET)
        assert (elder.household_id, elder.station_id) == (home.id, other)
    assert state(town, lunch) == ("waiting", None)
    assert broken(town) == []


def test_a_meal_of_another_kitchen_is_called_off_by_the_move(town: LittleTown) -> None:
    elder_id, other, kitchen = town.add_elder(), uuid4(), uuid4()
    with Session(town.engine) as session:
        old = session.get_one(Kitchen, town.kitchen_id)
        session.add(Kitchen(**(old.model_dump() | {"id": kitchen})))
        session.flush()
        moved_to = town.station(other, "s2", OTHER_STREET)
        moved_to.kitchen_id = kitchen
        session.add(moved_to)
        session.commit()
    lunch, visit = place(town, elder_id), place(town, elder_id, **VISIT)
    new: dict[str, Any] = {"address": NEW_DOOR, "station_id": other}
    befalls(town, elder_id, LifeKind.MOVED, **new)

    assert state(town, lunch) == ("cancelled", "moved")
    assert state(town, visit) == ("blocked", "no_location")
    assert broken(town) == []


def test_who_leaves_the_district_is_served_until_the_day_before(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    today = place(town, elder_id)
    befalls(town, elder_id, LifeKind.MOVED_OUT, happened_on=TODAY + DAY)
    assert state(town, today)[0] == "waiting"
    with pytest.raises(ElderLeft):
        place(town, elder_id, **VISIT, serve_on=TODAY + DAY)
    with pytest.raises(BadEventDay):
        befalls(town, elder_id, LifeKind.DIED, happened_on=TODAY + DAY)


def test_a_registry_changes_nothing_until_a_person_accepts(town: LittleTown) -> None:
    elder_id = town.add_elder()
    order = place(town, elder_id)

    def hear(kind: ProposalKind, facts: Json) -> UUID:
        def run(uow: Any) -> UUID:
            elder = uow.session.get_one(Elder, elder_id)
            return propose(
                uow, kind, elder, YESTERDAY, source="户籍比对", facts=facts
            ).id

        return do(town, run)

    died = hear(ProposalKind.DECEASED, {})
    relief = hear(ProposalKind.FACT, {"kind": "relief", "value": {"relief": "DB"}})
    assert state(town, order)[0] == "waiting"
    for actor, refusal in (
        (Actor("system"), NotAllowed),
        (Actor("station", account_id=uuid4(), station_id=uuid4()), NotFound),
    ):
        with pytest.raises(refusal):
            in_one_transaction(
                town.engine, lambda uow: accept(uow, died, "查实"), actor=actor
            )
    do(town, accept, relief, "街道已核实")
    do(town, reject, died, "电话里本人接听")

    with Session(town.engine) as session:
        elder = session.get_one(Elder, elder_id)
        assert (elder.relief, elder.died_on) == ("DB", None)
        assert list_open_proposals(session, elder_id) == []
    assert state(town, order)[0] == "waiting"
    with pytest.raises(AlreadyDecided):
        do(town, accept, died, "再办一次")
