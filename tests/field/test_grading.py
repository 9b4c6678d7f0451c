"""Grades: from facts to a letter, and no way to name the letter oneself."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from dispatch.catalogue.services import Proof
from dispatch.field.bathing import bath_flag
from dispatch.field.events import FieldKind, Trust
from dispatch.field.grading import (
    FORM,
    HandFacts,
    Place,
    VisitFacts,
    grade_meal,
    grade_visit,
    place_of,
    required_of,
)

BEST = HandFacts(kind=FieldKind.HANDED_OVER, to="self", place=Place.FITS)
LEFT = HandFacts(kind=FieldKind.LEFT_BY_AGREEMENT, agreed=True, place=Place.FITS)
BATH = frozenset({Proof.VALUES, Proof.SIGN, Proof.HOURS})
VISIT = VisitFacts(
    least_seconds=1200,
    needs_form=True,
    lasted_seconds=1500,
    form=dict.fromkeys(FORM, "good"),
    place=Place.FITS,
)


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        (BEST, "A"),
        (replace(BEST, place=Place.UNKNOWN, code_fits=True), "A"),
        (replace(BEST, place=Place.UNKNOWN), "B"),
        (replace(BEST, accepted=frozenset({Proof.CODE})), "B"),
        (replace(BEST, accepted=frozenset({Proof.CODE, Proof.SIGN})), "B"),
        (replace(BEST, accepted=frozenset({Proof.SIGN})), "A"),
        (replace(BEST, in_window=False), "B"),
        (replace(BEST, carried_seconds=3601), "B"),
        (replace(BEST, carried_seconds=3600), "A"),
        (replace(BEST, trust=Trust.CORRECTED), "A"),
        (replace(BEST, trust=Trust.SUSPECT), "B"),
        (replace(BEST, trust=Trust.BACK_FILLED), "B"),
        (replace(BEST, place=Place.ELSEWHERE), "D"),
        (replace(BEST, place=Place.ELSEWHERE, code_fits=True), "A"),
        (replace(BEST, to="neighbour", named=True), "B"),
        (replace(BEST, to="neighbour"), "C"),
        (replace(BEST, to=None), "D"),
        (replace(BEST, past_eat_by=True), "E"),
        (LEFT, "C"),
        (replace(LEFT, place=Place.UNKNOWN), "D"),
        (replace(LEFT, place=Place.UNKNOWN, sign="heard"), "C"),
        (replace(LEFT, agreed=False), "E"),
        (replace(LEFT, kind=FieldKind.CONTACTLESS, sign="seen"), "C"),
        (replace(LEFT, kind=FieldKind.CONTACTLESS, sign="seen", agreed=False), "E"),
    ],
)
def test_a_meals_grade_follows_from_its_facts(facts: HandFacts, grade: str) -> None:
    graded = grade_meal(facts)
    assert graded.grade == grade
    assert graded.basis["place"] == facts.place.value


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        (VISIT, "A"),
        (replace(VISIT, lasted_seconds=1199), "E"),
        (replace(VISIT, lasted_seconds=None), "E"),
        (replace(VISIT, form={}), "B"),
        (replace(VISIT, form=VISIT.form | {"mind": "splendid"}), "B"),
        (replace(VISIT, needs_form=False, form={}), "A"),
        (replace(VISIT, place=Place.UNKNOWN), "B"),
        (replace(VISIT, place=Place.ELSEWHERE), "D"),
        (replace(VISIT, trust=Trust.BACK_FILLED), "B"),
        (replace(VISIT, required=BATH), "B"),
        (replace(VISIT, required=BATH, given=BATH - {Proof.VALUES}), "B"),
        (replace(VISIT, required=BATH, given=BATH | {Proof.PHOTO}), "A"),
        (replace(VISIT, required=BATH, lasted_seconds=1199), "E"),
    ],
)
def test_a_visits_grade_follows_from_its_facts(facts: VisitFacts, grade: str) -> None:
    assert grade_visit(facts).grade == grade


def test_without_consent_no_picture_is_asked_for_and_calls_are_kept_elsewhere() -> None:
    named = ["photo", "receipt", "hours", "call", "payment"]
    assert required_of(named, photo_consent=False) == {Proof.HOURS}
    assert required_of(named, photo_consent=True) == {
        Proof.HOURS,
        Proof.PHOTO,
        Proof.RECEIPT,
    }
    missing = grade_visit(replace(VISIT, required=BATH, given=frozenset({Proof.SIGN})))
    assert (missing.basis["missing"], missing.flags) == (
        ["hours", "values"],
        ("proof_missing",),
    )


def test_a_fact_that_gets_worse_never_makes_the_grade_better() -> None:
    for values in product(
        Place, Trust, (True, False), ("self", "family", None), (True, False)
    ):
        place, trust, in_window, to, past = values
        facts = replace(
            BEST, place=place, trust=trust, in_window=in_window, to=to, past_eat_by=past
        )
        worse: dict[str, Any] = {
            "place": Place.ELSEWHERE,
            "trust": Trust.SUSPECT,
            "in_window": False,
            "past_eat_by": True,
        }
        for name, value in worse.items():
            assert grade_meal(replace(facts, **{name: value})).grade >= (
                grade_meal(facts).grade
            ) or (name == "trust" and facts.trust is Trust.BACK_FILLED)


@pytest.mark.parametrize(
    ("distance", "accuracy", "place"),
    [
        (None, None, Place.UNKNOWN),
        (50.0, 15.0, Place.FITS),
        (199.0, None, Place.FITS),
        (250.0, 100.0, Place.UNKNOWN),
        (350.0, 100.0, Place.ELSEWHERE),
        (50.0, 900.0, Place.UNKNOWN),
        (5000.0, 30.0, Place.ELSEWHERE),
    ],
)
@pytest.mark.proves("F56")
def test_a_position_fits_contradicts_or_says_nothing(
    distance: float | None, accuracy: float | None, place: Place
) -> None:
    assert place_of(distance, accuracy, 200) is place


def test_a_bath_that_began_against_the_rule_is_flagged() -> None:
    well = {"temperature": 36.5, "systolic": 128, "diastolic": 78, "pulse": 72}

    def told(**detail: object) -> str | None:
        return bath_flag("BATH_HOME_BED", FieldKind.VISIT_BEGUN, detail)

    assert told(values=well, signs=[]) is None
    assert told(values=well | {"temperature": 37.3}) == "bath_against_rule"
    assert told(values=well, signs=["wound"]) == "bath_against_rule"
    assert told(values=well | {"pulse": "72"}) == "bath_unchecked"
    assert told() == "bath_unchecked"
    assert bath_flag("VISIT_HOME", FieldKind.VISIT_BEGUN, {}) is None
