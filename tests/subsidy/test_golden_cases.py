"""The cases on which the district and the platform have shaken hands."""

from pathlib import Path

import pytest

from tests.subsidy.made_up import (
    DEMENTED,
    ENTITLED,
    answer,
    ask,
    bath,
    document,
    granted,
    lunch,
    refused,
)


def test_a_lunch_of_18_yuan_costs_a_basic_person_13(tmp_path: Path) -> None:
    (order,) = ask(tmp_path, DEMENTED, lunch(1800))
    assert granted(order) == {"meal-basic": 500}
    assert order["self_fen"] == 1300


def test_the_dinner_of_the_same_day_is_paid_in_full(tmp_path: Path) -> None:
    dinner = lunch(1600, id="o2", meal="DINNER")
    _, order = ask(tmp_path, DEMENTED, lunch(1800), dinner)
    assert granted(order) == {}
    assert refused(order)["meal-basic"] == "window"
    assert order["self_fen"] == 1600


@pytest.mark.parametrize(("price_fen", "fen"), [(500, 0), (501, 500)])
def test_the_price_must_exceed_the_subsidy(
    tmp_path: Path, price_fen: int, fen: int
) -> None:
    (order,) = ask(tmp_path, DEMENTED, lunch(price_fen))
    assert order["subsidy_fen"] == fen


def test_of_two_equal_rules_the_first_in_the_file_pays(tmp_path: Path) -> None:
    (order,) = ask(tmp_path, DEMENTED | {"age": 83}, lunch(1800))
    assert granted(order) == {"meal-basic": 500}
    assert refused(order) == {"meal-age": "best_of:meal-basic"}


@pytest.mark.parametrize(("price_fen", "fen"), [(750, 0), (800, 200)])
def test_the_age_tiers_begin_at_8_yuan(
    tmp_path: Path, price_fen: int, fen: int
) -> None:
    (order,) = ask(tmp_path, {"age": 66}, lunch(price_fen))
    assert order["subsidy_fen"] == fen


def test_the_coupon_stops_at_800_yuan_a_month(tmp_path: Path) -> None:
    person = ENTITLED | {"relief": None, "coupon_account": True}
    used = {"national-coupon": {"2026-05": 75000}}
    (order,) = ask(tmp_path, person, bath(20000), used=used)
    assert (order["coupon_fen"], order["self_fen"]) == (5000, 15000)
    (order,) = ask(
        tmp_path, person, bath(20000), used={"national-coupon": {"2026-05": 80000}}
    )
    assert refused(order) == {
        "service-quota": "category",
        "national-coupon": "cap:month_fen",
    }


def test_the_coupon_pays_half_of_what_the_insurance_left(tmp_path: Path) -> None:
    person = ENTITLED | {"relief": None, "coupon_account": True}
    care = bath(6500, service="CARE_BASIC", external={"ltci": 5850})
    (order,) = ask(tmp_path, person, care)
    assert (order["coupon_fen"], order["self_fen"]) == (325, 325)


def test_the_very_poor_get_work_orders_and_no_coupon(tmp_path: Path) -> None:
    person = ENTITLED | {"relief": "TK", "coupon_account": True}
    orders = [bath(20000, id=f"o{i}") for i in range(13)]
    answers = ask(tmp_path, person, *orders)
    assert [granted(order) for order in answers[:12]] == [{"service-quota": 4000}] * 12
    assert refused(answers[12])["service-quota"] == "quota"
    assert {refused(order)["national-coupon"] for order in answers} == {
        "excluded:特困供养对象不发消费券"
    }


def test_nothing_is_granted_after_death(tmp_path: Path) -> None:
    person = ENTITLED | {"died_on": "2026-05-12"}
    last, late = ask(
        tmp_path,
        person,
        lunch(1800, on="2026-05-12"),
        lunch(1800, id="o2", on="2026-05-13"),
    )
    assert (granted(last), last["anomalies"]) == ({"meal-basic": 500}, [])
    assert (granted(late), late["anomalies"]) == ({}, ["AN01"])
    assert late["self_fen"] == 1800


