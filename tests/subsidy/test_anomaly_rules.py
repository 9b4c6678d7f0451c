"""Each rule finds what it is for, and leaves honest work alone. No database."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.field.evidence import EvidenceFrom
from dispatch.subsidy.anomalies.done import Done
from dispatch.subsidy.anomalies.finding import AnomalyRule, Level, thresholds
from dispatch.subsidy.anomalies.money import Paid, overspent, twice
from dispatch.subsidy.anomalies.presence import (
    batches,
    elsewhere,
    overlaps,
    too_short,
)
from dispatch.subsidy.anomalies.proofs import jumps, two_points, without_proof
from dispatch.subsidy.thresholds import Thresholds
from tests.little_town import LAT, LON, NOON, STREET, TODAY
from tests.subsidy.made_up import demo_policy

TOLD = thresholds(Thresholds())
HOME = (LAT, LON)
FAR = (LAT + 0.05, LON)  # five and a half kilometres
HELPER = uuid4()


def visit(minutes: int = 30, **about: Any) -> Done:
    """A good visit of half an hour, ended at noon."""
    facts: dict[str, Any] = {
        "order_id": uuid4(),
        "elder_id": uuid4(),
        "household_id": uuid4(),
        "station_id": UUID(int=1),
        "street_code": STREET,
        "service": "CLEAN_HOME",
        "channel": "visit",
        "is_meal": False,
        "serve_on": TODAY,
        "minutes": 30,
        "home": HOME,
        "evidence_id": uuid4(),
        "origin": EvidenceFrom.PHONE,
        "basis": {"trust": "online", "lasted_seconds": minutes * 60},
        "grade": "A",
        "helper_id": HELPER,
        "at": NOON,
        "device_id": "phone",
        "here": HOME,
        "accuracy_m": 15.0,
        "detail": {},
    }
    return Done(**(facts | about))


def meal(at: datetime = NOON, **about: Any) -> Done:
    """A box handed over at its door."""
    facts: dict[str, Any] = {"is_meal": True, "channel": "delivery"}
    facts["basis"] = {"trust": "online"}
    return visit(at=at, **(facts | about))


def later(one: datetime, minutes: float) -> datetime:
    return one + timedelta(minutes=minutes)


@pytest.mark.proves("F56", "F90")
def test_nobody_is_in_two_homes_at_once_or_faster_than_a_car() -> None:
    told, first = TOLD[AnomalyRule.OVERLAP], visit()
    inside = visit(at=later(NOON, 10))
    (found,) = overlaps([inside, first], told)
    assert (found.order_id, found.other_order_id) == (inside.order_id, first.order_id)
    assert found.reason == "overlap"
    couple = replace(inside, household_id=first.household_id)
    after = visit(at=later(NOON, 35))
    flying = meal(later(NOON, 2), home=FAR, here=FAR)
    riding = meal(later(NOON, 20), home=FAR, here=FAR)
    doubtful = replace(flying, basis={"trust": "back_filled"})
    assert [f.reason for f in overlaps([first, flying], told)] == ["too_fast"]
    for honest in (couple, after, riding, doubtful):
        assert list(overlaps([first, honest], told)) == []


@pytest.mark.proves("F56")
def test_a_phone_that_was_elsewhere_holds_and_one_that_is_unsure_is_looked_at() -> None:
    told = TOLD[AnomalyRule.ELSEWHERE]
    reasons = {
        "elsewhere": visit(here=FAR),
        "mock": visit(detail={"mock": True}),
        "no_fix": visit(here=None),
        "coarse": visit(here=FAR, accuracy_m=9000.0),
    }
    for reason, one in reasons.items():
        found = elsewhere(one, told)
        assert found is not None
        assert found.reason == reason
        assert (found.level is Level.REVIEW) == (reason in {"no_fix", "coarse"})
    assert elsewhere(visit(), told) is None
    assert elsewhere(visit(home=None), told) is None
    assert elsewhere(visit(here=FAR, origin=EvidenceFrom.PAPER), told) is None


@pytest.mark.proves("F90")
def test_short_visits_bursts_and_bare_deliveries_are_found() -> None:
    short = TOLD[AnomalyRule.SHORT]
    assert too_short(visit(minutes=14), short)
    assert too_short(visit(minutes=15), short) is None
    at_once = [meal(later(NOON, n / 10), home=(LAT, LON + n / 100)) for n in range(5)]
    assert len(list(batches(at_once, TOLD[AnomalyRule.BATCH]))) == 5
    one_house = [replace(one, home=HOME) for one in at_once]
    assert list(batches(one_house, TOLD[AnomalyRule.BATCH])) == []
    bare = meal(grade="D", basis={"place": "unknown"})
    assert without_proof(bare)
    assert without_proof(replace(bare, basis={"place": "fits"})) is None
    assert without_proof(replace(bare, grade="B")) is None


def test_a_card_is_not_at_two_points_at_once_nor_at_night() -> None:
    spots = {UUID(int=1): HOME, UUID(int=2): FAR}
    card: dict[str, Any] = {"origin": EvidenceFrom.COUNTER, "elder_id": uuid4()}
    here = meal(**card)
    soon = meal(later(NOON, 1), station_id=UUID(int=2), **card)
    told = TOLD[AnomalyRule.TWO_POINTS]
    assert [f.order_id for f in two_points([here, soon], spots, told)] == [
        soon.order_id
    ]
    dinner = replace(soon, at=later(NOON, 300))
    assert list(two_points([here, dinner], spots, told)) == []
    night = replace(here, at=later(NOON, -9 * 60))
    assert [f.reason for f in two_points([night], spots, told)] == ["at_night"]


def test_a_count_that_jumps_or_never_moves_is_looked_at() -> None:
    told, key = TOLD[AnomalyRule.JUMP], (UUID(int=1), f"meals:{STREET}")
    days = {TODAY - timedelta(days=n): 40 + n % 5 for n in range(60)}
    assert list(jumps({key: days}, TODAY, told)) == []
    (found,) = jumps({key: {**days, TODAY: 90}}, TODAY, told)
    assert (found.reason, found.order_id) == ("jump", None)
    same = dict.fromkeys(days, 40)
    assert [f.reason for f in jumps({key: same}, TODAY, told)] == ["no_variance"]


def test_a_window_takes_one_grant_and_no_order_more_than_it_cost() -> None:
    policy, elder = demo_policy(), uuid4()

    def paid(on: date, hour: int, **about: Any) -> Paid:
        facts: dict[str, Any] = {
            "order_id": uuid4(),
            "elder_id": elder,
            "station_id": UUID(int=1),
            "subsidy": "meal-basic",
            "fen": 500,
            "units": 1,
            "window_key": on.isoformat(),
            "service_on": on,
            "meal": "LUNCH",
            "granted_at": NOON + timedelta(hours=hour),
            "street_code": STREET,
            "price_fen": 1500,
            "fee_fen": 0,
        }
        return Paid(**(facts | about))

    yesterday = TODAY - timedelta(days=1)
    first, second = paid(TODAY, 0), paid(TODAY, 1)
    (found,) = twice(policy, [paid(yesterday, -24), first, second], TODAY)
    assert (found.order_id, found.other_order_id) == (second.order_id, first.order_id)
    month = [
        paid(date(2026, 11, day), 0, granted_at=NOON) for day in range(1, TODAY.day)
    ]
    more = [paid(date(2026, 10, day), 0) for day in range(28, 31)]
    assert list(twice(policy, [*more, *month, first], TODAY)) == []
    told = TOLD[AnomalyRule.OVERSPENT]
    dear = paid(TODAY, 0, price_fen=400)
    assert {f.reason for f in overspent(policy, [first, dear], told)} == {"over_cost"}
