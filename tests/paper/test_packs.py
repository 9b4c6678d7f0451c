"""What goes on paper, when, and how it comes back."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.catalogue.sittings import Sitting, get_sitting
from dispatch.field.paper import SheetLine, type_in_sheet
from dispatch.log.audit import Audit
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.orders import OrderState
from dispatch.orders.sitting_close import cook
from dispatch.paper.making import list_due, look_after_packs, make_pack
from dispatch.paper.packs import Sheet, list_packs
from dispatch.paper.route_sheets import route_sheets
from dispatch.paper.showing import NotOurPack, open_pack, show_packs
from dispatch.paper.typing_in import NoSuchSheet, read_sheet
from dispatch.people.places import Kitchen
from dispatch.store.unit_of_work import in_one_transaction, picture
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import LAT, LON, STREET, TODAY, LittleTown

AHEAD = timedelta(minutes=30)


@pytest.fixture
def walk(town: LittleTown) -> Walk:
    """Two boxes on one round, and what is cooked is known."""
    elders = town.add_elder("王桂英"), town.add_elder("李建国", sex="M")
    found = make_walk(town, *elders)
    in_one_transaction(town.engine, partial(cook, sitting_id=town.sitting_id))
    return found


def test_a_pack_is_made_once_at_its_time_and_anew_only_when_something_changed(
    walk: Walk,
) -> None:
    town = walk.town
    with picture(town.engine) as seen:
        ready = get_sitting(seen.session, town.sitting_id).ready_at
        assert list_due(seen.session, ready - AHEAD - timedelta(seconds=1), AHEAD) == []
        assert list_due(seen.session, ready - AHEAD, AHEAD) == [town.sitting_id]

    assert [make_pack(town.engine, town.sitting_id) for _ in range(2)] == [1, 1]
    with picture(town.engine, town.staff) as seen:
        first = show_packs(seen, town.sitting_id)
        assert list_due(seen.session, ready, AHEAD) == []
    assert {pack.sheet for pack in first.packs} == {each.value for each in Sheet}
    assert (first.changes, first.stale) == (0, False)

    calling_off = partial(cancel_order, order_id=walk.orders[1], reason="by_elder")
    in_one_transaction(town.engine, calling_off, actor=town.dispatcher)
    with picture(town.engine, town.staff) as seen:
        then = show_packs(seen, town.sitting_id)
    assert (then.changes, then.stale) == (1, True)
    assert make_pack(town.engine, town.sitting_id) == 2


def test_the_printer_gets_each_pack_until_it_has_taken_it(
    walk: Walk, tmp_path: Path
) -> None:
    town, out = walk.town, tmp_path / "out.pdf"
    town.at(HALF_PAST)
    look_after_packs(town.engine, AHEAD, "false")  # the printer is out of paper
    with Session(town.engine) as session:
        assert not [p for p in list_packs(session, town.sitting_id) if p.printed_at]

    look_after_packs(town.engine, AHEAD, f"tee -a {out}")
    with Session(town.engine) as session:
        printed = [p for p in list_packs(session, town.sitting_id) if p.printed_at]
    assert {each.sheet for each in printed} == {Sheet.PACK, Sheet.LABELS_THERMAL}
    size = out.stat().st_size
    look_after_packs(town.engine, AHEAD, f"tee -a {out}")
    assert out.stat().st_size == size
    assert out.read_bytes().count(b"%PDF-") == 2


def test_only_the_kitchens_own_house_opens_names_and_doors_and_it_is_written_down(
    walk: Walk,
) -> None:
    town = walk.town
    make_pack(town.engine, town.sitting_id)
    with Session(town.engine) as session:
        pack = list_packs(session, town.sitting_id)[0]
        assert b"%PDF" not in pack.sealed
    opening = partial(open_pack, pack_id=pack.id)
    pdf = in_one_transaction(town.engine, opening, actor=town.staff)
    assert pdf.startswith(b"%PDF-")
    with Session(town.engine) as session:
        looks = session.exec(select(Audit).where(Audit.action == "print_pack")).all()
    assert [look.account_id for look in looks] == [town.staff.account_id]

    far = town.station(uuid4(), "far", STREET)
    far.lat = LAT + 0.05
    with Session(town.engine) as session:
        session.add(far)
        far_id = far.id
        session.commit()
    others = town.add_account("far", Role.STATION, station_id=far_id)
    with pytest.raises(NotOurPack):
        in_one_transaction(town.engine, opening, actor=others)


def test_a_sheet_that_came_back_is_typed_in_line_by_line(walk: Walk) -> None:
    town, number = walk.town, str(walk.round_id)[:4]
    town.at(HALF_PAST)
    with picture(town.engine, town.staff) as seen:
        rows = read_sheet(seen, number.lower(), TODAY)
        with pytest.raises(NoSuchSheet):
            read_sheet(seen, "ZZZZ", TODAY)
    assert [row.label for row in rows] == ["王奶奶", "李爷爷"]
    assert all(row.open for row in rows)

    line = SheetLine(rows[0].order_id, rows[0].at, "self", rows[0].helper_id, number)
    order = in_one_transaction(
        town.engine, partial(type_in_sheet, line=line), actor=town.staff
    )
    assert (order.state, order.grade) == (OrderState.DONE, "D")
    with picture(town.engine, town.staff) as seen:
        again = read_sheet(seen, number, TODAY)
    assert [row.open for row in again] == [False, True]


def test_a_kitchen_packs_its_own_boxes_of_a_round_that_loads_at_two(walk: Walk) -> None:
    elsewhere = walk.order(1)
    with Session(walk.town.engine) as session:
        here = get_sitting(session, walk.town.sitting_id)
        second = Kitchen(
            name="二厨房", street_code=STREET, lat=LAT, lon=LON, lunch_capacity=9
        )
        session.add(second)
        session.flush()
        there = Sitting(
            **here.model_dump(exclude={"id", "kitchen_id"}), kitchen_id=second.id
        )
        session.add(there)
        session.flush()
        elsewhere.sitting_id = there.id
        session.add(elsewhere)
        session.flush()
        sheets = [route_sheets(session, each)[0] for each in (here, there)]
    packed = [[box.label for box in sheet.boxes] for sheet in sheets]
    assert packed == [["王奶奶"], ["李爷爷"]]
    assert [len(sheet.stops) for sheet in sheets] == [2, 2]
