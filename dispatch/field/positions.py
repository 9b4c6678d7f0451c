"""Positions: where helpers on duty were last; a short memory, nothing more."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, col, delete, select

from dispatch.errors import NotAllowed
from dispatch.field.merging import moment
from dispatch.log.events import record
from dispatch.people.datum import to_wgs84
from dispatch.people.elders import Datum
from dispatch.people.helpers import Helper, HelperKind, Shift, get_helper
from dispatch.people.places import ON_EARTH
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import UnitOfWork

_OLDEST: Final = timedelta(minutes=2)
_AROUND_SHIFT: Final = timedelta(minutes=30)
_LAST_MOMENT_MS: Final = 4_102_444_800_000


class AlwaysShown(NotAllowed):
    """值班时的位置由驿站查看，只有志愿者可以自己关闭。"""

    code = "always_shown"


class Position(SQLModel, table=True):
    """The last known place of a helper, by the server's receipt."""

    __tablename__ = "position"
    __table_args__ = (CheckConstraint(ON_EARTH, name="position_on_earth"),)

    helper_id: UUID = Field(foreign_key="helper.id", primary_key=True)
    lat: float
    lon: float
    accuracy_m: float | None = None
    at: datetime = Field(sa_type=Instant)  # product time, never after its receipt


def keep_position(
    uow: UnitOfWork,
    helper_id: UUID,
    lat: float,
    lon: float,
    *,
    accuracy_m: float | None = None,
    datum: Datum = Datum.WGS84,
    at_ms: int | None = None,
) -> bool:
    """Remember where a helper on duty is now; nothing is kept of the way.

    The latest is the last received. Its own time only says how old it was, within
    two minutes: a clock that is ahead or behind can neither freeze the dot nor hide
    that it stands still.

    Returns:
        whether it was kept: not off duty, and not of a volunteer who shows none.

    Raises:
        NotFound: no such helper.
        BadPoint: not a place.
    """
    helper = get_helper(uow.session, helper_id)
    here = to_wgs84(lat, lon, datum)
    hidden = may_hide(helper) and not helper.shows_position
    if hidden or helper.suspended or not _on_duty(uow, helper_id):
        return False
    uow.session.merge(
        Position(
            helper_id=helper_id,
            lat=here[0],
            lon=here[1],
            accuracy_m=accuracy_m,
            at=_believed(at_ms, uow.now),
        )
    )
    uow.session.flush()
    return True


def may_hide(helper: Helper) -> bool:
    """Volunteers choose; who is paid for the round is seen while on duty."""
    return helper.kind is HelperKind.VOLUNTEER


def choose_dot(uow: UnitOfWork, helper_id: UUID, *, shown: bool) -> bool:
    """A volunteer's own switch; where they were last is forgotten as it goes off.

    Returns:
        whether they are shown now.

    Raises:
        NotFound: no such helper.
        AlwaysShown: not theirs to choose.
    """
    helper = get_helper(uow.session, helper_id)
    if not may_hide(helper):
        raise AlwaysShown
    if helper.shows_position is shown:
        return shown
    helper.shows_position = shown
    uow.session.add(helper)
    if not shown:
        uow.session.exec(delete(Position).where(col(Position.helper_id) == helper_id))
    record(
        uow,
        "helper.dot_shown" if shown else "helper.dot_hidden",
        "helper",
        helper.id,
        facts={},
        street_code=helper.street_code,
        station_id=helper.station_id,
    )
    return shown


def _believed(at_ms: int | None, now: datetime) -> datetime:
    if at_ms is None or not 0 <= at_ms <= _LAST_MOMENT_MS:
        return now
    return min(max(moment(at_ms), now - _OLDEST), now)


def _on_duty(uow: UnitOfWork, helper_id: UUID) -> bool:
    query = select(Shift.id).where(
        Shift.helper_id == helper_id,
        Shift.starts_at <= uow.now + _AROUND_SHIFT,
        Shift.ends_at >= uow.now - _AROUND_SHIFT,
    )
    return uow.session.exec(query).first() is not None
