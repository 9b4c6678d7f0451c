"""Versions that only add: somebody leaves at once, beside the plan that stands.

Such a version takes no round away and answers no other order. Whoever thinks of a plan
meanwhile is not overtaken by it, and whoever goes back goes back behind it.
"""

from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.planning.plans import Plan

ON_DEMAND: Final = "on demand"  # how `decided_by` begins for them


def only_adds(plan: Plan) -> bool:
    """Did this version add rounds to those that stood, and nothing else?"""
    return any(each.startswith(ON_DEMAND) for each in plan.decided_by[:1])


def find_settled(session: Session, wave_id: UUID, upto: int) -> Plan | None:
    """The newest version, of those up to a number, that did more than add."""
    query = (
        select(Plan)
        .where(Plan.wave_id == wave_id, Plan.version <= upto)
        .order_by(col(Plan.version).desc())
    )
    with session.exec(query.execution_options(yield_per=20)) as found:
        return next((plan for plan in found if not only_adds(plan)), None)
