"""A heat warning: what it means for those who go out that day."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.heat import HeatLevel, HeatWarning
from dispatch.clock import town_day
from dispatch.errors import BadInput, NotFound
from dispatch.people.places import Street
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.waves import Wave
from dispatch.staffing.rounds import CREW_CHANGED
from dispatch.store.unit_of_work import UnitOfWork


class HeatIsOver(BadInput):
    """这一天已经过去，没有保存。"""

    code = "heat_is_over"


@dataclass(frozen=True, kw_only=True)
class HeatDraft:
    """高温预警 as the district has decided on it."""

    street_code: str
    warns_on: date
    level: HeatLevel
    most_seconds: int | None = None
    volunteers_stay: bool = False


def warn_of_heat(uow: UnitOfWork, draft: HeatDraft) -> int:
    """Keep a warning, in place of an earlier one; what lies ahead is planned anew.

    Returns:
        how many waves are planned anew.

    Raises:
        NotFound: no such street within reach.
        HeatIsOver: nothing was kept.
    """
    streets = uow.session.exec(scoped(uow.actor, Street)).all()
    if draft.street_code not in {street.code for street in streets}:
        raise NotFound("没有找到这个街道。")
    if draft.warns_on < town_day(uow.now):
        raise HeatIsOver
    uow.session.merge(HeatWarning(**vars(draft)))
    uow.session.flush()
    query = select(Wave.id).where(
        Wave.street_code == draft.street_code,
        Wave.serve_on == draft.warns_on,
        Wave.plan_version > 0,
        Wave.departs_at > uow.now,
    )
    waves = uow.session.exec(query.order_by(col(Wave.id))).all()
    for wave_id in waves:
        ask_for_plan(uow, get_scoped(uow, Wave, wave_id).id, CREW_CHANGED)
    return len(waves)
