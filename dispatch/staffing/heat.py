"""A heat warning: what it means for those who go out that day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.heat import HeatLevel, HeatWarning, find_heat
from dispatch.clock import town_day
from dispatch.errors import BadInput, NotFound
from dispatch.people.places import Station, Street
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.waves import Wave
from dispatch.staffing.rounds import CREW_CHANGED
from dispatch.store.unit_of_work import UnitOfWork


class HeatIsOver(BadInput):
    """这一天已经过去，没有保存。"""

    code = "heat_is_over"


class BadRest(BadInput):
    """午间停工的时间不合理：结束要晚于开始。没有保存。"""

    code = "bad_rest"


@dataclass(frozen=True, kw_only=True)
class HeatDraft:
    """高温预警 as it was decided on. `street_code` None: every street within reach.

    From `rest_from` to `rest_until`, seconds of the town's day, nobody is out.
    """

    street_code: str | None = None
    warns_on: date
    level: HeatLevel
    most_seconds: int | None = None
    volunteers_stay: bool = False
    rest_from: int | None = None
    rest_until: int | None = None


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    """One warning as people see it; `set_by` is the title of whoever set it."""

    street_code: str
    street: str
    warns_on: date
    level: str
    most_seconds: int | None
    volunteers_stay: bool
    rest_from: int | None
    rest_until: int | None
    set_at: datetime | None
    set_by: str | None


@dataclass(frozen=True, kw_only=True)
class HeatNow:
    """The warnings of today and later, and how many waves were asked for anew."""

    streets: list[str]
    warnings: list[HeatRow]
    planned_anew: int = 0


def warn_of_heat(uow: UnitOfWork, draft: HeatDraft) -> int:
    """Keep a warning, in place of an earlier one; what lies ahead is planned anew.

    Returns:
        how many waves are planned anew.

    Raises:
        NotFound: no such street within reach.
        HeatIsOver, BadRest: nothing was kept.
    """
    streets = _streets(uow, draft.street_code)
    if draft.warns_on < town_day(uow.now):
        raise HeatIsOver
    first, last = draft.rest_from, draft.rest_until
    if (first is None) != (last is None) or (first or 0) > (last or 86_400) - 1:
        raise BadRest
    by = {"set_at": uow.now, "set_by": uow.actor.account_id}
    for street in streets:
        told = vars(draft) | by | {"street_code": street.code}
        uow.session.merge(HeatWarning(**told))
    uow.session.flush()
    return _plan_anew(uow, [street.code for street in streets], draft.warns_on)


def call_off_heat(uow: UnitOfWork, street_code: str | None, on: date) -> int:
    """Take a warning back; what lies ahead is planned anew.

    Raises:
        NotFound: no such street within reach, or there is no warning that day.
        HeatIsOver: nothing was changed.
    """
    if on < town_day(uow.now):
        raise HeatIsOver
    codes = []
    for street in _streets(uow, street_code):
        warning = find_heat(uow.session, street.code, on)
        if warning is not None:
            uow.session.delete(warning)
            codes.append(street.code)
    if not codes:
        raise NotFound("这一天没有高温预警。")
    uow.session.flush()
    return _plan_anew(uow, codes, on)


def show_heat(uow: UnitOfWork, *, planned_anew: int = 0) -> HeatNow:
    """The warnings of today and later, of every street within reach."""
    streets = _seen_streets(uow)
    query = (
        select(HeatWarning)
        .where(col(HeatWarning.street_code).in_(streets))
        .where(HeatWarning.warns_on >= town_day(uow.now))
        .order_by(col(HeatWarning.warns_on), col(HeatWarning.street_code))
    )
    rows = uow.session.exec(query).all()
    titles = titles_of(uow.session, (row.set_by for row in rows))
    return HeatNow(
        streets=sorted(streets),
        warnings=[
            HeatRow(
                **row.model_dump(exclude={"level", "set_by"}),
                street=streets[row.street_code],
                level=row.level.value,
                set_by=titles.get(row.set_by),
            )
            for row in rows
        ],
        planned_anew=planned_anew,
    )


def _streets(uow: UnitOfWork, code: str | None) -> Sequence[Street]:
    query = scoped(uow.actor, Street).order_by(col(Street.code))
    found = [
        street
        for street in uow.session.exec(query)
        if code is None or street.code == code
    ]
    if not found:
        raise NotFound("没有找到这个街道。")
    return found


def _seen_streets(uow: UnitOfWork) -> dict[str, str]:
    """Names of the streets within reach, or of those of the stations within reach."""
    mine = uow.session.exec(scoped(uow.actor, Street)).all()
    if not mine:
        stations = uow.session.exec(scoped(uow.actor, Station)).all()
        codes = {station.street_code for station in stations}
        mine = uow.session.exec(select(Street).where(col(Street.code).in_(codes))).all()
    return {street.code: street.name for street in mine}


def _plan_anew(uow: UnitOfWork, codes: Sequence[str], on: date) -> int:
    query = select(Wave.id).where(
        col(Wave.street_code).in_(codes),
        Wave.serve_on == on,
        Wave.plan_version > 0,
        Wave.departs_at > uow.now,
    )
    waves = uow.session.exec(query.order_by(col(Wave.id))).all()
    for wave_id in waves:
        ask_for_plan(uow, get_scoped(uow, Wave, wave_id).id, CREW_CHANGED)
    return len(waves)
