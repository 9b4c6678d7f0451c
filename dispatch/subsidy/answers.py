"""The answers to a case file, as plain values ready to print."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dispatch.catalogue.calendar import known_kind
from dispatch.subsidy.case_shapes import Case, Earlier, PersonCase, StationCase
from dispatch.subsidy.granting_rules import grant_order
from dispatch.subsidy.outcomes import Outcome, Service
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.station_rules import grant_station
from dispatch.subsidy.tally import Granted, Tally
from dispatch.subsidy.windows import Moment


def answer_cases(policy: Policy, cases: Sequence[Case]) -> dict[str, Any]:
    """Evaluate every case under the policy."""
    return {
        "policy": policy.version.id,
        "cases": [
            _person(policy, case)
            if isinstance(case, PersonCase)
            else _station(policy, case)
            for case in cases
        ],
    }


def _person(policy: Policy, case: PersonCase) -> dict[str, Any]:
    earlier = [grant for service in case.history for grant in _grants(service)]
    tally = Tally(earlier, case.used, week_starts=policy.district.week_starts)
    orders = []
    for order in case.orders:
        service = Service(
            **order.model_dump(exclude={"station", "point_street", "external"}),
            external_fen=sum(order.external.values()),
            workday=known_kind(order.on).is_worked,
        )
        orders.append(_order(grant_order(policy, case.person, tally, service)))
    return {"id": case.id, "orders": orders}


def _grants(earlier: Earlier) -> list[Granted]:
    """What an earlier service counts: fen as granted, units as counted or one."""
    moment = Moment(earlier.on, earlier.meal)
    fens, counts = earlier.granted, earlier.counts
    return [
        Granted(name, moment, fens.get(name, 0), counts.get(name, int(name in fens)))
        for name in sorted({*fens, *counts})
        if fens.get(name, 0) or counts.get(name, 0)
    ]


def _order(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.order.id,
        "lines": [
            {
                "subsidy": line.subsidy,
                "on": line.on,
                "fen": line.fen,
                "category": line.category,
                "window": line.window,
                "rule_version": line.rule_version,
            }
            for line in outcome.lines
        ],
        "refused": [
            {"subsidy": refused.subsidy, "because": refused.because}
            for refused in outcome.refused
        ],
        "price_fen": outcome.order.price_fen,
        "fee_fen": outcome.order.fee_fen,
        "external_fen": outcome.order.external_fen,
        "subsidy_fen": outcome.subsidy_fen,
        "coupon_fen": outcome.coupon_fen,
        "self_fen": outcome.self_fen,
        "anomalies": outcome.anomalies,
    }


def _station(policy: Policy, case: StationCase) -> dict[str, Any]:
    first_day = date.fromisoformat(f"{case.month}-01")
    in_force = policy.version.holds_on(first_day)
    outcome = grant_station(policy.station_subsidy, case.station, in_force=in_force)
    return {
        "id": case.id,
        "lines": [{"subsidy": name, "fen": fen} for name, fen in outcome.lines],
        "refused": [
            {"subsidy": name, "because": because} for name, because in outcome.refused
        ],
        "total_fen": outcome.total_fen,
    }
