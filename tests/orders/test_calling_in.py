"""Whoever rings is found by their number, served for an hour, and by nothing else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.access.tries import TooManyLooks
from dispatch.catalogue.sittings import Serving
from dispatch.errors import NotAllowed, NotFound
from dispatch.log.audit import Audit, write_down
from dispatch.orders.caller_looks import LOOKS_AN_HOUR
from dispatch.orders.calling_in import (
    complain_on_call,
    cry_on_call,
    find_callers,
    offer_on_call,
    order_on_call,
)
from dispatch.orders.orders import Channel, Order
from dispatch.orders.refusals import NotServed
from dispatch.people.family import FamilyDeed, NotOptedIn
from dispatch.people.opting_in import opt_in
from dispatch.people.vault import seal
from dispatch.quality.complaints import Complaint
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.inbox import show_inbox
from dispatch.store.unit_of_work import (
    Actor,
    UnitOfWork,
    in_one_transaction,
    unit_of_work,
)
from tests.crossing import until_somebody_waits
from tests.engines import ON_ONE_ENGINE, ON_POSTGRESQL
from tests.little_town import EIGHT, TODAY, LittleTown

OWN, DAUGHTERS = "138 0000-0000", "13900000000"
LUNCH = (TODAY, Serving.LUNCH, Channel.DELIVERY)


@pytest.fixture
def ear(town: LittleTown) -> Actor:
    """Somebody of the call centre."""
    return town.add_account("ear", Role.CALL_CENTRE)


def use_up(town: LittleTown, ear: Actor, many: int) -> None:
    """So many other numbers were asked for just now."""

    def ask(uow: UnitOfWork) -> None:
        for _ in range(many):
            write_down(uow, "phone_asked", "number", uuid4())

    do(town, ear, ask)


def do(town: LittleTown, actor: Actor, deed: Any, *about: Any, **more: Any) -> Any:
    return in_one_transaction(
        town.engine, lambda uow: deed(uow, *about, **more), actor=actor
    )


@ON_ONE_ENGINE
def test_who_rings_orders_complains_and_calls_for_help(
    town: LittleTown, ear: Actor
) -> None:
    elder_id = town.add_elder()
    town.add_contact(elder_id)
    (found,) = do(town, ear, find_callers, OWN).callers
    assert (found.elder_id, found.label, found.relation) == (elder_id, "王*英", "")
    (through,) = do(town, ear, find_callers, DAUGHTERS).callers
    assert (through.elder_id, bool(through.relation)) == (elder_id, True)
    assert "王小英" not in str((found, through))

    do(town, ear, find_callers, OWN)
    dish = do(town, ear, offer_on_call, elder_id, *LUNCH).dishes[0]
    meal, key = (*LUNCH, dish.id), uuid4().hex
    order, again = (
        do(town, ear, order_on_call, elder_id, meal, note="", key=key) for _ in "12"
    )
    assert again == order
    assert do(town, ear, find_callers, OWN).callers[0].orders == [order]
    tickets = {
        do(town, ear, complain_on_call, elder_id, "饭凉了", key="told")
        for _ in range(2)
    }
    assert do(town, ear, cry_on_call, elder_id, "摔倒了", key="cry").owner
    with Session(town.engine) as session:
        assert session.exec(select(Order.source)).all() == ["phone"]
        assert set(session.exec(select(Complaint.ticket_no))) == tickets
        assert session.exec(select(Case.kind)).all() == [CaseKind.SOS_ELDER]
        looks = session.exec(select(Audit.action).where(Audit.role == "call_centre"))
        assert sorted(looks) == ["phone_asked"] * 4 + ["phone_found"] * 5


@ON_ONE_ENGINE
def test_from_a_contacts_number_it_is_the_familys_order_unless_the_elder_speaks(
    town: LittleTown, ear: Actor
) -> None:
    elder_id = town.add_elder()
    contact = town.add_contact(elder_id)
    for number in (OWN, DAUGHTERS, "+86 139 0000 0000"):
        do(town, ear, find_callers, number)
    about = {"note": "", "key": "one"}
    with pytest.raises(NotOptedIn):
        do(town, ear, order_on_call, elder_id, (*LUNCH, town.dish_id), **about)
    spoken = {"elder_speaks": True, **about}
    for _ in range(2):
        do(town, ear, order_on_call, elder_id, (*LUNCH, town.dish_id), **spoken)
    do(town, town.staff, opt_in, elder_id, contact, [FamilyDeed.ORDER])
    dinner = (TODAY, Serving.DINNER, Channel.DELIVERY, town.dish_id)
    with pytest.raises(NotServed):  # past the opt-in: there is no dinner this day
        do(town, ear, order_on_call, elder_id, dinner, note="", key="two")
    with Session(town.engine) as session:
        (order,) = session.exec(select(Order)).all()
        spoke = select(Audit.object_id).where(Audit.action == "elder_spoke")
        assert (order.source, session.exec(spoke).all()) == ("phone", [order.id])
        asked = select(Audit.object_id).where(Audit.action == "phone_asked")
        assert len({*session.exec(asked)}) == 2  # three looks, two of one number


@ON_ONE_ENGINE
@pytest.mark.proves("F102")
def test_nobody_is_there_for_it_whose_number_has_not_rung_within_the_hour(
    town: LittleTown, ear: Actor
) -> None:
    elder_id = town.add_elder()
    other = town.add_account("other", Role.CALL_CENTRE)
    do(town, other, find_callers, OWN)

    def deeds(actor: Actor, whom: UUID) -> list[type[Exception]]:
        refused: list[type[Exception]] = []
        meal = (*LUNCH, town.dish_id)
        for deed, about, more in (
            (offer_on_call, LUNCH, {}),
            (order_on_call, (meal,), {"note": "", "key": uuid4().hex}),
            (complain_on_call, ("饭凉了",), {"key": uuid4().hex}),
            (cry_on_call, ("摔倒了",), {"key": uuid4().hex}),
        ):
            with pytest.raises((NotFound, NotAllowed)) as refusal:
                do(town, actor, deed, whom, *about, **more)
            refused.append(refusal.type)
        return refused

    assert deeds(ear, elder_id) == [NotFound] * 4
    assert deeds(town.staff, elder_id) == [NotAllowed] * 4
    do(town, ear, find_callers, OWN)
    assert do(town, ear, offer_on_call, elder_id, *LUNCH).dishes
    town.at(EIGHT + timedelta(minutes=61))
    assert deeds(ear, elder_id) == [NotFound] * 4


@ON_ONE_ENGINE
def test_thirty_numbers_an_hour_are_enough_for_anybody(
    town: LittleTown, ear: Actor
) -> None:
    town.add_elder()
    office = town.add_account("office", Role.DISTRICT)
    for left in reversed(range(LOOKS_AN_HOUR)):
        for number in (f"138111122{left:02}", f"138-1111-22{left:02}"):
            found = do(town, ear, find_callers, number)
            assert (found.callers, found.left) == ([], left)
    with pytest.raises(TooManyLooks) as refusal:
        do(town, ear, find_callers, OWN)
    assert refusal.value.facts == {"again_seconds": 3600}
    told = do(town, office, show_inbox)
    assert (told.unread, "ear" in told.mine[0].words) == (1, True)
    town.at(EIGHT + timedelta(minutes=61))
    assert len(do(town, ear, find_callers, OWN).callers) == 1
    with pytest.raises(NotAllowed):
        do(town, town.staff, find_callers, OWN)


@ON_ONE_ENGINE
def test_past_thirty_numbers_one_finds_only_whom_to_call_help_for(
    town: LittleTown, ear: Actor
) -> None:
    elder_id = town.add_elder(diet_tags=["soft"])
    office = town.add_account("office", Role.DISTRICT)
    use_up(town, ear, LOOKS_AN_HOUR)
    found = do(town, ear, find_callers, OWN, for_help=True)
    (row,) = found.callers
    assert (found.help_only, row.label, row.diet_tags) == (True, "王*英", [])
    assert (row.number, row.relation, bool(row.station)) == ("", "", True)
    with pytest.raises(NotFound):
        do(town, ear, offer_on_call, elder_id, *LUNCH)
    with pytest.raises(NotFound):
        do(town, ear, complain_on_call, elder_id, "饭凉了", key="one")
    assert do(town, ear, cry_on_call, elder_id, "摔倒了", key="cry").owner
    for n in (*range(9), 8):  # the same number again is not told again
        do(town, ear, find_callers, f"1390000111{n}", for_help=True)
    assert len(do(town, office, show_inbox).mine) == 1
    do(town, ear, find_callers, "13900001119", for_help=True)
    told = {one.words for one in do(town, office, show_inbox).mine}
    assert [f"求助查了 {many} 个" in str(told) for many in (1, 10)] == [True] * 2
    assert len(told) == 2
    with pytest.raises(TooManyLooks):  # looks for help give no other look
        do(town, ear, find_callers, OWN)


@ON_ONE_ENGINE
def test_who_is_found_for_help_is_called_help_for_before_the_next(
    town: LittleTown, ear: Actor
) -> None:
    phones = [f"1370000111{n}" for n in range(4)]
    elders = [town.add_elder() for _ in phones]
    with Session(town.engine) as session:
        for elder_id, phone in zip(elders, phones, strict=True):
            seal(session, elder_id, {"phone": phone})
        session.commit()
    use_up(town, ear, LOOKS_AN_HOUR)
    for n, phone in enumerate(["13600001111", *phones[:3], phones[2]]):
        town.at(EIGHT + timedelta(seconds=n))
        do(town, ear, find_callers, phone, for_help=True)
    with pytest.raises(TooManyLooks, match="先登记求助"):
        do(town, ear, find_callers, phones[3], for_help=True)
    assert do(town, ear, find_callers, phones[0], for_help=True).callers
    do(town, ear, cry_on_call, elders[0], "摔倒了", key="cry")
    assert do(town, ear, find_callers, phones[3], for_help=True).callers


@ON_POSTGRESQL
def test_two_looks_at_once_cannot_both_be_the_thirtieth(
    town: LittleTown, ear: Actor
) -> None:
    use_up(town, ear, LOOKS_AN_HOUR - 1)
    refused = []

    def second() -> None:
        with pytest.raises(TooManyLooks):
            do(town, ear, find_callers, DAUGHTERS)
        refused.append(True)

    with ThreadPoolExecutor(1) as one, unit_of_work(town.engine, ear) as first:
        assert find_callers(first, OWN).left == 0
        one.submit(second)
        until_somebody_waits(town.engine)
    assert refused == [True]


@ON_ONE_ENGINE
def test_a_contact_of_many_is_nobodys_own_number(town: LittleTown, ear: Actor) -> None:
    for many in range(6):
        elder_id = town.add_elder()
        town.add_contact(elder_id)
        found = do(town, ear, find_callers, DAUGHTERS)
        assert (len(found.callers), found.shared) == (
            (many + 1, False) if many < 5 else (0, True)
        )
