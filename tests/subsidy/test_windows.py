"""Windows, caps and groups of other districts' shapes, said in a few lines each."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dispatch.subsidy.policy import Policy
from dispatch.subsidy.policy_files import read_policy
from dispatch.subsidy.windows import first_day_of_week
from tests.subsidy.made_up import Case, ask, granted, lunch, refused

HEAD = """
schema = "eldercare-policy/1"
[district]
code = "119901"
name = "样例区"
tz = "Asia/Shanghai"
[version]
id = "v1"
title = "样例"
effective_from = 2026-01-01
[stacking]
order = ["ltci", "quota", "meals", "more", "fee", "coupon", "self"]
best_of = ["meals"]
round = "half_up_to_fen"
[service_set]
meal = ["MEAL_*"]
[[category]]
id = "OLD"
when = { all = [{ f = "age", op = "ge", v = 60 }] }
"""
RULE = """
[[subsidy]]
id = "r{n}"
services = "meal"
beneficiaries = ["OLD"]
payer = "district_finance"
min_grade = "C"
"""
FIXED = 'kind = "fixed"\namount_fen = 300\n'
OLD: Case = {"age": 70}


def _policy(tmp_path: Path, *rules: str) -> Policy:
    text = HEAD + "".join(
        RULE.format(n=n) + ("" if "group" in rule else 'group = "meals"\n') + rule
        for n, rule in enumerate(rules, start=1)
    )
    path = tmp_path / "shape.toml"
    path.write_text(text, encoding="utf-8")
    return read_policy(path)


def _fens(tmp_path: Path, policy: Policy, *orders: Case, **more: Any) -> list[int]:
    numbered = [order | {"id": f"o{i}"} for i, order in enumerate(orders)]
    answers = ask(tmp_path, OLD, *numbered, policy=policy, **more)
    return [order["subsidy_fen"] for order in answers]


DINNER = {"meal": "DINNER"}
TUESDAY, SUNDAY = {"on": "2026-05-12"}, {"on": "2026-05-17"}
NEXT_MONDAY, JUNE = {"on": "2026-05-18"}, {"on": "2026-06-01"}


@pytest.mark.parametrize(
    ("window", "orders", "fens"),
    [
        ("order", [{}, {}, DINNER], [300, 300, 300]),
        ("meal", [{}, {}, DINNER, TUESDAY], [300, 0, 300, 300]),
        ("person_day", [{}, DINNER, TUESDAY], [300, 0, 300]),
        ("person_week", [{}, TUESDAY, SUNDAY, NEXT_MONDAY], [300, 0, 0, 300]),
        ("person_month", [{}, NEXT_MONDAY, JUNE], [300, 0, 300]),
    ],
)
def test_a_window_takes_one_grant(
    tmp_path: Path, window: str, orders: list[Case], fens: list[int]
) -> None:
    policy = _policy(tmp_path, f'{FIXED}window = "{window}"\n')
    assert _fens(tmp_path, policy, *(lunch(900) | more for more in orders)) == fens


@pytest.mark.parametrize(
    ("caps", "orders", "fens"),
    [
        ("day_count = 2", [{}, {}, {}, TUESDAY], [300, 300, 0, 300]),
        ("day_fen = 500", [{}, {}, {}, TUESDAY], [300, 200, 0, 300]),
        ("week_count = 2", [{}, TUESDAY, SUNDAY, NEXT_MONDAY], [300, 300, 0, 300]),
        ("week_fen = 400", [{}, TUESDAY, SUNDAY, NEXT_MONDAY], [300, 100, 0, 300]),
        ("month_count = 2", [{}, TUESDAY, NEXT_MONDAY, JUNE], [300, 300, 0, 300]),
        ("month_fen = 700", [{}, {}, {}, JUNE], [300, 300, 100, 300]),
    ],
)
def test_a_cap_stops_further_grants(
    tmp_path: Path, caps: str, orders: list[Case], fens: list[int]
) -> None:
    policy = _policy(tmp_path, f'{FIXED}window = "order"\ncaps = {{ {caps} }}\n')
    assert _fens(tmp_path, policy, *(lunch(900) | more for more in orders)) == fens


@pytest.mark.parametrize(
    ("window", "caps", "used", "fen"),
    [
        ("person_day", "", {"2026-05-11": 1}, 0),
        ("person_day", "", {"2026-05-10": 1}, 300),
        ("order", "caps = { week_count = 5 }", {"2026-05-11": 5}, 0),
        ("order", "caps = { week_count = 5 }", {"2026-05-14": 5}, 0),
        ("order", "caps = { week_count = 5 }", {"2026-05-10": 5}, 300),
        ("order", "caps = { month_fen = 1000 }", {"2026-05": 900}, 100),
        ("order", "caps = { month_count = 10 }", {"2026-05": 10}, 0),
        ("order", "caps = { month_count = 10 }", {"2026-04": 10}, 300),
    ],
)
def test_what_was_used_before_counts(
    tmp_path: Path, window: str, caps: str, used: dict[str, int], fen: int
) -> None:
    policy = _policy(tmp_path, f'{FIXED}window = "{window}"\n{caps}\n')
    assert _fens(tmp_path, policy, lunch(900), used={"r1": used}) == [fen]


def test_history_fills_windows_and_caps(tmp_path: Path) -> None:
    policy = _policy(
        tmp_path, f'{FIXED}window = "person_week"\ncaps = {{ month_count = 2 }}\n'
    )
    earlier = [
        {"service": "MEAL_DINEIN", "on": on, "granted": {"r1": 300}}
        for on in ("2026-05-01", "2026-05-05")
    ]
    answers = ask(tmp_path, OLD, lunch(900), policy=policy, history=earlier)
    assert refused(answers[0]) == {"r1": "cap:month_count"}
    answers = ask(tmp_path, OLD, lunch(900), policy=policy, history=earlier[:1])
    assert granted(answers[0]) == {"r1": 300}


def test_the_higher_of_a_group_counts_and_the_first_taken_keeps_the_window(
    tmp_path: Path,
) -> None:
    high = 'kind = "fixed"\namount_fen = 500\nwindow = "person_day"\n'
    at_noon = f'{high}meals = ["LUNCH"]\n'
    policy = _policy(tmp_path, f'{FIXED}window = "person_day"\n', at_noon)
    dinner, noon = lunch(900) | DINNER, lunch(900, id="o2")
    (both,) = ask(tmp_path, OLD, noon, policy=policy)
    assert (granted(both), refused(both)) == ({"r2": 500}, {"r1": "best_of:r2"})
    _, later = ask(tmp_path, OLD, dinner, noon, policy=policy)
    assert refused(later) == {"r1": "window", "r2": "best_of:r1"}


def test_groups_add_up_and_never_above_the_price(tmp_path: Path) -> None:
    more = f'{FIXED}window = "order"\ngroup = "more"\n'
    policy = _policy(tmp_path, f'{FIXED}window = "order"\n', more)
    (order,) = ask(tmp_path, OLD, lunch(450), policy=policy)
    assert granted(order) == {"r1": 300, "r2": 150}
    (order,) = ask(tmp_path, OLD, lunch(300), policy=policy)
    assert refused(order) == {"r2": "nothing_left"}
    assert order["self_fen"] == 0


def test_a_discount_on_the_price_is_rounded_as_the_file_says(tmp_path: Path) -> None:
    discount = 'kind = "percent"\nrates = { meal = 12.5 }\nbase = "price"\n'
    policy = _policy(tmp_path, f'{discount}window = "order"\n')
    assert _fens(tmp_path, policy, lunch(1004), lunch(1003)) == [126, 125]


def test_a_week_begins_where_the_district_says() -> None:
    sunday, monday = date(2026, 5, 17), date(2026, 5, 18)
    assert first_day_of_week(sunday, "monday") == date(2026, 5, 11)
    assert first_day_of_week(monday, "monday") == monday
    assert first_day_of_week(sunday, "sunday") == sunday
    assert first_day_of_week(monday, "sunday") == sunday


def test_a_meal_nobody_proved_earns_nothing(tmp_path: Path) -> None:
    policy = _policy(tmp_path, f'{FIXED}window = "order"\n')
    unproven = lunch(900) | {"grade": None}
    for order, fen in ((unproven, 0), (lunch(900, grade="D"), 0), (lunch(900), 300)):
        assert _fens(tmp_path, policy, order) == [fen]