def test_the_23rd_lunch_of_a_month_is_not_subsidised(tmp_path: Path) -> None:
    lunches = [lunch(900, id=f"o{d}", on=f"2026-05-{d:02d}") for d in range(1, 24)]
    answers = ask(tmp_path, {"age": 75}, *lunches)
    assert [order["subsidy_fen"] for order in answers] == [300] * 22 + [0]
    assert refused(answers[22])["meal-age"] == "cap:month_count"
    used = {"meal-age": {"2026-05": 22}}
    (order,) = ask(tmp_path, {"age": 75}, lunch(900), used=used)
    assert refused(order)["meal-age"] == "cap:month_count"


TOWN = {
    "id": "s12",
    "star": 3,
    "signed_persons": 254,
    "visit_pct": 80,
    "haircut_pct": 91.5,
}


@pytest.mark.parametrize(
    ("station", "total_fen"),
    [
        (TOWN, 254 * 18000 + 300000),
        (TOWN | {"persons_days": 812}, 254 * 18000 + 300000 + 812 * 300),
        (TOWN | {"visit_pct": 79.9}, 300000),
        (TOWN | {"star": None, "rural": True, "signed_persons": 60}, 1400000),
        (TOWN | {"star": None, "rural": True, "signed_persons": 80}, 1440000),
    ],
)
def test_what_a_station_earns_in_a_month(
    tmp_path: Path, station: dict[str, object], total_fen: int
) -> None:
    data = document({"station": station, "month": "2026-05"})
    (found,) = answer(tmp_path, data)["cases"]
    assert found["total_fen"] == total_fen
    assert sum(line["fen"] for line in found["lines"]) == total_fen


def test_of_several_quotas_only_the_highest_counts(tmp_path: Path) -> None:
    person = ENTITLED | {"born_on": "1940-01-01", "relief": "TK", "ability_level": 4}
    orders = [bath(5000, id=f"o{i}") for i in range(19)]
    answers = ask(tmp_path, person, *orders)
    assert sum("service-quota" in granted(order) for order in answers) == 18


def test_who_is_registered_elsewhere_is_granted_where_the_point_is(
    tmp_path: Path,
) -> None:
    person = DEMENTED | {"home_street": "119900001"}
    (order,) = ask(tmp_path, person, lunch(1800, point_street="119900004"))
    assert granted(order) == {"meal-basic": 500}


@pytest.mark.parametrize(
    ("coupon_account", "coupon_fen", "self_fen"), [(False, 0, 700), (True, 350, 350)]
)
def test_a_delivered_lunch_is_helped_on_food_on_fee_and_on_the_rest(
    tmp_path: Path, *, coupon_account: bool, coupon_fen: int, self_fen: int
) -> None:
    person = ENTITLED | {"ability_level": 3, "coupon_account": coupon_account}
    meal = lunch(1200, service="MEAL_DELIVERY", fee_fen=200, grade="B")
    (order,) = ask(tmp_path, person, meal)
    local = {line["subsidy"]: (line["on"], line["fen"]) for line in order["lines"]}
    assert local["meal-basic"] == ("price", 500)
    assert local["delivery-aid"] == ("fee", 200)
    assert (order["coupon_fen"], order["self_fen"]) == (coupon_fen, self_fen)
    if not coupon_account:
        assert refused(order)["national-coupon"] == "no_account"


def test_the_day_of_the_meal_decides_and_not_the_day_of_the_order(
    tmp_path: Path,
) -> None:
    old, new = ask(
        tmp_path,
        DEMENTED,
        lunch(1800, on="2025-12-31"),
        lunch(1800, id="o2", on="2026-01-01"),
    )
    assert refused(old) == {"meal-basic": "no_rule", "meal-age": "no_rule"}
    assert new["lines"][0]["rule_version"] == "2026-01"
    assert new["lines"][0]["window"] == "2026-01-01"
