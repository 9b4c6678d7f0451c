"""Versions that only add: somebody leaves at once, beside the plan that stands.

Such a version takes no round away and answers no other order. Whoever thinks of a plan
meanwhile is not overtaken by it, and whoever goes back goes back behind it.
"""

from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.planning.plans import Plan

ON_DEMAND: Final = "on demand"  # how `decided_by` begins for them


def find_settled(session: Session, wave_id: UUID, upto: int) -> Plan | None:
    """The newest version, of those up to a number, that did more than add."""
    query = (
        select(Plan)
        .where(Plan.wave_id == wave_id, Plan.version <= upto)
        .where(col(Plan.base_version) == col(Plan.version))
        .order_by(col(Plan.version).desc())
    )
    return session.exec(query.limit(1)).first()
