"""The district's measures of evidence, from the rule file of the service date."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from dispatch.errors import Refusal
from dispatch.subsidy.policy import EvidenceNeed, Policy
from dispatch.subsidy.rule_versions import rules_on


@dataclass(frozen=True)
class Measures:
    """How near, how long and how quick; the values stand where a file is silent."""

    meal_radius_metres: int = 200
    longest_carry_seconds: int = 3600
    home_radius_metres: int = 300
    home_service_percent: int = 50  # of the planned time
    visit_seconds: int = 20 * 60


def measures_on(session: Session, on: date) -> Measures:
    """The measures of a service date.

    A rule file that does not make sense stops grants, but never the street: then the
    stated values hold.
    """
    try:
        return measures_of(rules_on(session, on).policy)
    except Refusal:
        return Measures()


def measures_of(policy: Policy) -> Measures:
    """The measures that these rules name; the stated values where they are silent."""
    told = policy.evidence
    nothing, usual = EvidenceNeed(), Measures()
    meal = told.get("meal_delivery", nothing)
    home = told.get("home_service", nothing)
    visit = told.get("visit_home", nothing)
    carry, stay = meal.max_minutes_from_dispatch, visit.min_minutes
    return Measures(
        meal_radius_metres=meal.geo_radius_m or usual.meal_radius_metres,
        longest_carry_seconds=carry * 60 if carry else usual.longest_carry_seconds,
        home_radius_metres=home.geo_radius_m or usual.home_radius_metres,
        home_service_percent=int(home.min_duration_pct or usual.home_service_percent),
        visit_seconds=stay * 60 if stay else usual.visit_seconds,
    )
