"""The made-up people: what they want, how their phones store, where they are."""

import asyncio
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dispatch.demo.agenda import Agenda
from dispatch.demo.chance import Chance
from dispatch.demo.desk import Desk
from dispatch.demo.district import District, draw_district
from dispatch.demo.doors import Door, Notes, Street
from dispatch.demo.paths import place_along
from dispatch.demo.phones import Phone
from dispatch.demo.sizes import SMALL
from dispatch.demo.streets import door_points, streets_for
from dispatch.demo.wishes import Wishes, draw_wishes
from dispatch.field.batches import PhoneEvent
from dispatch.field.merging import Link, chain_flags, link_of
from dispatch.orders.diet import suits
from dispatch.promises.history import read_history

DAY = date(2026, 11, 20)
SIX = datetime(2026, 11, 19, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def small() -> District:
    return draw_district(SMALL, 7, DAY, door_points(streets_for(SMALL, 7, None)))


@pytest.fixture(scope="module")
def wishes(small: District) -> list[Wishes]:
    return list(draw_wishes(small).values())


def test_the_day_is_the_same_for_a_seed(small: District, wishes: list[Wishes]) -> None:
    again = list(draw_wishes(small).values())
    assert [w.meals for w in again] == [w.meals for w in wishes]
    assert [w.visits for w in again] == [w.visits for w in wishes]


def test_the_small_day_has_the_meals_and_visits_that_it_should(
    wishes: list[Wishes],
) -> None:
    channels = Counter(meal.channel.value for w in wishes for meal in w.meals)
    assert 34 <= channels["delivery"] <= 50
    assert 140 <= channels.total() - channels["delivery"] <= 180
    services = Counter(visit.service for w in wishes for visit in w.visits)
    assert services == {"BATH_HOME_SHOWER": 2}  # for which two come


def test_nobody_wants_what_they_must_not_eat(
    small: District, wishes: list[Wishes]
) -> None:
    sittings = {sitting.id: sitting for sitting in small.sittings}
    kitchens = {p.station.id: p.kitchen.id for p in small.places.points}
    dishes = {
        (sitting.kitchen_id, sitting.serving, item.code): item
        for item in small.menus
        if (sitting := sittings[item.sitting_id]).serve_on == DAY
    }
    for meal in (meal for w in wishes for meal in w.meals):
        elder = meal.person.elder
        dish = dishes[kitchens[elder.station_id], meal.serving, meal.dish]
        assert suits(elder, dish)


def test_one_person_wants_one_meal_of_a_serving(wishes: list[Wishes]) -> None:
    meals = Counter(
        (meal.person.elder.id, meal.serving) for w in wishes for meal in w.meals
    )
    assert max(meals.values()) == 1


def test_a_phone_chains_what_it_stores_and_keeps_its_wrong_clock(
    tmp_path: Path,
) -> None:
    phone = a_phone(tmp_path, skew=timedelta(minutes=5))
    for minute in range(5):
        phone.store(SIX + timedelta(minutes=minute), "arrived")
    raw = json.loads(json.dumps(phone.stored))  # as they come out of the wire
    events = [PhoneEvent.model_validate({**e, "hash": link_of(e)}) for e in raw]
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert events[0].prev_hash == ""
    assert events[0].wall_ms == round((SIX.timestamp() + 300) * 1000)
    links = [Link(e.id, e.boot_id, e.seq, e.hash, e.prev_hash) for e in events]
    assert chain_flags(links) == {}


def test_a_phone_without_a_signal_sends_nothing(tmp_path: Path) -> None:
    gap = (SIX, SIX + timedelta(minutes=10))
    phone = a_phone(tmp_path, gaps=[gap])
    phone.store(SIX, "arrived")
    asyncio.run(phone.send(SIX + timedelta(minutes=1)))
    assert len(phone.stored) == 1


def test_the_agenda_does_everything_in_the_order_of_time(tmp_path: Path) -> None:
    done: list[int] = []
    agenda = Agenda(NoPace(), Notes(tmp_path))

    def deed(number: int) -> Any:
        async def do(at: datetime) -> None:
            done.append(number)
            if number == 2:
                agenda.put(at + timedelta(minutes=30), deed(9))

        return do

    for number in (3, 1, 2):
        agenda.put(SIX + timedelta(hours=number), deed(number))
    asyncio.run(agenda.play(lambda _now: None))
    assert done == [1, 2, 9, 3]


def test_somebody_on_a_round_is_on_its_line() -> None:
    round_ = {
        "leaves_at": "2026-11-20T02:30:00Z",
        "path": [[36.0, 117.0], [36.1, 117.0], [36.2, 117.0], [36.2, 117.1]],
        "stops": [
            {"at": "2026-11-20T02:40:00Z", "lat": 36.2, "lon": 117.0},
            {"at": "2026-11-20T02:50:00Z", "lat": 36.2, "lon": 117.1},
        ],
    }
    begin = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    assert place_along(round_, begin - timedelta(minutes=5)) == (36.0, 117.0)
    assert place_along(round_, begin + timedelta(minutes=5)) == (36.1, 117.0)
    assert place_along(round_, begin + timedelta(minutes=11)) == (36.2, 117.0)
    assert place_along(round_, begin + timedelta(hours=1)) == (36.2, 117.1)


def test_a_half_written_line_of_the_history_is_left_out(tmp_path: Path) -> None:
    notes = Notes(tmp_path)
    notes.note(who="station1", made="order", id="x")
    with tmp_path.joinpath("demo-history.jsonl").open("a") as file:
        file.write('{"who": "stat')
    assert [line["who"] for line in read_history(tmp_path)] == ["station1"]


@pytest.mark.parametrize(
    ("speed", "taken", "waits"),
    [(0.0, 2, [2, 2]), (30.0, 1, [2, 45])],
    ids=["stepped", "running"],
)
def test_a_visitor_s_closed_door_is_left_to_the_visitor_for_a_while(
    small: District, tmp_path: Path, speed: float, taken: int, waits: list[int]
) -> None:
    pace = NoPace()
    pace.speed = speed
    notes = Notes(tmp_path)
    agenda = Agenda(pace, notes)
    door = Door(Street("http://127.0.0.1:1", notes), "coordinator")
    desk = Desk(agenda, door, small, {"ours"}.__contains__)
    agenda.now = SIX

    for seq, order in enumerate(("ours", "theirs"), start=1):
        event = {"seq": seq, "kind": "case.opened", "order_id": order}
        desk._hear({**event, "case_id": f"case of {order}"})

    answers = sorted(at for at, *_ in agenda._waiting)
    takes = [SIX + timedelta(seconds=40)] * taken
    assert answers == takes + [SIX + timedelta(minutes=n) for n in waits]


class NoPace:
    """Time that is there as soon as it is wished for."""

    step = timedelta(minutes=1)
    speed = 0.0

    async def reach(self, at: datetime) -> datetime:
        return at

    async def settle(self) -> None:
        return


def a_phone(home: Path, **traits: Any) -> Phone:
    street = Street("http://127.0.0.1:1", Notes(home))
    return Phone(Door(street, "courier1"), Chance(1, "phone"), SIX, **traits)
