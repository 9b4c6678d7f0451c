"""What death, moving, silence and birthdays change, as the district says it."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from dispatch.subsidy.ages import AgeChange
from dispatch.subsidy.elder_rules import Count
from dispatch.subsidy.strict import Strict

Stop = Literal["next_month", "same_month"]


class Death(Strict):
    allowance_stops: Stop = "next_month"
    services_after: Annotated[str, Field(pattern=r"^anomaly:AN\d{2}$")] = "anomaly:AN01"
    verify_within_days: Count | None = None

    @property
    def anomaly(self) -> str:
        return self.services_after.removeprefix("anomaly:")


class MoveOut(Strict):
    stops: Stop

    def stops_on(self, left_on: date) -> date:
        """The first day on which nothing is granted; `left_on` is the last day here."""
        if self.stops == "same_month":
            return left_on + timedelta(days=1)
        return (left_on.replace(day=1) + timedelta(days=32)).replace(day=1)


class Unreachable(Strict):
    suspend_after_months: Count
    backpay_limit: Literal["january_of_current_year", "none"]

    def back_pay_from(self, back_on: date) -> date:
        """The first day that may be paid after all once somebody is back; with the
        limit `none`, any day.
        """
        if self.backpay_limit == "january_of_current_year":
            return back_on.replace(month=1, day=1)
        return date.min


class Lifecycle(Strict):
    """The table `lifecycle` of a rule file."""

    age_change: AgeChange = AgeChange(effective="birthday")
    death: Death = Death()
    move_out: MoveOut | None = None
    unreachable: Unreachable | None = None
    family_report_within_days: Count | None = None

    def days_late(self, died_on: date, told_on: date) -> int:
        """How many days after the family's time a death was told; 0: in time. It is
        said to the street, which looks into it; nothing follows for the family.
        """
        most = self.family_report_within_days
        return 0 if most is None else max((told_on - died_on).days - most, 0)
