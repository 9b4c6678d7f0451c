"""Familiar faces: who has come to whom in the last four weeks, by the evidence."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.planning.crew import Duty
from dispatch.planning.errands import Errand
from dispatch.planning.rules import FAMILIAR_SECONDS, OFTEN_TIMES
from dispatch.planning.waves import Wave
from routing import Preference

FOUR_WEEKS: Final = timedelta(days=28)
Faces = dict[tuple[UUID, UUID], int]  # how often a helper came to an elder


def faces_of(
    session: Session, helpers: Collection[UUID], elders: Collection[UUID], wave: Wave
) -> Faces:
    """Service days of the 28 before the wave's, per helper and elder.

    Only evidence that counts is asked: a round that was planned and never gone, or
    a handing-over that was taken back, makes nobody familiar.
    """
    days = func.count(col(Order.serve_on).distinct())
    query = (
        select(Evidence.helper_id, Order.elder_id, days)
        .join(Order, col(Order.id) == Evidence.order_id)
        .where(col(Evidence.helper_id).in_(helpers), Evidence.counts)
        .where(col(Order.elder_id).in_(elders))
        .where(Order.serve_on >= wave.serve_on - FOUR_WEEKS)
        .where(Order.serve_on < wave.serve_on)
        .group_by(col(Evidence.helper_id), col(Order.elder_id))
    )
    return {
        (helper, elder): times
        for helper, elder, times in session.exec(query)
        if helper is not None
    }


def familiar_faces(
    session: Session, wave: Wave, crew: Sequence[Duty], errands: Iterable[Errand]
) -> list[Preference]:
    """What a known face is worth: more each time, up to once a week for four weeks."""
    elder_of = {errand.order.id: errand.elder.id for errand in errands}
    helpers = {duty.helper.id for duty in crew}
    faces = faces_of(session, helpers, set(elder_of.values()), wave)
    return [
        Preference(duty.id, str(order_id), _worth(times))
        for duty in crew
        for order_id, elder_id in elder_of.items()
        if (times := faces.get((duty.helper.id, elder_id)))
    ]


def _worth(times: int) -> int:
    return (
        FAMILIAR_SECONDS * (OFTEN_TIMES + min(times, OFTEN_TIMES)) // (2 * OFTEN_TIMES)
    )
