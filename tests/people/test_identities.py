"""Identity numbers: what cannot be right is refused in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.demo.names import check_digit, id_number
from dispatch.people.elders import IdentityKind
from dispatch.people.identities import BadIdentity, check_identity

EIGHTEEN = {
    body: body + check_digit(body)
    for body in (
        "81000019400302012",
        "83000019400302012",
        "91199019400302012",
        "11990019400230014",
    )
}


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(0, 499))
def test_a_resident_number_says_birth_and_sex(born_on: date, serial: int) -> None:
    for sex in ("F", "M"):
        number = id_number(born_on, sex, serial)
        found = check_identity(IdentityKind.RESIDENT, number)
        assert (found.number, found.born_on, found.sex) == (number, born_on, sex)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_place_is_found(place: int, by: int) -> None:
    number = id_number(date(1940, 3, 2), "F", 7)
    wrong = (int(number[place]) + by) % 10
    with pytest.raises(BadIdentity):
        check_identity(
            IdentityKind.RESIDENT, f"{number[:place]}{wrong}{number[place + 1 :]}"
        )


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (IdentityKind.RESIDENCE_PERMIT, EIGHTEEN["81000019400302012"], None),
        (IdentityKind.RESIDENCE_PERMIT, EIGHTEEN["83000019400302012"], None),
        (IdentityKind.PERMANENT_RESIDENT, EIGHTEEN["91199019400302012"], None),
        (IdentityKind.PERMANENT_RESIDENT, "xyz119900400302", "XYZ119900400302"),
        (IdentityKind.TRAVEL_PERMIT, "h 00000001", "H00000001"),
        (IdentityKind.TRAVEL_PERMIT, "00000001", None),
        (IdentityKind.PASSPORT, "e0000-0001", "E00000001"),
    ],
)
def test_every_kind_of_paper_is_taken(
    kind: IdentityKind, typed: str, kept: str | None
) -> None:
    assert check_identity(kind, typed).number == (kept or typed)


def test_digits_of_full_width_are_digits_and_no_paper_has_no_number() -> None:
    number = id_number(date(1940, 3, 2), "M", 7)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in number)
    assert check_identity(IdentityKind.RESIDENT, wide).number == number
    assert check_identity(IdentityKind.NONE, " ").number == ""


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (IdentityKind.RESIDENT, "", "暂无证号"),
        (IdentityKind.RESIDENT, "119900400302014", "十五位"),
        (IdentityKind.RESIDENT, "1199001940030201", "十八位"),
        (IdentityKind.RESIDENT, EIGHTEEN["11990019400230014"], "出生日期"),
        (IdentityKind.RESIDENT, EIGHTEEN["81000019400302012"], "证件类型"),
        (IdentityKind.RESIDENCE_PERMIT, id_number(date(1940, 3, 2), "F", 1), "类型"),
        (IdentityKind.TRAVEL_PERMIT, "H123", "证件号码有误"),
        (IdentityKind.NONE, "123", "不要填号码"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words(
    kind: IdentityKind, typed: str, words: str
) -> None:
    with pytest.raises(BadIdentity, match=words):
        check_identity(kind, typed)
