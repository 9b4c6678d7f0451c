"""The made-up district: the right numbers, nobody real, the same for a seed."""

from collections import Counter
from datetime import date

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from dispatch.demo import names
from dispatch.demo.district import District, draw_district, keep_district
from dispatch.demo.elders import is_basic
from dispatch.demo.ground import Points, TooFewRoads, lay
from dispatch.demo.regulars import breakfasts, dinners, due_for_visit, lunches
from dispatch.demo.sizes import DISTRICT, SMALL
from dispatch.people.elder_facts import History, facts_on
from dispatch.people.elders import Elder, Household
from dispatch.people.responsible import FIRST
from dispatch.people.vault import Sealed, find_owners, unseal

DAY = date(2026, 11, 20)


def grid(side: int) -> Points:
    """A town of straight streets, a hundred metres apart."""
    north = np.linspace(36.6, 36.6 + side * 0.0009, side)
    east = np.linspace(117.0, 117.0 + side * 0.0011, side)
    return np.stack(np.meshgrid(north, east), -1).reshape(-1, 2)


@pytest.fixture(scope="module")
def district() -> District:
    return draw_district(DISTRICT, 7, DAY, grid(130))


@pytest.fixture(scope="module")
def small() -> District:
    return draw_district(SMALL, 7, DAY, grid(60))


def test_the_district_has_the_numbers_that_it_should(district: District) -> None:
    points = district.places.points
    people = [person.elder for person in district.people]
    assert (len(district.places.streets), len(points), len(people)) == (12, 40, 6_000)
    assert Counter(p.station.kind.value for p in points) == {
        "station": 30,
        "restaurant": 8,
        "central_kitchen": 2,
    }
    assert 1_100 <= sum(map(lunches, points)) <= 1_300
    assert 200 <= sum(map(dinners, points)) <= 320
    assert 50 <= sum(map(breakfasts, points)) <= 110
    usual = Counter(elder.usual_channel for elder in people)
    assert 230 <= usual["delivery"] <= 290
    assert len(due_for_visit(district.people, district.begins_at)) == 130
    assert sum(is_basic(elder, DAY) for elder in people) == 5_400
    assert Counter(elder.relief for elder in people)["DB"] == 620
    assert Counter(elder.ability_level for elder in people)[4] == 210
    assert 0.2 < Counter(e.living.value for e in people)["alone"] / 6_000 < 0.24


def test_small_is_one_street_of_four_hundred(small: District) -> None:
    assert len(small.places.streets) == 1
    assert (len(small.places.points), len(small.people), len(small.crew)) == (5, 400, 8)
    assert 30 <= sum(p.elder.usual_channel == "delivery" for p in small.people) <= 48
    assert len(due_for_visit(small.people, small.begins_at)) == 25


def test_a_seed_makes_the_same_district_again(small: District) -> None:
    again = draw_district(SMALL, 7, DAY, grid(60))
    other = draw_district(SMALL, 8, DAY, grid(60))
    assert [p.elder.model_dump() for p in again.people] == [
        p.elder.model_dump() for p in small.people
    ]
    assert [h.sealed for h in again.homes] == [h.sealed for h in small.homes]
    assert other.people[0].elder.id != small.people[0].elder.id


def test_every_number_is_made_up(district: District) -> None:
    kept = [person.sealed for person in district.people]
    for sealed in kept:
        number = sealed["id_number"]
        assert number.startswith("119900")
        assert names.check_digit(number[:17]) == number[17]
        assert sealed["phone"].startswith("154")
    for field in ("id_number", "phone", "card"):
        assert len({sealed[field] for sealed in kept}) >= len(kept) * 0.999
    assert names.check_digit("11010519491231002") == "X"  # the standard's example


def test_doors_lie_on_the_streets_and_a_few_on_no_map(district: District) -> None:
    on_street = {(round(a, 6), round(b, 6)) for a, b in grid(130).tolist()}
    placed = [home.household for home in district.homes if home.household.located]
    lost = len(district.homes) - len(placed)
    assert all((door.lat, door.lon) in on_street for door in placed)
    assert 0.002 < lost / len(district.homes) < 0.01


def test_some_elders_share_a_door_and_some_have_nobody_to_call(
    district: District,
) -> None:
    doors = Counter(person.elder.household_id for person in district.people)
    assert Counter(doors.values())[2] > 500
    assert max(doors.values()) == 2
    ladder = Counter(len(person.contacts) for person in district.people)
    assert set(ladder) == {0, 1, 2, 3}
    assert 100 < ladder[0] < 300


def test_the_valley_has_one_volunteer_without_signal(small: District) -> None:
    valley = small.places.points[-1].station
    homes = [h.household for h in small.homes if h.household.station_id == valley.id]
    assert homes
    assert not any(home.signal for home in homes)
    crew = [h.helper for h in small.crew if h.helper.station_id == valley.id]
    assert [(h.kind.value, h.paper) for h in crew] == [("volunteer", True)]


def test_too_few_roads_are_refused_in_words() -> None:
    with pytest.raises(TooFewRoads, match="too few for small"):
        lay(grid(5), SMALL, 1)


def test_the_district_is_kept_whole_and_sealed(engine: Engine, small: District) -> None:
    with Session(engine) as session:
        keep_district(session, small)
        session.commit()
    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(Elder)).one() == 400
        lost = select(Household).where(col(Household.lat).is_(None))
        assert len(session.exec(lost).all()) >= 1
        person = small.people[3]
        assert unseal(session, [person.elder.id], ["name"])[person.elder.id] == {
            "name": person.name
        }
        assert find_owners(session, "card", person.sealed["card"]) == [person.elder.id]
        texts = session.exec(select(Sealed.sealed)).all()
        assert not any(person.sealed["phone"].encode() in text for text in texts)


def test_the_files_say_of_today_what_the_elders_say(district: District) -> None:
    files = district.files
    facts = {row.elder_id: [row] for row in files.facts}
    for person in district.people:
        elder = person.elder
        history = History(facts.get(elder.id, []))
        today = facts_on(elder, history, DAY)
        assert today["ability_level"] == elder.ability_level
    basic = {p.elder.id for p in district.people if is_basic(p.elder, DAY)}
    first = {row.elder_id for row in files.responsible if row.rank == FIRST}
    assert first == basic
    assert 0.93 < len(files.agreements) / len(basic) < 0.97
    yes = [row for row in files.consents if row.said == "given"]
    photos = {p.elder.id for p in district.people if p.elder.photo_consent}
    assert {row.elder_id for row in yes if row.purpose == "photo"} == photos
    usual = {p.elder.id for p in district.people if p.elder.usual_channel}
    assert files.pauses
    assert not usual & {row.elder_id for row in files.pauses}
