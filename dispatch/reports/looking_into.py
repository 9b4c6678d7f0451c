"""From a figure down to its lines: for a purpose, and written down."""

from uuid import uuid4

from dispatch.access.accounts import JUDGES
from dispatch.errors import BadInput
from dispatch.log.audit import write_down
from dispatch.reasons import says_why
from dispatch.reports.spans import BadPeriod, span_of
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.lines import LineFilter, LineKey, LinesPage, lines_of


class PurposeMissing(BadInput):
    """查看逐笔要写明用途，没有显示。"""

    code = "purpose_missing"


def look_into(
    uow: UnitOfWork,
    period: str,
    which: LineFilter,
    purpose: str,
    *,
    limit: int = 50,
    after: LineKey | None = None,
) -> LinesPage:
    """The lines behind a figure of a month, within reach; no full name is among them.

    The audit keeps who looked, at which figure and why, before anything is shown.

    Raises:
        PurposeMissing, BadPeriod
    """
    if not says_why(purpose):
        raise PurposeMissing
    if not span_of(period).is_month:
        raise BadPeriod
    said = f"{period} {which.words} {purpose.strip()}"[:200]
    fields = ["pseudonym" if uow.actor.role in JUDGES else "name"]
    write_down(uow, "drill", "report", uuid4(), fields=fields, purpose=said)
    return lines_of(uow, period, which, limit=limit, after=after)
