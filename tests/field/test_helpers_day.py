"""What a helper's phone receives, where they are, whom they may call, and paper."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.errors import NotAllowed, NotFound, Refusal
from dispatch.field.calling import NotOnTheWayThere, dial
from dispatch.field.events import Verdict
from dispatch.field.evidence import EvidenceFrom
from dispatch.field.helper_day import HelperDay
from dispatch.field.paper import (
    AlreadyProven,
    NotForPaper,
    ReasonMissing,
    SheetLine,
    enter_by_hand,
    type_in_sheet,
)
from dispatch.field.positions import (
    AlwaysShown,
    Position,
    choose_dot,
    keep_position,
)
from dispatch.field.rounds import rounds_of
from dispatch.field.weak_proofs import list_weak
from dispatch.log.audit import Audit
from dispatch.orders.orders import OrderState
from dispatch.people.elders import Datum
from dispatch.people.helpers import HelperKind
from dispatch.quality.indicators import list_indicators
from dispatch.store.unit_of_work import (
    SYSTEM,
    Actor,
    UnitOfWork,
    in_one_transaction,
    unit_of_work,
)
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import EIGHT, ELEVEN, LAT, LON, NOON, TODAY, LittleTown

HOUR = timedelta(hours=1)


def day_of(walk: Walk) -> HelperDay:
    def do(uow: UnitOfWork) -> HelperDay:
        return rounds_of(uow, walk.helper_id, TODAY)

    return in_one_transaction(walk.town.engine, do, actor=walk.actor)


def test_a_round_shows_titles_boxes_and_doors_and_writes_each_look_down(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder(diet_tags=["低盐"], allergies=["虾"])
    walk = make_walk(town, elder_id, visits=[town.add_elder("李大爷", sex="M")])
    day = day_of(walk)
    [round_] = day.rounds
    pickup, door, visit = round_.stops

    assert (day.helper.name, round_.wave, round_.boxes) == (
        "赵师傅",
        "清河街道 午餐",
        1,
    )
    assert [stop.kind for stop in round_.stops] == ["pickup", "door", "visit"]
    assert pickup.building == "清河中央厨房"
    assert pickup.door is None
    assert (door.door, door.building) == ("502", "3号楼")
    [person] = door.persons
    assert (person.label, person.dish) == ("王奶奶", "红烧豆腐套餐")
    assert person.diet_tags == ["低盐", "忌虾"]
    assert visit.persons[0].label == "李爷爷"
    assert door.eat_by_at == NOON + 1.5 * HOUR
    assert round_.load[0].boxes[0].order_id == walk.orders[0]
    assert (day.today.done, day.today.left) == (0, 2)
    day_of(walk)
    assert len(audits(town, "show_door")) == 2


@pytest.mark.proves("S02")
def test_a_round_is_over_two_hours_after_its_end_and_counts_still(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    town.at(NOON + 2 * HOUR)
    assert [stop.door for stop in day_of(walk).rounds[0].stops] == [None, "502"]
    town.at(NOON + 2 * HOUR + timedelta(seconds=1))
    day = day_of(walk)
    assert (day.rounds, day.today.left) == ([], 1)
    assert len(audits(town, "show_door")) == 1


def test_who_is_still_out_keeps_the_doors_and_is_believed(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    phone, late = Phone(walk), NOON + 3 * HOUR
    phone.hand(HALF_PAST, 0)
    phone.sync(HALF_PAST)

    town.at(late)
    assert day_of(walk).rounds[0].stops[2].door == "502"
    handed = phone.hand(late, 1)
    phone.sync(late)
    assert walk.kept(handed["id"]).verdict is Verdict.ACCEPTED

    phone.say("ended", late, round_id=walk.round_id)
    phone.sync(late)
    [over] = day_of(walk).rounds
    assert (over.state, over.load, over.path) == ("ended", [], [])
    assert {(one.building, one.lat, one.door) for one in over.stops} == {("", 0, None)}
    assert [one.persons for one in over.stops] == [[], [], []]


def test_a_closed_door_and_a_done_one_show_as_such(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    phone = Phone(walk)
    phone.at_stop("no_answer", HALF_PAST, 0)
    phone.hand(HALF_PAST, 1)
    phone.sync(HALF_PAST)
    _, closed, done = day_of(walk).rounds[0].stops
    assert (closed.state, closed.persons[0].state) == ("no_answer", "no_answer")
    assert (done.state, done.persons[0].state) == ("done", "done")
    assert not done.persons[0].by_other


def test_a_call_is_written_down_and_only_for_the_way_there(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    stranger = make_walk(town, town.add_elder())

    def call(helper_id: UUID) -> str:
        def do(uow: UnitOfWork) -> str:
            return dial(uow, helper_id, walk.orders[0])

        return in_one_transaction(town.engine, do, actor=walk.actor)

    assert call(walk.helper_id) == "tel:13800000000"
    assert len(audits(town, "call")) == 1
    with pytest.raises(NotFound):
        call(stranger.helper_id)
    town.at(NOON + 3 * HOUR)
    with pytest.raises(NotOnTheWayThere):
        call(walk.helper_id)
    assert len(audits(town, "call")) == 1


def audits(town: LittleTown, action: str) -> list[Audit]:
    with Session(town.engine) as session:
        return list(session.exec(select(Audit).where(Audit.action == action)))


def place(town: LittleTown, helper_id: UUID, at_ms: int | None, **where: Any) -> bool:
    spot = {"lat": LAT, "lon": LON} | where

    def do(uow: UnitOfWork) -> bool:
        return keep_position(uow, helper_id, at_ms=at_ms, **spot)

    return in_one_transaction(town.engine, do)


def where_is(town: LittleTown, helper_id: UUID) -> Position | None:
    with Session(town.engine) as session:
        return session.get(Position, helper_id)


@pytest.mark.proves("F47")
def test_no_clock_of_a_phone_freezes_where_its_helper_is(town: LittleTown) -> None:
    helper_id = town.add_helper()
    for day, lat in ((1, LAT), (-1, LAT + 0.001), (0, LAT + 0.002)):
        now = ELEVEN + timedelta(minutes=round(lat * 1000) % 10)
        town.at(now)
        shown = round((now + timedelta(days=day)).timestamp() * 1000)
        assert place(town, helper_id, shown, lat=lat)
        kept = where_is(town, helper_id)
        assert kept is not None
        assert kept.lat == pytest.approx(lat)
        assert now - timedelta(minutes=2) <= kept.at <= now


def test_a_position_comes_in_any_datum_and_is_kept_in_one(town: LittleTown) -> None:
    helper_id = town.add_helper()
    town.at(ELEVEN)
    place(town, helper_id, None, datum=Datum.GCJ02)
    kept = where_is(town, helper_id)
    assert kept is not None
    assert abs(kept.lat - LAT) + abs(kept.lon - LON) > 0.001


def test_nobody_off_duty_and_no_shy_volunteer_is_watched(town: LittleTown) -> None:
    courier = town.add_helper()
    shy = town.add_helper(kind=HelperKind.VOLUNTEER, shows_position=False)
    town.at(ELEVEN)
    assert not place(town, shy, None)
    with unit_of_work(town.engine, SYSTEM) as uow:
        choose_dot(uow, shy, shown=True)
    assert place(town, shy, None)
    with unit_of_work(town.engine, SYSTEM) as uow:
        choose_dot(uow, shy, shown=False)
        with pytest.raises(AlwaysShown):
            choose_dot(uow, courier, shown=False)
    assert where_is(town, shy) is None
    town.at(EIGHT)
    assert not place(town, courier, None)
    assert where_is(town, courier) is None
    with pytest.raises(Refusal):
        place(town, courier, None, lat=0.0, lon=0.0)


def punctual(town: LittleTown) -> tuple[int, int, int]:
    """Of the day's one helper: done, with a time to trust, on time by it."""
    [one] = in_one_transaction(
        town.engine,
        lambda uow: list_indicators(uow, "helper", TODAY, TODAY),
        actor=town.dispatcher,
    )
    return one.done, one.timed, one.on_time


