"""Bad rules and bad cases are refused with place and remedy, and nothing is printed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dispatch.subsidy.commands import grant
from dispatch.subsidy.policy_files import DEMO_POLICY, read_policy
from dispatch.subsidy.strict import BadFile, Fault
from tests.subsidy.made_up import (
    DEMENTED,
    Case,
    answer,
    complaint,
    document,
    lunch,
)


def _run(policy: Path, cases: Path) -> Result:
    return CliRunner().invoke(grant, [str(policy), str(cases)])


def _run_text(tmp_path: Path, text: str) -> Result:
    path = tmp_path / "cases.json"
    path.write_text(text, encoding="utf-8")
    return _run(DEMO_POLICY, path)


def test_the_command_prints_one_document_and_nothing_else(tmp_path: Path) -> None:
    data = document({"person": DEMENTED, "orders": [lunch(1800)]})
    result = _run_text(tmp_path, json.dumps(data))
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["cases"][0]["orders"][0]["subsidy_fen"] == 500


GOOD: Case = {"person": DEMENTED, "orders": [lunch(1800)]}


def _with_order(**more: Any) -> Case:
    return document({"person": DEMENTED, "orders": [lunch(1800) | more]})


def _with_person(**more: Any) -> Case:
    return document({"person": DEMENTED | more})


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (_with_order(price_fen=-1), "price_fen", "at least 0"),
        (_with_order(price_fen=12.5), "price_fen", "whole number"),
        (_with_order(price_fen="1800"), "price_fen", "whole number"),
        (_with_order(price_fen=True), "price_fen", "whole number"),
        (_with_order(price_fen=10**30), "price_fen", "at most"),
        (_with_order(on="2026-02-30"), "on", "YYYY-MM-DD"),
        (_with_order(on="20260511"), "on", "YYYY-MM-DD"),
        (_with_order(on=None), "on", "YYYY-MM-DD"),
        (_with_order(on="0026-05-11"), "on", "from 1850-01-01 on"),
        (_with_order(meal="SUPPER"), "meal", "LUNCH"),
        (_with_order(grade="F"), "grade", "'A'"),
        (_with_order(service="meal"), "service", "pattern"),
        (_with_order(tip_fen=1), '("o1")', "unknown field 'tip_fen'"),
        (_with_order(price_fn=1), "orders[0]", "did you mean 'price_fen'"),
        (_with_order(external={"ltci": 99999}), "external", "correct the sums"),
        (_with_order(external={"uncle": 1}), "external", "unknown payer 'uncle'"),
        (_with_person(relief="RICH"), "relief", "unknown relief 'RICH'"),
        (_with_person(ability_level=5), "ability_level", "at most 4"),
        (_with_person(dementia="yes"), "dementia", "true or false"),
        (_with_person(born_on="1950-01-01"), "person", "give one of them"),
        (_with_person(name="X"), "person", "unknown field 'name'"),
        (document({"orders": []}), "cases[0]", "add this field"),
        (document(GOOD | {"used": {"gold": {}}}), "used", "unknown subsidy 'gold'"),
        (
            document(GOOD | {"used": {"meal-age": {"2026-13": 1}}}),
            "used",
            "neither a month nor a day",
        ),
        (
            document(GOOD | {"used": {"meal-age": {"May": 1}}}),
            "used",
            "pattern",
        ),
        (
            document(GOOD | {"orders": [lunch(900), lunch(900)]}),
            "orders[1]",
            "stands twice",
        ),
        (
            document(
                GOOD
                | {
                    "history": [
                        {"service": "X", "on": "2026-05-01", "granted": {"gold": 1}}
                    ]
                }
            ),
            "history[0].granted",
            "unknown subsidy 'gold'",
        ),
        (
            document({"station": {"id": "s", "visit_pct": -1}, "month": "2026-05"}),
            "visit_pct",
            "at least 0",
        ),
        (document({"station": {"id": "s"}, "month": "2026-5"}), "month", "pattern"),
        (document({"station": {"id": "s"}}), "month", "add this field"),
        ({"format": "liuzhu-cases/2", "cases": []}, "format", "liuzhu-cases/1"),
        ({"format": "liuzhu-cases/1"}, "cases", "add this field"),
        ({"format": "liuzhu-cases/1", "cases": [7]}, "cases[0]", "object"),
        ([], "file", "object"),
    ],
)
def test_bad_cases_are_named(
    tmp_path: Path, data: object, place: str, words: str
) -> None:
    result = _run_text(tmp_path, json.dumps(data))
    assert result.exit_code == 2
    assert "cases.json: " in result.stderr
    assert place in result.stderr
    assert words in result.stderr
    assert "Remedy: " in result.stderr
    assert json.loads(result.stdout)["error"] == "bad_file"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"format": "liuzhu-cases/1", "cases": [', "line 1, column"),
        ("", "line 1, column 1"),
        ('{"format": "liuzhu-cases/1", "cases": NaN}', "NaN is not a number"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"cases": ' + "9" * 5000 + "}", "digits"),
    ],
)
def test_what_is_not_sound_json_is_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    result = _run_text(tmp_path, text)
    assert result.exit_code == 2
    assert words in result.stderr


FULL: Case = document(
    {
        "person": DEMENTED | {"died_on": None, "assessed_on": "2026-01-01"},
        "history": [{"service": "X", "on": "2026-05-01", "granted": {"meal-age": 300}}],
        "used": {"meal-age": {"2026-05": 3}},
        "orders": [lunch(1800, external={"ltci": 5}, station=None)],
    },
    {"station": {"id": "s", "star": 3, "visit_pct": 80.5}, "month": "2026-05"},
)
ODD = [None, True, -1, 0, 10**20, 1.5, "", "x", "2026-05-11", [], {}, [1], {"a": 1}]


def _changed(data: Any, odd: object) -> Iterator[Any]:
    """The document with the odd value in each of its places."""
    places = list(data.items() if isinstance(data, dict) else enumerate(data))
    for key, value in places:
        copy = dict(data) if isinstance(data, dict) else list(data)
        copy[key] = odd
        yield copy
        if isinstance(value, dict | list):
            for inner in _changed(value, odd):
                copy = dict(data) if isinstance(data, dict) else list(data)
                copy[key] = inner
                yield copy


def test_no_value_in_any_place_makes_the_reader_stumble(tmp_path: Path) -> None:
    policy, refused, answered = read_policy(DEMO_POLICY), 0, 0
    unhelpful: list[Fault] = []
    for odd in ODD:
        for data in _changed(FULL, odd):
            try:
                answer(tmp_path, data, policy)
                answered += 1
            except BadFile as bad:
                unhelpful += [fault for fault in bad.faults if not fault.remedy]
                refused += 1
    assert refused > answered > 0
    assert unhelpful == []


def test_a_missing_file_and_foreign_bytes_are_refused(tmp_path: Path) -> None:
    odd = tmp_path / "odd.json"
    odd.write_bytes(b"\xff\xfe{")
    for policy, cases in [
        (tmp_path / "none.toml", odd),
        (DEMO_POLICY, tmp_path / "none.json"),
        (DEMO_POLICY, odd),
        (odd, odd),
        (tmp_path, odd),
    ]:
        result = _run(policy, cases)
        assert result.exit_code == 2
        assert "Remedy: " in result.stderr


@pytest.mark.parametrize(
    ("swap", "place", "words"),
    [
        (("amount_fen = 500", "amount_fen = -500"), "[meal-basic]", "more than 0"),
        (("amount_fen = 500", "amount_fen = 5.0"), "amount_fen", "whole number"),
        (("amount_fen = 500", "amount_fen = nan"), "amount_fen", "whole number"),
        (("amount_fen = 500", ""), "[meal-basic]", "add this field"),
        (("amount_fen = 500", "amont_fen = 500"), "[meal-basic]", "'amount_fen'"),
        (("month_count = 22", "month_count = -1"), "month_count", "more than 0"),
        (("month_count = 22", "year_count = 9"), "caps", "unknown field"),
        (('beneficiaries = ["BASIC"]', 'beneficiaries = ["BASIK"]'), "", "'BASIK'"),
        (('v = ["TK", "JSTS"]', 'v = ["BASIC"]'), "line ", "BASIC -> BASIC"),
        (('v = ["TK", "JSTS"]', "v = []"), "BASIC", "no value"),
        (("from = 70, to = 79", "from = 71, to = 79"), "[meal-age]", "a gap before"),
        (("from = 70, to = 79", "from = 69, to = 79"), "[meal-age]", "an overlap"),
        (("from = 70, to = 79", "from = 70, to = 60"), "[meal-age]", "swap from"),
        (('kind = "tiered"', 'kind = "steps"'), "[meal-age]", "'tiered'"),
        (('group = "delivery"', 'group = "lorry"'), "group", "no place in stacking"),
        (('best_of = ["meal-fixed"]', 'best_of = ["meals"]'), "best_of", "'meals'"),
        (('blocks = ["national-coupon"]', 'blocks = ["coupon"]'), "blocks", "'coupon'"),
        (("coupon_home = 50, ", ""), "rates", "no rate for MEAL_DELIVERY"),
        (("day_care = 40", "day_care = 140"), "rates", "at most 100"),
        (('services = "home"', 'services = "house"'), "services", "'house'"),
        (('f = "age", op = "ge", v = 60', 'f = "age", op = "ge", v = "60"'), "", "int"),
        (('f = "age", op = "ge", v = 60', 'f = "agee", op = "ge", v = 60'), "", "agee"),
        (('f = "age", op = "ge", v = 60', 'f = "age", op = "in", v = 60'), "", "list"),
        (('id = "DBBY"', 'id = "DB"'), "category", "given twice"),
        (('id = "star"', 'id = "meal-age"'), "", "given twice"),
        (('id = "LLR"', 'id = "ANY"'), "category", "built in"),
        (("2026-12-31 ", "2025-12-31 "), "version", "before effective_from"),
        (("2026-01-01", "2026-01-41"), "TOML", "line"),
        (("eldercare-policy/1", "eldercare-policy/2"), "schema", "policy/1"),
        (('effective = "birthday_month_next"', 'effective = "soon"'), "", "'birthday'"),
        (("carry_over = false", "carry_over = true"), "carry_over", "False"),
        (("never_exceed_actual_spend = true", "never_exceed_actual_spend = false"),
         "stacking", "True"),
        (('order = ["ltci", ', 'order = ["self", "ltci", '), "order", "stands twice"),
        (("[stacking]", "[staking]"), "line ", "'stacking'"),
        (("[stacking]", "[stacking"), "TOML", "line"),
    ],
)  # fmt: skip
def test_bad_rules_are_named(
    tmp_path: Path, swap: tuple[str, str], place: str, words: str
) -> None:
    said = complaint(tmp_path, swap)
    assert "rules.toml: " in said
    assert place in said
    assert words in said
    assert "Remedy: " in said


def test_the_line_of_the_fault_is_given(tmp_path: Path) -> None:
    text = DEMO_POLICY.read_text(encoding="utf-8").splitlines()
    line = text.index("amount_fen = 200") + 1
    said = complaint(tmp_path, ("amount_fen = 200", "amount_fen = 0"))
    assert f"line {line}, subsidy[delivery-aid].amount_fen" in said


def test_the_rules_shared_by_the_district_are_accepted(instances: Path) -> None:
    shared = read_policy(instances / "reference" / "policy-example.toml")
    assert shared.version.id == "2026-01"
