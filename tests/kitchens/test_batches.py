"""A batch and its clock: what was cooked together is known, and served in time."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.counter.serving import PastEatBy
from dispatch.counter.showing import show_sheet
from dispatch.errors import NotFound, Refusal
from dispatch.kitchens.batches import Batch
from dispatch.kitchens.boxing import BadSeal, SealUsed
from dispatch.kitchens.cooking import Cooked, NotHotEnough, TooLateToCook, finish_batch
from dispatch.kitchens.probing import ActionMissing, Probe, Withdrawn, probe, take_back
from dispatch.kitchens.reach import NotYourKitchen
from dispatch.kitchens.readings import Action, Place, Reading
from dispatch.kitchens.samples import FoodSample
from dispatch.kitchens.sampling import (
    SampleStillNeeded,
    SampleTooSmall,
    destroy_sample,
)
from dispatch.kitchens.showing import show_kitchen
from dispatch.log.events import Outbox
from dispatch.orders.cancelling import cancel_order
from dispatch.planning.errands import list_errands
from dispatch.store.unit_of_work import Actor, picture
from tests.engines import ON_ONE_ENGINE
from tests.kitchens.stove import (
    AT_TABLE,
    HOT,
    WARM,
    box_of,
    cook,
    do,
    eat,
    order,
    start,
)
from tests.little_town import EIGHT, ELEVEN, OTHER_STREET, STREET, TODAY, LittleTown

HOUR = timedelta(hours=1)
NINE = EIGHT + HOUR


def hot(tenths: int = HOT, **about: Any) -> Probe:
    return Probe(Place.BATCH, tenths, **about)


def test_a_box_is_eaten_within_two_hours_of_being_hot(town: LittleTown) -> None:
    carried, table = order(town), order(town, **AT_TABLE)
    town.at(ELEVEN - HOUR)
    batch = cook(town)
    assert batch.eat_by_at == ELEVEN + HOUR

    town.at(ELEVEN)
    do(town, probe, batch.id, hot())
    assert [
        box.eat_by_at for one in (carried, table) if (box := box_of(town, one))
    ] == [ELEVEN + 2 * HOUR] * 2

    with picture(town.engine) as seen:
        [errand] = list_errands(seen.session, [carried])
    assert errand.eat_by_at == ELEVEN + 2 * HOUR
    town.at(ELEVEN + 2 * HOUR + timedelta(minutes=1))  # the sitting's own is 13:30
    with pytest.raises(PastEatBy):
        eat(town, table)


def test_what_is_not_hot_any_more_keeps_its_clock_and_needs_an_answer(
    town: LittleTown,
) -> None:
    town.at(ELEVEN - HOUR)
    batch = cook(town, 5)
    town.at(ELEVEN)
    with pytest.raises(ActionMissing):
        do(town, probe, batch.id, hot(WARM))

    reading = do(town, probe, batch.id, hot(WARM, action=Action.REHEATED))

    assert (reading.in_range, reading.action) == (False, Action.REHEATED)
    with Session(town.engine) as session:
        assert session.get_one(Batch, batch.id).eat_by_at == ELEVEN + HOUR
        cold = Reading(
            kitchen_id=town.kitchen_id, place=Place.WARMER, tenths=WARM,
            in_range=False, taken_at=ELEVEN,
        )  # fmt: skip
        session.add(cold)
        with pytest.raises(IntegrityError):
            session.commit()


def test_a_discarded_batch_is_served_to_nobody_and_a_fresh_one_takes_its_place(
    town: LittleTown,
) -> None:
    table, carried = order(town, **AT_TABLE), order(town)
    town.at(ELEVEN)
    batch = cook(town)
    do(town, probe, batch.id, hot(WARM, action=Action.DISCARDED))
    town.at(ELEVEN + timedelta(minutes=1))
    with pytest.raises(PastEatBy):
        eat(town, table)
    with pytest.raises(Withdrawn):
        do(town, probe, batch.id, hot())

    fresh = cook(town, 4)
    eat(town, table)

    boxes = [box_of(town, one) for one in (table, carried)]
    assert [box and box.batch_id for box in boxes] == [fresh.id] * 2


def test_what_comes_late_is_boxed_from_the_batch_that_has_a_portion_left(
    town: LittleTown,
) -> None:
    first = order(town, **AT_TABLE)
    town.at(NINE)
    second = order(town, **AT_TABLE)
    town.at(ELEVEN)
    small, large = cook(town, 1), cook(town, 2)
    do(town, cancel_order, first.id, "family")
    boxes = [box_of(town, one) for one in (first, second)]
    assert [box and box.batch_id for box in boxes] == [small.id, large.id]

    for _ in range(2):
        eat(town, order(town, **AT_TABLE, source="walk_in"))

    with Session(town.engine) as session:
        batches = {one.id: one.portions for one in session.exec(select(Batch))}
    assert batches == {small.id: 1, large.id: 2}


def test_carried_boxes_are_sealed_one_after_the_other(town: LittleTown) -> None:
    table, *carried = order(town, **AT_TABLE), order(town)
    town.at(NINE)
    carried.append(order(town))
    cook(town, first_seal="QH-0098")

    boxes = [box_of(town, one) for one in [*carried, table]]
    assert [box and box.seal for box in boxes] == ["QH-0098", "QH-0099", None]

    order(town)
    for seal, refusal in (("QH-0099", SealUsed), ("QH", BadSeal)):
        with pytest.raises(refusal):
            cook(town, first_seal=seal)


def test_what_cannot_be_cooked_changes_nothing(town: LittleTown) -> None:
    order(town)
    batch = start(town)
    cases: list[tuple[Cooked, type[Refusal]]] = [
        (Cooked(tenths=WARM), NotHotEnough),
        (Cooked(tenths=HOT, grams=124), SampleTooSmall),
    ]
    for how, refusal in cases:
        with pytest.raises(refusal):
            do(town, finish_batch, batch.id, how)
    others = town.add_account("x", Role.STREET, street_code=STREET)
    far = town.add_account("y", Role.STREET, street_code=OTHER_STREET)
    for actor, no in ((others, NotYourKitchen), (far, NotFound)):
        with pytest.raises(no):
            do(town, finish_batch, batch.id, Cooked(tenths=HOT), actor=actor)
    town.at(ELEVEN + 3 * HOUR)
    with pytest.raises(TooLateToCook):
        do(town, finish_batch, batch.id, Cooked(tenths=HOT))
    with Session(town.engine) as session:
        assert session.get_one(Batch, batch.id).cooked_at is None
        assert not session.exec(select(Reading)).all()


def test_a_sample_is_kept_two_days_and_somebody_throws_it_away(
    town: LittleTown,
) -> None:
    batch = cook(town, 3)
    with Session(town.engine) as session:
        sample = session.exec(select(FoodSample)).one()
    assert (sample.dish, sample.grams) == ("红烧豆腐套餐", 125)

    with pytest.raises(SampleStillNeeded):
        do(town, destroy_sample, sample.id)
    with Session(town.engine) as session:
        early = session.get_one(FoodSample, sample.id)
        early.destroyed_at, early.destroyed_by = early.taken_at, early.taken_by
        with pytest.raises(IntegrityError):
            session.commit()
    assert batch.cooked_at is not None
    town.at(batch.cooked_at + timedelta(hours=48))
    gone = do(town, destroy_sample, sample.id)

    assert (gone.destroyed_by, gone.destroyed_at) == (
        town.staff.account_id,
        batch.cooked_at + timedelta(hours=48),
    )


def test_a_batch_taken_back_stops_what_is_still_on_its_way(town: LittleTown) -> None:
    eaten, waiting = order(town, **AT_TABLE), order(town)
    town.at(ELEVEN)
    batch = cook(town)
    eat(town, eaten)
    town.at(ELEVEN + timedelta(minutes=20))

    do(town, take_back, batch.id, "供货商通知")

    clocks = [box.eat_by_at for one in (eaten, waiting) if (box := box_of(town, one))]
    assert clocks == [ELEVEN + 2 * HOUR, ELEVEN + timedelta(minutes=20)]


@ON_ONE_ENGINE
def test_a_kitchens_own_account_cooks_there_and_nowhere_else(town: LittleTown) -> None:
    order(town)
    own = town.add_account("chef", Role.KITCHEN, kitchen_id=town.kitchen_id)
    other = Actor(Role.KITCHEN.value, own.account_id, kitchen_id=uuid4())
    batch = start(town)
    with pytest.raises(NotFound):
        do(town, finish_batch, batch.id, Cooked(tenths=HOT), actor=other)
    assert do(town, finish_batch, batch.id, Cooked(tenths=HOT), actor=own).cooked_at
    with picture(town.engine, own) as uow:
        day = show_kitchen(uow, TODAY, None)
        sheet: dict[str, Any] = show_sheet(uow, batch.sitting_id)
        with pytest.raises(NotFound):
            show_kitchen(uow, TODAY, uuid4())
    assert (day.kitchen_id, day.own, day.tasting) == (town.kitchen_id, True, None)
    assert [label.elder_label for label in sheet["labels"]] == ["王奶奶"]
    with picture(town.engine, other) as uow, pytest.raises(NotFound):
        show_sheet(uow, batch.sitting_id)
    with picture(town.engine) as uow:
        told = uow.session.exec(select(Outbox).where(Outbox.kind == "batch.cooked"))
        assert told.one().station_id == town.station_id  # its pages hear of it
    town.at(ELEVEN + timedelta(days=3))
    with picture(town.engine, own) as uow, pytest.raises(NotFound):
        show_sheet(uow, batch.sitting_id)