def on_paper(walk: Walk, actor: Actor, **line: Any) -> Any:
    facts: dict[str, Any] = {
        "order_id": walk.orders[0],
        "at": HALF_PAST,
        "taken_by": "self",
    }

    def do(uow: UnitOfWork) -> Any:
        return type_in_sheet(uow, SheetLine(helper_id=walk.helper_id, **(facts | line)))

    return in_one_transaction(walk.town.engine, do, actor=actor)


def test_a_paper_sheet_is_a_proof_of_grade_d_until_the_phone_says_better(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    town.at(NOON + HOUR)
    with pytest.raises(NotAllowed):
        on_paper(walk, walk.actor)
    with pytest.raises(NotForPaper):
        on_paper(walk, town.staff, at=NOON + 2 * HOUR)
    on_paper(walk, town.staff, sheet="07")
    assert (walk.order().state, walk.order().grade) == (OrderState.DONE, "D")
    assert walk.elder().last_seen_at == HALF_PAST
    [weak] = in_one_transaction(town.engine, list_weak, actor=town.staff)
    assert (weak.origin, weak.grade, weak.claims) == ("paper", "D", [])
    with pytest.raises(AlreadyProven):
        on_paper(walk, town.staff)
    assert punctual(town) == (1, 0, 0)

    phone = Phone(walk)
    phone.hand(HALF_PAST)
    phone.sync(NOON + HOUR)
    assert walk.order().grade == "A"
    assert punctual(town) == (1, 1, 1)
    first, second = walk.proofs()
    assert (first.origin, second.origin) == (EvidenceFrom.PHONE, EvidenceFrom.PAPER)


def test_a_coordinators_word_is_of_the_lowest_grade_and_needs_a_reason(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    town.at(NOON)

    def enter(actor: Actor, reason: str) -> None:
        def do(uow: UnitOfWork) -> None:
            enter_by_hand(uow, walk.orders[0], HALF_PAST, reason)

        in_one_transaction(town.engine, do, actor=actor)

    with pytest.raises(NotAllowed):
        enter(town.staff, "家人证实")
    with pytest.raises(NotAllowed):
        enter(Actor(role=Role.DISPATCHER.value), "家人证实")
    with pytest.raises(ReasonMissing):
        enter(town.dispatcher, " ")
    enter(town.dispatcher, "家人来电证实已吃上")
    assert (walk.order().state, walk.order().grade) == (OrderState.DONE, "E")
    assert walk.elder().last_seen_at is None
