"""From a batch to everybody who ate of it; two who fell ill are a case."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from dispatch.access.accounts import Role
from dispatch.counter.serving import PastEatBy
from dispatch.errors import NotFound
from dispatch.kitchens.batches import Batch
from dispatch.kitchens.recalling import find_batches, list_eaters, recall
from dispatch.kitchens.samples import FoodSample
from dispatch.kitchens.sampling import SampleStillNeeded, destroy_sample
from dispatch.log.audit import Audit
from dispatch.orders.cancelling import cancel_order
from dispatch.people.elders import Living
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.climbing import close_case
from dispatch.safety.falling_ill import NotWhenTheyFellIll, report_illness
from dispatch.safety.illness import BatchCase, Symptom
from dispatch.store.unit_of_work import picture
from tests.kitchens.stove import AT_TABLE, box_of, cook, do, eat, order
from tests.little_town import ELEVEN, NOON, STREET, LittleTown
from tests.web.counting import counted

EVENING = NOON + timedelta(hours=6)


def ill(town: LittleTown, elder_id: UUID, **about: Any) -> list[Case]:
    """Somebody rings: an elder has been sick since the afternoon."""
    when = about.pop("at", NOON + timedelta(hours=2))
    told: list[Case] = do(
        town, report_illness, elder_id, when, [Symptom.VOMITING], key=uuid4().hex,
        **about,
    )  # fmt: skip
    return told


def test_a_recall_is_one_query_in_the_order_of_calling(town: LittleTown) -> None:
    old = {"born_on": date(1930, 1, 1)}
    people = [
        town.add_elder("周吃过"),
        town.add_elder("吴最老", **old),
        town.add_elder("郑独居", living=Living.ALONE),
        town.add_elder("王吞咽", swallowing_level=7),
        town.add_elder("冯没吃"),
        town.add_elder("陈取消", **old),
    ]
    orders = [order(town, elder_id, **AT_TABLE) for elder_id in people]
    town.add_contact(people[3])
    town.at(ELEVEN)
    batch = cook(town)
    for one in orders[:4]:
        eat(town, one)
    do(town, cancel_order, orders[5].id, "family")

    with picture(town.engine, town.staff) as seen, counted(town.engine) as asked:
        eaters = list_eaters(seen, [batch.id])
    assert len([one for one in asked if "meal_box" in one]) == 1
    sheet = do(town, recall, batch.id, "供货商通知")

    names = [line.name for line in sheet.lines]
    assert names == ["冯没吃", "王吞咽", "郑独居", "吴最老", "周吃过"]
    assert [one.elder_id for one in eaters] == [line.elder_id for line in sheet.lines]
    assert (sheet.not_eaten, sheet.eaten) == (1, 4)
    assert {line.phone for line in sheet.lines} == {"13800000000"}
    assert sheet.lines[1].contact_phone == "13900000000"
    with Session(town.engine) as session:
        looks = session.exec(select(Audit).where(Audit.action == "recall")).all()
    assert {one.object_id for one in looks} == {*people[:5]}


def test_a_batch_is_found_by_what_was_in_it_and_not_from_elsewhere(
    town: LittleTown,
) -> None:
    order(town)
    batch = cook(town, first_seal="QH-0001")
    elsewhere = uuid4()
    with Session(town.engine) as session:
        session.add(town.station(elsewhere, "s2", STREET))
        session.commit()
    neighbour = town.add_account("n", Role.STATION, station_id=elsewhere)
    far = town.add_account("far", Role.STREET, street_code="119900002")

    for words in (batch.number, "豆腐", "2026-11-20", "qh-0001", ""):
        [found] = do(town, find_batches, words)
        assert found.id == batch.id
    assert do(town, find_batches, "牛肉") == []
    assert do(town, find_batches, "", actor=far) == []
    with pytest.raises(NotFound):
        do(town, recall, batch.id, "好奇", actor=far)
    assert len(do(town, list_eaters, [batch.id])) == 1
    do(town, recall, batch.id, "通知", actor=town.dispatcher)
    assert do(town, find_batches, "", actor=neighbour) != []


def test_two_ill_elders_of_one_batch_are_a_case_that_a_person_closes(
    town: LittleTown,
) -> None:
    eaten = [order(town, **AT_TABLE) for _ in range(3)]
    waiting = order(town, **AT_TABLE)
    town.at(ELEVEN)
    batch = cook(town, 10)
    for one in eaten:
        eat(town, one)
    other = order(town, **AT_TABLE, source="walk_in")
    eat(town, other)
    town.at(NOON)

    assert ill(town, eaten[0].elder_id, at=NOON) == []
    assert ill(town, eaten[0].elder_id, at=NOON) == []  # the same elder, told again
    [case] = ill(town, eaten[1].elder_id, at=NOON)

    assert (case.kind, case.elder_id) == (CaseKind.BATCH_ILLNESS, eaten[1].elder_id)
    with Session(town.engine) as session:
        assert session.get_one(Batch, batch.id).withdrawn_why == "two_ill"
        sample = session.exec(select(FoodSample)).one()
    town.at(NOON + timedelta(minutes=1))
    with pytest.raises(PastEatBy):
        eat(town, waiting)
    third = ill(town, eaten[2].elder_id, at=NOON)
    assert [one.id for one in third] == [case.id]

    town.at(NOON + timedelta(hours=72))
    with pytest.raises(SampleStillNeeded):
        do(town, destroy_sample, sample.id)
    do(town, close_case, case.id, "hospital", "两人均已就医")
    do(town, destroy_sample, sample.id)
    with Session(town.engine) as session:
        assert session.exec(select(BatchCase.batch_id)).all() == [batch.id]
        closed = session.exec(select(Case).where(col(Case.closed_at).is_(None)))
        assert closed.all() == []


def test_whoever_ate_of_another_batch_or_fell_ill_too_late_makes_no_case(
    town: LittleTown,
) -> None:
    first, second = order(town, **AT_TABLE), order(town, **AT_TABLE)
    town.at(ELEVEN)
    cook(town, 1)
    cook(town, 1)
    for one in (first, second):
        eat(town, one)
    boxes = [box_of(town, one) for one in (first, second)]
    assert len({box.batch_id for box in boxes if box}) == 2
    town.at(EVENING)
    assert ill(town, first.elder_id) == []
    assert ill(town, second.elder_id) == []

    town.at(NOON + timedelta(days=4))
    late = NOON + timedelta(days=3)
    assert ill(town, first.elder_id, at=late) == []
    with pytest.raises(NotWhenTheyFellIll):
        ill(town, first.elder_id, at=NOON + timedelta(days=5))
