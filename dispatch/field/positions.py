"""Positions: where helpers on duty were last; a short memory, nothing more."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, select

from dispatch.field.merging import moment
from dispatch.people.datum import to_wgs84
from dispatch.people.elders import Datum
from dispatch.people.helpers import HelperKind, Shift, get_helper
from dispatch.people.places import ON_EARTH
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import UnitOfWork

_OLDEST: Final = timedelta(minutes=2)
_AROUND_SHIFT: Final = timedelta(minutes=30)
_LAST_MOMENT_MS: Final = 4_102_444_800_000


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
    hidden = helper.kind is HelperKind.VOLUNTEER and not helper.shows_position
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
