"""The reports by name: what each is called, what stands on it, who signs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dispatch.reports.figures import Looking
from dispatch.reports.kinds.coverage import coverage
from dispatch.reports.kinds.meals import meals_days, meals_month
from dispatch.reports.kinds.payout import payout
from dispatch.reports.kinds.services import services
from dispatch.reports.kinds.stations import stations
from dispatch.reports.kinds.stopped import stopped
from dispatch.reports.kinds.usage import usage
from dispatch.reports.kinds.weekly import weekly
from dispatch.reports.tables import Table

_MADE_BY: Final = ("制表人", "站点负责人（签章）")
_REVIEWED_BY: Final = ("街道初审（签章）", "区民政局复审（签章）")
_HANDS: Final = (*_MADE_BY, *_REVIEWED_BY)
_PAID_BY: Final = (
    *("制表", "复核", "分管领导（签字）", "主管单位（盖章）", "财政部门（盖章）"),
)
_STOPPED_BY: Final = ("经办", "复核", "负责人（签章）")


@dataclass(frozen=True)
class ReportKind:
    """`weeks`: it is about a week, the others about a month or a year.

    `denominators`: its figures are divided by rosters, which it names.
    """

    name: str
    title: str
    make: Callable[[Looking], list[Table]]
    hands: tuple[str, ...] = ()
    weeks: bool = False
    denominators: bool = False
    notes: tuple[str, ...] = ()


KINDS: Final[Mapping[str, ReportKind]] = {
    kind.name: kind
    for kind in (
        ReportKind("usage", "补贴使用情况", usage),
        ReportKind("meals_days", "助餐台账（按日、按方式）", meals_days, _MADE_BY),
        ReportKind("meals_month", "助餐月汇总", meals_month, _HANDS),
        ReportKind("services", "政府购买居家服务汇总", services, _HANDS),
        ReportKind("stations", "驿站补贴申请表", stations, _HANDS[1:]),
        ReportKind("payout", "补贴拨款表", payout, _PAID_BY),
        ReportKind("stopped", "停发追回台账", stopped, _STOPPED_BY),
        ReportKind("weekly", "助餐与六助周调度表", weekly, weeks=True),
        ReportKind(
            "coverage",
            "服务覆盖指标",
            coverage,
            denominators=True,
            notes=("占比均为当日名册口径；名册版本号相同，即为同一份名册。",),
        ),
    )
}
