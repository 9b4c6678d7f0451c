"""What holds for every person, every order and every history."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.subsidy.granting_rules import grant_order
from dispatch.subsidy.outcomes import Outcome, Service
from dispatch.subsidy.persons import Person
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.policy_files import read_policy
from dispatch.subsidy.tally import Tally
from dispatch.subsidy.windows import month_of
from tests.subsidy.made_up import demo_policy

POLICY = demo_policy()
SERVICES = ["MEAL_DINEIN", "MEAL_PICKUP", "MEAL_DELIVERY", "BATH_WIPE", "DAYCARE_DAY"]
SERVICES += ["CARE_HAIRCUT", "VISIT_HOME"]

people = st.builds(
    Person,
    born_on=st.dates(date(1920, 1, 1), date(1975, 12, 31)),
    died_on=st.none() | st.dates(date(2026, 5, 1), date(2026, 6, 30)),
    hukou_in_district=st.booleans(),
    relief=st.sampled_from([None, "TK", "DB", "DBBY"]),
    ability_level=st.integers(0, 4),
    assessed_on=st.none() | st.dates(date(2023, 1, 1), date(2026, 6, 30)),
    dementia=st.booleans(),
    disability_grade=st.none() | st.integers(1, 4),
    family_special=st.booleans(),
    resides_in_institution=st.booleans(),
    coupon_account=st.booleans(),
)


@st.composite
def days_of_orders(draw: st.DrawFn) -> list[Service]:
    """Orders of one person over some weeks, in the order of time."""
    on = date(2026, 4, 27)
    orders: list[Service] = []
    for i in range(draw(st.integers(1, 25))):
        on += timedelta(days=draw(st.integers(0, 2)))
        service = draw(st.sampled_from(SERVICES))
        price = draw(st.integers(0, 30000))
        fee = draw(st.integers(0, 500))
        orders.append(
            Service(
                id=f"o{i}",
                service=service,
                on=on,
                meal=draw(st.sampled_from(["LUNCH", "DINNER", "BREAKFAST", None])),
                price_fen=price,
                fee_fen=fee,
                external_fen=draw(st.integers(0, price + fee)),
                grade=draw(st.sampled_from(["A", "B", "C", "D", "E", None])),
            )
        )
    return orders


def _grant(person: Person, orders: list[Service]) -> list[Outcome]:
    tally = Tally()
    return [grant_order(POLICY, person, tally, order) for order in orders]


@given(people, days_of_orders())
@pytest.mark.proves("F88")
def test_every_fen_of_price_and_fee_is_paid_by_somebody(
    person: Person, orders: list[Service]
) -> None:
    for outcome in _grant(person, orders):
        order = outcome.order
        paid = outcome.subsidy_fen + outcome.coupon_fen + outcome.self_fen
        assert order.price_fen + order.fee_fen == order.external_fen + paid
        assert outcome.self_fen >= 0
        assert all(line.fen > 0 for line in outcome.lines)


@given(people, days_of_orders())
def test_no_part_is_granted_more_than_it_cost(
    person: Person, orders: list[Service]
) -> None:
    for outcome in _grant(person, orders):
        of = {"price": 0, "fee": 0, "rest": 0}
        for line in outcome.lines:
            of[line.on] += line.fen
        assert of["price"] <= outcome.order.price_fen
        assert of["fee"] <= outcome.order.fee_fen


@given(people, days_of_orders())
def test_a_best_of_group_pays_once_a_window(
    person: Person, orders: list[Service]
) -> None:
    seen = set()
    for outcome in _grant(person, orders):
        for line in outcome.lines:
            if line.subsidy in ("meal-basic", "meal-age"):
                assert line.window not in seen
                seen.add(line.window)


@given(people, days_of_orders())
def test_caps_and_quotas_hold_over_any_month(
    person: Person, orders: list[Service]
) -> None:
    coupons: dict[str, int] = {}
    quotas: dict[str, int] = {}
    aids: dict[date, int] = {}
    for outcome in _grant(person, orders):
        month = month_of(outcome.order.on)
        for line in outcome.lines:
            if line.subsidy == "national-coupon":
                coupons[month] = coupons.get(month, 0) + line.fen
            if line.subsidy == "service-quota":
                quotas[month] = quotas.get(month, 0) + 1
            if line.subsidy == "delivery-aid":
                aids[outcome.order.on] = aids.get(outcome.order.on, 0) + 1
    assert all(fen <= 80000 for fen in coupons.values())
    assert all(count <= 18 for count in quotas.values())
    assert all(count <= 2 for count in aids.values())


@given(people, days_of_orders())
def test_each_rule_that_touches_the_service_is_granted_or_refused_once(
    person: Person, orders: list[Service]
) -> None:
    for outcome in _grant(person, orders):
        said = [line.subsidy for line in outcome.lines]
        said += [refused.subsidy for refused in outcome.refused]
        touching = [
            rule.id
            for rule in POLICY.subsidy
            if POLICY.touches(rule.services, outcome.order.service)
        ]
        expected = [] if outcome.anomalies else touching
        assert sorted(said) == sorted(expected)


@settings(max_examples=50)
@given(people, days_of_orders(), st.integers(0, 24))
def test_earlier_grants_count_the_same_from_history_as_from_the_same_run(
    person: Person, orders: list[Service], cut: int
) -> None:
    whole = _grant(person, orders)
    before = Tally()
    for order in orders[:cut]:
        grant_order(POLICY, person, before, order)
    rest = [grant_order(POLICY, person, before, order) for order in orders[cut:]]
    assert [outcome.lines for outcome in rest] == [o.lines for o in whole[cut:]]


@given(people, days_of_orders())
def test_no_subsidy_without_evidence(person: Person, orders: list[Service]) -> None:
    for outcome in _grant(person, orders):
        if outcome.order.grade in (None, "D", "E"):
            assert outcome.lines == []


@settings(max_examples=200)
@given(person=people, orders=days_of_orders())
def test_the_demo_rules_say_the_same_as_the_shared_ones(
    instances: Path, person: Person, orders: list[Service]
) -> None:
    shared = _shared(instances)
    ours, theirs = Tally(), Tally()
    for order in orders:
        one = grant_order(POLICY, person, ours, order)
        other = grant_order(shared, person, theirs, order)
        assert one.lines == other.lines
        assert _because(one) == _because(other)
        assert one.anomalies == other.anomalies


@cache
def _shared(instances: Path) -> Policy:
    return read_policy(instances / "reference" / "policy-example.toml")


def _because(outcome: Outcome) -> list[tuple[str, str]]:
    """Without the words behind an exclusion, which each district chooses."""
    return [(r.subsidy, r.because.partition(":")[0]) for r in outcome.refused]


def test_what_the_demo_rules_pay_stations_is_what_the_shared_ones_pay(
    instances: Path,
) -> None:
    shared = _shared(instances)
    unnamed = [
        [rule.model_dump(exclude={"name"}) for rule in policy.station_subsidy]
        for policy in (POLICY, shared)
    ]
    assert unnamed[0] == unnamed[1]
    assert POLICY.lifecycle == shared.lifecycle
    assert POLICY.stacking == shared.stacking
    assert POLICY.anomalies == shared.anomalies
    assert POLICY.evidence == shared.evidence
