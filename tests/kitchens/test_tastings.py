"""One meal a week is probed at a last stop; boxes that come back are counted."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from dispatch.catalogue.sittings import Sitting
from dispatch.errors import Conflict
from dispatch.kitchens.boxes_out import BoxesOut, show_boxes
from dispatch.kitchens.returning import hand_in, take_boxes
from dispatch.kitchens.returns import held_by_elders, held_by_helpers
from dispatch.kitchens.tasting import (
    NobodyCarriesIt,
    find_ride,
    probe_tasting,
    show_tasting,
)
from dispatch.kitchens.tastings import Tasting
from dispatch.orders.sitting_close import cook as count_portions
from dispatch.store.unit_of_work import picture
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.kitchens.stove import AT_TABLE, cook, do, eat, order
from tests.little_town import ELEVEN, NOON, TODAY, LittleTown


def test_the_last_serving_of_the_week_sends_the_test_meal(town: LittleTown) -> None:
    order(town)
    with Session(town.engine) as session:  # Friday's is the only one of this week
        assert TODAY.weekday() == 4
        assert len(session.exec(select(Sitting)).all()) == 1
    do(town, count_portions, town.sitting_id)
    do(town, count_portions, town.sitting_id)
    with Session(town.engine) as session:
        [drawn] = session.exec(select(Tasting)).all()

    assert (drawn.week_on, drawn.sitting_id) == (
        TODAY - timedelta(days=4),
        town.sitting_id,
    )
    with pytest.raises(NobodyCarriesIt):
        do(town, probe_tasting, drawn.id, 655)


def test_where_nothing_is_carried_nothing_is_drawn(town: LittleTown) -> None:
    order(town, **AT_TABLE)
    do(town, count_portions, town.sitting_id)
    with Session(town.engine) as session:
        assert session.exec(select(Tasting)).all() == []


def test_it_rides_to_the_last_door_and_is_probed_once(town: LittleTown) -> None:
    elder_id = town.add_elder()
    walk = make_walk(town, elder_id)
    sitting_id = town.sitting_id
    do(town, count_portions, sitting_id)
    with Session(town.engine) as session:
        [drawn] = session.exec(select(Tasting)).all()

    done = do(town, probe_tasting, drawn.id, 575, "路上太久", actor=town.dispatcher)
    with pytest.raises(Conflict):
        do(town, probe_tasting, drawn.id, 700)

    with picture(town.engine, town.staff) as seen:
        ride = find_ride(seen.session, done)
        row = show_tasting(seen.session, done)
        assert ride is not None
        assert ride[0].helper_id == walk.helper_id
    assert row is not None
    assert (row.celsius, row.passed, row.building) == (57.5, False, "3号楼")


def test_boxes_are_with_the_elder_then_the_helper_then_the_kitchen(
    town: LittleTown,
) -> None:
    first = order(town, **AT_TABLE)
    town.at(ELEVEN)
    cook(town, returnable=True)
    eat(town, first)
    assert _held(town, first.elder_id) == {first.elder_id: 1}
    [out] = _out(town).elders
    assert (out.elder_id, out.boxes, out.last_on) == (first.elder_id, 1, TODAY)

    do(town, take_boxes, first.elder_id, 1, key="k")
    do(town, take_boxes, first.elder_id, 1, key="k")
    assert _held(town, first.elder_id) == {first.elder_id: 0}
    assert (_out(town).elders, _out(town).taken_today) == ([], 1)


def test_what_the_phone_took_back_is_counted_once(town: LittleTown) -> None:
    elder_id = town.add_elder()
    walk = make_walk(town, elder_id)
    phone = Phone(walk)
    phone.at_stop("arrived", HALF_PAST)
    about: dict[str, Any] = {"detail": {"to": "self", "boxes_back": 2}}
    phone.at_stop("handed_over", HALF_PAST, **about)
    for _ in range(2):
        phone.sync(HALF_PAST)

    assert _carried(town, walk.helper_id) == {walk.helper_id: 2}
    assert [one.boxes for one in _out(town).helpers] == [2]
    town.at(NOON)
    do(town, hand_in, walk.helper_id, 2, key=uuid4().hex)
    assert _carried(town, walk.helper_id) == {walk.helper_id: 0}


def _held(town: LittleTown, elder_id: Any) -> dict[Any, int]:
    with Session(town.engine) as session:
        return held_by_elders(session, [elder_id])


def _carried(town: LittleTown, helper_id: Any) -> dict[Any, int]:
    with Session(town.engine) as session:
        return held_by_helpers(session, [helper_id])


def _out(town: LittleTown) -> BoxesOut:
    with picture(town.engine, town.staff) as seen:
        return show_boxes(seen)
