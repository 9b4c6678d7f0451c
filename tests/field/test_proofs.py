"""What a proof is worth, and which of an elder's two clocks it moves."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlmodel import Session, select

from dispatch.catalogue.services import Service
from dispatch.field.forgetting import forget_pictures
from dispatch.field.photographing import Piece, keep_piece, show_photos
from dispatch.field.photos import FieldPhoto, PhotoKind
from dispatch.field.pictures import NotThisPicture
from dispatch.orders.orders import OrderState
from dispatch.people.datum import from_wgs84
from dispatch.people.elders import Datum, Elder
from dispatch.store.unit_of_work import unit_of_work
from tests.field.drawn import jpeg
from tests.field.phone import Phone
from tests.field.walk import (
    AT_DOOR,
    FORM,
    HALF_PAST,
    agree_contactless,
    make_walk,
    story,
)
from tests.little_town import LAT, LON, NOON, LittleTown

MINUTE = timedelta(minutes=1)
BEFORE = {"temperature": 36.5, "pulse": 72}


def test_a_box_past_its_clock_earns_nothing_and_is_flagged(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    past = NOON + 91 * MINUTE
    phone.hand(past)
    [answer] = phone.sync(past)

    assert (answer.result, answer.grade) == ("accepted", "E")
    assert "past_eat_by" in walk.flags(answer.id)
    assert walk.order().state is OrderState.DONE


def test_a_box_of_somebody_else_is_kept_flagged_and_weak(town: LittleTown) -> None:
    walk = make_walk(town, *(town.add_elder() for _ in range(2)))
    phone = Phone(walk)
    named = (walk.order(1).number, f" {walk.order(1).number.lower()} ")
    for n, code in enumerate(named):
        phone.hand(HALF_PAST + n * MINUTE, n, detail={"to": "self", "box_code": code})
    answers = phone.sync(HALF_PAST + 60 * MINUTE)  # told when the line is back
    phone.sync(HALF_PAST + 61 * MINUTE)

    graded = [(one.result, one.grade) for one in answers]
    assert graded == [("accepted", "D"), ("accepted", "A")]
    assert ["wrong_box" in walk.flags(one.id) for one in answers] == [True, False]
    assert [walk.order(n).state for n in (0, 1)] == [OrderState.DONE] * 2
    told = [story(town, order_id).count("order.wrong_box") for order_id in walk.orders]
    assert told == [1, 0]


def test_a_bag_on_the_handle_moves_no_clock(town: LittleTown) -> None:
    elder_id = town.add_elder()
    agree_contactless(town, elder_id)
    walk = make_walk(town, elder_id)
    phone = Phone(walk)
    phone.at_stop("left_by_agreement", HALF_PAST)
    [answer] = phone.sync(HALF_PAST)

    assert answer.grade == "C"
    assert walk.elder().last_seen_at is None


@pytest.mark.parametrize(
    ("minutes", "grade", "visited"),
    [(3, "E", False), (19, "E", False), (20, "A", True)],
)
def test_only_a_visit_as_long_as_its_rule_moves_the_paid_visit(
    town: LittleTown, minutes: int, grade: str, visited: bool
) -> None:
    walk = make_walk(town, visits=[town.add_elder()])
    phone = Phone(walk)
    phone.at_stop("visit_begun", HALF_PAST)
    end = HALF_PAST + minutes * MINUTE
    phone.at_stop("visit_ended", end, detail={"form": FORM})
    answers = phone.sync(end)

    assert answers[-1].grade == grade
    assert walk.elder().last_seen_at == end
    assert (walk.elder().last_visit_at == end) is visited


@pytest.mark.parametrize(("detail", "grade"), [({}, "B"), ({"values": BEFORE}, "A")])
def test_what_was_measured_before_it_began_proves_it(
    town: LittleTown, detail: dict[str, Any], grade: str
) -> None:
    walk = make_walk(town, visits=[town.add_elder()])
    visits_are_proved_by(town, "values")
    phone = Phone(walk)
    phone.at_stop("visit_begun", HALF_PAST, detail=detail)
    end = HALF_PAST + 25 * MINUTE
    phone.at_stop("visit_ended", end, detail={"form": FORM})

    assert phone.sync(end)[-1].grade == grade


def visits_are_proved_by(town: LittleTown, *proofs: str) -> None:
    with Session(town.engine) as session:
        service = session.exec(
            select(Service).where(Service.code == "VISIT_HOME")
        ).one()
        service.proofs = [*proofs]
        session.add(service)
        for elder in session.exec(select(Elder)):
            elder.photo_consent = True
        session.commit()


@pytest.mark.proves("F54")
def test_a_picture_that_is_awaited_is_one_proof_and_graded_again_when_it_comes(
    town: LittleTown,
) -> None:
    walk = make_walk(town, visits=[town.add_elder(), town.add_elder()])
    visits_are_proved_by(town, "photo", "sign")
    pictures = [jpeg(b"one"), jpeg(b"other"), b"GIF"]
    names = [sha256(each).hexdigest() for each in pictures]

    def come(n: int) -> str | None:
        piece = Piece(names[n], PhotoKind.PHOTO, len(pictures[n]), 0, pictures[n])
        with unit_of_work(town.engine, walk.actor) as uow:
            keep_piece(uow, walk.helper_id, walk.orders[0], piece)
        return walk.order().grade

    phone, end = Phone(walk), HALF_PAST + 50 * MINUTE
    for n, told in enumerate((names[:2], names[:1])):
        phone.at_stop("visit_begun", HALF_PAST, n)
        phone.at_stop("visit_ended", end, n, detail={"form": FORM}, photo_sha256=told)

    assert [each.grade for each in phone.sync(end)[1::2]] == ["A", "B"]
    assert [come(0), come(1)] == ["A", "B"], "two photos, and nobody signed"
    with pytest.raises(NotThisPicture):
        come(2)


def test_a_picture_is_forgotten_after_its_time_and_proves_what_it_proved(
    town: LittleTown,
) -> None:
    walk = make_walk(town, visits=[town.add_elder()])
    visits_are_proved_by(town, "photo")
    picture = jpeg(b"one")
    name = sha256(picture).hexdigest()
    phone, end = Phone(walk), HALF_PAST + 50 * MINUTE
    phone.at_stop("visit_begun", HALF_PAST)
    phone.at_stop("visit_ended", end, detail={"form": FORM}, photo_sha256=[name])
    phone.sync(end)
    whole = Piece(name, PhotoKind.PHOTO, len(picture), 0, picture)
    begun = Piece("ab" * 32, PhotoKind.PHOTO, 1000, 0, picture)
    with unit_of_work(town.engine, walk.actor) as uow:
        for piece in (whole, begun):
            keep_piece(uow, walk.helper_id, walk.orders[0], piece)

    def left_after(days: int) -> tuple[int, int, list[bool]]:
        town.at(end + timedelta(days=days))
        with unit_of_work(town.engine, town.dispatcher) as uow:
            gone = forget_pictures(uow, timedelta(days=60))
            rows = uow.session.exec(select(FieldPhoto)).all()
            shown = len(show_photos(uow, walk.orders[0]))
            return gone, shown, [one.sealed is not None for one in rows]

    assert left_after(29)[:2] == (0, 1)
    assert left_after(30) == (1, 1, [True])  # half a picture is nobody's
    assert left_after(60) == (1, 0, [False])
    assert left_after(61)[0] == 0
    phone.sync(end + timedelta(days=61))
    assert walk.order().grade == "A"


def test_a_visit_told_end_first_is_graded_again(town: LittleTown) -> None:
    walk = make_walk(town, visits=[town.add_elder()])
    phone = Phone(walk)
    begun = phone.at_stop("visit_begun", HALF_PAST)
    end = HALF_PAST + 25 * MINUTE
    ended = phone.at_stop("visit_ended", end, detail={"form": FORM})
    walk.post(phone.batch(end, [ended]), at=end)
    assert walk.order().grade == "E"
    walk.post(phone.batch(end, [begun]), at=end)

    assert walk.order().grade == "A"
    assert walk.elder().last_visit_at == end
    assert "order.regraded" in story(town, walk.orders[0])


def test_a_position_in_another_datum_is_understood(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    lat, lon = from_wgs84(LAT + 0.002, LON, Datum.GCJ02)
    phone = Phone(walk)
    phone.hand(HALF_PAST, 0, pos=AT_DOOR | {"lat": lat, "lon": lon, "datum": "gcj02"})
    phone.hand(HALF_PAST, 1, pos=AT_DOOR | {"lat": lat, "lon": lon})
    right, wrong = phone.sync(HALF_PAST)
    assert (right.grade, wrong.grade) == ("A", "D")


@pytest.mark.parametrize("pos", [{"lat": 0, "lon": 0}, {"lat": LON, "lon": LAT}, None])
def test_a_position_that_is_no_place_says_nothing(
    town: LittleTown, pos: dict[str, Any] | None
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST, pos=pos)
    [answer] = phone.sync(HALF_PAST)
    assert (answer.result, answer.grade) == ("accepted", "B")


def test_a_photo_does_not_change_the_grade(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST, 0, photo_sha256=["ab" * 32])
    phone.hand(HALF_PAST, 1)
    assert [a.grade for a in phone.sync(HALF_PAST)] == ["A", "A"]


def test_an_elders_own_card_stands_for_the_position(town: LittleTown) -> None:
    elder_id = town.add_elder()
    agree_contactless(town, elder_id)
    walk = make_walk(town, elder_id, town.add_elder())
    phone = Phone(walk)
    code = {"to": "self", "code": "6228000000000001"}
    phone.hand(HALF_PAST, 0, pos=None, detail=code)
    phone.hand(HALF_PAST, 1, pos=None, detail=code)
    assert [a.grade for a in phone.sync(HALF_PAST)] == ["A", "B"]
